//! Values of one object that are one value (upstream: one `yaml.Node` that several mappings hold).
//!
//! Upstream puts a label or annotation that it adds to several fields of an object there as
//! one node. Whoever later sets it in one field sets it in all, selectors included. A tree
//! of ours owns its values, so the object remembers which of them belong together.

use crate::config::FieldSpecs;
use crate::config::split_path;
use crate::yaml::{Node, Scalar, Text, Value};

/// An entry that one transformer made in several fields of an object.
#[derive(Debug, Clone)]
pub struct SharedValue {
    field_specs: FieldSpecs,
    made_by: Box<[u16]>,
    key: Text,
    value: Scalar,
}

impl SharedValue {
    /// The entry `key` that was made in the fields of those of `field_specs` that `made_by` counts.
    #[must_use]
    pub(crate) fn new(field_specs: FieldSpecs, mut made_by: Vec<u16>, key: Text, value: Scalar) -> Self {
        // A merge walks fields by name, and of two changes the later one counts.
        made_by.sort_by_key(|index| field_specs.get(usize::from(*index)).map(|spec| spec.path.as_str()));
        Self { field_specs, made_by: made_by.into(), key, value }
    }

    /// The key of the entry.
    #[must_use]
    pub(crate) const fn key(&self) -> &Text {
        &self.key
    }

    /// Forgets the field at `path`: its entry is a value of its own now.
    pub(crate) fn leave(&mut self, path: &str) {
        let specs = &self.field_specs;
        let stays = |index: &u16| specs.get(usize::from(*index)).is_some_and(|spec| spec.path != path);
        self.made_by = self.made_by.iter().copied().filter(stays).collect();
    }

    /// Finds the entry that was set since, and sets all others likewise.
    pub(super) fn settle(&mut self, root: &mut Node) {
        let mut changed: Option<Node> = None;
        self.for_each(root, |node, old| {
            if node.as_scalar() != Some(old) {
                changed = Some(node.clone());
            }
        });
        let Some(changed) = changed else { return };
        self.for_each(root, |node, _| node.clone_from(&changed));
        match changed.value {
            Value::Scalar(scalar) => self.value = scalar,
            _ => self.made_by = Box::default(),
        }
    }

    fn for_each(&self, root: &mut Node, mut visit: impl FnMut(&mut Node, &Scalar)) {
        for spec in self.made_by.iter().filter_map(|index| self.field_specs.get(usize::from(*index))) {
            let path = spec.path.strip_prefix('/').unwrap_or(&spec.path);
            walk(root, Some(path), &mut |node| {
                // A key that a file wrote has come since: its value is another one.
                let entry = node
                    .as_mapping_mut()
                    .and_then(|mapping| mapping.iter_mut().find(|entry| *entry.key.text() == self.key));
                if let Some(entry) = entry.filter(|entry| entry.key.span.is_none()) {
                    visit(&mut entry.value, &self.value);
                }
            });
        }
    }
}

/// Visits the fields at `path` that are there.
fn walk(node: &mut Node, path: Option<&str>, visit: &mut dyn FnMut(&mut Node)) {
    let Some(path) = path else { return visit(node) };
    match &mut node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter_mut().for_each(|item| walk(item, Some(path), visit)),
        Value::Mapping(mapping) => {
            let (name, rest) = split_path(path);
            let name = name.strip_suffix("[]").unwrap_or(&name).trim();
            if let Some(field) = mapping.get_mut(name) {
                walk(field, rest, visit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FieldSpec;
    use crate::resource::Resource;
    use crate::source::{SourceId, Span};
    use crate::yaml::{Key, Mapping};

    /// An object with one entry `k: a` in each of three fields within lists, made together.
    fn resource() -> Resource {
        let mut root = Mapping::new();
        let mut specs = Vec::new();
        for field in ["x", "y", "z"] {
            let mut mapping = Mapping::new();
            mapping.push("k", Node::string("a"));
            let mut item = Mapping::new();
            item.push("labels", Node::new(Value::Mapping(mapping)));
            root.push(
                field,
                Node::new(Value::Sequence(crate::yaml::Sequence::from([Node::new(Value::Mapping(item))]))),
            );
            specs.push(FieldSpec { path: format!("{field}[]/labels").into(), ..FieldSpec::default() });
        }
        let mut resource = Resource::new(Node::new(Value::Mapping(root)));
        let shared = SharedValue::new(specs.into(), vec![2, 0, 1], "k".into(), Scalar::string("a"));
        resource.shared.push(shared);
        resource
    }

    fn field<'a>(resource: &'a mut Resource, name: &str) -> &'a mut Mapping {
        let items = resource.node.get_mut(name).and_then(Node::as_sequence_mut).unwrap();
        items[0].get_mut("labels").and_then(Node::as_mapping_mut).unwrap()
    }

    fn values(resource: &mut Resource) -> [Option<String>; 3] {
        ["x", "y", "z"].map(|name| field(resource, name).get("k").and_then(Node::as_str).map(str::to_owned))
    }

    fn some(values: [&str; 3]) -> [Option<String>; 3] {
        values.map(|value| Some(value.to_owned()))
    }

    #[test]
    fn the_last_change_counts_for_all() {
        let mut resource = resource();
        field(&mut resource, "y").set("k", Node::string("b"));
        field(&mut resource, "x").set("k", Node::string("c"));
        resource.settle_shared();
        assert_eq!(values(&mut resource), some(["b", "b", "b"]));
        field(&mut resource, "x").set("k", Node::string("d"));
        resource.settle_shared();
        assert_eq!(values(&mut resource), some(["d", "d", "d"]));
    }

    #[test]
    fn an_entry_that_was_written_anew_is_another_one() {
        let mut resource = resource();
        let mut key = Key::from("k");
        key.span = Span::new(SourceId(0), 1, 1);
        let mut replaced = Mapping::new();
        replaced.push(key, Node::string("b"));
        *field(&mut resource, "x") = replaced;
        resource.settle_shared();
        assert_eq!(values(&mut resource), some(["b", "a", "a"]));
    }

    #[test]
    fn what_was_unshared_is_left_alone() {
        let mut resource = resource();
        resource.unshare("y[]/labels");
        field(&mut resource, "z").set("k", Node::string("b"));
        resource.settle_shared();
        assert_eq!(values(&mut resource), some(["b", "a", "b"]));
    }
}
