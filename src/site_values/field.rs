//! A short text and the place that wrote it.

use crate::decode::Decode;
use crate::error::Result;
use crate::source::Span;
use crate::yaml::Node;

/// A text and the place that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The text.
    pub text: String,
    /// Where it was written.
    pub span: Span,
}

impl Field {
    /// A text and its place.
    #[must_use]
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span }
    }

    /// Reads `node`, the value of the field `name`; numbers become text as in all configs of plugins.
    pub(crate) fn read(node: &Node, name: &str) -> Result<Self> {
        Ok(Self { text: String::decode_leniently(node, name)?, span: node.span })
    }

    /// The same as a tree.
    #[must_use]
    pub fn to_node(&self) -> Node {
        Node::string(self.text.as_str()).at(self.span)
    }
}
