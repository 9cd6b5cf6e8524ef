//! A string that shares the source buffer it was read from. 16 bytes; cloning copies no text.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use arcstr::{ArcStr, Substr};

/// An immutable string: a slice of a source text, a static string, or its own buffer.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text(Substr);

impl Text {
    /// The text as a string slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A part of `source`, sharing its buffer.
    ///
    /// `part` must be a slice of `source`; any other string is copied.
    #[must_use]
    pub fn shared(source: &ArcStr, part: &str) -> Self {
        source.try_substr_from(part).map_or_else(|| Self::from(part), Self)
    }

    /// The buffer that the text is a part of.
    pub(super) fn parent(&self) -> &ArcStr {
        self.0.parent()
    }

    /// The same part of `copy`, which holds what the buffer holds.
    pub(super) fn within(&self, copy: &ArcStr) -> Self {
        Self(copy.substr(self.0.range()))
    }

    /// A part of this text, sharing its buffer.
    ///
    /// `part` must be a slice of this text; any other string is copied.
    #[must_use]
    pub fn part(&self, part: &str) -> Self {
        if part.len() == self.len() {
            self.clone()
        } else {
            self.0.try_substr_from(part).map_or_else(|| Self::from(part), Self)
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Substr::from(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Substr::from(text))
    }
}

impl From<ArcStr> for Text {
    fn from(text: ArcStr) -> Self {
        Self(Substr::from(text))
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
