//! Changes values of JSON or YAML that is the text of another value; all else stays as it was written.

use arcstr::ArcStr;

use crate::source::{SourceId, Span};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Value};

/// What becomes of a text under a key.
pub(in crate::transform) type Change<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

/// What becomes of the name and the namespace of an object that is named by both.
pub(in crate::transform) type ChangeBoth<'a> = &'a dyn Fn(&str, &str) -> Option<(String, String)>;

/// The text with its values changed; `None` if nothing changes or it can't be read.
pub(in crate::transform) fn edit(text: &str, change: Change<'_>, both: ChangeBoth<'_>) -> Option<String> {
    let source = ArcStr::from(text);
    let node = parse(Chunk::whole(&source, SourceId::PASSING), Dialect::V2).ok()??;
    let mut edits = Vec::new();
    collect(&node, "", change, both, &mut edits);
    let mut places: Vec<(usize, usize, String)> =
        edits.into_iter().filter_map(|edit| place(text, &edit).map(|(start, end)| (start, end, edit.new))).collect();
    if places.is_empty() {
        return None;
    }
    places.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
    let mut edited = text.to_owned();
    for (start, end, new) in places {
        edited.replace_range(start..end, &new);
    }
    Some(edited)
}

struct Edit<'a> {
    span: Span,
    old: &'a str,
    new: String,
}

fn collect<'a>(node: &'a Node, key: &str, change: Change<'_>, both: ChangeBoth<'_>, edits: &mut Vec<Edit<'a>>) {
    match &node.value {
        Value::Scalar(scalar) => {
            if let Some(new) = change(key, &scalar.text) {
                edits.push(Edit { span: node.span, old: &scalar.text, new });
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, key, change, both, edits)),
        Value::Mapping(mapping) => {
            let part = |key: &str| Some((node.get(key)?.span, node.get(key)?.text()?.as_str()));
            if let (Some(name), Some(namespace)) = (part("name"), part("namespace"))
                && let Some(new) = both(name.1, namespace.1)
            {
                edits.push(Edit { span: name.0, old: name.1, new: new.0 });
                edits.push(Edit { span: namespace.0, old: namespace.1, new: new.1 });
            }
            for entry in mapping {
                collect(&entry.value, entry.key.text(), change, both, edits);
            }
        }
    }
}

/// The bytes of a value within its quotes. Nothing that needs an escape is ever changed.
fn place(text: &str, edit: &Edit<'_>) -> Option<(usize, usize)> {
    let line = usize::try_from(edit.span.line()).ok()?.checked_sub(1)?;
    let start = match line {
        0 => 0,
        line => text.match_indices('\n').nth(line - 1)?.0 + 1,
    };
    let column = usize::try_from(edit.span.column()).ok()?.checked_sub(1)?;
    let start = start + text.get(start..)?.char_indices().nth(column).map(|(at, _)| at)?;
    let start = start + usize::from(text.get(start..)?.starts_with(['"', '\'']));
    let end = start + edit.old.len();
    (text.get(start..end)? == edit.old).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Option<String> {
        let change = |key: &str, text: &str| (text == "a" && key != "not").then(|| "long".to_owned());
        let both = |name: &str, namespace: &str| (name == "n").then(|| (format!("p-{name}"), namespace.to_owned()));
        edit(text, &change, &both)
    }

    #[test]
    fn values_change_and_nothing_else() {
        let json = "{\n    \"x\" : \"a\",   \"not\": \"a\",\n    \"é\": {\"y\": [\"a\", \"b\"]}\n}\n";
        let want = "{\n    \"x\" : \"long\",   \"not\": \"a\",\n    \"é\": {\"y\": [\"long\", \"b\"]}\n}\n";
        assert_eq!(run(json).as_deref(), Some(want));
        assert_eq!(
            run("- name: n  # here\n  namespace: x\n").as_deref(),
            Some("- name: p-n  # here\n  namespace: x\n")
        );
        assert_eq!(run("a").as_deref(), Some("long"));
    }

    #[test]
    fn what_is_not_ours_is_left() {
        for text in ["b", "{", "\"\\u0061\"", ""] {
            assert_eq!(run(text), None, "{text}");
        }
    }
}
