//! Adds one value to many fields (upstream: `ValueAddTransformer`, `api/filters/valueadd`).

use std::borrow::Cow;

use crate::config::split_path;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResMap, Resource, Selector, SelectorRegex};
use crate::transform::namespace::NamespaceTransformer;
use crate::transform::set_value::set_scalar;
use crate::transform::{Context, Transformer};
use crate::yaml::{Node, Tag, Text};

/// Adds a value to fields of selected resources.
#[derive(Debug, Clone, Default)]
pub struct ValueAddTransformer {
    /// The value, trimmed; by default the name of the kustomization's directory.
    pub value: String,
    /// Where it goes.
    pub targets: Vec<ValueAddTarget>,
}

/// Where a [`ValueAddTransformer`] puts its value.
#[derive(Debug, Clone, Default)]
pub struct ValueAddTarget {
    /// Which resources; all, if there is none.
    pub selector: Option<Selector>,
    /// The field: names joined by `/`; `[key=value]`, a number or `-` picks an item of a list.
    pub field_path: String,
    /// If not 0: the field holds a file path, and the value becomes its part of this number, counted from 1.
    pub file_path_position: usize,
}

impl Transformer for ValueAddTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        for target in &self.targets {
            let selector = target.selector.as_ref().map(SelectorRegex::new).transpose()?;
            resources.change_each(|_, resource| {
                let is_selected = match &selector {
                    Some(selector) => selector.matches(resource, context.schema)?,
                    None => true,
                };
                if is_selected { self.apply(target, resource, context) } else { Ok(()) }
            })?;
        }
        Ok(())
    }
}

impl ValueAddTransformer {
    fn apply(&self, target: &ValueAddTarget, resource: &mut Resource, context: &Context<'_>) -> Result<()> {
        if target.field_path == "metadata/namespace" {
            let namespace = NamespaceTransformer { namespace: self.value.clone(), ..NamespaceTransformer::default() };
            return namespace.apply(resource, context.schema);
        }
        let names = field_names(&target.field_path);
        let Some(node) = look_up(&mut resource.node, &names)? else { return Ok(()) };
        let value = match (target.file_path_position.checked_sub(1), node.text()) {
            (Some(position), Some(old)) => insert_path_part(old, position, &self.value),
            _ => self.value.clone(),
        };
        set_scalar(node, value, Tag::Unresolved)
    }
}

/// The names of a path; blank ones do not count.
fn field_names(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = Some(path);
    while let Some(path) = rest {
        let (name, next): (Cow<'_, str>, _) = split_path(path);
        if !name.trim().is_empty() {
            names.push(name.trim().to_owned());
        }
        rest = next;
    }
    names
}

/// Walks to a field; what is missing on the way is made, except list items picked by number.
fn look_up<'a>(root: &'a mut Node, names: &[String]) -> Result<Option<&'a mut Node>> {
    let mut node = root;
    for (at, name) in names.iter().enumerate() {
        if node.is_null() {
            return Ok(None);
        }
        let made = match names.get(at + 1).map(|next| Step::of(next)) {
            None => Node::scalar(Text::default(), Tag::Unresolved),
            Some(Step::Index(Some(_)) | Step::Item(..)) => Node::sequence(),
            Some(_) => Node::mapping(),
        };
        let found = match Step::of(name) {
            Step::Invalid => return Err(wrong(node, &format!("`{name}` can't be part of a field path"))),
            Step::Index(index) => {
                let sort = node.sort_name();
                let span = node.span;
                let Some(items) = node.as_sequence_mut() else {
                    return Err(wrong_sort(name, "a list", sort).at(span));
                };
                match index {
                    Some(index) => items.get_mut(index),
                    None => items.last_mut(),
                }
            }
            Step::Item(key, value) => Some(item(node, name, key, value)?),
            Step::Field => {
                let sort = node.sort_name();
                let span = node.span;
                let Some(mapping) = node.as_mapping_mut() else {
                    return Err(wrong_sort(name, "a mapping", sort).at(span));
                };
                Some(mapping.get_or_insert_with(name, || made))
            }
        };
        match found {
            Some(found) => node = found,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

/// The first item of a list whose field `key` is `value`, or that is `value` itself; appended if there is none.
fn item<'a>(node: &'a mut Node, name: &str, key: &str, value: &str) -> Result<&'a mut Node> {
    let (span, sort) = (node.span, node.sort_name());
    let Some(items) = node.as_sequence_mut() else { return Err(wrong_sort(name, "a list", sort).at(span)) };
    let is_wanted = |item: &Node| {
        if key.is_empty() {
            item.text().is_some_and(|text| text == value)
        } else {
            item.get(key).and_then(Node::text).is_some_and(|text| text == value)
        }
    };
    let index = items.iter().position(is_wanted).unwrap_or(items.len());
    if index == items.len() {
        let scalar = Node::scalar(value, Tag::Unresolved);
        items.push(if key.is_empty() {
            scalar
        } else {
            let mut item = crate::yaml::Mapping::new();
            item.push(key, scalar);
            Node::new(crate::yaml::Value::Mapping(item))
        });
    }
    Ok(&mut items[index])
}

fn wrong(node: &Node, message: &str) -> Error {
    Error::new(ErrorKind::Transform, message).at(node.span)
}

fn wrong_sort(name: &str, want: &str, got: &str) -> Error {
    Error::new(ErrorKind::Transform, format!("`{name}` is looked up in {got}, but needs {want}"))
}

/// What one name of a path picks.
enum Step<'a> {
    Field,
    /// An item by number, or the last one.
    Index(Option<usize>),
    /// An item by a field's value.
    Item(&'a str, &'a str),
    Invalid,
}

impl<'a> Step<'a> {
    fn of(name: &'a str) -> Self {
        if let Ok(index) = name.parse::<i64>() {
            return usize::try_from(index).map_or(Self::Invalid, |index| Self::Index(Some(index)));
        }
        match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            Some(inside) => inside.split_once('=').map_or(Self::Invalid, |(key, value)| Self::Item(key, value)),
            None if name == "-" => Self::Index(None),
            None if name == "*" => Self::Invalid,
            None => Self::Field,
        }
    }
}

/// Puts `part` into a file path before its part of number `position`, counted from 0; at the end, if there are less.
fn insert_path_part(path: &str, position: usize, part: &str) -> String {
    if part.is_empty() {
        return path.to_owned();
    }
    let (root, rest) = if path.starts_with('/') { ("/", path.trim_start_matches('/')) } else { ("", path) };
    let mut parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.insert(position.min(parts.len()), part);
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::testing::run;

    fn add(targets: &[(&str, usize)], yaml: &str) -> Result<String> {
        let target = |(path, position): &(&str, usize)| ValueAddTarget {
            selector: None,
            field_path: (*path).to_owned(),
            file_path_position: *position,
        };
        run(&ValueAddTransformer { value: "V".to_owned(), targets: targets.iter().map(target).collect() }, yaml)
    }

    #[test]
    fn fields_items_and_path_parts() {
        let input = r#"
apiVersion: v1
kind: X
metadata: {name: a}
spec:
  items: [a, b]
  nul: null
  path: x/y/z
  abs: //x/./y/
  abs2: /x/y
  quoted: "q"
  list: [{name: w}, {name: x, c: old}, s]
"#;
        let targets = [
            ("spec/a/b", 0),
            ("spec/list/[name=x]/c", 0),
            ("spec/items/0", 0),
            ("spec/items/-", 0),
            ("spec/items/7", 0),
            ("spec/nul/x", 0),
            ("spec/path", 2),
            ("spec/abs", 1),
            ("spec/abs2", 99),
            ("spec/none", 3),
            (r"/spec/lead\/ing", 0),
            ("spec/quoted", 0),
            ("metadata/namespace", 0),
        ];
        let output = "\
apiVersion: v1
kind: X
metadata:
  name: a
  namespace: V
spec:
  a:
    b: V
  abs: /V/x/y
  abs2: /x/y/V
  items:
  - V
  - V
  lead/ing: V
  list:
  - name: w
  - c: V
    name: x
  - s
  none: V
  nul: null
  path: x/V/y/z
  quoted: V
";
        assert_eq!(add(&targets, input).unwrap(), output);
    }

    #[test]
    fn missing_items_are_made_by_key_only() {
        let input = "kind: X\nspec: {items: [a, b]}\n";
        assert_eq!(add(&[("spec/items/[=c]", 0)], input).unwrap(), "kind: X\nspec:\n  items:\n  - a\n  - b\n  - V\n");
        let made = "kind: X\nspec:\n  items:\n  - a\n  - b\n  new:\n  - k: v\n    z: V\n";
        assert_eq!(add(&[("spec/new/[k=v]/z", 0)], input).unwrap(), made);
        assert_eq!(add(&[("spec/new/3", 0)], input).unwrap(), "kind: X\nspec:\n  items:\n  - a\n  - b\n  new: []\n");
        for path in
            ["spec/items/x", "spec/a/*", "spec/items/[x]", "spec/a/-1", "spec", "spec/items", "spec/items/[k=v]"]
        {
            assert!(add(&[(path, 0)], input).is_err(), "{path}");
        }
    }
}
