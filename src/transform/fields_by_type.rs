//! Which field specs of a list are for which type: found once for each type, paths taken apart.

use std::rc::Rc;

use hashbrown::{Equivalent, HashMap};

use crate::config::FieldSpec;
use crate::resource::{Gvk, Resource};
use crate::transform::field_spec::FieldPath;

/// The field specs of a list by the types that they are for.
#[derive(Debug)]
pub(super) struct FieldsByType<'a> {
    specs: &'a [FieldSpec],
    by_type: HashMap<Gvk, Rc<[NumberedField<'a>]>>,
}

/// A field spec's place in its list, and its path.
#[derive(Debug)]
pub(super) struct NumberedField<'a> {
    pub(super) number: usize,
    pub(super) path: FieldPath<'a>,
}

impl<'a> FieldsByType<'a> {
    pub(super) fn new(specs: &'a [FieldSpec]) -> Self {
        Self { specs, by_type: HashMap::new() }
    }

    /// The fields of objects of the type of `resource`, in order.
    pub(super) fn of(&mut self, resource: &Resource) -> Rc<[NumberedField<'a>]> {
        let (group, version, kind) = resource.type_ref();
        if let Some(fields) = self.by_type.get(&TypeRef { group, version, kind }) {
            return Rc::clone(fields);
        }
        let gvk = resource.gvk();
        let specs = self.specs.iter().enumerate().filter(|(_, spec)| gvk.is_selected_by(&spec.gvk));
        let fields = specs.map(|(number, spec)| NumberedField { number, path: FieldPath::new(spec) }).collect();
        Rc::clone(self.by_type.entry(gvk).or_insert(fields))
    }
}

/// A type by its parts, in the order in which [`Gvk`] has them.
#[derive(Hash)]
pub(super) struct TypeRef<'a> {
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    pub(super) kind: &'a str,
}

impl Equivalent<Gvk> for TypeRef<'_> {
    fn equivalent(&self, gvk: &Gvk) -> bool {
        gvk.kind == self.kind && gvk.group == self.group && gvk.version == self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::testing::resources;

    #[test]
    fn each_type_has_its_fields_in_order() {
        let spec = |group: &str, kind: &str, path: &str| FieldSpec {
            gvk: Gvk::new(group, "", kind),
            path: path.into(),
            create: false,
        };
        let specs = [spec("", "A", "x"), spec("", "", "y"), spec("g", "A", "z")];
        let mut fields = FieldsByType::new(&specs);
        let resources = resources(
            "{apiVersion: v1, kind: A, metadata: {name: a}}\n---\n{apiVersion: g/v1, kind: A, metadata: {name: a}}\n\
             ---\n{apiVersion: v1, kind: A, metadata: {name: b}}\n---\n{kind: B, metadata: {name: a}}\n",
        );
        let numbers = resources.iter().map(|resource| fields.of(resource).iter().map(|field| field.number).collect());
        let numbers: Vec<Vec<usize>> = numbers.collect();
        assert_eq!(numbers, [vec![0, 1], vec![0, 1, 2], vec![0, 1], vec![1]]);
    }
}
