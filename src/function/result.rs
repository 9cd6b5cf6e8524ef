//! What a function reports besides resources: warnings and errors in the words of the specification.

use crate::error::Error;
use crate::function::list::ResourceList;
use crate::function::reference;
use crate::plugin::resource_list::{INDEX, PATH};
use crate::source::{SourceMap, Span};
use crate::warning::Warnings;
use crate::yaml::{Mapping, Node, Tag, Value};

/// How grave a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The function failed.
    Error,
    /// Somebody should know.
    Warning,
}

/// One thing that a function reports.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionResult {
    /// How grave it is.
    pub severity: Severity,
    /// What it is about, and what to do.
    pub message: String,
    /// `apiVersion`, kind, name and namespace of the object it is about.
    pub resource: Option<[String; 4]>,
    /// The path of the field it is about, in that object.
    pub field: String,
    /// The file, and which of its objects.
    pub file: Option<(String, Option<String>)>,
}

impl FunctionResult {
    fn new(severity: Severity, message: String, span: Span, list: Option<&ResourceList>, sources: &SourceMap) -> Self {
        let mut result = Self { severity, message, resource: None, field: String::new(), file: None };
        let Some(object) = list.and_then(|list| reference::object(list, span)) else {
            // A file that the configuration names. The input itself has no name that anybody knows.
            let path = sources.path(span.source()).filter(|_| !reference::in_input(list, span));
            result.file = path.map(|path| (path.to_string_lossy().into_owned(), None));
            return result;
        };
        let text = |path: &[&str]| object.lookup(path).and_then(Node::as_str).unwrap_or_default().to_owned();
        let resource =
            [text(&["apiVersion"]), text(&["kind"]), text(&["metadata", "name"]), text(&["metadata", "namespace"])];
        let annotation = |keys: [&str; 2]| {
            keys.iter().map(|key| text(&["metadata", "annotations", key])).find(|text| !text.is_empty())
        };
        result.file = annotation(PATH).map(|path| (path, annotation(INDEX)));
        // The specification wants these three.
        if resource[..3].iter().all(|part| !part.is_empty()) {
            result.field = reference::field(object, span);
            result.resource = Some(resource);
        }
        result
    }

    /// The result as the specification has it.
    #[must_use]
    pub fn to_node(&self) -> Node {
        let mapping = |entries: Vec<(&str, Node)>| {
            let mut mapping = Mapping::new();
            entries.into_iter().for_each(|(key, value)| mapping.push(key, value));
            Node::new(Value::Mapping(mapping))
        };
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut entries = vec![("message", Node::string(self.message.as_str())), ("severity", Node::string(severity))];
        if let Some(resource) = &self.resource {
            let parts = ["apiVersion", "kind", "name", "namespace"].into_iter().zip(resource);
            let said = parts.filter(|(_, value)| !value.is_empty());
            entries
                .push(("resourceRef", mapping(said.map(|(key, value)| (key, Node::string(value.as_str()))).collect())));
        }
        if !self.field.is_empty() {
            entries.push(("field", mapping(vec![("path", Node::string(self.field.as_str()))])));
        }
        if let Some((path, index)) = &self.file {
            let mut file = vec![("path", Node::string(path.as_str()))];
            let index = index.as_deref().filter(|index| index.parse::<u32>().is_ok());
            file.extend(index.map(|index| ("index", Node::scalar(index, Tag::Int))));
            entries.push(("file", mapping(file)));
        }
        mapping(entries)
    }
}

/// The warnings so far.
pub(super) fn of_warnings(
    warnings: &Warnings,
    list: Option<&ResourceList>,
    sources: &SourceMap,
) -> Vec<FunctionResult> {
    let result = |(message, span)| FunctionResult::new(Severity::Warning, message, span, list, sources);
    warnings.messages().into_iter().map(result).collect()
}

/// An error, and every other that it tells of.
pub(super) fn of_error(error: &Error, list: Option<&ResourceList>, sources: &SourceMap) -> Vec<FunctionResult> {
    let mut found = vec![(error.message().to_owned(), error.span())];
    for frame in error.frames() {
        let message = frame.message.strip_suffix(" at").unwrap_or(&frame.message);
        match (message.strip_prefix("also: "), found.last_mut()) {
            (None, Some((last, span))) => {
                // A result has one place. Steps with a place of their own name it.
                let place = (message.len() < frame.message.len() && frame.span != *span)
                    .then(|| reference::describe(list, frame.span, sources));
                let place = place.flatten().map(|place| format!(" at {place}")).unwrap_or_default();
                last.push_str(&format!("; {message}{place}"));
            }
            (also, _) => found.push((also.unwrap_or(message).to_owned(), frame.span)),
        }
    }
    if let Some((first, _)) = found.first_mut()
        && !error.hints().is_empty()
    {
        first.push_str(&format!(" ({})", error.hints().join("; ")));
    }
    let result = |(message, span)| FunctionResult::new(Severity::Error, message, span, list, sources);
    let mut results: Vec<FunctionResult> = found.into_iter().map(result).collect();
    if let (Some(first), Some(location)) = (results.first_mut(), error.location())
        && first.resource.is_none()
    {
        first.file = Some((location.path.to_string_lossy().into_owned(), None));
    }
    results
}
