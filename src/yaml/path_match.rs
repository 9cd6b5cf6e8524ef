//! Finds every node that a path leads to, and makes what is missing (upstream: `PathMatcher`).
//!
//! List items are picked by number, by `*`, or by `[field=pattern]`, whose pattern is a regular
//! expression that need not match all of the field's text. A text that holds YAML itself is
//! looked into, but what is found there is no part of the tree.

use std::sync::OnceLock;

use arcstr::ArcStr;
use regex::Regex;

use crate::error::Result;
use crate::regexp;
use crate::source::Span;
use crate::yaml::emit_v3::emit_v3;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::path::{Location, index, item_search, items, no_mapping, node_at, node_at_mut, wrong};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Key, Mapping, Node, Scalar, Style, Tag, Text, Value};

/// What sort of node is made at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A scalar without a text or type.
    Scalar,
    /// An empty mapping.
    Mapping,
    /// An empty list.
    Sequence,
}

impl Sort {
    /// The sort of `node`.
    #[must_use]
    pub const fn of(node: &Node) -> Self {
        match node.value {
            Value::Scalar(_) => Self::Scalar,
            Value::Mapping(_) => Self::Mapping,
            Value::Sequence(_) => Self::Sequence,
        }
    }

    fn make(self) -> Node {
        match self {
            Self::Scalar => Node::scalar("", Tag::Unresolved),
            Self::Mapping => Node::mapping(),
            Self::Sequence => Node::sequence(),
        }
    }
}

/// A node that a path led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A node of the tree.
    At(Location),
    /// A node within a text, or below a null, which changes nothing in the tree.
    Outside(Node),
}

/// A path whose patterns are compiled at most once.
#[derive(Debug)]
pub struct Matcher {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    text: String,
    pattern: OnceLock<Regex>,
}

impl Matcher {
    /// A matcher of the path `parts`.
    #[must_use]
    pub fn new(parts: &[String]) -> Self {
        let part = |text: &String| Part { text: text.clone(), pattern: OnceLock::new() };
        Self { parts: parts.iter().map(part).collect() }
    }

    /// Every node of the tree `root` that the path leads to, in order. With `create`, missing
    /// fields are made, and list items behind the last one; the last of them is of that sort.
    ///
    /// # Errors
    /// A path that runs into a node of the wrong sort or beyond the end of a list, or a pattern
    /// that is no regular expression.
    pub fn find(&self, root: &mut Node, create: Option<Sort>) -> Result<Vec<Found>> {
        let mut search = Search { create, location: Location::new(), outside: false, found: Vec::new() };
        search.node(root, &self.parts)?;
        Ok(search.found)
    }
}

impl Part {
    /// The sort of node that this part is looked up in.
    fn parent(&self) -> Sort {
        let is_search = self.text.starts_with('[') && self.text.ends_with(']');
        if is_search || index(&self.text).is_some_and(|index| index >= 0) { Sort::Sequence } else { Sort::Mapping }
    }
}

struct Search {
    create: Option<Sort>,
    location: Location,
    /// Whether the node at hand is no part of the tree.
    outside: bool,
    found: Vec<Found>,
}

impl Search {
    fn node(&mut self, node: &mut Node, parts: &[Part]) -> Result<()> {
        let Some((part, rest)) = parts.split_first() else {
            let found = if self.outside { Found::Outside(node.clone()) } else { Found::At(self.location.clone()) };
            self.found.push(found);
            return Ok(());
        };
        if let Some(index) = index(&part.text).and_then(|index| usize::try_from(index).ok()) {
            return self.index(node, index, part, rest);
        }
        if let Some((field, pattern)) = item_search(&part.text)? {
            return self.items(node, field, pattern, part, rest);
        }
        if part.text == "*" {
            for step in 0..items(node, &part.text)?.len() {
                self.child(node, step, rest)?;
            }
            return Ok(());
        }
        self.field(node, part, rest)
    }

    fn child(&mut self, node: &mut Node, step: usize, rest: &[Part]) -> Result<()> {
        let Some(child) = node_at_mut(node, &[step]) else { return Ok(()) };
        self.location.push(step);
        let result = self.node(child, rest);
        self.location.pop();
        result
    }

    /// Goes on with a node that is no part of the tree.
    fn beside(&mut self, mut node: Node, rest: &[Part]) -> Result<()> {
        let before = std::mem::replace(&mut self.outside, true);
        let result = self.node(&mut node, rest);
        self.outside = before;
        result
    }

    /// The sort of the node that is to be made before `rest`.
    fn sort_before(&self, rest: &[Part]) -> Option<Sort> {
        let create = self.create?;
        match rest.first() {
            Some(next) if !next.text.is_empty() => Some(next.parent()),
            _ => Some(create),
        }
    }

    fn field(&mut self, node: &mut Node, part: &Part, rest: &[Part]) -> Result<()> {
        let position = match &node.value {
            _ if part.text.is_empty() => return self.nameless(node, rest),
            Value::Mapping(mapping) => mapping.iter().position(|entry| *entry.key.text() == *part.text),
            _ if node.is_null() => None,
            _ => return Err(no_mapping(node, &part.text)),
        };
        let step = match (position, self.sort_before(rest), &mut node.value) {
            (Some(step), _, _) => step,
            (None, None, _) => return Ok(()),
            (None, Some(sort), Value::Mapping(mapping)) => {
                mapping.push(untyped_key(&part.text), sort.make());
                mapping.len() - 1
            }
            // Upstream adds the field to the null itself, where it is never seen again.
            (None, Some(sort), _) => return self.beside(sort.make(), rest),
        };
        match node_at(node, &[step]).and_then(Node::as_scalar) {
            Some(scalar) if !rest.is_empty() => {
                // What the text says stays out of errors: it may be a secret.
                let text = ArcStr::from(scalar.text.as_str());
                match parse(Chunk::whole(&text, Span::NONE.source()), Dialect::V3) {
                    Ok(Some(inner)) => self.beside(inner, rest),
                    Ok(None) => Err(wrong(format!("`{}` is an empty text", part.text)).at(node.span)),
                    Err(_) => Err(wrong(format!("`{}` is a text that holds no YAML", part.text)).at(node.span)),
                }
            }
            _ => self.child(node, step, rest),
        }
    }

    /// An empty name matches an empty scalar, as upstream's field matcher has it.
    fn nameless(&mut self, node: &mut Node, rest: &[Part]) -> Result<()> {
        match node.as_scalar() {
            Some(scalar) if scalar.text.is_empty() && !scalar.is_null() && rest.is_empty() => self.node(node, rest),
            Some(_) if self.create.is_none() => Ok(()),
            _ => Err(wrong("an empty name in the field path".to_owned()).at(node.span)),
        }
    }

    fn index(&mut self, node: &mut Node, index: usize, part: &Part, rest: &[Part]) -> Result<()> {
        let length = items(node, &part.text)?.len();
        if index == length
            && let Some(sort) = self.sort_before(rest)
        {
            match node.as_sequence_mut() {
                Some(items) => items.push(sort.make()),
                None => return self.beside(sort.make(), rest),
            }
        } else if index >= length {
            return Err(wrong(format!("index {index} is beyond the end of a list of {length}")).at(node.span));
        }
        self.child(node, index, rest)
    }

    fn items(&mut self, node: &mut Node, field: &str, pattern: &str, part: &Part, rest: &[Part]) -> Result<()> {
        let before = self.found.len();
        let length = items(node, &part.text)?.len();
        for step in 0..length {
            let item = node_at(node, &[step]);
            let value = if field.is_empty() { item } else { item.and_then(|item| item.get(field)) };
            if let Some(value) = value
                && part.pattern(pattern)?.is_match(&text_of(value))
            {
                // What follows an item without fields is not looked at.
                self.child(node, step, if field.is_empty() { &[] } else { rest })?;
            }
        }
        if self.create.is_none() || self.found.len() > before {
            return Ok(());
        }
        let made = made_item(field, pattern);
        let Some(list) = node.as_sequence_mut() else {
            return self.beside(made, if field.is_empty() { &[] } else { rest });
        };
        list.push(made);
        if !part.pattern(pattern)?.is_match(pattern) {
            return Err(wrong(format!("the item made for `{}` does not match it", part.text)).at(node.span));
        }
        self.child(node, length, if field.is_empty() { &[] } else { rest })
    }
}

impl Part {
    fn pattern(&self, pattern: &str) -> Result<&Regex> {
        if let Some(regex) = self.pattern.get() {
            return Ok(regex);
        }
        let regex = regexp::compile(pattern)?;
        Ok(self.pattern.get_or_init(|| regex))
    }
}

/// The text that a pattern is compared with: the value as YAML, quotes included.
fn text_of(node: &Node) -> std::borrow::Cow<'_, str> {
    match node.as_scalar() {
        Some(Scalar { text, tag: Tag::Str, style: Style::Plain }) => text.trim().into(),
        _ => emit_v3(node).trim().to_owned().into(),
    }
}

fn made_item(field: &str, value: &str) -> Node {
    let value = Node::scalar(value, Tag::Unresolved);
    if field.is_empty() {
        return value;
    }
    let mut mapping = Mapping::new();
    mapping.push(untyped_key(field), value);
    Node::new(Value::Mapping(mapping))
}

fn untyped_key(text: &str) -> Key {
    let scalar = Scalar { text: Text::from(text), tag: Tag::Unresolved, style: Style::Plain };
    Key { span: Span::NONE, scalar }
}
