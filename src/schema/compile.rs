//! `OpenAPI` documents to [tables](super::table).
//!
//! Keeps what merging and scopes ask for, and drops the rest: descriptions, formats,
//! required fields. Every field keeps its name even where nothing is known of it,
//! because a known field without a schema of its own ends the search for schemas of
//! embedded objects.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::table::{escape, type_key};
use crate::error::{Error, ErrorKind, Result};

/// Compiles a document to the lines of a table, sorted.
///
/// # Errors
/// When the document or one of its definitions is no mapping.
pub fn compile(document: &Value) -> Result<String> {
    let root = object(document, "the document")?;
    let mut compiler = Compiler { document, lines: BTreeMap::new(), types: BTreeMap::new() };
    if let Some(definitions) = root.get("definitions").filter(|value| !value.is_null()) {
        for (name, definition) in object(definitions, "`definitions`")? {
            let schema = object(definition, &format!("definition `{name}`"))?;
            compiler.define(escape(name).into_owned(), schema);
            compiler.register(name, schema);
        }
    }
    if let Some(paths) = root.get("paths").filter(|value| !value.is_null()) {
        for (path, item) in object(paths, "`paths`")? {
            compiler.scope(path, item);
        }
    }
    Ok(compiler.finish())
}

/// What is known of a type.
#[derive(Default)]
struct Type {
    definition: Option<String>,
    namespaced: Option<bool>,
}

struct Compiler<'a> {
    document: &'a Value,
    lines: BTreeMap<String, String>,
    types: BTreeMap<String, Type>,
}

impl<'a> Compiler<'a> {
    /// Writes the line of a definition.
    fn define(&mut self, name: String, schema: &'a Map<String, Value>) {
        if self.lines.contains_key(&name) {
            return;
        }
        self.lines.insert(name.clone(), String::new());
        let mut words = Vec::new();
        let own = match reference(schema) {
            Some(target) => self.refer(&target),
            None => self.plain(&name, schema),
        };
        if !own.is_empty() {
            words.push(format!("={own}"));
        }
        let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let mut fields: Vec<_> = fields.map(|(field, value)| (escape(field), value)).collect();
        fields.sort_by(|(left, _), (right, _)| left.cmp(right));
        for (field, value) in fields {
            let expression = self.expression(&format!("{name}>{field}"), value);
            let separator = if expression.is_empty() { "" } else { ":" };
            words.push(format!("{field}{separator}{expression}"));
        }
        self.lines.insert(name, words.join(" "));
    }

    /// What `value`, the schema at `place`, says.
    fn expression(&mut self, place: &str, value: &'a Value) -> String {
        let Some(schema) = value.as_object() else { return String::new() };
        if let Some(target) = reference(schema) {
            return self.refer(&target);
        }
        if schema.get("properties").and_then(Value::as_object).is_some_and(|fields| !fields.is_empty()) {
            self.define(place.to_owned(), schema);
            return place.to_owned();
        }
        self.plain(place, schema)
    }

    /// What a schema without fields says.
    fn plain(&mut self, place: &str, schema: &'a Map<String, Value>) -> String {
        let mut expression = match (list_items(schema), schema.get("additionalProperties")) {
            (Some(items), _) => format!("[{}]", self.expression(&format!("{place}>|"), items)),
            (None, Some(values @ Value::Object(_))) => {
                format!("{{{}}}", self.expression(&format!("{place}>*"), values))
            }
            _ => String::new(),
        };
        if let Some(strategy) = text(schema, "x-kubernetes-patch-strategy") {
            let keys = merge_keys(schema);
            expression = format!("{expression}@{}", escape_strategy(strategy));
            if !keys.is_empty() {
                let keys: Vec<_> = keys.into_iter().map(escape).collect();
                expression = format!("{expression}@{}", keys.join(","));
            }
        }
        expression
    }

    /// The name of the definition that a reference means; places deeper in the document get a line of their own.
    fn refer(&mut self, target: &str) -> String {
        let pointer = target.split_once('#').map_or("", |(_, fragment)| fragment);
        let path = pointer.strip_prefix("/definitions/").unwrap_or(pointer);
        if path.contains('/') {
            let name = escape(path).into_owned();
            if let Some(schema) = self.document.pointer(pointer).and_then(Value::as_object) {
                self.define(name.clone(), schema);
            }
            return name;
        }
        escape(&path.replace("~1", "/").replace("~0", "~")).into_owned()
    }

    /// Notes which types a definition is for.
    fn register(&mut self, name: &str, schema: &Map<String, Value>) {
        let types = schema.get("x-kubernetes-group-version-kind").and_then(Value::as_array);
        for key in types.into_iter().flatten().filter_map(type_of) {
            self.types.entry(key).or_default().definition = Some(escape(name).into_owned());
        }
    }

    /// Notes the scope of the type that a path serves.
    fn scope(&mut self, path: &str, item: &Value) {
        let served = item.get("get").and_then(|get| get.get("x-kubernetes-group-version-kind"));
        let Some(key) = served.and_then(type_of) else { return };
        let scope = &mut self.types.entry(key).or_default().namespaced;
        if path.contains("namespaces/{namespace}") {
            *scope = Some(true);
        } else {
            scope.get_or_insert(false);
        }
    }

    fn finish(mut self) -> String {
        for (key, known) in self.types {
            let definition = known.definition.map(|name| format!(":{name}"));
            let scope = known.namespaced.map(|namespaced| if namespaced { "namespaced" } else { "cluster" }.to_owned());
            let words: Vec<String> = definition.into_iter().chain(scope).collect();
            self.lines.insert(key, words.join(" "));
        }
        let mut table = String::new();
        for (key, words) in self.lines {
            table.push_str(&key);
            if !words.is_empty() {
                table.push(' ');
                table.push_str(&words);
            }
            table.push('\n');
        }
        table
    }
}

/// The schema of the items, if `schema` is of the type `array` alone.
fn list_items(schema: &Map<String, Value>) -> Option<&Value> {
    let is_list = match schema.get("type")? {
        Value::String(name) => name == "array",
        Value::Array(names) => names.len() == 1 && names[0] == "array",
        _ => false,
    };
    schema.get("items").filter(|items| is_list && items.is_object())
}

fn reference(schema: &Map<String, Value>) -> Option<String> {
    text(schema, "$ref").filter(|target| !target.is_empty()).map(str::to_owned)
}

fn text<'a>(schema: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    schema.get(key).and_then(Value::as_str)
}

/// The list of merge keys, or the one merge key.
fn merge_keys(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("x-kubernetes-list-map-keys") {
        Some(keys) => keys.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
        None => text(schema, "x-kubernetes-patch-merge-key").into_iter().collect(),
    }
}

/// Strategies are joined by commas, which stay.
fn escape_strategy(strategy: &str) -> String {
    strategy.split(',').map(escape).collect::<Vec<_>>().join(",")
}

fn type_of(value: &Value) -> Option<String> {
    let version = value.get("version")?.as_str()?;
    let kind = value.get("kind")?.as_str()?;
    match value.get("group").and_then(Value::as_str).filter(|group| !group.is_empty()) {
        Some(group) => Some(type_key(&format!("{group}/{version}"), kind)),
        None => Some(type_key(version, kind)),
    }
}

fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| {
        Error::new(ErrorKind::Kustomization, format!("{what} of an OpenAPI schema must be a mapping"))
            .hint("`openapi.path` must name a file as `kubectl get --raw /openapi/v2` prints it")
    })
}
