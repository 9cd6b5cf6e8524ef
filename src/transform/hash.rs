//! Appends a hash of the content to the names of generated objects (upstream: `api/hasher`,
//! `HashTransformer`).
//!
//! The hash covers what upstream's covers, which for ConfigMaps and Secrets is data and kind
//! only: the name that upstream means to include is looked up under a wrong path and is always
//! empty.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::transform::{Context, Transformer};
use crate::yaml::json::write_go_string;
use crate::yaml::number::json_float;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Value};

/// Renames every resource that needs a hash.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashTransformer;

impl Transformer for HashTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let new_name = |resource: &Resource| -> Result<Option<String>> {
            if !resource.needs_hash {
                return Ok(None);
            }
            Ok(Some(format!("{}-{}", resource.name(), hash(resource)?)))
        };
        resources.change_where(new_name, |resource, name| {
            resource.store_previous_id(context.schema);
            resource.set_name(name);
        })
    }
}

/// The hash that is appended to the name of `resource`.
///
/// # Errors
/// Data that JSON can't express (keys that are no strings within a value, `.nan`).
pub fn hash(resource: &Resource) -> Result<String> {
    let mut json = String::new();
    match resource.kind().as_str() {
        "ConfigMap" => fields(&resource.node, "ConfigMap", &["binaryData", "data", "kind", "name"], &mut json)?,
        "Secret" => fields(&resource.node, "Secret", &["data", "kind", "name", "stringData", "type"], &mut json)?,
        _ => go_node(&resource.node, &mut json),
    }
    Ok(short(&json))
}

/// The first ten hexadecimal digits of the SHA-256, without digits that could spell a bad word.
fn short(json: &str) -> String {
    let digest = Sha256::digest(json.as_bytes());
    let hex = digest.iter().take(5).flat_map(|byte| [byte >> 4, byte & 15]);
    hex.map(|digit| char::from(b"gh2k456789mbcdtf"[usize::from(digit)])).collect()
}

/// The named fields of the object as a JSON object; `names` are sorted.
fn fields(node: &Node, kind: &str, names: &[&str], out: &mut String) -> Result<()> {
    let mut separator = '{';
    for name in names {
        let value = node.get(name);
        // These are left out unless they are mappings; a list there is a null.
        let optional = matches!(*name, "binaryData" | "stringData");
        if optional && value.is_none_or(|value| value.as_scalar().is_some()) {
            continue;
        }
        out.push(separator);
        separator = ',';
        write_go_string(name, out);
        out.push(':');
        match (*name, value.map(|value| &value.value)) {
            ("kind", _) => write_go_string(kind, out),
            ("name", _) | (_, None) => write_go_string("", out),
            (_, Some(Value::Scalar(scalar))) => write_go_string(&scalar.text, out),
            (_, Some(Value::Mapping(mapping))) => json_mapping(mapping, true, out)?,
            (_, Some(Value::Sequence(_))) => out.push_str("null"),
        }
    }
    out.push('}');
    Ok(())
}

fn json_value(node: &Node, out: &mut String) -> Result<()> {
    match &node.value {
        Value::Mapping(mapping) => json_mapping(mapping, false, out)?,
        Value::Sequence(items) => {
            let mut separator = '[';
            for item in items {
                out.push(separator);
                separator = ',';
                json_value(item, out)?;
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Scalar(Scalar { text, tag: Tag::Str, .. }) => write_go_string(text, out),
        Value::Scalar(scalar) => match resolve(scalar).map_err(|error| error.at(node.span))? {
            Resolved::Null => out.push_str("null"),
            Resolved::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            // Upstream reads the JSON back with floats for all numbers before it hashes it.
            #[expect(clippy::cast_precision_loss, reason = "upstream loses the same precision")]
            Resolved::Int(value) => out.push_str(&json_float(value as f64)),
            Resolved::Float(value) => out.push_str(&json_float(value)),
            Resolved::Str(text) => write_go_string(&text, out),
        },
    }
    Ok(())
}

/// Keys are sorted; at the top they may be numbers and booleans, which become strings.
fn json_mapping(mapping: &Mapping, top: bool, out: &mut String) -> Result<()> {
    let mut entries: BTreeMap<&str, &Node> = BTreeMap::new();
    for entry in mapping {
        let tag = entry.key.scalar.tag;
        if !top && !matches!(tag, Tag::Str | Tag::Unresolved) {
            let message = format!("the key `{}` is not a string", entry.key.text());
            return Err(Error::new(ErrorKind::Transform, message).at(entry.key.span));
        }
        entries.insert(entry.key.text(), &entry.value);
    }
    let mut separator = '{';
    for (key, value) in &entries {
        out.push(separator);
        separator = ',';
        write_go_string(key, out);
        out.push(':');
        json_value(value, out)?;
    }
    out.push_str(if entries.is_empty() { "{}" } else { "}" });
    Ok(())
}

/// Any other kind: upstream hashes its parser's node, places included.
fn go_node(node: &Node, out: &mut String) {
    let (kind, style, tag, text) = match &node.value {
        Value::Mapping(_) => (4, 0, "!!map", ""),
        Value::Sequence(_) => (2, 0, "!!seq", ""),
        Value::Scalar(scalar) => (8, go_style(scalar.style), go_tag(scalar.tag), scalar.text.as_str()),
    };
    go_node_head(kind, style, tag, text, out);
    match &node.value {
        Value::Mapping(mapping) => {
            let mut separator = '[';
            for entry in mapping {
                let Scalar { text, tag, style } = &entry.key.scalar;
                out.push(separator);
                go_node_head(8, go_style(*style), go_tag(*tag), text, out);
                out.push_str("null");
                go_node_tail(entry.key.span, out);
                out.push(',');
                go_node(&entry.value, out);
                separator = ',';
            }
            out.push_str(if mapping.is_empty() { "null" } else { "]" });
        }
        Value::Sequence(items) => {
            let mut separator = '[';
            for item in items {
                out.push(separator);
                go_node(item, out);
                separator = ',';
            }
            out.push_str(if items.is_empty() { "null" } else { "]" });
        }
        Value::Scalar(_) => out.push_str("null"),
    }
    go_node_tail(node.span, out);
}

fn go_node_head(kind: u8, style: u8, tag: &str, text: &str, out: &mut String) {
    let _ = write!(out, "{{\"Kind\":{kind},\"Style\":{style},\"Tag\":\"{tag}\",\"Value\":");
    write_go_string(text, out);
    out.push_str(",\"Anchor\":\"\",\"Alias\":null,\"Content\":");
}

fn go_node_tail(span: Span, out: &mut String) {
    let (line, column) = (span.line(), span.column());
    let comments = "\"HeadComment\":\"\",\"LineComment\":\"\",\"FootComment\":\"\"";
    let _ = write!(out, ",{comments},\"Line\":{line},\"Column\":{column}}}");
}

const fn go_style(style: Style) -> u8 {
    match style {
        Style::Plain => 0,
        Style::DoubleQuoted => 2,
        Style::SingleQuoted => 4,
        Style::Literal => 8,
        Style::Folded => 16,
    }
}

const fn go_tag(tag: Tag) -> &'static str {
    match tag {
        Tag::Null => "!!null",
        Tag::Bool => "!!bool",
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Timestamp => "!!timestamp",
        Tag::Str => "!!str",
        Tag::Binary => "!!binary",
        Tag::Unresolved => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Spanned;
    use crate::generate::{ConfigMapArgs, SecretArgs};

    fn config_map(literals: &[&str]) -> Resource {
        let mut args = ConfigMapArgs::default();
        args.common.name = "b".to_owned();
        args.common.sources.literals =
            literals.iter().map(|text| Spanned::new((*text).to_owned(), Span::NONE)).collect();
        args.generate(&|_: &str| Ok(Vec::new())).unwrap()
    }

    // The hashes are kustomize's own.
    #[test]
    fn config_maps() {
        assert_eq!(hash(&config_map(&["a=x"])).unwrap(), "5642bm9b6f");
        let special = "a=x\u{8}z\u{c}<>&\u{2028}\u{1}\t\"q\"é😀";
        assert_eq!(hash(&config_map(&[special, "crlf.txt=a\r\nb\r\n"])).unwrap(), "tcdmd5gddm");
        assert_eq!(hash(&config_map(&["1=x"])).unwrap(), "6k8mtk5fb6");
    }

    #[test]
    fn the_name_is_not_hashed() {
        let mut made = config_map(&["a=x"]);
        made.set_name("other");
        assert_eq!(hash(&made).unwrap(), "5642bm9b6f");
    }

    #[test]
    fn secrets() {
        let mut args = SecretArgs::default();
        args.common.name = "s".to_owned();
        let made = args.generate(&|_: &str| Ok(Vec::new())).unwrap();
        assert_eq!(hash(&made).unwrap(), "46f8b28mk5");
        let long = format!("a={}", "x".repeat(95));
        args.common.sources.literals = vec![Spanned::new(long, Span::NONE), Spanned::new("b=".to_owned(), Span::NONE)];
        assert_eq!(hash(&args.generate(&|_: &str| Ok(Vec::new())).unwrap()).unwrap(), "bhgb9kd5gf");
    }

    #[test]
    fn numbers_are_floats() {
        let mut made = config_map(&["a=x"]);
        made.node.get_mut("data").and_then(Node::as_mapping_mut).unwrap().set("n", Node::scalar("0x10", Tag::Int));
        let mut json = String::new();
        fields(&made.node, "ConfigMap", &["data"], &mut json).unwrap();
        assert_eq!(json, r#"{"data":{"a":"x","n":16}}"#);
    }
}
