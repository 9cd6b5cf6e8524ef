//! Patches of releases, and the Helm operator's release, which is patched with nothing else.

use crate::error::Result;
use crate::patch::strategic::apply_strategic_merge;
use crate::schema::Schema;
use crate::transform::helm_values::Change;
use crate::yaml::{Mapping, Node, Value};

/// `fields`, as far as they are set.
pub(super) fn mapping<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Option<Node>)>) -> Node {
    let mut mapping = Mapping::new();
    for (name, value) in fields {
        if let Some(value) = value {
            mapping.push(name, value.clone());
        }
    }
    Node::new(Value::Mapping(mapping))
}

/// Merges `value` into the object at `path`.
///
/// # Errors
/// When the object has something of another sort there.
pub(super) fn merge_at(object: &mut Node, path: &[&str], value: Node, schema: &Schema) -> Result<()> {
    let span = value.span;
    let patch = path.iter().rev().fold(value, |inner, key| {
        let mut mapping = Mapping::new();
        mapping.push(*key, inner);
        Node::new(Value::Mapping(mapping)).at(span)
    });
    // A patch of `spec` leaves the object.
    let _ = apply_strategic_merge(object, &patch, schema, None)?;
    Ok(())
}

/// The Helm operator's release has the fields that sites name.
///
/// # Errors
/// As [`merge_at`].
pub(super) fn helm_operator(object: &mut Node, change: &Change<'_>, schema: &Schema) -> Result<()> {
    let source = &change.source;
    let fields = [
        ("repository", &source.repository),
        ("version", &source.version),
        ("name", &source.name),
        ("type", &source.source_type),
    ];
    merge_at(object, &["spec", "chart"], mapping(fields).at(change.chart.span), schema)?;
    merge_at(object, &["spec", "values"], change.values.clone(), schema)
}
