//! Trees to typed bundles: serde over our nodes, where errors say which field it is and where it stands.
//!
//! Strict where Go's decoder (`decode`) is lenient: names match exactly, unknown fields are refused with the one
//! that was meant, and what is null is as if it were not there, so that a site's patch can remove an entry.

use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::decode::suggestion;
use crate::error::{Error, ErrorKind};
use crate::source::Span;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Entry, Mapping, Node, Value};

/// Reads a `T` from `node`, the value of the field `path`.
///
/// # Errors
/// The first field that is unknown, missing or of another type, at its place.
pub(super) fn from_node<T: serde::de::DeserializeOwned>(node: &Node, path: &str) -> Result<T, Error> {
    T::deserialize(NodeDeserializer(node)).map_err(|fault| fault.inside(path, node.span).into())
}

/// What is wrong, and where; the path grows from the inside out.
#[derive(Debug)]
pub(super) struct Fault {
    path: String,
    span: Span,
    what: What,
    hint: Option<String>,
}

#[derive(Debug)]
enum What {
    /// A whole sentence.
    Said(String),
    /// What the field must be, and what it is.
    Type(String, String),
    Unknown(String),
    Missing(&'static str),
    Variant(String),
}

impl Fault {
    fn new(what: What, hint: Option<String>) -> Self {
        Self { path: String::new(), span: Span::NONE, what, hint }
    }

    fn inside(mut self, key: &str, span: Span) -> Self {
        let plain = !key.is_empty() && !key.contains(['.', '[', '"', '/']);
        let key = if plain || key.starts_with('[') { key.to_owned() } else { format!("[{key:?}]") };
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{key}{dot}{}", self.path);
        if self.span.is_none() {
            self.span = span;
        }
        self
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let path = &fault.path;
        let message = match &fault.what {
            What::Said(message) => format!("`{path}`: {message}"),
            What::Type(want, got) => format!("`{path}` must be {want}, but is {got}"),
            What::Unknown(field) => format!("unknown field `{field}` in `{path}`"),
            What::Missing(field) => format!("`{path}` needs `{field}`"),
            What::Variant(value) => format!("`{path}` can't be `{value}`"),
        };
        let error = Self::new(ErrorKind::Bundle, message).at(fault.span);
        fault.hint.into_iter().fold(error, Self::hint)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at `{}`", self.what, self.path)
    }
}

impl std::error::Error for Fault {}

/// The name that was meant, or all there are.
fn meant(name: &str, known: &[&str], all: &str) -> String {
    suggestion(name, known, || format!("{all} `{}`", known.join("`, `")))
}

fn sort(unexpected: &Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a mapping",
        _ => "something else",
    }
}

/// serde's words for what is wanted, in ours.
fn wanted(expected: &dyn Expected) -> String {
    let said = expected.to_string();
    let known = [
        ("struct ", "a mapping"),
        ("a map", "a mapping"),
        ("a sequence", "a list"),
        ("a boolean", "true or false"),
        ("enum ", "one of a few names"),
        ("u", "an integer that is not negative"),
        ("i", "an integer"),
        ("f", "a number"),
    ];
    let number = matches!(said.as_str(), "u8" | "u16" | "u32" | "u64" | "i32" | "i64" | "f64");
    let fits = |(start, _): &&(&str, &str)| said.starts_with(start) && (start.len() > 1 || number);
    known.iter().find(fits).map_or(said.clone(), |(_, words)| (*words).to_owned())
}

impl serde::de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(What::Said(message.to_string()), None)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let want = wanted(expected);
        let scalar = matches!(sort(&unexpected), "a number" | "a boolean");
        let hint = (scalar && want.starts_with("a string")).then(|| "put the value in quotes".to_owned());
        Self::new(What::Type(want, sort(&unexpected).to_owned()), hint)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let got = match unexpected {
            Unexpected::Unsigned(value) => value.to_string(),
            Unexpected::Signed(value) => value.to_string(),
            Unexpected::Float(value) => value.to_string(),
            Unexpected::Str(text) => format!("`{text}`"),
            other => sort(&other).to_owned(),
        };
        Self::new(What::Type(wanted(expected), got), None)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let hint = meant(field, expected, "known fields are");
        Self::new(What::Unknown(field.to_owned()), Some(hint))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let hint = meant(variant, expected, "it may be");
        Self::new(What::Variant(variant.to_owned()), Some(hint))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(What::Missing(field), None)
    }
}

/// One node.
struct NodeDeserializer<'a>(&'a Node);

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Sequence(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            Value::Mapping(mapping) => visitor.visit_map(Entries { rest: said(mapping), value: None }),
            Value::Scalar(scalar) => {
                let said = |error: Error| Fault::new(What::Said(error.message().to_owned()), None);
                match resolve(scalar).map_err(said)? {
                    Resolved::Null => visitor.visit_unit(),
                    Resolved::Bool(value) => visitor.visit_bool(value),
                    Resolved::Int(value) => match (u64::try_from(value), i64::try_from(value)) {
                        (Ok(value), _) => visitor.visit_u64(value),
                        (_, Ok(value)) => visitor.visit_i64(value),
                        _ => Err(Fault::new(What::Said("the number is too large".to_owned()), None)),
                    },
                    Resolved::Float(value) => visitor.visit_f64(value),
                    Resolved::Str(text) => visitor.visit_str(&text),
                }
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Mapping(mapping) => match &said(mapping).collect::<Vec<_>>()[..] {
                [entry] => visitor.visit_enum(Variant { name: entry.key.text(), value: Some(entry) }),
                _ => {
                    let message = format!("say exactly one of `{}`", names.join("`, `"));
                    Err(Fault::new(What::Said(message), None))
                }
            },
            Value::Scalar(scalar) if !scalar.is_null() => {
                visitor.visit_enum(Variant { name: &scalar.text, value: None })
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The items of a list.
struct Items<'a, I: Iterator<Item = (usize, &'a Node)>> {
    items: I,
}

impl<'de, I: Iterator<Item = (usize, &'de Node)>> SeqAccess<'de> for Items<'de, I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let place = |fault: Fault| fault.inside(&format!("[{index}]"), node.span);
        seed.deserialize(NodeDeserializer(node)).map(Some).map_err(place)
    }
}

/// The entries of a mapping that are not null.
fn said(mapping: &Mapping) -> impl Iterator<Item = &Entry> {
    mapping.iter().filter(|entry| !entry.value.is_null())
}

/// The entries of a mapping.
struct Entries<'a, I: Iterator<Item = &'a Entry>> {
    rest: I,
    value: Option<&'a Entry>,
}

impl<'de, I: Iterator<Item = &'de Entry>> MapAccess<'de> for Entries<'de, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some(entry) = self.rest.next() else { return Ok(None) };
        self.value = Some(entry);
        let name: StrDeserializer<'_, Fault> = entry.key.text().as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|fault| Fault { span: entry.key.span, ..fault })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(entry) = self.value.take() else { return Err(Fault::new(What::Missing("value"), None)) };
        let place = |fault: Fault| fault.inside(entry.key.text(), entry.value.span);
        seed.deserialize(NodeDeserializer(&entry.value)).map_err(place)
    }
}

/// A name, or a name and what belongs to it.
struct Variant<'a> {
    name: &'a str,
    value: Option<&'a Entry>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let name: StrDeserializer<'_, Fault> = self.name.into_deserializer();
        let place = |fault: Fault| match self.value {
            Some(entry) => Fault { span: entry.key.span, ..fault },
            None => fault,
        };
        Ok((seed.deserialize(name).map_err(place)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(Fault::new(What::Type("a name".to_owned(), "a mapping".to_owned()), None)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        match self.value {
            Some(entry) => {
                let place = |fault: Fault| fault.inside(self.name, entry.value.span);
                seed.deserialize(NodeDeserializer(&entry.value)).map_err(place)
            }
            None => Err(Fault::new(What::Said(format!("`{}` needs a value", self.name)), None)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.struct_variant(&[], visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Some(entry) => NodeDeserializer(&entry.value).deserialize_any(visitor),
            None => Err(Fault::new(What::Said(format!("`{}` needs a value", self.name)), None)),
        }
    }
}
