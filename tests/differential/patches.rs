//! Patches made from what they are for, so that most of them find something to change.

use super::dice::Dice;
use super::objects::{self, Object};
use super::scalars;
use super::yaml::{Step, Style, Yaml, list, map, quoted, scalar};

/// Keys by which lists are merged; a patch without them means another element.
const IDENTITY: [&str; 6] = ["name", "containerPort", "port", "mountPath", "ip", "protocol"];

/// A strategic merge patch for `object`.
pub fn strategic(object: &Object, dice: &mut Dice<'_>) -> Yaml {
    let mut metadata = vec![("name", scalar(object.name))];
    metadata.extend(object.namespace.map(|namespace| ("namespace", scalar(namespace))));
    for field in ["labels", "annotations"] {
        if dice.chance(25) {
            metadata.push((field, if dice.chance(15) { scalar("null") } else { objects::annotations(dice) }));
        }
    }
    let mut entries =
        vec![("apiVersion", scalar(object.api_version)), ("kind", scalar(object.kind)), ("metadata", map(metadata))];
    if dice.chance(4) {
        entries.push(("$patch", scalar(dice.pick(&["delete", "merge", "replace"]))));
    }
    if let Yaml::Mapping(_, fields) = &object.tree {
        for (key, value) in fields {
            if !["apiVersion", "kind", "metadata"].contains(&key.as_str()) && dice.below(5) < 4 {
                entries.push((key, changed(value, dice)));
            }
        }
    }
    if dice.chance(5) {
        entries.push(("extra", objects::tree(dice, 2)));
    }
    map(entries).restyled(dice)
}

/// A part of `value`, changed here and there.
fn changed(value: &Yaml, dice: &mut Dice<'_>) -> Yaml {
    if dice.chance(4) {
        return scalar("null");
    }
    match value {
        Yaml::Mapping(style, entries) => {
            let mut patch = Vec::new();
            for (key, value) in entries {
                if IDENTITY.contains(&key.as_str()) && dice.below(8) < 7 {
                    patch.push((key.clone(), value.clone()));
                } else if dice.below(3) < 2 {
                    patch.push((key.clone(), changed(value, dice)));
                }
            }
            if dice.chance(12) && !patch.iter().any(|(key, _)| key == "added") {
                patch.push(("added".to_owned(), objects::tree(dice, 2)));
            }
            if dice.chance(5) {
                patch.push(("$patch".to_owned(), scalar(dice.pick(&["delete", "replace", "merge"]))));
            }
            Yaml::Mapping(*style, patch)
        }
        Yaml::Sequence(style, items) => {
            let mut patch: Vec<Yaml> = Vec::new();
            for item in items {
                if dice.below(3) < 2 {
                    patch.push(changed(item, dice));
                }
            }
            if dice.chance(20) {
                let (name, value) = (scalar(dice.pick(&["new", "web", "side", "data", "HOST"])), scalars::any(dice));
                patch.push(map([("name", name), (dice.pick(&["value", "image", "key"]), value)]));
            }
            if dice.chance(15) {
                patch.reverse();
            }
            if dice.chance(5) {
                patch.push(map([("$patch", scalar(dice.pick(&["replace", "delete", "merge"])))]));
            }
            Yaml::Sequence(*style, patch)
        }
        other if dice.below(2) == 0 => other.clone(),
        _ => scalars::any(dice),
    }
}

/// JSON patch operations for `object`.
pub fn operations(object: &Object, dice: &mut Dice<'_>) -> Yaml {
    let count = dice.between(1, 3);
    let operations: Vec<Yaml> = (0..count).map(|_| operation(object, dice)).collect();
    if dice.chance(15) { Yaml::Sequence(Style::Flow, operations) } else { list(operations) }
}

fn operation(object: &Object, dice: &mut Dice<'_>) -> Yaml {
    let vital = dice.chance(3);
    let paths: Vec<_> = object.tree.paths().into_iter().filter(|path| vital || !is_vital(path)).collect();
    if paths.is_empty() {
        return map([("op", scalar("add")), ("path", scalar("/new")), ("value", objects::tree(dice, 2))]);
    }
    let any = |dice: &mut Dice<'_>| {
        // Two throws, since a tree may have more than 256 values.
        let index = dice.below(256) * 256 + dice.below(256);
        paths[index % paths.len()].clone()
    };
    let op = |name: &str| ("op", scalar(name.to_owned()));
    let path = any(dice);
    let at = ("path", scalar(quoted(&pointer(&path))));
    match dice.below(12) {
        0..=2 => map([op("replace"), at, ("value", scalars::any(dice))]),
        3 => map([op("add"), ("path", scalar("/metadata/labels")), ("value", objects::labels(dice))]),
        4 => map([op("add"), ("path", scalar("/metadata/annotations")), ("value", objects::annotations(dice))]),
        5 => map([op("add"), at, ("value", objects::tree(dice, 2))]),
        6 | 7 => map([op("remove"), at]),
        8 => {
            let mut path = path;
            path.pop();
            path.push(Step::Key(dice.pick(&["new", "-", "0", "a.b", "1"]).to_owned()));
            map([op("add"), ("path", scalar(quoted(&pointer(&path)))), ("value", objects::tree(dice, 2))])
        }
        9 => {
            let value = object.tree.at(&path).cloned().unwrap_or_else(|| scalar("null"));
            map([op("test"), at, ("value", value)])
        }
        10 => map([op("copy"), ("from", scalar(quoted(&pointer(&any(dice))))), at]),
        _ => map([op("move"), ("from", scalar(quoted(&pointer(&any(dice))))), at]),
    }
}

fn pointer(path: &[Step]) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Key(key) => format!("/{}", key.trim_matches('"').replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("/{index}"),
    });
    steps.collect()
}

/// Whether this is what makes an object one; changing it mostly fails, so it is left alone nearly always.
pub fn is_vital(path: &[Step]) -> bool {
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    matches!(keys[..], ["kind" | "apiVersion" | "metadata"] | ["metadata", "name"])
}
