//! Secret values of objects that are no Secrets: where they are, as somebody says.

use std::str::FromStr;

use serde_json::Value as Json;

use super::path::PointerPattern;
use super::report::ObjectId;
use crate::error::{Error, Result};

/// Says that the values at a pointer are secret: `[KIND[.GROUP]:]POINTER`, with `*` for any one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    kind: Option<String>,
    group: Option<String>,
    pointer: PointerPattern,
}

impl FromStr for Mask {
    type Err = Error;

    /// Reads `POINTER`, `KIND:POINTER` or `KIND.GROUP:POINTER`.
    ///
    /// # Errors
    /// When the pointer is none.
    fn from_str(text: &str) -> Result<Self> {
        let (kind, pointer) = match text.find(['/', ':']).map(|at| text.split_at(at)) {
            Some((kind, pointer)) if pointer.starts_with(':') => (Some(kind), &pointer[1..]),
            _ => (None, text),
        };
        let (kind, group) = match kind.map(|kind| kind.split_once('.').ok_or(kind)) {
            Some(Ok((kind, group))) => (Some(kind), Some(group)),
            Some(Err(kind)) => (Some(kind), None),
            None => (None, None),
        };
        let owned = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        Ok(Self { kind: owned(kind), group: owned(group), pointer: PointerPattern::parse(pointer)? })
    }
}

impl Mask {
    /// Whether it is for objects of this type.
    pub(super) fn is_for(&self, id: &ObjectId) -> bool {
        self.kind.as_ref().is_none_or(|kind| *kind == id.kind)
            && self.group.as_ref().is_none_or(|group| *group == id.group)
    }

    /// Does something to every value that it names.
    pub(super) fn visit(&self, object: &mut Json, with: &mut dyn FnMut(&mut Json)) {
        self.pointer.visit(object, with);
    }

    /// Whether a text that nothing could be made of may hold what it names.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let last = self.pointer.last();
        last.starts_with(['*', '[']) || last.parse::<usize>().is_ok() || text.contains(last) || text.contains('\\')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(group: &str, kind: &str) -> ObjectId {
        ObjectId { group: group.to_owned(), kind: kind.to_owned(), namespace: None, name: "a".to_owned() }
    }

    fn mask(text: &str) -> Result<Mask> {
        text.parse()
    }

    #[test]
    fn for_some_kinds_or_all() {
        let all = mask("/spec/password").unwrap();
        let kind = mask("Database:/spec/a:b").unwrap();
        let group = mask("Database.example.com:/spec/*").unwrap();
        assert!(all.is_for(&id("", "ConfigMap")));
        assert!(kind.is_for(&id("example.com", "Database")) && !kind.is_for(&id("example.com", "Other")));
        assert!(group.is_for(&id("example.com", "Database")) && !group.is_for(&id("example.org", "Database")));
        assert_eq!(kind.pointer.last(), "a:b");
        assert!(mask("Database").is_err());
    }
}
