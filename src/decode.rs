//! Trees to typed values, as Go's JSON decoder fills structs: field names match in any
//! case, null leaves a field as it is, a wrong type is an error at its place.
//!
//! Used for kustomizations, plugin configs and transformer configurations.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::source::Span;
use crate::yaml::{Mapping, Node, Tag, Text};

/// A value and the place that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written; `None` for a value that no file wrote.
    pub(crate) span: Option<Span>,
}

impl<T> Spanned<T> {
    /// A value and its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span: Some(span) }
    }

    /// The place, [`Span::NONE`] where no file wrote the value.
    pub fn span(&self) -> Span {
        self.span.unwrap_or(Span::NONE)
    }
}

/// A type that a tree can be decoded to.
pub trait Decode: Sized {
    /// Decodes `node`, the value of `field` (for errors).
    ///
    /// # Errors
    /// When the node is of another type, at the node's place.
    fn decode(node: &Node, field: &str) -> Result<Self>;

    /// Decodes `node` as Go's YAML library fills a struct directly: booleans and numbers become strings
    /// where strings are wanted. Plugin configs are read so, kustomizations are not.
    ///
    /// # Errors
    /// When the node is of another type, at the node's place.
    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        Self::decode(node, field)
    }
}

/// The error for a value of the wrong type.
#[must_use]
pub fn wrong_type(node: &Node, field: &str, want: &str) -> Error {
    let got = node.sort_name();
    let error = Error::new(ErrorKind::Kustomization, format!("`{field}` must be {want}, but is {got}")).at(node.span);
    let quoted = want == "a string" && node.as_scalar().is_some();
    if quoted { error.hint("put the value in quotes") } else { error }
}

impl Decode for String {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        match node.as_scalar() {
            Some(scalar) if matches!(scalar.tag, Tag::Str | Tag::Timestamp | Tag::Binary | Tag::Unresolved) => {
                Ok(scalar.text.to_string())
            }
            _ => Err(wrong_type(node, field, "a string")),
        }
    }

    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        match node.as_scalar() {
            Some(scalar) if matches!(scalar.tag, Tag::Bool | Tag::Int | Tag::Float) => {
                crate::yaml::json::to_json(node).map(|value| value.to_string())
            }
            // Upstream prints the config and reads it back, where dates are long.
            Some(scalar) if scalar.tag == Tag::Timestamp => match crate::yaml::value::resolve(scalar)? {
                crate::yaml::value::Resolved::Str(text) => Ok(text.into_owned()),
                _ => Self::decode(node, field),
            },
            _ => Self::decode(node, field),
        }
    }
}

impl Decode for bool {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        match node.as_scalar() {
            Some(scalar) if scalar.tag == Tag::Bool => {
                Ok(matches!(scalar.text.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y"))
            }
            _ => Err(wrong_type(node, field, "true or false")),
        }
    }
}

impl Decode for i64 {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        // JSON, which upstream makes of it first, has one sort of numbers: `3.0` is an integer there.
        let scalar = node.as_scalar().filter(|scalar| matches!(scalar.tag, Tag::Int | Tag::Float));
        let value = scalar.map(crate::yaml::value::resolve).transpose()?;
        match value {
            Some(crate::yaml::value::Resolved::Int(value)) => {
                Self::try_from(value).map_err(|_| wrong_type(node, field, "a 64-bit integer"))
            }
            _ => Err(wrong_type(node, field, "an integer")),
        }
    }
}

impl Decode for Node {
    fn decode(node: &Node, _field: &str) -> Result<Self> {
        Ok(node.clone())
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        if node.is_null() { Ok(None) } else { T::decode(node, field).map(Some) }
    }

    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        if node.is_null() { Ok(None) } else { T::decode_leniently(node, field).map(Some) }
    }
}

impl<T: Decode> Decode for Spanned<T> {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        Ok(Self::new(T::decode(node, field)?, node.span))
    }

    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        Ok(Self::new(T::decode_leniently(node, field)?, node.span))
    }
}

impl<T: Decode + Default> Decode for Vec<T> {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        list(node, field, T::decode)
    }

    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        list(node, field, T::decode_leniently)
    }
}

fn list<T: Default>(node: &Node, field: &str, decode: fn(&Node, &str) -> Result<T>) -> Result<Vec<T>> {
    let items = node.as_sequence().ok_or_else(|| wrong_type(node, field, "a list"))?;
    let item = |(index, item): (usize, &Node)| {
        if item.is_null() { Ok(T::default()) } else { decode(item, &format!("{field}[{index}]")) }
    };
    items.iter().enumerate().map(item).collect()
}

/// A Go map: entries sorted by key, the last of equal keys.
impl<T: Decode + Default> Decode for BTreeMap<String, T> {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        map(node, field, T::decode)
    }

    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        map(node, field, T::decode_leniently)
    }
}

fn map<T: Default>(node: &Node, field: &str, decode: fn(&Node, &str) -> Result<T>) -> Result<BTreeMap<String, T>> {
    let mapping = node.as_mapping().ok_or_else(|| wrong_type(node, field, "a mapping"))?;
    let entry = |entry: &crate::yaml::Entry| {
        let key = crate::yaml::yaml_to_json::key_text(&entry.key)?;
        let value = &entry.value;
        let value = if value.is_null() { T::default() } else { decode(value, &format!("{field}.{key}"))? };
        Ok((key, value))
    };
    mapping.iter().map(entry).collect()
}

/// The fields of one struct, taken one by one.
#[derive(Debug)]
pub struct Fields<'a> {
    mapping: &'a Mapping,
    path: String,
    known: Vec<&'static str>,
    lenient: bool,
}

impl<'a> Fields<'a> {
    /// The fields of `node`; `path` names the struct in errors and may be empty.
    ///
    /// # Errors
    /// When the node is no mapping.
    pub fn of(node: &'a Node, path: &str) -> Result<Self> {
        let name = if path.is_empty() { "the document" } else { path };
        let mapping = node.as_mapping().ok_or_else(|| wrong_type(node, name, "a mapping"))?;
        Ok(Self { mapping, path: path.to_owned(), known: Vec::new(), lenient: false })
    }

    /// The fields of a plugin's config: unknown ones are ignored, numbers may stand for strings.
    ///
    /// # Errors
    /// When the node is no mapping.
    pub fn leniently(node: &'a Node, path: &str) -> Result<Self> {
        Ok(Self { lenient: true, ..Self::of(node, path)? })
    }

    fn find(&self, name: &str) -> Option<&'a Node> {
        let same = |entry: &&crate::yaml::Entry| entry.key.text().eq_ignore_ascii_case(name);
        self.mapping.iter().rev().find(same).map(|entry| &entry.value)
    }

    /// The raw value of a field, unless it is missing or null.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a Node> {
        self.known.push(name);
        self.find(name).filter(|node| !node.is_null())
    }

    /// The value of a field, or the type's default if it is missing or null.
    ///
    /// # Errors
    /// When the value is of another type.
    pub fn take<T: Decode + Default>(&mut self, name: &'static str) -> Result<T> {
        // Most fields are missing.
        let Some(node) = self.raw(name) else { return Ok(T::default()) };
        let field = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        if self.lenient { T::decode_leniently(node, &field) } else { T::decode(node, &field) }
    }

    /// Fails if there is a field that nobody asked for, unless unknown fields are ignored.
    ///
    /// # Errors
    /// The first unknown field, with the nearest known name.
    pub fn finish(self) -> Result<()> {
        if self.lenient {
            return Ok(());
        }
        for entry in self.mapping {
            let name = entry.key.text();
            if self.known.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                continue;
            }
            let place = if self.path.is_empty() { String::new() } else { format!(" in `{}`", self.path) };
            let error = Error::new(ErrorKind::Kustomization, format!("unknown field `{name}`{place}"));
            let error = error.at(entry.key.span);
            return Err(
                error.hint(suggestion(name, &self.known, || format!("known fields are {}", ticked(&self.known))))
            );
        }
        Ok(())
    }
}

fn ticked(names: &[&str]) -> String {
    let mut names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.sort();
    names.join(", ")
}

/// The hint about `name`, which means nothing: the nearest known name, or else what `otherwise` says.
pub(crate) fn suggestion(name: &str, known: &[&str], otherwise: impl FnOnce() -> String) -> String {
    nearest(name, known).map_or_else(otherwise, |near| format!("did you mean `{near}`?"))
}

/// The known name nearest to `name`, if it is near enough to be a slip of the hand.
#[must_use]
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    let distance = |known: &str| edit_distance(&lower, &known.to_ascii_lowercase());
    let best = known.iter().min_by_key(|known| distance(known))?;
    (distance(best) <= 1 + name.len() / 4).then_some(*best)
}

fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

/// A text as a `String`; for callers that keep no tree.
impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use arcstr::ArcStr;

    use super::*;
    use crate::source::SourceId;
    use crate::yaml::parse::{Chunk, parse};
    use crate::yaml::resolve::Dialect;

    fn node(text: &str) -> Node {
        parse(Chunk::whole(&ArcStr::from(text), SourceId(0)), Dialect::V2).unwrap().unwrap()
    }

    #[test]
    fn names_match_in_any_case_null_is_nothing_and_the_last_wins() {
        let node = node("NAME: a\nname: b\nflag: ~\n");
        let mut fields = Fields::of(&node, "").unwrap();
        assert_eq!(fields.take::<String>("name").unwrap(), "b");
        assert!(!fields.take::<bool>("flag").unwrap());
        fields.finish().unwrap();
    }

    #[test]
    fn a_slip_of_the_hand_gets_a_hint() {
        let node = node("resuorces: []\n");
        let mut fields = Fields::of(&node, "").unwrap();
        fields.take::<Vec<String>>("resources").unwrap();
        let error = fields.finish().unwrap_err();
        assert_eq!(error.message(), "unknown field `resuorces`");
        assert_eq!(error.hints(), ["did you mean `resources`?"]);
    }

    #[test]
    fn strictly_a_number_is_no_string_and_leniently_it_is() {
        let node = node("tag: 1.10\non: yes\n");
        let error = Fields::of(&node, "images[0]").unwrap().take::<String>("tag").unwrap_err();
        assert_eq!(error.message(), "`images[0].tag` must be a string, but is a number");
        assert_eq!(error.hints(), ["put the value in quotes"]);
        let mut fields = Fields::leniently(&node, "").unwrap();
        assert_eq!(fields.take::<String>("tag").unwrap(), "1.1");
        assert_eq!(fields.take::<String>("on").unwrap(), "true");
    }

    #[test]
    fn the_nearest_name_must_be_near() {
        let known = ["resources", "patches", "namespace"];
        assert_eq!(nearest("patchs", &known), Some("patches"));
        assert_eq!(nearest("nameSpaces", &known), Some("namespace"));
        assert_eq!(nearest("helm", &known), None);
    }
}
