//! What differs between two lists: by merge keys where the type's schema has them, in their order elsewhere.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::canonical::key;
use super::fields::Walker;
use super::path::{Element, label, plain};
use super::report::FieldOperation;
use super::sequence::{Numbers, Part, parts};
use super::veil::is_hidden;
use crate::schema::TypeSchema;

/// What a part of a merge key is where it is not said, as the API server has it.
const DEFAULTS: [(&str, &str); 1] = [("protocol", "TCP")];

impl Walker<'_> {
    pub(super) fn lists(&mut self, old: &[Json], new: &[Json], schema: Option<TypeSchema<'_>>) {
        let strategy = schema.map(|schema| schema.patch_strategy_and_keys()).filter(|strategy| strategy.merge);
        let keys: Vec<&str> = strategy.iter().flat_map(|strategy| strategy.keys.iter().map(AsRef::as_ref)).collect();
        if !keys.is_empty()
            && let (Some(old_names), Some(new_names)) = (self.names(old, &keys, true), self.names(new, &keys, false))
        {
            return self.keyed(old, new, &old_names, &new_names, schema);
        }
        let mut numbers = Numbers::new();
        let mut number =
            |items: &[Json]| -> Vec<u32> { items.iter().map(|item| numbers.of(key(item).into_owned())).collect() };
        let (old_numbers, new_numbers) = (number(old), number(new));
        let sorted = |numbers: &[u32]| {
            let mut numbers = numbers.to_vec();
            numbers.sort_unstable();
            numbers
        };
        if old.len() == new.len() && sorted(&old_numbers) == sorted(&new_numbers) {
            return self.tell(FieldOperation::Reorder, summary(old), summary(new));
        }
        let elements = schema.and_then(|schema| schema.elements());
        for part in parts(&old_numbers, &new_numbers) {
            let Part::Different { old: removed, new: added } = part else { continue };
            let both = removed.len().min(added.len());
            for (at_old, at_new) in removed.clone().zip(added.clone()) {
                let element = Element { old: Some(at_old), new: Some(at_new), label: None };
                self.element(element, |walker| walker.walk(&old[at_old], &new[at_new], elements));
            }
            for at in removed.skip(both) {
                self.one_sided(&old[at], Element { old: Some(at), new: None, label: None });
            }
            for at in added.skip(both) {
                self.one_sided(&new[at], Element { old: None, new: Some(at), label: None });
            }
        }
    }

    /// Compares elements of the same name.
    fn keyed(
        &mut self,
        old: &[Json],
        new: &[Json],
        old_names: &[Name],
        new_names: &[Name],
        schema: Option<TypeSchema<'_>>,
    ) {
        let elements = schema.and_then(|schema| schema.elements());
        let places: HashMap<&Vec<String>, usize> =
            old_names.iter().enumerate().map(|(index, name)| (&name.values, index)).collect();
        let mut common = Vec::new();
        let mut kept = vec![false; old.len()];
        for (at_new, name) in new_names.iter().enumerate() {
            let label = Some(name.label.clone());
            match places.get(&name.values) {
                Some(&at_old) => {
                    common.push((at_old, at_new));
                    kept[at_old] = true;
                    let element = Element { old: Some(at_old), new: Some(at_new), label };
                    self.element(element, |walker| walker.walk(&old[at_old], &new[at_new], elements));
                }
                None => self.one_sided(&new[at_new], Element { old: None, new: Some(at_new), label }),
            }
        }
        for (at, name) in old_names.iter().enumerate().filter(|(at, _)| !kept[*at]) {
            self.one_sided(&old[at], Element { old: Some(at), new: None, label: Some(name.label.clone()) });
        }
        if !common.is_sorted() {
            let after: Vec<Json> = common.iter().map(|(_, at)| new_names[*at].shown()).collect();
            common.sort_unstable();
            // The same names as after, in the order of before.
            let before: Vec<Json> = common.iter().map(|(_, at)| new_names[*at].shown()).collect();
            self.tell(FieldOperation::Reorder, Some(Json::Array(before)), Some(Json::Array(after)));
        }
    }

    fn one_sided(&mut self, value: &Json, element: Element) {
        let operation = if element.new.is_some() { FieldOperation::Add } else { FieldOperation::Remove };
        self.element(element, |walker| {
            let (old, new) = if operation == FieldOperation::Add { (None, Some(value)) } else { (Some(value), None) };
            walker.tell(operation, old.cloned(), new.cloned());
        });
    }

    /// What the elements are called; `None` if one has no name, or that of another.
    fn names(&self, items: &[Json], keys: &[&str], is_old: bool) -> Option<Vec<Name>> {
        let mut names = Vec::with_capacity(items.len());
        let mut seen = std::collections::HashSet::new();
        for item in items {
            let fields = item.as_object()?;
            let (mut values, mut shown) = (Vec::with_capacity(keys.len()), Vec::new());
            for key in keys {
                let said = fields.get(*key).filter(|value| !value.is_null());
                if said.is_some_and(|value| is_hidden(value) || value.is_object() || value.is_array()) {
                    return None;
                }
                let value = said.map(|value| {
                    let value = plain(value);
                    if is_old { self.renames.get(&value).cloned().unwrap_or(value) } else { value }
                });
                let default =
                    || DEFAULTS.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value).to_owned();
                shown.extend(value.clone().map(|value| (*key, value)));
                values.push(value.unwrap_or_else(default));
            }
            if shown.is_empty() || !seen.insert(values.clone()) {
                return None;
            }
            names.push(Name { label: label(&shown), values });
        }
        Some(names)
    }
}

/// An element's name in a list with merge keys.
struct Name {
    /// One for each key.
    values: Vec<String>,
    /// As pointers have it.
    label: String,
}

impl Name {
    /// As a list of names shows it.
    fn shown(&self) -> Json {
        match self.values.as_slice() {
            [one] => Json::from(one.as_str()),
            _ => Json::from(self.label.as_str()),
        }
    }
}

/// The elements of a list whose order changed: scalars as they are, mappings by their `name` if all have one.
fn summary(items: &[Json]) -> Option<Json> {
    let short = |item: &Json| match item {
        Json::Array(_) => None,
        Json::Object(fields) => fields.get("name").filter(|name| name.is_string()).cloned(),
        scalar => Some(scalar.clone()),
    };
    items.iter().map(short).collect::<Option<Vec<Json>>>().map(Json::Array)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::gitops::diff::path::pointer;
    use crate::schema::Schema;

    fn found(kind: (&str, &str), old: Json, new: Json) -> Vec<String> {
        let schema = Schema::default();
        let renames = HashMap::from([("old-a".to_owned(), "new-a".to_owned())]);
        let found = Walker::compare(&old, &new, schema.for_api_version(kind.0, kind.1), &renames, &|_| false);
        let value = |value: Option<Json>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        found
            .into_iter()
            .map(|found| {
                format!("{:?} {} {} {}", found.operation, pointer(&found.path), value(found.old), value(found.new))
            })
            .collect()
    }

    const POD: (&str, &str) = ("v1", "Pod");

    #[test]
    fn lists_with_merge_keys() {
        let old = json!({"spec": {"containers": [{"name": "a", "image": "x:1"}, {"name": "b"}, {"name": "c", "ports": [{"containerPort": 80}]}]}});
        let new = json!({"spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80, "protocol": "TCP"}]}, {"name": "a", "image": "x:2"}, {"name": "d"}]}});
        assert_eq!(
            found(POD, old, new),
            [
                r#"Add /spec/containers/[name=c]/ports/[containerPort=80,protocol=TCP]/protocol - "TCP""#,
                r#"Replace /spec/containers/[name=a]/image "x:1" "x:2""#,
                r#"Add /spec/containers/[name=d] - {"name":"d"}"#,
                r#"Remove /spec/containers/[name=b] {"name":"b"} -"#,
                r#"Reorder /spec/containers ["a","c"] ["c","a"]"#,
            ]
        );
    }

    #[test]
    fn the_order_of_env_counts() {
        let list = |names: [&str; 2]| json!({"spec": {"containers": [{"name": "a", "env": names.map(|name| json!({"name": name, "value": "1"}))}]}});
        assert_eq!(
            found(POD, list(["A", "B"]), list(["B", "A"])),
            [r#"Reorder /spec/containers/[name=a]/env ["A","B"] ["B","A"]"#]
        );
    }

    #[test]
    fn the_names_of_a_list_may_be_generated() {
        let pod = |name: &str| json!({"spec": {"imagePullSecrets": [{"name": name}]}});
        assert_eq!(
            found(POD, pod("old-a"), pod("new-a")),
            [r#"Replace /spec/imagePullSecrets/[name=new-a]/name "old-a" "new-a""#]
        );
    }

    #[test]
    fn other_lists_go_by_place() {
        let list = |items: Json| json!({"spec": {"list": items}});
        let other = ("example.com/v1", "Other");
        assert_eq!(
            found(
                other,
                list(json!([{"n": 1}, {"n": 2}, {"n": 3}])),
                list(json!([{"n": 1}, {"n": 9}, {"n": 2}, {"n": 3, "m": 1}]))
            ),
            [r#"Add /spec/list/1 - {"n":9}"#, "Add /spec/list/3/m - 1"]
        );
        assert_eq!(
            found(other, list(json!(["a", "b"])), list(json!(["b", "a"]))),
            [r#"Reorder /spec/list ["a","b"] ["b","a"]"#]
        );
        assert_eq!(found(other, list(json!(["a", "b"])), list(json!(["b"]))), [r#"Remove /spec/list/0 "a" -"#]);
        let finalizers = |items: Json| json!({"metadata": {"finalizers": items}});
        assert_eq!(
            found(POD, finalizers(json!(["a/b"])), finalizers(json!(["c", "a/b"]))),
            [r#"Add /metadata/finalizers/0 - "c""#]
        );
    }

    #[test]
    fn elements_of_one_name_go_by_place() {
        let pod = |value: &str| json!({"spec": {"containers": [{"name": "a"}, {"name": "a", "image": value}]}});
        assert_eq!(found(POD, pod("x"), pod("y")), [r#"Replace /spec/containers/1/image "x" "y""#]);
    }
}
