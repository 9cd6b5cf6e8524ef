//! Setting values in place (upstream: `FieldSetter`): quotes and place of what was there stay.

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::resolve::{Dialect, resolve_plain};
use crate::yaml::{Key, Node, Scalar, Style, Tag, Text, Value};

/// Sets text and type of a scalar, or of a null. [`Tag::Unresolved`] lets the text decide its type.
///
/// # Errors
/// When the node is a mapping or a list.
pub fn set_scalar(node: &mut Node, text: impl Into<Text>, tag: Tag) -> Result<()> {
    let span = node.span;
    let sort = node.sort_name();
    let Some(scalar) = node.as_scalar_mut() else {
        return Err(Error::new(ErrorKind::Transform, format!("found {sort} where a scalar must be")).at(span));
    };
    scalar.text = text.into();
    scalar.tag = tag;
    Ok(())
}

/// What [`set_entry`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// The node is null and stays null.
    Nothing,
    /// The entry was there; it holds the value now, whatever it held.
    Changed,
    /// The entry is new.
    Made,
}

/// Sets an entry of a mapping.
///
/// # Errors
/// When the node is a list or another scalar.
pub fn set_entry(node: &mut Node, key: &Key, value: &Scalar) -> Result<Set> {
    if node.is_null() {
        return Ok(Set::Nothing);
    }
    let (span, sort) = (node.span, node.sort_name());
    let Some(mapping) = node.as_mapping_mut() else {
        return Err(Error::new(ErrorKind::Transform, format!("found {sort} where a mapping must be")).at(span));
    };
    let Some(old) = mapping.get_mut(key.text()) else {
        mapping.push(key.clone(), Node::new(Value::Scalar(value.clone())));
        return Ok(Set::Made);
    };
    let style = old.as_scalar().map_or(Style::Plain, |scalar| scalar.style);
    old.value = Value::Scalar(Scalar { style, ..value.clone() });
    Ok(Set::Changed)
}

/// The value of an entry that a program makes: quoted if its text is none to YAML 1.1.
#[must_use]
pub fn made_text(text: Text) -> Node {
    let looks_otherwise = !text.is_empty() && resolve_plain(&text, Dialect::V2) != Tag::Str;
    let style = if looks_otherwise { Style::DoubleQuoted } else { Style::Plain };
    Node::new(Value::Scalar(Scalar { text, tag: Tag::Unresolved, style }))
}

/// The key of an entry that a program makes: what is no string when it is read back, is none.
#[must_use]
pub fn made_key(text: impl Into<Text>) -> Key {
    let mut key = Key::from(text);
    if resolve_plain(key.text(), Dialect::V3) != Tag::Str {
        key.scalar.tag = Tag::Unresolved;
    }
    key
}
