//! From a place in the input to the object and the field that stand there.

use crate::function::list::ResourceList;
use crate::resource::Resource;
use crate::source::{SourceMap, Span};
use crate::yaml::{Node, Value};

/// The object of the list that holds the place `span`.
pub(super) fn object(list: &ResourceList, span: Span) -> Option<&Node> {
    let here = |node: &&Node| node.span.source() == span.source() && place(node.span) <= place(span);
    list.objects().filter(here).max_by_key(|node| place(node.span))
}

/// Whether `span` is a place in the input, which has no name that its sender knows. Without a list nothing else was
/// read.
pub(super) fn in_input(list: Option<&ResourceList>, span: Span) -> bool {
    list.is_none_or(|list| list.source == span.source())
}

/// The place `span` in words.
pub(super) fn describe(list: Option<&ResourceList>, span: Span, sources: &SourceMap) -> Option<String> {
    if !in_input(list, span) {
        let location = sources.locate(span)?;
        return Some(format!("{}:{}:{}", location.path.display(), location.line, location.column));
    }
    let object = object(list?, span)?;
    let (id, field) = (Resource::new(object.clone()).cur_id(), field(object, span));
    Some(if field.is_empty() { format!("`{id}`") } else { format!("`{field}` of `{id}`") })
}

/// The path of the field of `object` at the place `span`, or of the last one before it, which is then a text that
/// holds the place. Empty for the object itself.
pub(super) fn field(object: &Node, span: Span) -> String {
    let mut search = Search { span, before: String::new(), exact: None };
    search.visit(object, &mut String::new());
    search.exact.unwrap_or(search.before)
}

struct Search {
    span: Span,
    before: String,
    exact: Option<String>,
}

impl Search {
    fn visit(&mut self, node: &Node, path: &mut String) {
        self.compare(node.span, path);
        let length = path.len();
        match &node.value {
            Value::Scalar(_) => {}
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push_str(&format!("[{index}]"));
                    self.visit(item, path);
                    path.truncate(length);
                }
            }
            Value::Mapping(mapping) => {
                for entry in mapping.iter() {
                    push_key(path, entry.key.text());
                    self.compare(entry.key.span, path);
                    self.visit(&entry.value, path);
                    path.truncate(length);
                }
            }
        }
    }

    fn compare(&mut self, span: Span, path: &str) {
        if self.exact.is_some() || span.source() != self.span.source() || place(span) > place(self.span) {
            return;
        }
        if place(span) == place(self.span) {
            self.exact = Some(path.to_owned());
        }
        path.clone_into(&mut self.before);
    }
}

fn push_key(path: &mut String, key: &str) {
    if key.contains(['.', '[', ']', '"']) || key.is_empty() {
        path.push_str(&format!("[{key:?}]"));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

fn place(span: Span) -> (u32, u32) {
    (span.line(), span.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    const LIST: &str = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  kind: F
  metadata: {name: f}
  patch: |
    one
    two
items:
- kind: A
  metadata:
    name: a
  data:
    a.b: [{c: 1}]
";

    fn found(line: u32, column: u32) -> String {
        let list = ResourceList::read(&LIST.into(), SourceId(0)).unwrap();
        let span = Span::new(SourceId(0), line, column);
        let object = object(&list, span).unwrap();
        format!("{} {}", object.get("kind").and_then(Node::as_str).unwrap(), field(object, span))
    }

    #[test]
    fn finds_objects_and_fields() {
        assert_eq!(found(4, 3), "F ");
        assert_eq!(found(5, 20), "F metadata.name");
        assert_eq!(found(8, 5), "F patch", "inside of a text");
        assert_eq!(found(10, 3), "A ");
        assert_eq!(found(12, 11), "A metadata.name");
        assert_eq!(found(14, 16), "A data[\"a.b\"][0].c");
    }
}
