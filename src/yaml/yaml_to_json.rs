//! YAML to JSON as `sigs.k8s.io/yaml` does it for configuration: kinder than the way to the
//! output, for keys may be numbers and booleans, and of equal keys the last one counts.
//!
//! For documents read with [`crate::yaml::resolve::Dialect::V2`].

use serde_json::{Map, Value as Json};

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::json::to_json;
use crate::yaml::number::yaml_float;
use crate::yaml::value::{self, Resolved};
use crate::yaml::{Key, Node, Value};

/// The JSON of a configuration document.
///
/// # Errors
/// Null as a key, and values that JSON can't hold.
pub fn yaml_to_json(node: &Node) -> Result<Json> {
    Ok(match &node.value {
        Value::Scalar(_) => to_json(node)?,
        Value::Sequence(items) => Json::Array(items.iter().map(yaml_to_json).collect::<Result<_>>()?),
        Value::Mapping(mapping) => {
            let mut object = Map::with_capacity(mapping.len());
            for entry in mapping {
                object.insert(key_text(&entry.key)?, yaml_to_json(&entry.value)?);
            }
            Json::Object(object)
        }
    })
}

/// The key as a text: numbers and booleans become what JSON calls them.
///
/// # Errors
/// When the key is null.
pub fn key_text(key: &Key) -> Result<String> {
    Ok(match value::resolve(&key.scalar).map_err(|error| error.at(key.span))? {
        Resolved::Str(text) => text.into_owned(),
        Resolved::Int(number) => number.to_string(),
        Resolved::Bool(value) => value.to_string(),
        Resolved::Float(value) => short_float(value),
        Resolved::Null => return Err(Error::new(ErrorKind::Syntax, "a key can't be null").at(key.span)),
    })
}

/// Upstream prints numbers that are keys with the precision of 32 bits.
fn short_float(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "that is what upstream does")]
    let short = (value as f32).to_string();
    short.parse().map_or(short, yaml_float)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::yaml::parse::{Chunk, parse};
    use crate::yaml::resolve::Dialect;

    #[test]
    fn keys_become_text() -> Result<()> {
        let text = "200: a\nyes: on\n'3': 2020-01-01\n1.50: c\nd: 1\nd: [~, 1.50]\n".into();
        let node = parse(Chunk::whole(&text, SourceId(0)), Dialect::V2)?.unwrap_or_else(Node::null);
        let json = yaml_to_json(&node)?.to_string();
        assert_eq!(json, r#"{"200":"a","true":true,"3":"2020-01-01","1.5":"c","d":[null,1.5]}"#);
        Ok(())
    }
}
