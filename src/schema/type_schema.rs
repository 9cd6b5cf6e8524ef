//! What is known of one type, field or item: a view into a table.

use std::borrow::Cow;

use super::Schema;
use super::table::{escape, unescape};

/// The schema of an object, a field or the items of a list; cheap to copy.
///
/// A field that is known but has nothing inside has a schema too: upstream then looks
/// no further, where it asks for the type of an embedded object otherwise.
#[derive(Debug, Clone, Copy)]
pub struct TypeSchema<'a> {
    schema: &'a Schema,
    /// What the value may be.
    expression: &'a str,
    /// The fields of a definition.
    fields: &'a str,
}

/// How a list is patched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchStrategy<'a> {
    /// Whether items are merged, not replaced as a whole.
    pub merge: bool,
    /// The keys that identify an item; none for lists of plain values.
    pub keys: Vec<Cow<'a, str>>,
}

impl<'a> TypeSchema<'a> {
    /// What the words of a definition say.
    pub(super) fn of_definition(schema: &'a Schema, words: &'a str) -> Self {
        match words.strip_prefix('=') {
            Some(words) => {
                let (expression, fields) = words.split_once(' ').unwrap_or((words, ""));
                Self { schema, expression, fields }
            }
            None => Self { schema, expression: "", fields: words },
        }
    }

    /// What an expression says; `None` if it names a definition that is not there.
    pub(super) fn of_expression(schema: &'a Schema, expression: &'a str) -> Option<Self> {
        Self { schema, expression, fields: "" }.target()
    }

    /// What a reference leads to; the schema itself if it is none.
    pub(super) fn target(self) -> Option<Self> {
        let mut found = self;
        // References to references end somewhere, unless somebody tied a knot.
        for _ in 0..32 {
            if found.expression.is_empty() || found.expression.starts_with(['[', '{', '@']) {
                return Some(found);
            }
            found = Self::of_definition(self.schema, self.schema.definition(found.expression)?);
        }
        None
    }

    /// The schema of the field `name`, if it is known (upstream: `ResourceSchema.Field`).
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Self> {
        let name = escape(name);
        match find_word(self.fields, &name) {
            Some("") => Some(Self { expression: "", fields: "", ..*self }),
            Some(rest) => Self::of_expression(self.schema, rest),
            None => Self::of_expression(self.schema, self.inside('{', '}')?),
        }
    }

    /// The schema of the items, if this is a list of which it is known (upstream: `ResourceSchema.Elements`).
    #[must_use]
    pub fn elements(&self) -> Option<Self> {
        Self::of_expression(self.schema, self.inside('[', ']')?)
    }

    /// What stands between the outermost brackets.
    fn inside(&self, open: char, close: char) -> Option<&'a str> {
        let inside = self.expression.strip_prefix(open)?;
        inside.rfind(close).map(|at| &inside[..at])
    }

    /// How a list is patched (upstream: `PatchStrategyAndKeyList`, `IsAssociative`).
    #[must_use]
    pub fn patch_strategy_and_keys(&self) -> PatchStrategy<'a> {
        let own = self.expression.rfind([']', '}']).map_or(self.expression, |at| &self.expression[at + 1..]);
        let mut parts = own.split('@').skip(1);
        let merge = parts.next().is_some_and(|strategies| strategies.split(',').any(|strategy| strategy == "merge"));
        let keys = parts.next().into_iter().flat_map(|keys| keys.split(',')).map(unescape).collect();
        PatchStrategy { merge, keys }
    }
}

/// What follows the name and the `:` of a field in `words`.
fn find_word<'w>(words: &'w str, name: &str) -> Option<&'w str> {
    memchr::memmem::find_iter(words.as_bytes(), name.as_bytes()).find_map(|at| {
        let (before, word) = words.split_at_checked(at)?;
        let behind = word.get(name.len()..).filter(|_| before.is_empty() || before.ends_with(' '))?;
        match behind.as_bytes().first() {
            None | Some(b' ') => Some(""),
            Some(b':') => behind.get(1..)?.split(' ').next(),
            Some(_) => None,
        }
    })
}
