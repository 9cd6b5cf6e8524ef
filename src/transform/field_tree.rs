//! Several fields of one type as one tree of names: all are found in one walk.

use crate::config::{FieldSpec, Segment, SegmentSort};
use crate::error::{Error, Result};
use crate::transform::edit::{Edit, Way};
use crate::transform::field_spec::{Create, check_length, for_each_at, in_the_way};
use crate::yaml::{Entry, Node, Sequence, Value};

/// Fields that are visited together. Nothing is made where a field is missing.
#[derive(Debug)]
pub(super) enum FieldTree<'a> {
    /// No field is within another, so it does not matter which is visited first.
    Apart(Branches<'a>, Vec<&'a FieldSpec>),
    /// Fields one after another.
    InOrder(Vec<&'a FieldSpec>),
}

/// The names of a tree in one list, the root first: trees are made for every type of every build.
#[derive(Debug)]
pub(super) struct Branches<'a>(Vec<Branch<'a>>);

/// A name, and what is below it.
#[derive(Debug, Default)]
struct Branch<'a> {
    name: &'a str,
    is_list: bool,
    /// The number of the field that is here.
    field: Option<usize>,
    /// The numbers of others that are here, too.
    others: Vec<usize>,
    /// Where the first name below this one is.
    below: Option<usize>,
    /// Where the next name is that is below the same one.
    next: Option<usize>,
}

/// What is done with the fields that are there. Each is told the number of the field's path.
pub(super) trait Visitor {
    /// Whether the field stays as it is: what else there is to do with it is done then. Otherwise it is visited,
    /// perhaps after others of its kind that stay.
    fn stays(&mut self, number: usize, node: &Node) -> bool;

    /// Does all there is to do with the field, whether it stays or not.
    ///
    /// # Errors
    /// Whatever is wrong with the field.
    fn visit(&mut self, number: usize, node: &mut Node) -> Result<()>;
}

impl<'a> FieldTree<'a> {
    /// The fields at the paths of `specs`.
    pub(super) fn new(specs: impl IntoIterator<Item = &'a FieldSpec>) -> Self {
        let specs: Vec<&'a FieldSpec> = specs.into_iter().collect();
        // Few paths have more than four names that no other has.
        let mut branches = Branches(Vec::with_capacity(1 + 4 * specs.len()));
        branches.0.push(Branch::default());
        for (number, spec) in specs.iter().enumerate() {
            let segments = spec.path.segments();
            let is_plain = segments.iter().all(|segment| segment.sort == SegmentSort::Name);
            if !is_plain || check_length(segments).is_err() {
                return Self::InOrder(specs);
            }
            branches.add(segments, number);
        }
        if branches.are_apart() { Self::Apart(branches, specs) } else { Self::InOrder(specs) }
    }

    pub(super) const fn is_empty(&self) -> bool {
        let (Self::Apart(_, specs) | Self::InOrder(specs)) = self;
        specs.is_empty()
    }

    /// Shows every field of `root` to the visitor, those at one place in their order: what becomes of `root`, as
    /// long as nothing else changes it.
    ///
    /// # Errors
    /// Of the first field in order that has one; others may have been visited then.
    pub(super) fn edits(
        &self,
        root: &Node,
        kind: impl Fn(usize) -> String,
        visitor: &mut dyn Visitor,
    ) -> Result<Vec<Edit>> {
        match self {
            Self::InOrder(specs) => {
                let mut node = root.clone();
                for (number, spec) in specs.iter().enumerate() {
                    let visit = &mut |node: &mut Node| visitor.visit(number, node);
                    for_each_at(&mut node, &kind(number), spec, Create::Nothing, visit)?;
                }
                Ok(if node == *root { Vec::new() } else { vec![Edit { path: Vec::new(), node }] })
            }
            Self::Apart(branches, specs) => {
                let walk = Walk { branches, visitor, first: None };
                let mut look = Look { branches, walk, edits: Vec::new() };
                look.node(root, branches.root(), None);
                match look.walk.first {
                    None => Ok(look.edits),
                    Some((_, Fault::Visit(error))) => Err(error),
                    Some((number, Fault::Scalar(node))) => match specs.get(number) {
                        Some(spec) => Err(in_the_way(spec, &kind(number), &node)),
                        None => Ok(look.edits),
                    },
                }
            }
        }
    }
}

impl<'a> Branches<'a> {
    fn root(&self) -> &Branch<'a> {
        // The first one is always there.
        &self.0[0]
    }

    fn add(&mut self, names: &'a [Segment], number: usize) {
        let mut at = 0;
        for Segment { name, is_list, .. } in names {
            at = self.child(at, name);
            self.0[at].is_list |= is_list;
        }
        let Branch { field, others, .. } = &mut self.0[at];
        if field.is_none() {
            *field = Some(number);
        } else {
            others.push(number);
        }
    }

    /// Where the name `name` below the one at `parent` is; it is made if it is missing.
    fn child(&mut self, parent: usize, name: &'a str) -> usize {
        let (new, mut last) = (self.0.len(), None);
        let mut next = self.0[parent].below;
        while let Some(at) = next {
            if self.0[at].name == name {
                return at;
            }
            (last, next) = (next, self.0[at].next);
        }
        match last {
            Some(last) => self.0[last].next = Some(new),
            None => self.0[parent].below = Some(new),
        }
        self.0.push(Branch { name, ..Branch::default() });
        new
    }

    /// The names below `branch`, in order.
    fn below<'b>(&'b self, branch: &Branch<'a>) -> impl Iterator<Item = &'b Branch<'a>> {
        let at = |at: usize| self.0.get(at);
        std::iter::successors(branch.below.and_then(at), move |branch| branch.next.and_then(at))
    }

    fn are_apart(&self) -> bool {
        self.0.iter().all(|branch| branch.field.is_none() || branch.below.is_none())
    }

    /// The first field at or below this name.
    fn first(&self, branch: &Branch<'a>) -> Option<usize> {
        let below = self.below(branch).filter_map(|below| self.first(below));
        branch.field.into_iter().chain(below).min()
    }
}

impl Branch<'_> {
    /// The numbers of the fields that are here, in order.
    fn fields(&self) -> impl Iterator<Item = usize> {
        self.field.into_iter().chain(self.others.iter().copied())
    }
}

/// What was wrong with a field.
enum Fault {
    Visit(Error),
    /// A scalar stands where the path goes on.
    Scalar(Node),
}

/// The walk over a tree to what has to be changed.
struct Look<'a> {
    branches: &'a Branches<'a>,
    /// The walk over a copy of that.
    walk: Walk<'a>,
    edits: Vec<Edit>,
}

impl Look<'_> {
    fn node(&mut self, node: &Node, branch: &Branch<'_>, way: Option<&Way<'_>>) {
        if !branch.fields().all(|number| self.walk.visitor.stays(number, node)) {
            return self.change(node.clone(), branch, way);
        }
        if branch.below.is_none() {
            return;
        }
        match &node.value {
            Value::Sequence(items) => {
                for (step, item) in items.iter().enumerate() {
                    self.node(item, branch, Some(&Way::on(way, step)));
                }
            }
            Value::Mapping(mapping) => {
                for below in self.branches.below(branch) {
                    let Some(step) = mapping.position(below.name) else { continue };
                    let Some(Entry { value: field, .. }) = mapping.as_slice().get(step) else { continue };
                    let way = Some(&Way::on(way, step));
                    if below.is_list && field.is_null() {
                        self.change(Node { value: Value::Sequence(Sequence::new()), ..*field }, below, way);
                    } else {
                        self.node(field, below, way);
                    }
                }
            }
            Value::Scalar(scalar) if scalar.is_null() => {}
            Value::Scalar(_) => self.walk.node(&mut node.clone(), branch),
        }
    }

    fn change(&mut self, mut node: Node, branch: &Branch<'_>, way: Option<&Way<'_>>) {
        self.walk.node(&mut node, branch);
        self.edits.push(Edit { path: Way::path(way), node });
    }
}

struct Walk<'a> {
    branches: &'a Branches<'a>,
    visitor: &'a mut dyn Visitor,
    /// The fault of the first field in order that has one.
    first: Option<(usize, Fault)>,
}

impl Walk<'_> {
    fn node(&mut self, node: &mut Node, branch: &Branch<'_>) {
        for number in branch.fields() {
            if let Err(error) = self.visitor.visit(number, node) {
                self.note(number, Fault::Visit(error.at(node.span)));
                return;
            }
        }
        if branch.below.is_none() {
            return;
        }
        match &mut node.value {
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.node(item, branch)),
            Value::Mapping(mapping) => {
                for below in self.branches.below(branch) {
                    let Some(field) = mapping.get_mut(below.name) else { continue };
                    if below.is_list && field.is_null() {
                        field.value = Value::Sequence(Sequence::new());
                    }
                    self.node(field, below);
                }
            }
            Value::Scalar(scalar) if scalar.is_null() => {}
            Value::Scalar(_) => {
                if let Some(number) = self.branches.first(branch) {
                    self.note(number, Fault::Scalar(node.clone()));
                }
            }
        }
    }

    fn note(&mut self, number: usize, fault: Fault) {
        if self.first.as_ref().is_none_or(|(first, _)| number < *first) {
            self.first = Some((number, fault));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;
    use crate::resource::Gvk;
    use crate::yaml::{Mapping, Text};

    fn tree() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![Just(Node::null()), Just(Node::string("x")), Just(Node::string("bad"))];
        leaf.prop_recursive(4, 24, 3, |inner| {
            let mapping = prop::collection::btree_map("[abc]", inner.clone(), 0..3).prop_map(|entries| {
                let mut mapping = Mapping::new();
                entries.into_iter().for_each(|(key, value)| mapping.push(key.as_str(), value));
                Node::new(Value::Mapping(mapping))
            });
            prop_oneof![
                mapping,
                prop::collection::vec(inner, 0..3).prop_map(|items| Node::new(Value::Sequence(items.into())))
            ]
        })
    }

    /// Marks scalars; those that are null stay.
    struct Marker;

    impl Visitor for Marker {
        fn stays(&mut self, _: usize, node: &Node) -> bool {
            node.as_scalar().is_none() || node.is_null()
        }

        fn visit(&mut self, number: usize, node: &mut Node) -> Result<()> {
            mark(number, node)
        }
    }

    /// Marks a scalar with the number of the path; some scalars are refused.
    fn mark(number: usize, node: &mut Node) -> Result<()> {
        if let Some(scalar) = node.as_scalar_mut().filter(|scalar| !scalar.is_null()) {
            if scalar.text.starts_with("bad") {
                return Err(Error::new(ErrorKind::Transform, format!("{number}")));
            }
            scalar.text = Text::from(format!("{}{number}", scalar.text));
        }
        Ok(())
    }

    proptest! {
        /// One walk does what walks one after another do.
        #[test]
        fn one_walk_is_as_many(
            mut root in tree(),
            paths in prop::collection::vec(r"[abc](\[\])?(/[abc](\[\])?){0,2}|a//b|0/a", 0..5),
        ) {
            let spec = |path: &String| FieldSpec { gvk: Gvk::default(), path: path.as_str().into(), create: true };
            let specs: Vec<FieldSpec> = paths.iter().map(spec).collect();
            let mut expected = root.clone();
            let one_by_one = specs.iter().enumerate().try_for_each(|(number, spec)| {
                let create = crate::transform::field_spec::Create::Nothing;
                for_each_at(&mut expected, "K", spec, create, &mut |node| mark(number, node))
            });
            let edits = FieldTree::new(&specs).edits(&root, |_| "K".to_owned(), &mut Marker);
            let together = edits.map(|edits| Edit::apply_all(edits, &mut root));
            match (one_by_one, together) {
                (Ok(()), Ok(())) => prop_assert_eq!(root, expected),
                (Err(first), Err(second)) => prop_assert_eq!(first.message(), second.message()),
                (first, second) => prop_assert!(false, "{first:?} but {second:?}"),
            }
        }
    }
}
