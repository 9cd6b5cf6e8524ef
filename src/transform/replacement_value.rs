//! Writes the value of a replacement to one field path of one object.
//!
//! A path may lead into a text that is YAML or JSON itself; then the text is read, changed and
//! written anew.

use arcstr::ArcStr;

use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::source::{SourceId, Span};
use crate::transform::replacement::FieldOptions;
use crate::yaml::emit_v3::emit_v3_like;
use crate::yaml::json::go_json;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::path::{self, Location, look_up, node_at, node_at_mut};
use crate::yaml::path_match::{Found, Matcher, Sort};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Scalar, Tag, Text, Value};

/// What is written: a value, and the field it is the value of while that still stands.
#[derive(Debug)]
pub(super) struct ReplacedValue {
    node: Node,
    field: Option<(usize, Location)>,
}

impl ReplacedValue {
    /// A value that nothing changes.
    pub(super) const fn fixed(node: Node) -> Self {
        Self { node, field: None }
    }

    /// The value of a field of the object at position `index`; it changes with the field, which a
    /// target may be as well.
    pub(super) const fn of_field(node: Node, index: usize, location: Location) -> Self {
        Self { node, field: Some((index, location)) }
    }

    /// Reads the field again, around anything that is written in the same object.
    pub(super) fn refresh(&mut self, root: &Node, index: usize) {
        if let Some((own, location)) = &self.field
            && *own == index
            && let Some(node) = node_at(root, location)
        {
            self.node.clone_from(node);
        }
    }

    /// Lets go of a field whose surroundings are about to be replaced.
    fn detach(&mut self, index: usize, replaced: &[usize]) {
        let inside = |(own, location): &(usize, Location)| {
            *own == index && location.len() > replaced.len() && location.starts_with(replaced)
        };
        if self.field.as_ref().is_some_and(inside) {
            self.field = None;
        }
    }
}

/// A field path of a target, ready to be matched.
pub(super) struct Field<'a> {
    path: &'a str,
    span: Span,
    parts: Vec<String>,
    matcher: Matcher,
    options: Option<&'a FieldOptions>,
}

impl<'a> Field<'a> {
    pub(super) fn new(path: &'a Spanned<String>, options: Option<&'a FieldOptions>) -> Result<Self> {
        let parts = path::split(&path.value).at(path.span())?;
        Ok(Self { path: &path.value, span: path.span(), matcher: Matcher::new(&parts), parts, options })
    }

    /// Writes the value to every field of `root` (the object at position `index`) that the path leads to.
    pub(super) fn write(&self, root: &mut Node, index: usize, value: &mut ReplacedValue) -> Result<()> {
        let result = self.write_all(root, index, value);
        value.refresh(root, index);
        result
    }

    fn write_all(&self, root: &mut Node, index: usize, value: &mut ReplacedValue) -> Result<()> {
        if self.write_in_text(root, &value.node) {
            return Ok(());
        }
        let found = self.matcher.find(root, self.create(&value.node)).map_err(|error| self.missing(Some(error)))?;
        if found.is_empty() {
            return Err(self.missing(None));
        }
        for found in found {
            value.refresh(root, index);
            match found {
                Found::At(location) => {
                    let Some(node) = node_at_mut(root, &location) else { continue };
                    if node.as_scalar().is_none() {
                        value.detach(index, &location);
                    }
                    self.set(node, &value.node)?;
                }
                // Upstream writes to a copy of the text's content, and the text stays as it is.
                Found::Outside(mut node) => self.set(&mut node, &value.node)?,
            }
        }
        Ok(())
    }

    fn create(&self, value: &Node) -> Option<Sort> {
        self.options.is_some_and(|options| options.create).then(|| Sort::of(value))
    }

    fn missing(&self, cause: Option<Error>) -> Error {
        let cause = cause.map(|cause| format!(": {}", cause.message())).unwrap_or_default();
        let message = format!("no field `{}` to replace{cause}", self.path);
        let error = Error::new(ErrorKind::Transform, message).at(self.span);
        if self.options.is_some_and(|options| options.create) {
            error
        } else {
            error.hint("set `options: {create: true}` if the field is to be made")
        }
    }

    /// Sets one field. A scalar keeps its type and quotes and gets the text only; anything else is
    /// replaced as a whole.
    fn set(&self, target: &mut Node, value: &Node) -> Result<()> {
        let mut joined = None;
        if let Some(options) = self.options.filter(|options| !options.delimiter.is_empty()) {
            let Some(scalar) = target.as_scalar() else {
                let message = format!("`delimiter` can't split {}", target.sort_name());
                return Err(Error::new(ErrorKind::Transform, message).at(target.span));
            };
            joined = Some(join(&scalar.text, value.as_str().unwrap_or_default(), options));
        }
        match &mut target.value {
            Value::Scalar(scalar) => {
                scalar.text = joined.or_else(|| value.text().cloned()).unwrap_or_default();
            }
            _ => *target = value.clone(),
        }
        Ok(())
    }

    /// Writes to a field within a text that holds YAML or JSON; `false` if the path leads to none,
    /// or not all the way.
    fn write_in_text(&self, root: &mut Node, value: &Node) -> bool {
        let Some((location, rest)) = self.find_text(root) else { return false };
        let Some(Value::Scalar(scalar)) = node_at_mut(root, &location).map(|node| &mut node.value) else {
            return false;
        };
        match self.rewrite(&scalar.text, rest, value) {
            Ok(Some(text)) => {
                scalar.text = Text::from(text);
                true
            }
            // Upstream then tries the path as if there were no text, which tells what is wrong.
            Ok(None) | Err(_) => false,
        }
    }

    /// The first scalar on the way, if it can be read, and what of the path follows it.
    fn find_text(&self, root: &Node) -> Option<(Location, &[String])> {
        let mut location = Location::new();
        for (count, part) in self.parts.iter().enumerate() {
            let node = node_at(root, &location)?;
            location.extend(look_up(node, std::slice::from_ref(part)).ok()??);
            let rest = self.parts.get(count + 1..)?;
            if node_at(root, &location)?.as_scalar().is_some() {
                return (!rest.is_empty()).then_some((location, rest));
            }
        }
        None
    }

    fn rewrite(&self, text: &str, rest: &[String], value: &Node) -> Result<Option<String>> {
        let source = ArcStr::from(text);
        let Some(mut inner) = parse(Chunk::whole(&source, WITHIN_TEXT), Dialect::V3)? else { return Ok(None) };
        let found = Matcher::new(rest).find(&mut inner, self.create(value))?;
        if found.is_empty() {
            return Ok(None);
        }
        let is_json = text.trim_start().starts_with(['{', '[']);
        for found in found {
            match found {
                Found::At(location) => {
                    if let Some(node) = node_at_mut(&mut inner, &location) {
                        self.set(node, value)?;
                        // Between brackets nothing is written as quotes, and so becomes a text.
                        let made = |scalar: &&mut Scalar| scalar.text.is_empty() && scalar.tag == Tag::Unresolved;
                        if let Some(scalar) = node.as_scalar_mut().filter(|scalar| is_json && made(scalar)) {
                            scalar.tag = Tag::Str;
                        }
                    }
                }
                Found::Outside(mut node) => self.set(&mut node, value)?,
            }
        }
        if !is_json {
            return Ok(Some(emit_v3_like(&inner, text, WITHIN_TEXT).trim().to_owned()));
        }
        let json = go_json(&inner)?;
        let pretty = text.contains('\n') && text.contains("  ");
        Ok(Some(if pretty { indented(&json) } else { json }))
    }
}

/// The source of nodes that were read from a text; no source map knows it.
const WITHIN_TEXT: SourceId = SourceId::PASSING;

/// The parts of `text` with `value` in the place that the options name.
fn join(text: &str, value: &str, options: &FieldOptions) -> Text {
    let mut parts: Vec<&str> = text.split(&options.delimiter).collect();
    match usize::try_from(options.index) {
        Err(_) => parts.insert(0, value),
        Ok(index) => match parts.get_mut(index) {
            Some(part) => *part = value,
            None => parts.push(value),
        },
    }
    Text::from(parts.join(&options.delimiter))
}

/// Compact JSON with line breaks and two blanks of indentation, as Go writes it.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
    let mut chars = json.chars().peekable();
    let new_line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if let Some(end) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(depth, &mut out);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(depth, &mut out);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(depth, &mut out);
            }
            ':' => out.push_str(": "),
            _ => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}
