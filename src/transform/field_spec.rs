//! Walks a tree to the fields that a [`FieldSpec`] names (upstream: `api/filters/fieldspec`).
//!
//! Knows nothing of what is done with the fields: that is the caller's closure.

use crate::config::{FieldSpec, Segment, SegmentSort};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Gvk;
use crate::transform::set_value::made_key;
use crate::yaml::{Mapping, Node, Sequence, Tag, Text, Value};

/// More names than this in one path are refused: a tree is no deeper.
const MAX_SEGMENTS: usize = 1000;

/// What is made at the end of a path that is not there, if the field spec says `create`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// Nothing, whatever the field spec says.
    Nothing,
    /// An empty scalar without a type; a null that is there gets this type and keeps its text.
    Scalar(Tag),
    /// An empty mapping.
    Mapping,
    /// An empty list.
    Sequence,
}

/// Calls `set` for every field of `root` (an object of type `gvk`) that `spec` names.
///
/// Lists on the way are walked item by item, whether the path marks them with `[]` or not;
/// the last field of a path is handed over as it is, lists included. Nulls on the way end
/// the walk, unless the field spec says `create` or marks the null as a list: then they
/// become what the path needs.
///
/// # Errors
/// What `set` returns, or a path that runs into a scalar or has an empty or special name.
pub fn for_each_field(
    root: &mut Node,
    gvk: &Gvk,
    spec: &FieldSpec,
    create: Create,
    set: &mut dyn FnMut(&mut Node) -> Result<()>,
) -> Result<()> {
    if !gvk.is_selected_by(&spec.gvk) {
        return Ok(());
    }
    for_each_at(root, &gvk.kind, spec, create, set)
}

/// The same where it is known that `spec` is for objects of the type of `root`, whose kind is `kind`.
///
/// # Errors
/// As [`for_each_field`].
pub fn for_each_at(
    root: &mut Node,
    kind: &str,
    spec: &FieldSpec,
    create: Create,
    set: &mut dyn FnMut(&mut Node) -> Result<()>,
) -> Result<()> {
    let segments = spec.path.segments();
    check_length(segments)?;
    let create = if spec.create { create } else { Create::Nothing };
    Walk { spec, kind, create, set }.node(root, segments)
}

/// Refuses paths that nothing can be at.
pub(super) fn check_length(segments: &[Segment]) -> Result<()> {
    if segments.len() <= MAX_SEGMENTS {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Limit, format!("a field path of more than {MAX_SEGMENTS} names")))
}

struct Walk<'a> {
    spec: &'a FieldSpec,
    kind: &'a str,
    create: Create,
    set: &'a mut dyn FnMut(&mut Node) -> Result<()>,
}

impl Walk<'_> {
    fn node(&mut self, node: &mut Node, path: &[Segment]) -> Result<()> {
        let Some((segment, rest)) = path.split_first() else {
            return (self.set)(node).map_err(|error| error.at(node.span));
        };
        match &mut node.value {
            Value::Sequence(items) => items.iter_mut().try_for_each(|item| self.node(item, path)),
            Value::Mapping(_) => self.mapping(node, segment, rest),
            Value::Scalar(scalar) if scalar.is_null() => Ok(()),
            Value::Scalar(_) => Err(in_the_way(self.spec, self.kind, node)),
        }
    }

    fn mapping(&mut self, node: &mut Node, segment: &Segment, rest: &[Segment]) -> Result<()> {
        let Segment { name, is_list, sort } = segment;
        match sort {
            SegmentSort::Name => {}
            SegmentSort::Blank => return self.node(node, rest),
            SegmentSort::Empty => return Err(self.error("an empty field name").at(node.span)),
            SegmentSort::Item => {
                let error = self.error(&format!("`{name}` names an item, but found a mapping")).at(node.span);
                return Err(match &**name {
                    "*" => error.hint(
                        "kustomize knows no wildcard for the keys of a mapping: name each key; `--pack kserve` finds all \
                         nodes of an InferenceGraph",
                    ),
                    _ => error,
                });
            }
        }
        let kind = match (is_list, self.create, rest) {
            (true, _, _) => Create::Sequence,
            (false, Create::Nothing, _) => Create::Nothing,
            (false, _, [_, ..]) => Create::Mapping,
            (false, create, []) => create,
        };
        let Value::Mapping(mapping) = &mut node.value else { return Ok(()) };
        let field = if *is_list || kind == Create::Nothing {
            match mapping.get_mut(name) {
                Some(field) => field,
                None => return Ok(()),
            }
        } else {
            mapping.get_or_insert_entry(name, || (made_key(&**name), made(kind)))
        };
        if field.is_null() {
            fill_null(field, kind);
        }
        self.node(field, rest)
    }

    fn error(&self, message: &str) -> Error {
        misfit(self.spec, self.kind, message)
    }
}

/// The error for a path that runs into the scalar `node`.
pub(super) fn in_the_way(spec: &FieldSpec, kind: &str, node: &Node) -> Error {
    let message = format!("found {} where a list or a mapping must be", node.sort_name());
    misfit(spec, kind, &message).at(node.span)
}

fn misfit(spec: &FieldSpec, kind: &str, message: &str) -> Error {
    Error::new(ErrorKind::Transform, format!("field path `{}` does not fit this {kind}: {message}", spec.path))
}

fn made(kind: Create) -> Node {
    match kind {
        Create::Nothing => Node::null(),
        Create::Scalar(_) => Node::scalar(Text::default(), Tag::Unresolved),
        Create::Mapping => Node::mapping(),
        Create::Sequence => Node::sequence(),
    }
}

fn fill_null(node: &mut Node, kind: Create) {
    match (kind, &mut node.value) {
        (Create::Nothing, _) => {}
        (Create::Scalar(tag), Value::Scalar(scalar)) => scalar.tag = tag,
        (Create::Scalar(tag), value) => *value = Node::scalar(Text::default(), tag).value,
        (Create::Mapping, value) => *value = Value::Mapping(Mapping::new()),
        (Create::Sequence, value) => *value = Value::Sequence(Sequence::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(path: &str, create: bool) -> FieldSpec {
        FieldSpec { gvk: Gvk::default(), path: path.into(), create }
    }

    fn mapping(entries: &[(&str, Node)]) -> Node {
        let mut mapping = Mapping::new();
        for (key, value) in entries {
            mapping.push(*key, value.clone());
        }
        Node::new(Value::Mapping(mapping))
    }

    fn list(items: &[Node]) -> Node {
        Node::new(Value::Sequence(items.into()))
    }

    fn run(root: &mut Node, spec: &FieldSpec, create: Create) -> Result<usize> {
        let mut count = 0;
        for_each_field(root, &Gvk::new("", "v1", "Pod"), spec, create, &mut |node| {
            count += 1;
            node.value = Node::string("x").value;
            Ok(())
        })?;
        Ok(count)
    }

    #[test]
    fn lists_are_walked_without_a_mark() {
        let item = mapping(&[("image", Node::string("a"))]);
        let mut root = mapping(&[("spec", mapping(&[("c", list(&[item.clone(), Node::null(), list(&[item])]))]))]);
        assert_eq!(run(&mut root, &spec("spec/c/image", false), Create::Nothing).unwrap(), 2);
    }

    #[test]
    fn nothing_is_made_without_create() {
        let mut root = mapping(&[("a", Node::null())]);
        let before = root.clone();
        assert_eq!(run(&mut root, &spec("a/b", false), Create::Mapping).unwrap(), 0);
        assert_eq!(run(&mut root, &spec("b/c", true), Create::Nothing).unwrap(), 0);
        assert_eq!(root, before);
    }

    #[test]
    fn nulls_become_what_the_path_needs() {
        let mut root = mapping(&[("a", Node::null())]);
        assert_eq!(run(&mut root, &spec("a/b", true), Create::Scalar(Tag::Str)).unwrap(), 1);
        assert_eq!(root, mapping(&[("a", mapping(&[("b", Node::string("x"))]))]));

        let mut root = mapping(&[("a", Node::null())]);
        assert_eq!(run(&mut root, &spec("a[]/b", false), Create::Nothing).unwrap(), 0);
        assert_eq!(root, mapping(&[("a", Node::sequence())]));
    }

    #[test]
    fn marked_lists_are_never_made() {
        let mut root = mapping(&[]);
        assert_eq!(run(&mut root, &spec("a[]/b", true), Create::Scalar(Tag::Str)).unwrap(), 0);
        assert_eq!(root, mapping(&[]));
    }

    #[test]
    fn a_scalar_in_the_way_is_an_error() {
        let mut root = mapping(&[("a", Node::string("text"))]);
        let error = run(&mut root, &spec("a/b", true), Create::Mapping).unwrap_err();
        assert_eq!(
            error.message(),
            "field path `a/b` does not fit this Pod: found a string where a list or a mapping must be"
        );
        for path in ["", "a//b", "a/", "0", "*", "[x=y]", "[]/a"] {
            let mut root = mapping(&[("a", Node::mapping())]);
            assert!(run(&mut root, &spec(path, true), Create::Mapping).is_err(), "{path}");
        }
    }

    #[test]
    fn other_types_are_left_alone() {
        let mut root = mapping(&[("a", Node::string("b"))]);
        let mut only = spec("a", false);
        only.gvk.kind = "Service".into();
        assert_eq!(run(&mut root, &only, Create::Nothing).unwrap(), 0);
        only.gvk.kind = "Pod".into();
        assert_eq!(run(&mut root, &only, Create::Nothing).unwrap(), 1);
    }
}
