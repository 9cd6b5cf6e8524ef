//! Values against a JSON Schema, with the place of what is wrong. A part of JSON Schema that says what values look
//! like: types, fields, items, enumerations, bounds, patterns, references within the file, and their combinations. A
//! word that is not known is an error, not silence.

use regex::Regex;

use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::source::{SourceId, Span};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Node, Value};

/// How many schemas may refer to one another before it counts as a circle.
const DEPTH: usize = 64;

/// Words that say nothing about values.
const NOTES: [&str; 11] = [
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "format",
    "title",
];

/// Reads a schema whose text was loaded.
pub(super) fn parse_text(node: &Node) -> Result<Node> {
    let text = node.text().cloned().unwrap_or_default();
    let text = arcstr::ArcStr::from(text.as_str());
    let source: SourceId = node.span.source();
    let parsed = parse(Chunk::whole(&text, source), Dialect::V3)?;
    parsed
        .filter(|schema| schema.as_mapping().is_some())
        .ok_or_else(|| Error::new(ErrorKind::Bundle, "a schema must be a mapping").at(Span::new(source, 1, 1)))
}

/// Checks `value`, the field `path`, against `schema`.
///
/// # Errors
/// The first thing that is wrong with the value, at its place; or with the schema.
pub(super) fn check(value: &Node, schema: &Node, path: &str) -> Result<()> {
    Checker { root: schema }.check(value, schema, path, 0)
}

struct Checker<'a> {
    root: &'a Node,
}

impl<'a> Checker<'a> {
    fn check(&self, value: &Node, schema: &'a Node, path: &str, depth: usize) -> Result<()> {
        if let Some(allowed) = boolean(schema) {
            return if allowed { Ok(()) } else { Err(wrong(format!("`{path}` must not be there"), value.span)) };
        }
        let Some(words) = schema.as_mapping() else {
            return Err(wrong("a schema must be a mapping".to_owned(), schema.span));
        };
        if depth > DEPTH {
            return Err(wrong("these schemas refer to one another in circles".to_owned(), schema.span));
        }
        for entry in words {
            let (word, said) = (entry.key.text().as_str(), &entry.value);
            match word {
                "$ref" => self.check(value, self.target(said)?, path, depth + 1)?,
                "type" => check_type(value, said, path)?,
                "enum" => check_enum(value, said.as_sequence().unwrap_or_default(), path)?,
                "const" => check_enum(value, std::slice::from_ref(said), path)?,
                "properties"
                | "required"
                | "additionalProperties"
                | "patternProperties"
                | "propertyNames"
                | "minProperties"
                | "maxProperties" => {}
                "items" => {
                    for (index, item) in value.as_sequence().unwrap_or_default().iter().enumerate() {
                        self.check(item, said, &format!("{path}[{index}]"), depth + 1)?;
                    }
                }
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minLength"
                | "maxLength" | "minItems" | "maxItems" => check_bound(value, word, said, path)?,
                "uniqueItems" => check_unique(value, said, path)?,
                "pattern" => check_pattern(value, said, path)?,
                "allOf" => {
                    said.as_sequence()
                        .unwrap_or_default()
                        .iter()
                        .try_for_each(|s| self.check(value, s, path, depth + 1))?;
                }
                "anyOf" | "oneOf" => self.check_any(value, said, path, word, depth)?,
                "not" if self.check(value, said, path, depth + 1).is_ok() => {
                    return Err(wrong(format!("`{path}` must be something else"), value.span));
                }
                "not" => {}
                word if NOTES.contains(&word) => {}
                word => {
                    let error = wrong(format!("`{word}` means nothing in a schema here"), entry.key.span);
                    return Err(error.hint("remove it, or say the same with `checks` of a `BundleDefinition`"));
                }
            }
        }
        self.check_fields(value, schema, path, depth)
    }

    fn check_fields(&self, value: &Node, schema: &'a Node, path: &str, depth: usize) -> Result<()> {
        let Some(mapping) = value.as_mapping() else { return Ok(()) };
        let known = schema.get("properties");
        for name in schema.get("required").and_then(Node::as_sequence).unwrap_or_default() {
            let name = name.as_str().unwrap_or_default();
            if mapping.get(name).is_none() {
                return Err(wrong(format!("`{path}` needs `{name}`"), value.span));
            }
        }
        for (word, is_wrong) in [("minProperties", true), ("maxProperties", false)] {
            let bound = schema.get(word).and_then(number);
            #[expect(clippy::cast_precision_loss, reason = "nobody has that many fields")]
            let count = mapping.len() as f64;
            if bound.is_some_and(|bound| if is_wrong { count < bound } else { count > bound }) {
                let many = if is_wrong { "few" } else { "many" };
                return Err(wrong(format!("`{path}` has too {many} fields"), value.span));
            }
        }
        for entry in mapping {
            let key = entry.key.text();
            let field = format!("{path}.{key}");
            let own = known.and_then(|known| known.get(key));
            if let Some(own) = own {
                self.check(&entry.value, own, &field, depth + 1)?;
            }
            let mut fits = own.is_some();
            for pattern in schema.get("patternProperties").and_then(Node::as_mapping).into_iter().flatten() {
                if expression(pattern.key.text(), pattern.key.span)?.is_match(key) {
                    fits = true;
                    self.check(&entry.value, &pattern.value, &field, depth + 1)?;
                }
            }
            if let Some(names) = schema.get("propertyNames") {
                let name = Node::string(key.clone()).at(entry.key.span);
                self.check(&name, names, &field, depth + 1)?;
            }
            match schema.get("additionalProperties") {
                Some(others) if !fits && boolean(others) == Some(false) => {
                    let names: Vec<&str> = known
                        .and_then(Node::as_mapping)
                        .into_iter()
                        .flatten()
                        .map(|entry| entry.key.text().as_str())
                        .collect();
                    let error = wrong(format!("unknown field `{field}`"), entry.key.span);
                    return Err(match nearest(key, &names) {
                        Some(near) => error.hint(format!("did you mean `{near}`?")),
                        None if names.is_empty() => error,
                        None => error.hint(format!("known fields are `{}`", names.join("`, `"))),
                    });
                }
                Some(others) if !fits => self.check(&entry.value, others, &field, depth + 1)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn check_any(&self, value: &Node, said: &'a Node, path: &str, word: &str, depth: usize) -> Result<()> {
        let (mut fits, mut first) = (0, None);
        for schema in said.as_sequence().unwrap_or_default() {
            match self.check(value, schema, path, depth + 1) {
                Ok(()) => fits += 1,
                // What is wrong deepest in the value is most likely what was meant.
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        match (fits, first) {
            (0, Some(error)) => Err(error),
            (2.., _) if word == "oneOf" => Err(wrong(format!("`{path}` may mean two things"), value.span)),
            _ => Ok(()),
        }
    }

    /// What a reference within the file leads to.
    fn target(&self, reference: &'a Node) -> Result<&'a Node> {
        let text = reference.as_str().unwrap_or_default();
        let lost = || {
            let error = wrong(format!("`{text}` leads to nothing in this schema"), reference.span);
            error.hint("references look like `#/$defs/name`")
        };
        let pointer = text.strip_prefix('#').ok_or_else(lost)?;
        pointer
            .split('/')
            .skip(1)
            .try_fold(self.root, |node, name| node.get(&name.replace("~1", "/").replace("~0", "~")).ok_or_else(lost))
    }
}

#[track_caller]
fn wrong(message: String, span: Span) -> Error {
    Error::new(ErrorKind::Bundle, message).at(span)
}

fn resolved(node: &Node) -> Option<Resolved<'_>> {
    node.as_scalar().and_then(|scalar| resolve(scalar).ok())
}

fn boolean(node: &Node) -> Option<bool> {
    match resolved(node)? {
        Resolved::Bool(value) => Some(value),
        _ => None,
    }
}

fn number(node: &Node) -> Option<f64> {
    match resolved(node)? {
        #[expect(clippy::cast_precision_loss, reason = "bounds are compared as JSON Schema's numbers")]
        Resolved::Int(value) => Some(value as f64),
        Resolved::Float(value) => Some(value),
        _ => None,
    }
}

/// What JSON calls the type of a value.
fn type_name(node: &Node) -> &'static str {
    match &node.value {
        Value::Mapping(_) => "object",
        Value::Sequence(_) => "array",
        Value::Scalar(_) => match resolved(node) {
            Some(Resolved::Null) => "null",
            Some(Resolved::Bool(_)) => "boolean",
            Some(Resolved::Int(_)) => "integer",
            Some(Resolved::Float(value)) if value.fract() == 0.0 => "integer",
            Some(Resolved::Float(_)) => "number",
            _ => "string",
        },
    }
}

fn check_type(value: &Node, said: &Node, path: &str) -> Result<()> {
    let names: Vec<&str> = match said.as_sequence() {
        Some(names) => names.iter().filter_map(Node::as_str).collect(),
        None => said.as_str().into_iter().collect(),
    };
    let is = type_name(value);
    if names.iter().any(|name| *name == is || (*name == "number" && is == "integer")) {
        return Ok(());
    }
    Err(wrong(format!("`{path}` must be of type {}, but is {is}", names.join(" or ")), value.span))
}

fn same(left: &Node, right: &Node) -> bool {
    let json = |node: &Node| crate::yaml::json::to_json(node).ok();
    number(left)
        .zip(number(right))
        .map_or_else(|| json(left) == json(right), |(left, right)| left.total_cmp(&right).is_eq())
}

fn check_enum(value: &Node, allowed: &[Node], path: &str) -> Result<()> {
    if allowed.iter().any(|one| same(one, value)) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().filter_map(Node::text).map(crate::yaml::Text::as_str).collect();
    let said = value.text().map_or_else(|| value.sort_name().to_owned(), |text| format!("`{text}`"));
    let error = wrong(format!("`{path}` can't be {said}"), value.span);
    Err(match value.as_str().and_then(|text| nearest(text, &names)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("it may be `{}`", names.join("`, `"))),
    })
}

#[expect(clippy::cast_precision_loss, reason = "lengths are small")]
fn check_bound(value: &Node, word: &str, said: &Node, path: &str) -> Result<()> {
    let Some(bound) = number(said) else { return Err(wrong(format!("`{word}` must be a number"), said.span)) };
    let text = value.text().filter(|_| type_name(value) == "string");
    let (measure, what) = match word {
        "minLength" | "maxLength" => (text.map(|text| text.chars().count() as f64), "as many characters as"),
        "minItems" | "maxItems" => (value.as_sequence().map(|items| items.len() as f64), "as many items as"),
        _ => (number(value), ""),
    };
    let Some(measure) = measure else { return Ok(()) };
    let (fits, how) = match word {
        "minimum" | "minLength" | "minItems" => (measure >= bound, "at least"),
        "exclusiveMinimum" => (measure > bound, "more than"),
        "exclusiveMaximum" => (measure < bound, "less than"),
        "multipleOf" => (bound != 0.0 && (measure / bound).fract() == 0.0, "a multiple of"),
        _ => (measure <= bound, "at most"),
    };
    if fits {
        return Ok(());
    }
    let message = if what.is_empty() {
        format!("`{path}` must be {how} {bound}, but is {measure}")
    } else {
        let sort = what.split(' ').nth(2).unwrap_or_default();
        format!("`{path}` must have {how} {bound} {sort}, but has {measure}")
    };
    Err(wrong(message, value.span))
}

fn check_unique(value: &Node, said: &Node, path: &str) -> Result<()> {
    let items = value.as_sequence().unwrap_or_default();
    let twice = items.iter().enumerate().find(|(index, item)| items[..*index].iter().any(|other| same(other, item)));
    match twice.filter(|_| boolean(said) == Some(true)) {
        Some((index, item)) => Err(wrong(format!("`{path}[{index}]` is there twice"), item.span)),
        None => Ok(()),
    }
}

fn check_pattern(value: &Node, said: &Node, path: &str) -> Result<()> {
    let pattern = said.as_str().unwrap_or_default();
    let Some(text) = value.text().filter(|_| type_name(value) == "string") else { return Ok(()) };
    if expression(pattern, said.span)?.is_match(text) {
        return Ok(());
    }
    Err(wrong(format!("`{path}` must look like `{pattern}`, but is `{text}`"), value.span))
}

fn expression(pattern: &str, span: Span) -> Result<Regex> {
    Regex::new(pattern).map_err(|_| wrong(format!("`{pattern}` is no regular expression"), span))
}
