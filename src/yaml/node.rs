//! The tree: one node type, each node with the place that wrote it.
//!
//! Aliases and merge keys are expanded before a tree exists, so a tree holds only
//! scalars, sequences and mappings.

use crate::source::Span;
use crate::yaml::{List, Mapping, Text};

/// A node of a YAML tree and the place that wrote it.
///
/// The span travels with the node through merges and patches: a value that a patch
/// brought keeps the patch's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where this value was written.
    pub span: Span,
    /// What was written.
    pub value: Value,
}

/// The items of a list.
pub type Sequence = List<Node>;

/// The three sorts of YAML values.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string, number, boolean, date or null.
    Scalar(Scalar),
    /// A list.
    Sequence(Sequence),
    /// An ordered map.
    Mapping(Mapping),
}

/// A scalar as go-yaml's node holds it: text, resolved tag and style.
///
/// Tag and text may contradict each other after a text was replaced in place;
/// what a scalar then is, [`crate::yaml::value`] decides as go-yaml's encoder does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text without quotes and escapes.
    pub text: Text,
    /// The type that the reader resolved, or that an explicit tag demands.
    pub tag: Tag,
    /// How it was written.
    pub style: Style,
}

/// The type of a scalar (go-yaml's short tags).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// `!!null`
    Null,
    /// `!!bool`
    Bool,
    /// `!!int`
    Int,
    /// `!!float`
    Float,
    /// `!!timestamp`
    Timestamp,
    /// `!!str`
    Str,
    /// `!!binary`: the text is still base64
    Binary,
    /// No tag: the text decides when it is printed (a node made by a program).
    Unresolved,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

impl Scalar {
    /// A string, whatever its text looks like.
    #[must_use]
    pub fn string(text: impl Into<Text>) -> Self {
        Self { text: text.into(), tag: Tag::Str, style: Style::Plain }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.tag == Tag::Null
    }
}

impl Node {
    /// A node that no file wrote.
    #[must_use]
    pub const fn new(value: Value) -> Self {
        Self { span: Span::NONE, value }
    }

    /// A string that no file wrote.
    #[must_use]
    pub fn string(text: impl Into<Text>) -> Self {
        Self::new(Value::Scalar(Scalar::string(text)))
    }

    /// A scalar of type `tag` that no file wrote.
    #[must_use]
    pub fn scalar(text: impl Into<Text>, tag: Tag) -> Self {
        Self::new(Value::Scalar(Scalar { text: text.into(), tag, style: Style::Plain }))
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::scalar("null", Tag::Null)
    }

    /// An empty mapping that no file wrote.
    #[must_use]
    pub fn mapping() -> Self {
        Self::new(Value::Mapping(Mapping::new()))
    }

    /// An empty sequence that no file wrote.
    #[must_use]
    pub fn sequence() -> Self {
        Self::new(Value::Sequence(Sequence::new()))
    }

    /// The same node with a place.
    #[must_use]
    pub const fn at(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// The scalar, if this is one.
    #[must_use]
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The scalar, if this is one.
    pub const fn as_scalar_mut(&mut self) -> Option<&mut Scalar> {
        match &mut self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items, if this is a sequence.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The items, if this is a sequence.
    pub const fn as_sequence_mut(&mut self) -> Option<&mut Sequence> {
        match &mut self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, if this is one.
    #[must_use]
    pub const fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The mapping, if this is one.
    pub const fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The text of a scalar of any type; `None` for sequences and mappings.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        self.as_scalar().map(|scalar| &scalar.text)
    }

    /// The text of a scalar that is not null.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| !scalar.is_null()).map(|scalar| scalar.text.as_str())
    }

    /// Whether this is the scalar `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// The value under `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.get(key)
    }

    /// The value under `key`, if this is a mapping that has it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_mapping_mut()?.get_mut(key)
    }

    /// Walks down mappings along `path`.
    #[must_use]
    pub fn lookup(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// What sort of value this is, as errors name it.
    #[must_use]
    pub const fn sort_name(&self) -> &'static str {
        match &self.value {
            Value::Scalar(scalar) => match scalar.tag {
                Tag::Null => "null",
                Tag::Bool => "a boolean",
                Tag::Int | Tag::Float => "a number",
                Tag::Timestamp => "a date",
                Tag::Str | Tag::Binary | Tag::Unresolved => "a string",
            },
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}
