//! The parts of an image's text (upstream: `api/internal/image`).

use memchr::memchr;
use regex::Regex;

use crate::regexp;

/// `[[host[:port]/]component/]component[:tag][@digest]`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageReference<'a> {
    /// What is before tag and digest.
    pub name: &'a str,
    /// May be empty.
    pub tag: &'a str,
    /// May be empty.
    pub digest: &'a str,
}

impl<'a> ImageReference<'a> {
    /// Takes a text apart; a colon before the first slash belongs to the host's port.
    pub(super) fn split(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let start = memchr(b'/', bytes).unwrap_or(0);
        let at = memchr(b'@', &bytes[start..]).map(|at| at + start);
        let colon = memchr(b':', &bytes[start..]).map(|colon| colon + start);
        match (at, colon) {
            (None, None) => Self { name: text, tag: "", digest: "" },
            (None, Some(colon)) => Self { name: &text[..colon], tag: &text[colon + 1..], digest: "" },
            (Some(at), Some(colon)) if colon < at => {
                Self { name: &text[..colon], tag: &text[colon + 1..at], digest: &text[at + 1..] }
            }
            (Some(at), _) => Self { name: &text[..at], tag: "", digest: &text[at + 1..] },
        }
    }
}

/// What image names to change; compiled once.
#[derive(Debug)]
pub(super) enum NamePattern {
    /// Names without a special character but the dot, which is any character but a line break.
    Plain(String),
    /// Any other name is a part of a regular expression, without being grouped or escaped.
    Regex(Regex),
    /// Not a regular expression: matches nothing.
    Invalid,
}

/// Tag and digest, both optional.
const REST: &str = r"(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$";

impl NamePattern {
    pub(super) fn new(name: &str) -> Self {
        // A regular expression takes longer to compile than a small build takes otherwise.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | ':' | '.');
        if name.chars().all(is_plain) {
            return Self::Plain(name.to_owned());
        }
        regexp::compile(&format!("^{name}{REST}")).map_or(Self::Invalid, Self::Regex)
    }

    /// Whether `text` is an image of this name, with any tag and digest.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Plain(name) => after_name(name, text).is_some_and(is_rest),
            Self::Regex(regex) => regex.is_match(text),
            Self::Invalid => false,
        }
    }
}

/// What follows in `text` after a plain name.
fn after_name<'a>(name: &str, text: &'a str) -> Option<&'a str> {
    // A name is itself, as a rule.
    if let Some(rest) = text.strip_prefix(name) {
        return Some(rest);
    }
    let mut characters = text.chars();
    for wanted in name.chars() {
        let is_wanted = |found: char| found == wanted || (wanted == '.' && found != '\n');
        characters.next().filter(|found| is_wanted(*found))?;
    }
    Some(characters.as_str())
}

/// What [`REST`] says, without a regular expression.
fn is_rest(text: &str) -> bool {
    let is_tag = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'{' | b'}' | b'-'))
    };
    let (tag, digest) = match memchr(b'@', text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let is_digest = |digest: &str| {
        digest.split_once(':').is_some_and(|(algorithm, value)| is_algorithm(algorithm) && is_tag(value))
    };
    (tag.is_empty() || tag.strip_prefix(':').is_some_and(is_tag)) && digest.is_none_or(is_digest)
}

fn is_algorithm(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.split(['.', '+', '_', '-']).all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_apart() {
        let parts = |text| {
            let ImageReference { name, tag, digest } = ImageReference::split(text);
            (name, tag, digest)
        };
        assert_eq!(parts("nginx"), ("nginx", "", ""));
        assert_eq!(parts("nginx:1.2"), ("nginx", "1.2", ""));
        assert_eq!(parts("host:5000/a/b"), ("host:5000/a/b", "", ""));
        assert_eq!(parts("host:5000/a/b:1@sha256:0"), ("host:5000/a/b", "1", "sha256:0"));
        assert_eq!(parts("host:5000/a@sha256:0"), ("host:5000/a", "", "sha256:0"));
        assert_eq!(parts("host:5000"), ("host", "5000", ""));
        assert_eq!(parts("/a:1"), ("/a", "1", ""));
        assert_eq!(parts(""), ("", "", ""));
    }

    #[test]
    fn plain_names_match_as_the_expression_does() {
        let texts = [
            "a",
            "a:",
            "a:1",
            "a:{x}-_.1",
            "a:1:2",
            "a:1/2",
            "a@sha256:0",
            "a:1@sha256:0",
            "a@sha256",
            "a@:0",
            "a@",
            "a@x+y.z_1-2:0",
            "a@x+:0",
            "a@sha256:0@b:1",
            "ab",
            "b/a",
            "a/b",
            "",
            "a:ä",
            "a.b:1",
            "aäb",
            "a\nb",
            "ä",
        ];
        for name in ["a", "a.b", ".", "a:1", ""] {
            let plain = NamePattern::new(name);
            assert!(matches!(plain, NamePattern::Plain(_)));
            let regex = NamePattern::Regex(Regex::new(&format!("^{name}{REST}")).unwrap());
            for text in texts {
                assert_eq!(plain.matches(text), regex.matches(text), "{name} {text}");
            }
        }
    }

    #[test]
    fn names_are_expressions() {
        assert!(NamePattern::new("gcr.io/a").matches("gcrXio/a:1"));
        assert!(NamePattern::new("my-(a|b)").matches("my-b@sha256:0"));
        // The anchors bind closer than the bar.
        assert!(NamePattern::new("a|b").matches("a-and-more"));
        assert!(!NamePattern::new("[").matches("["));
    }
}
