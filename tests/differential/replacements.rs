//! Replacements and variables that start from values that are there.

use super::dice::Dice;
use super::objects::Object;
use super::patches::is_vital;
use super::yaml::{Step, Yaml, list, map, quoted, scalar};

/// One entry of `replacements`.
pub fn replacement(objects: &[Object], dice: &mut Dice<'_>, newest: bool) -> Option<Yaml> {
    let source = object(objects, dice)?;
    let mut from = vec![("kind", scalar(source.kind)), ("name", scalar(source.name))];
    if let Some(namespace) = source.namespace.filter(|_| dice.below(2) == 0) {
        from.push(("namespace", scalar(namespace)));
    }
    if dice.below(6) < 5 {
        from.push(("fieldPath", scalar(quoted(&field_path(&source.tree, dice, false)))));
    }
    if dice.chance(15) {
        from.push(("options", options(dice, false)));
    }
    let count = dice.between(1, 2);
    let mut targets = Vec::new();
    for _ in 0..count {
        targets.push(target(object(objects, dice)?, dice, newest));
    }
    if newest && dice.chance(8) {
        return Some(map([("sourceValue", super::scalars::text(dice)), ("targets", list(targets))]));
    }
    Some(map([("source", map(from)), ("targets", list(targets))]))
}

fn target(object: &Object, dice: &mut Dice<'_>, newest: bool) -> Yaml {
    let mut select = vec![("kind", scalar(object.kind))];
    if dice.below(3) < 2 {
        select.push(("name", scalar(object.name)));
    }
    if newest && dice.chance(10) {
        select = vec![("name", scalar(dice.pick(&["w.*", "web|db", ".*", "eb"])))];
    }
    let mut fields = vec![("select", map(select))];
    if dice.chance(10) {
        fields.push(("reject", list([map([("name", scalar("db"))])])));
    }
    let path = field_path(&object.tree, dice, true);
    fields.push(("fieldPaths", list([scalar(quoted(&path))])));
    if dice.chance(40) {
        fields.push(("options", options(dice, true)));
    }
    map(fields)
}

fn options(dice: &mut Dice<'_>, target: bool) -> Yaml {
    let mut options = Vec::new();
    if target && dice.below(3) < 2 {
        options.push(("create", scalar("true")));
    }
    if dice.chance(50) {
        options.push(("delimiter", scalar(quoted(dice.pick(&[":", ".", "/", "-", " "])))));
        options.push(("index", scalar(dice.pick(&["0", "1", "-1", "5"]))));
    }
    map(options)
}

/// A variable that reads a value that is there.
pub fn variable(objects: &[Object], dice: &mut Dice<'_>) -> Option<Yaml> {
    let object = object(objects, dice)?;
    let (group_version, kind) = (object.api_version, object.kind);
    let objref = map([("apiVersion", scalar(group_version)), ("kind", scalar(kind)), ("name", scalar(object.name))]);
    let mut fields = vec![("name", scalar(dice.pick(&["HOST", "PORT"]))), ("objref", objref)];
    if dice.below(4) < 3 {
        let path = field_path(&object.tree, dice, false);
        fields.push(("fieldref", map([("fieldPath", scalar(quoted(&path)))])));
    }
    Some(map(fields))
}

fn object<'a>(objects: &'a [Object], dice: &mut Dice<'_>) -> Option<&'a Object> {
    if objects.is_empty() { None } else { Some(&objects[dice.below(objects.len().min(256))]) }
}

/// The path of a value, as replacements write it.
fn field_path(tree: &Yaml, dice: &mut Dice<'_>, target: bool) -> String {
    let vital = !target || dice.chance(3);
    let scalar = dice.below(8) < 7;
    let fits = |path: &Vec<Step>| {
        // Kustomize keeps its own annotations there, which show where all of them are copied.
        let annotations =
            matches!(path.as_slice(), [Step::Key(a), Step::Key(b)] if a == "metadata" && b == "annotations");
        !(matches!(path.as_slice(), [Step::Key(key)] if key == "metadata") || annotations)
            && (vital || !is_vital(path))
            && (!scalar || matches!(tree.at(path), Some(Yaml::Scalar(_) | Yaml::Block(..))))
    };
    let paths: Vec<_> = tree.paths().into_iter().filter(fits).collect();
    if paths.is_empty() {
        return "metadata.name".to_owned();
    }
    let index = dice.below(256) * 256 + dice.below(256);
    let path = &paths[index % paths.len()];
    let mut text = String::new();
    let mut above: Vec<Step> = Vec::new();
    for step in path {
        let written = match step {
            Step::Key(key) => {
                let key = key.trim_matches('"');
                if key.contains('.') && dice.chance(50) { format!("[{key}]") } else { key.replace('.', "\\.") }
            }
            Step::Index(index) => {
                let item = tree.at(&above).and_then(|list| list.at(&[Step::Index(*index)]));
                match item.and_then(|item| item.get("name")) {
                    Some(Yaml::Scalar(name)) if dice.below(3) < 2 => format!("[name={name}]"),
                    _ if target && dice.chance(20) => "*".to_owned(),
                    _ if dice.chance(10) => "-".to_owned(),
                    _ => index.to_string(),
                }
            }
        };
        text.push_str(if text.is_empty() { "" } else { "." });
        text.push_str(&written);
        above.push(step.clone());
    }
    if dice.chance(8) {
        text.push_str(dice.pick(&[".more", ".0", ".[name=web]", ".a.b"]));
    }
    text
}
