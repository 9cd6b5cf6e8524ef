//! A version of something that runs in a cluster: `1.28`.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// Major and minor; what comes after them makes no difference to what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl Version {
    /// The version `major.minor`.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Reads `1.28`, `v1.28` and `1.28.3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let mut number = || {
            let part = parts.next()?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        Some(Self { major: number()?, minor: number()? })
    }
}

/// Whether a version is `major.minor` or later. One that nobody named is the latest.
pub(crate) fn is_at_least(version: Option<Version>, major: u32, minor: u32) -> bool {
    version.is_none_or(|version| version >= Version::new(major, minor))
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Version;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // As a number, 1.20 would be 1.2.
                f.write_str("a string such as \"1.28\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Version, E> {
                Version::parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^v?[0-9]+[.][0-9]+([.].*)?$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(Version::parse("1.28"), Some(Version::new(1, 28)));
        assert_eq!(Version::parse("v0.20.1-rc0"), Some(Version::new(0, 20)));
        for text in ["", "1", "1.x", "1.-2", "+1.2", "latest"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert!(Version::new(1, 9) < Version::new(1, 10));
        assert!(is_at_least(None, 9, 9) && !is_at_least(Some(Version::new(1, 21)), 1, 22));
    }
}
