//! What is made once for each type, and the field specs that are for each.

use hashbrown::HashMap;
use hashbrown::hash_map::EntryRef;

use crate::config::FieldSpec;
use crate::resource::{Gvk, Resource, TypeRef};

/// Something for each type, made when the first object of the type comes.
#[derive(Debug)]
pub(super) struct ByType<T>(HashMap<Gvk, T>);

impl<T> ByType<T> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// What was made for the type, or is now. `gvk` gives the type as a copy, which had better share its texts.
    pub(super) fn of(&mut self, wanted: TypeRef<'_>, gvk: impl FnOnce() -> Gvk, make: impl FnOnce(&Gvk) -> T) -> &T {
        match self.0.entry_ref(&wanted) {
            EntryRef::Occupied(made) => made.into_mut(),
            EntryRef::Vacant(place) => {
                let gvk = gvk();
                let made = make(&gvk);
                place.insert_with_key(gvk, made)
            }
        }
    }
}

/// The field specs of a list by the types that they are for.
#[derive(Debug)]
pub(super) struct FieldsByType<'a> {
    specs: &'a [FieldSpec],
    by_type: ByType<Vec<NumberedField<'a>>>,
}

/// A field spec and its place in its list.
#[derive(Debug)]
pub(super) struct NumberedField<'a> {
    pub(super) number: usize,
    pub(super) spec: &'a FieldSpec,
}

impl<'a> FieldsByType<'a> {
    pub(super) fn new(specs: &'a [FieldSpec]) -> Self {
        Self { specs, by_type: ByType::new() }
    }

    /// The fields of objects of the type of `resource`, in order.
    pub(super) fn of(&mut self, resource: &Resource) -> &[NumberedField<'a>] {
        let specs = self.specs;
        self.by_type.of(
            resource.type_ref(),
            || resource.gvk(),
            |gvk| {
                let fields = specs.iter().enumerate().map(|(number, spec)| NumberedField { number, spec });
                fields.filter(|field| gvk.is_selected_by(&field.spec.gvk)).collect()
            },
        )
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
