//! The path of a field spec, and the names it is made of.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

/// Field names joined by `/` (`\/` for a slash in a name); `[]` after a name goes into a list. Taken apart when
/// somebody first walks it: field specs are shared by all objects and all builds of a run.
#[derive(Default)]
pub struct FieldSpecPath {
    text: String,
    segments: OnceLock<Box<[Segment]>>,
}

/// One name of a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The name, trimmed as upstream's look-up does.
    pub(crate) name: Box<str>,
    /// Whether the name is marked with `[]`.
    pub(crate) is_list: bool,
    pub(crate) sort: SegmentSort,
}

/// What a name of a path means where a mapping is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentSort {
    Name,
    /// Names the mapping itself.
    Blank,
    /// An error.
    Empty,
    /// An item of a list, so an error.
    Item,
}

impl FieldSpecPath {
    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its names.
    pub(crate) fn segments(&self) -> &[Segment] {
        self.segments.get_or_init(|| {
            let mut segments = Vec::new();
            let mut rest = Some(self.text.strip_prefix('/').unwrap_or(&self.text));
            while let Some(path) = rest {
                let (segment, after) = split_path(path);
                segments.push(Segment::new(&segment));
                rest = after;
            }
            segments.into()
        })
    }
}

/// The first name of a path, and what follows it. A slash after a backslash is part of the name.
#[must_use]
pub fn split_path(path: &str) -> (Cow<'_, str>, Option<&str>) {
    let bytes = path.as_bytes();
    let mut escaped = false;
    let mut end = None;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'/' {
            if at > 0 && bytes[at - 1] == b'\\' {
                escaped = true;
            } else {
                end = Some(at);
                break;
            }
        }
    }
    let (name, rest) = end.map_or((path, None), |at| (&path[..at], Some(&path[at + 1..])));
    (if escaped { Cow::Owned(name.replace("\\/", "/")) } else { Cow::Borrowed(name) }, rest)
}

impl Segment {
    fn new(segment: &str) -> Self {
        let (unmarked, is_list) = segment.strip_suffix("[]").map_or((segment, false), |name| (name, true));
        let name = unmarked.trim();
        let sort = match () {
            () if unmarked.is_empty() => SegmentSort::Empty,
            // Upstream's look-up trims names; what is blank names the node itself.
            () if name.is_empty() => SegmentSort::Blank,
            () if is_list_look_up(name) => SegmentSort::Item,
            () => SegmentSort::Name,
        };
        Self { name: name.into(), is_list, sort }
    }
}

/// Whether upstream's look-up takes this name for a list item (`0`, `-`, `*`, `[name=x]`).
fn is_list_look_up(name: &str) -> bool {
    name.parse::<i64>().is_ok() || name == "-" || name == "*" || (name.starts_with('[') && name.ends_with(']'))
}

impl Deref for FieldSpecPath {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<String> for FieldSpecPath {
    fn from(text: String) -> Self {
        Self { text, segments: OnceLock::new() }
    }
}

impl From<&str> for FieldSpecPath {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Clone for FieldSpecPath {
    fn clone(&self) -> Self {
        Self::from(self.text.as_str())
    }
}

impl fmt::Debug for FieldSpecPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for FieldSpecPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl PartialEq for FieldSpecPath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for FieldSpecPath {}

impl PartialEq<str> for FieldSpecPath {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for FieldSpecPath {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str) -> Vec<String> {
        let mut rest = Some(path);
        let mut names = Vec::new();
        while let Some(path) = rest {
            let (name, next) = split_path(path);
            names.push(name.into_owned());
            rest = next;
        }
        names
    }

    #[test]
    fn paths_split_at_bare_slashes() {
        assert_eq!(paths("a/b"), ["a", "b"]);
        assert_eq!(paths(r"a/b.c\/d/e"), ["a", "b.c/d", "e"]);
        assert_eq!(paths(r"a\//b"), ["a/", "b"]);
        assert_eq!(paths("a/"), ["a", ""]);
    }
}
