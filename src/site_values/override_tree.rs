//! Overrides to one tree of values, in the order of the file.

use crate::site_values::{DottedKeys, Globals, substitute_text};
use crate::source::Span;
use crate::yaml::{Key, Mapping, Node, Value};

/// The tree of `overrides`. `prepare` sees each value and its keys before it is put in its place.
///
/// Keys are taken in the order of the file: where one path leads into another's value, mappings are merged and
/// the later one wins elsewhere. (The order is random in the Go plugin, and a conflict is a crash in both.)
pub(crate) fn tree(
    overrides: &Mapping,
    keys: DottedKeys,
    globals: &Globals,
    mut prepare: impl FnMut(&mut Node, &str),
) -> Node {
    let mut values = Node::mapping();
    for entry in overrides {
        let mut value = entry.value.clone();
        prepare(&mut value, entry.key.text());
        place(&mut values, &keys.split(entry.key.text()), entry.key.span, value, globals);
    }
    values
}

/// Puts `value` where `path` leads.
fn place(target: &mut Node, path: &[impl AsRef<str>], span: Span, value: Node, globals: &Globals) {
    let nested = path.iter().rev().fold(value, |inner, key| {
        let mut mapping = Mapping::new();
        mapping.push(Key { span, ..Key::from(key.as_ref()) }, inner);
        Node::new(Value::Mapping(mapping)).at(span)
    });
    merge(target, nested, globals);
}

/// Puts `value` over `target`: mappings are merged, anything else is replaced.
///
/// A mapping over a reference to a mapping is merged into what is referred to.
pub(crate) fn merge(target: &mut Node, value: Node, globals: &Globals) {
    let Node { span, value: Value::Mapping(mapping) } = value else {
        *target = value;
        return;
    };
    let referred = target.as_str().and_then(substitute_text::whole).and_then(|name| globals.get(name));
    if let Some(global) = referred.filter(|global| global.as_mapping().is_some()) {
        *target = global.clone();
    }
    let Value::Mapping(old) = &mut target.value else {
        *target = Node::new(Value::Mapping(mapping)).at(span);
        return;
    };
    for entry in mapping.into_entries() {
        match old.get_mut(entry.key.text()) {
            Some(old) => merge(old, entry.value, globals),
            None => old.push(entry.key, entry.value),
        }
    }
}
