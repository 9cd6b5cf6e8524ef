//! Reading patches: a JSON array if the text begins with `[`, YAML otherwise.

use arcstr::ArcStr;
use serde_json::{Map, Value as Json};

use crate::error::{Error, ErrorKind, Result};
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::documents::Position;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::yaml_to_json::yaml_to_json;

/// The operations of a patch.
#[derive(Debug, Clone, Default)]
pub struct Operations {
    list: Vec<Operation>,
    span: Option<Span>,
}

/// One operation as it was written; whether it makes sense shows when it is applied.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    fields: Map<String, Json>,
    /// The value with the places that wrote it.
    pub(super) written: Option<Node>,
    pub(super) span: Span,
    /// Whether the patch was written in JSON; values are then compared as they were written.
    pub(super) verbatim: bool,
}

impl Operations {
    /// Reads the operations of a patch. A text without any value holds none.
    ///
    /// # Errors
    /// Malformed text; anything but a list of mappings.
    pub fn parse(text: &ArcStr, position: Position) -> Result<Self> {
        let verbatim = text.starts_with('[');
        let start = place(position, 1, 1);
        let Position { source, line, column } = position;
        let tree = parse(Chunk { text, source, start: 0, end: text.len(), line, column }, Dialect::V2);
        // What is JSON need not be YAML; then nothing knows places but the list.
        let (document, tree) = if verbatim {
            (serde_json::from_str(text).map_err(|error| no_json(&error, position))?, tree.ok().flatten())
        } else {
            let tree = tree?;
            (tree.as_ref().map_or(Ok(Json::Null), yaml_to_json)?, tree)
        };
        let items = match document {
            Json::Null => Vec::new(),
            Json::Array(items) => items,
            _ => return Err(no_list(tree.as_ref().map_or(start, |tree| tree.span))),
        };
        let written = |index: usize| tree.as_ref()?.as_sequence()?.get(index);
        let operation = |(index, item): (usize, Json)| {
            let written = written(index);
            let span = written.map_or(start, |node| node.span);
            let fields = match item {
                Json::Object(fields) => fields,
                Json::Null => Map::new(),
                _ => return Err(no_list(span)),
            };
            let written = written.and_then(|node| node.get("value")).cloned();
            Ok(Operation { fields, written, span, verbatim })
        };
        let list = items.into_iter().enumerate().map(operation).collect::<Result<_>>()?;
        Ok(Self { list, span: Some(tree.map_or(start, |tree| tree.span)) })
    }

    /// Whether there is no operation.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether an operation reads or writes what is at or below `pointer`, or the whole document.
    #[must_use]
    pub fn touch(&self, pointer: &str) -> bool {
        let reaches = |path: &str| {
            let path = path.find('/').map_or("", |at| &path[at..]);
            path.strip_prefix(pointer).map_or(path.is_empty(), |rest| rest.is_empty() || rest.starts_with('/'))
        };
        let pointers =
            |operation: &Operation| ["path", "from"].iter().any(|field| operation.pointer(field).is_ok_and(reaches));
        self.list.iter().any(pointers)
    }

    /// Where the patch was written.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span.unwrap_or(Span::NONE)
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Operation> {
        self.list.iter()
    }
}

impl Operation {
    /// What it does; `unknown` if that is not said.
    pub(super) fn kind(&self) -> &str {
        self.fields.get("op").and_then(Json::as_str).unwrap_or("unknown")
    }

    /// The text of the field `path` or `from`.
    pub(super) fn pointer(&self, field: &str) -> Result<&str> {
        let pointer = self.fields.get(field).and_then(Json::as_str);
        pointer.ok_or_else(|| self.error(format!("a `{}` operation needs a `{field}`", self.kind())))
    }

    /// The value, if one was given; null is one.
    pub(super) fn value(&self) -> Option<&Json> {
        self.fields.get("value")
    }

    /// An error at the operation.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Patch, message).at(self.span)
    }
}

fn place(position: Position, line: usize, column: usize) -> Span {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Span::new(position.source, number(position.line + line), number(position.column + column))
}

fn no_json(error: &serde_json::Error, position: Position) -> Error {
    Error::new(ErrorKind::Syntax, "the patch begins like a JSON array, but is no JSON").at(place(
        position,
        error.line().max(1),
        error.column().max(1),
    ))
}

fn no_list(span: Span) -> Error {
    Error::new(ErrorKind::Patch, "a JSON patch must be a list of operations")
        .at(span)
        .hint("write each operation as `- op: replace`, with `path` and `value` below it")
}
