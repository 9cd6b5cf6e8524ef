//! What differs between two objects, field by field.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::path::{Element, Step};
use super::report::FieldOperation;
use crate::schema::TypeSchema;

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) path: Vec<Step>,
    pub(super) operation: FieldOperation,
    pub(super) old: Option<Json>,
    pub(super) new: Option<Json>,
}

/// Compares two objects.
pub(super) struct Walker<'a> {
    /// Generated names that changed with their content: the new one of each.
    pub(super) renames: &'a HashMap<String, String>,
    /// Whether a mapping that one side has not is told key by key.
    pub(super) opens: &'a dyn Fn(&[Step]) -> bool,
    pub(super) path: Vec<Step>,
    pub(super) found: Vec<Found>,
}

impl<'a> Walker<'a> {
    /// All that differs, in the order of the new object.
    pub(super) fn compare(
        old: &Json,
        new: &Json,
        schema: Option<TypeSchema<'_>>,
        renames: &'a HashMap<String, String>,
        opens: &'a dyn Fn(&[Step]) -> bool,
    ) -> Vec<Found> {
        let mut walker = Self { renames, opens, path: Vec::new(), found: Vec::new() };
        walker.walk(old, new, schema);
        walker.found
    }

    pub(super) fn walk(&mut self, old: &Json, new: &Json, schema: Option<TypeSchema<'_>>) {
        if old == new {
            return;
        }
        match (old, new) {
            (Json::Object(old), Json::Object(new)) => self.mappings(old, new, schema),
            (Json::Array(old), Json::Array(new)) => self.lists(old, new, schema),
            _ => self.tell(FieldOperation::Replace, Some(old.clone()), Some(new.clone())),
        }
    }

    fn mappings(&mut self, old: &Map<String, Json>, new: &Map<String, Json>, schema: Option<TypeSchema<'_>>) {
        for (key, value) in new {
            self.within(Step::Field(key.clone()), |walker| match old.get(key) {
                Some(was) => walker.walk(was, value, schema.and_then(|schema| schema.field(key))),
                None => walker.only(value, FieldOperation::Add),
            });
        }
        for (key, value) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
            self.within(Step::Field(key.clone()), |walker| walker.only(value, FieldOperation::Remove));
        }
    }

    /// A value that only one side has.
    pub(super) fn only(&mut self, value: &Json, operation: FieldOperation) {
        match value {
            Json::Object(entries) if !entries.is_empty() && (self.opens)(&self.path) => {
                for (key, value) in entries {
                    self.within(Step::Field(key.clone()), |walker| walker.only(value, operation));
                }
            }
            _ if operation == FieldOperation::Remove => self.tell(operation, Some(value.clone()), None),
            _ => self.tell(operation, None, Some(value.clone())),
        }
    }

    pub(super) fn element(&mut self, element: Element, then: impl FnOnce(&mut Self)) {
        self.within(Step::Element(element), then);
    }

    fn within(&mut self, step: Step, then: impl FnOnce(&mut Self)) {
        self.path.push(step);
        then(self);
        self.path.pop();
    }

    pub(super) fn tell(&mut self, operation: FieldOperation, old: Option<Json>, new: Option<Json>) {
        self.found.push(Found { path: self.path.clone(), operation, old, new });
    }
}
