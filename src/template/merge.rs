//! Values over values.

use crate::yaml::{Node, Value};

/// Puts `over` over `under`: mappings are merged, everything else is replaced, null removes.
pub(super) fn merged(under: &Node, over: &Node) -> Node {
    let (Value::Mapping(old), Value::Mapping(new)) = (&under.value, &over.value) else { return over.clone() };
    let mut merged = old.clone();
    for entry in new {
        let key = entry.key.text();
        if entry.value.is_null() {
            merged.remove(key);
            continue;
        }
        let value = match merged.get(key) {
            Some(old) => self::merged(old, &entry.value),
            None => entry.value.clone(),
        };
        merged.set(entry.key.clone(), value);
    }
    Node::new(Value::Mapping(merged)).at(over.span)
}
