//! The trees of generated objects, as upstream's `generators` and `datamap` build them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, ErrorKind, Result};
use crate::generate::GeneratorArgs;
use crate::resource::{Behavior, Resource};
use crate::source::Span;
use crate::yaml::resolve::{Dialect, resolve_plain};
use crate::yaml::{Key, Mapping, Node, Scalar, Style, Tag, Text, Value};

/// Base64 text longer than this is broken into lines.
const BASE64_LINE: usize = 70;

/// `apiVersion`, kind, name and namespace of a generated object.
pub(super) fn base_node(kind: &'static str, args: &GeneratorArgs) -> Result<Mapping> {
    if args.name.is_empty() {
        let message = format!("a generated {kind} must have a name");
        return Err(Error::new(ErrorKind::Kustomization, message).at(args.span()));
    }
    let mut metadata = Mapping::new();
    metadata.push("name", string(args.name.as_str()).at(args.span()));
    if !args.namespace.is_empty() {
        metadata.push("namespace", string(args.namespace.as_str()).at(args.span()));
    }
    let mut root = Mapping::new();
    root.push("apiVersion", Node::string("v1"));
    root.push("kind", Node::string(kind));
    root.push("metadata", Node::new(Value::Mapping(metadata)).at(args.span()));
    Ok(root)
}

/// Adds labels, annotations and `immutable`, and makes a resource of the tree.
pub(super) fn finish(mut root: Mapping, args: &GeneratorArgs) -> Resource {
    if let Some(options) = &args.options {
        if let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut) {
            add_texts(metadata, "labels", options.labels.as_ref());
            add_texts(metadata, "annotations", options.annotations.as_ref());
        }
        if options.immutable {
            root.set("immutable", Node::scalar("true", Tag::Bool));
        }
    }
    let mut resource = Resource::new(Node::new(Value::Mapping(root)).at(args.span()));
    resource.needs_hash = args.options.as_ref().is_none_or(|options| !options.disable_name_suffix_hash);
    resource.behavior = Behavior::parse(&args.behavior);
    resource
}

fn add_texts(metadata: &mut Mapping, field: &str, texts: Option<&BTreeMap<String, String>>) {
    let Some(texts) = texts.filter(|texts| !texts.is_empty()) else { return };
    let mut mapping = Mapping::new();
    for (key, text) in texts {
        mapping.push(untyped_key(key.as_str(), Span::NONE), string(text.as_str()));
    }
    metadata.push(field, Node::new(Value::Mapping(mapping)));
}

/// A key without a type: like upstream's, one that looks like a number can't be printed.
pub(super) fn untyped_key(text: impl Into<Text>, span: Span) -> Key {
    Key { span, scalar: Scalar { text: text.into(), tag: Tag::Unresolved, style: Style::Plain } }
}

/// A string; one of more than one line is written as a block, one that looks like something else
/// in YAML 1.1 in quotes, which then stay if a name gets a prefix.
pub(super) fn string(text: impl Into<Text>) -> Node {
    let text = text.into();
    let style = if text.contains('\n') {
        Style::Literal
    } else if text.is_empty() || resolve_plain(&text, Dialect::V2) == Tag::Str {
        Style::Plain
    } else {
        Style::DoubleQuoted
    };
    Node::new(Value::Scalar(Scalar { text, tag: Tag::Str, style }))
}

/// Base64, in lines if it is long; the last line then ends with a newline, too.
pub(crate) fn base64_lines(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    if encoded.len() < BASE64_LINE {
        return encoded;
    }
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / BASE64_LINE + 1);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(BASE64_LINE));
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_broken_at_70() {
        assert_eq!(base64_lines(b"x"), "eA==");
        assert_eq!(base64_lines(&[b'x'; 51]).len(), 68);
        let lines = base64_lines(&[b'x'; 52]);
        assert_eq!(lines.split('\n').map(str::len).collect::<Vec<_>>(), [70, 2, 0]);
    }
}
