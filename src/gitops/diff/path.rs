//! Where in an object a value is, and patterns of such places.

use serde_json::Value as Json;

use crate::error::{Error, ErrorKind, Result};

/// One step from an object to a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value under a key.
    Field(String),
    /// To an element of a list.
    Element(Element),
}

/// An element of a list, which has its places on both sides or on one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Its place in the old list.
    pub(super) old: Option<usize>,
    /// Its place in the new list.
    pub(super) new: Option<usize>,
    /// `[name=web]` in a list with merge keys.
    pub(super) label: Option<String>,
}

impl Step {
    /// Takes the step in the old object or the new one.
    pub(super) fn take_in<'v>(&self, value: &'v mut Json, is_old: bool) -> Option<&'v mut Json> {
        match self {
            Self::Field(name) => value.get_mut(name),
            Self::Element(Element { old, new, .. }) => value.get_mut((if is_old { *old } else { *new })?),
        }
    }
}

/// The JSON pointer to the place (RFC 6901).
pub(super) fn pointer(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        out.push('/');
        match step {
            Step::Field(name) => escape(name, &mut out),
            Step::Element(Element { label: Some(label), .. }) => escape(label, &mut out),
            Step::Element(Element { old, new, .. }) => out.push_str(&new.or(*old).unwrap_or_default().to_string()),
        }
    }
    out
}

fn escape(name: &str, out: &mut String) {
    for character in name.chars() {
        match character {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            other => out.push(other),
        }
    }
}

/// `[name=web]` of keys and their values; what would end a value too soon has a backslash before it.
pub(super) fn label(keys: &[(&str, String)]) -> String {
    let mut out = String::from("[");
    for (index, (key, value)) in keys.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(key);
        out.push('=');
        for character in value.chars() {
            if matches!(character, '\\' | ']' | ',') {
                out.push('\\');
            }
            out.push(character);
        }
    }
    out.push(']');
    out
}

/// A JSON pointer with `*` for any one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PointerPattern {
    steps: Vec<String>,
}

/// How a place is to a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is what the pattern names, or a part of that.
    Within,
    /// What the pattern names may be a part of it.
    Above,
    /// Neither.
    Apart,
}

impl PointerPattern {
    /// Reads a pointer.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            let error = Error::new(ErrorKind::Usage, format!("`{}` is no JSON pointer: {why}", text.escape_debug()));
            error.hint("write the way from the object's root, as in `/spec/template/spec/containers/*/image`")
        };
        let rest = text.strip_prefix('/').ok_or_else(|| refuse("it must begin with `/`"))?;
        let steps: Vec<String> =
            rest.split('/').map(unescape).collect::<Option<_>>().ok_or_else(|| refuse("`~` is written `~0`"))?;
        if steps.iter().any(String::is_empty) && steps.len() == 1 {
            return Err(refuse("it names the whole object"));
        }
        Ok(Self { steps })
    }

    /// How `path` is to this.
    pub(super) fn relation(&self, path: &[Step]) -> Relation {
        let fits = |(pattern, step): (&String, &Step)| {
            pattern == "*"
                || match step {
                    Step::Field(name) => name == pattern,
                    Step::Element(Element { old, new, label }) => {
                        label.as_ref() == Some(pattern)
                            || pattern
                                .parse()
                                .is_ok_and(|index| *new == Some(index) || (new.is_none() && *old == Some(index)))
                    }
                }
        };
        if !self.steps.iter().zip(path).all(fits) {
            Relation::Apart
        } else if self.steps.len() <= path.len() {
            Relation::Within
        } else {
            Relation::Above
        }
    }

    /// The last step.
    pub(super) fn last(&self) -> &str {
        self.steps.last().map_or("", String::as_str)
    }

    /// Does something to every value in `tree` that the pattern names.
    pub(super) fn visit(&self, tree: &mut Json, with: &mut dyn FnMut(&mut Json)) {
        visit(&self.steps, tree, with);
    }
}

fn visit(steps: &[String], tree: &mut Json, with: &mut dyn FnMut(&mut Json)) {
    let Some((step, rest)) = steps.split_first() else { return with(tree) };
    match tree {
        Json::Object(entries) if step == "*" => entries.values_mut().for_each(|value| visit(rest, value, with)),
        Json::Object(entries) => {
            if let Some(value) = entries.get_mut(step) {
                visit(rest, value, with);
            }
        }
        Json::Array(items) => {
            let index: Option<usize> = step.parse().ok();
            let search =
                step.strip_prefix('[').and_then(|step| step.strip_suffix(']')).and_then(|step| step.split_once('='));
            for (at, item) in items.iter_mut().enumerate() {
                let named =
                    || search.is_some_and(|(key, value)| item.get(key).is_some_and(|found| plain(found) == value));
                if step == "*" || index == Some(at) || named() {
                    visit(rest, item, with);
                }
            }
        }
        _ => {}
    }
}

/// A scalar as it stands in a label.
pub(super) fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unescape(step: &str) -> Option<String> {
    let mut out = String::with_capacity(step.len());
    let mut characters = step.chars();
    while let Some(character) = characters.next() {
        match character {
            '~' => match characters.next()? {
                '0' => out.push('~'),
                '1' => out.push('/'),
                _ => return None,
            },
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> Step {
        Step::Field(name.to_owned())
    }

    fn element(old: Option<usize>, new: Option<usize>, label: Option<&str>) -> Step {
        Step::Element(Element { old, new, label: label.map(str::to_owned) })
    }

    #[test]
    fn pointers_are_escaped() {
        let path = [field("a/b~c"), element(Some(1), Some(2), None), element(Some(0), None, Some("[mountPath=/x]"))];
        assert_eq!(pointer(&path), "/a~1b~0c/2/[mountPath=~1x]");
        assert_eq!(label(&[("port", "80".to_owned()), ("name", "a]b,".to_owned())]), "[port=80,name=a\\]b\\,]");
    }

    #[test]
    fn patterns() {
        let path = [field("spec"), element(Some(3), Some(1), Some("[name=web]")), field("image")];
        for (pattern, relation) in [
            ("/spec", Relation::Within),
            ("/spec/*/image", Relation::Within),
            ("/*/*", Relation::Within),
            ("/spec/[name=web]", Relation::Within),
            ("/spec/1/image", Relation::Within),
            ("/spec/3/image", Relation::Apart),
            ("/spec/1/image/x", Relation::Above),
            ("/status", Relation::Apart),
        ] {
            assert_eq!(PointerPattern::parse(pattern).unwrap().relation(&path), relation, "{pattern}");
        }
        for wrong in ["", "spec", "/", "/a~2"] {
            assert!(PointerPattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn visits() {
        let mut tree = serde_json::json!({"a": [{"name": "x", "v": 1}, {"name": "y/z", "v": 2}], "b": {"v": 3}});
        let seen = |pattern: &str, tree: &mut Json| {
            let mut seen = Vec::new();
            PointerPattern::parse(pattern).unwrap().visit(tree, &mut |value| seen.push(value.to_string()));
            seen.join(" ")
        };
        assert_eq!(seen("/a/*/v", &mut tree), "1 2");
        assert_eq!(seen("/*/v", &mut tree), "3");
        assert_eq!(seen("/a/0/v", &mut tree), "1");
        assert_eq!(seen("/a/[name=y~1z]/v", &mut tree), "2");
        assert_eq!(seen("/a/5/v", &mut tree), "");
    }
}
