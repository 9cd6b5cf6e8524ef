//! Indexes against full scans, and identity.

use proptest::prelude::*;

use crate::resource::read::read_resources;
use crate::resource::{PreviousId, ResMap, Resource};
use crate::schema::Schema;
use crate::source::SourceId;

fn map(text: &str) -> ResMap {
    let mut map = ResMap::new();
    for resource in read_resources(&text.into(), SourceId(0)).unwrap() {
        map.append(resource, &Schema::default()).unwrap();
    }
    map
}

fn resource(text: &str) -> Resource {
    read_resources(&text.into(), SourceId(0)).unwrap().remove(0)
}

/// What a full scan finds.
fn scan(map: &ResMap, is_it: impl Fn(&Resource) -> bool) -> Vec<usize> {
    map.iter().enumerate().filter(|(_, resource)| is_it(resource)).map(|(at, _)| at).collect()
}

proptest! {
    /// After anything that can be done to a set, its indexes find what a scan finds.
    #[test]
    fn indexes_find_what_scans_find(
        steps in prop::collection::vec((0_u8..10, 0_usize..4, 0_usize..3, 0_usize..6), 1..40),
    ) {
        let schema = Schema::default();
        let (kinds, names) = (["ConfigMap", "Namespace", "Secret", "Service"], ["a", "b", "c"]);
        let mut map = ResMap::new();
        for (step, kind, name, index) in steps {
            let (kind, name, namespace) = (kinds[kind], names[name], ["", "default", "x", "y", "", "x"][index]);
            let text = format!("{{apiVersion: v1, kind: {kind}, metadata: {{name: {name}, namespace: '{namespace}'}}}}");
            let id = resource(&text).cur_id();
            let rename = |resource: &mut Resource| {
                resource.history.push(PreviousId {
                    name: resource.name(), namespace: resource.namespace(), kind: resource.kind(),
                });
                resource.set_name(name);
            };
            match step {
                0 | 1 => {
                    let is_new = scan(&map, |other| other.cur_id().equals(&id, &schema)).is_empty();
                    prop_assert_eq!(map.append(resource(&text), &schema).is_ok(), is_new);
                }
                2 => drop(map.update(index, rename)),
                3 => drop(map.update(index, |resource| resource.set_namespace(namespace))),
                4 => map.change_each(|at, resource| {
                    if at == index { rename(resource) } else { resource.set_kind(kind) }
                    Ok(())
                }).unwrap(),
                5 => map.iter_mut().skip(index).for_each(rename),
                6 => map.retain(|resource| resource.name() != name),
                7 => map.reorder(&(0..map.len()).rev().collect::<Vec<_>>()),
                8 => map.change_where(
                    |other| Ok((other.name() == name).then_some(index)),
                    |other, at| if at == 2 { rename(other) } else { other.set_namespace(namespace) },
                ).unwrap(),
                _ => {
                    map.update(index, Resource::clear);
                    map.drop_empties();
                }
            }
            let current = scan(&map, |other| other.cur_id().equals(&id, &schema));
            prop_assert_eq!(map.find_current(&id, &schema), current);
            let any = scan(&map, |other| {
                other.name() == name || other.history.iter().any(|past| past.name == name)
            });
            prop_assert_eq!(map.find_any(name, |id| id.name == name), any);
            let place = |namespace: &str| if namespace == "default" { String::new() } else { namespace.to_owned() };
            let placed = scan(&map, |other| {
                let (first, id) = (other.history.first(), other.cur_id());
                let here = |other: &str| place(other) == place(namespace);
                (id.name == name || first.is_some_and(|first| first.name == name))
                    && (here(&id.namespace) || first.is_some_and(|first| here(&first.namespace)))
            });
            let found = map.find_placed(name, namespace);
            prop_assert!(placed.iter().all(|at| found.contains(at)), "{:?} in {:?}", placed, found);
            let is_unique = (0..map.len()).all(|at| {
                let id = map.get(at).unwrap().cur_id();
                scan(&map, |other| other.cur_id().equals(&id, &schema)) == [at]
            });
            prop_assert_eq!(map.check_unique(&schema).is_ok(), is_unique);
        }
    }

    /// Whatever the order, each resource is where it belongs.
    #[test]
    fn a_new_order_is_kept(order in (0_usize..20).prop_flat_map(|length| Just((0..length).collect::<Vec<_>>()).prop_shuffle())) {
        let schema = Schema::default();
        let mut map = ResMap::new();
        for number in 0..order.len() {
            map.append(resource(&format!("{{kind: A, metadata: {{name: r-{number}}}}}")), &schema).unwrap();
        }
        map.reorder(&order);
        let names: Vec<String> = map.iter().map(|resource| resource.name().to_string()).collect();
        prop_assert_eq!(names, order.iter().map(|number| format!("r-{number}")).collect::<Vec<_>>());
    }
}

#[test]
fn no_namespace_is_the_default_one_and_cluster_scoped_ones_have_none() {
    let schema = Schema::default();
    let mut map = map("{kind: A, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n");
    assert!(map.append(resource("{kind: A, metadata: {name: a, namespace: other}}"), &schema).is_ok());
    let error = map.append(resource("{kind: A, metadata: {name: a, namespace: default}}"), &schema).unwrap_err();
    assert_eq!(error.message(), "duplicate resource `A default/a`");
    let namespace = resource("{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: x}}");
    assert!(map.append(namespace, &schema).is_err());
}

#[test]
fn a_renamed_resource_is_found_by_both_names() {
    let schema = Schema::default();
    let mut map = map("{kind: A, metadata: {name: a}}\n---\n{kind: A, metadata: {name: b}}\n");
    map.update(1, |resource| {
        resource.store_previous_id(&schema);
        resource.set_name("c");
    });
    assert_eq!(map.find_any("b", |id| id.name == "b"), [1]);
    assert_eq!(map.find_any("c", |id| id.name == "c"), [1]);
    let gone = resource("{kind: A, metadata: {name: b}}").cur_id();
    assert!(map.find_current(&gone, &schema).is_empty(), "a former name is no present one");
    for resource in map.iter_mut() {
        resource.set_name("d");
    }
    assert_eq!(map.find_any("d", |id| id.name == "d"), [0, 1]);
    assert!(map.check_unique(&schema).is_err());
}
