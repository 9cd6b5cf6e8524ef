//! Regular expressions as kustomizations write them: Go's syntax (RE2), compiled by the `regex` crate.
//!
//! The two syntaxes differ in corners only: Go's `\d`, `\w`, `\s` and `\b` mean ASCII, `\Q…\E`
//! quotes, brackets and `&&` within a class are plain characters, and braces that are no
//! repetition stand for themselves. This room translates those; it knows no Kubernetes.

use regex::Regex;

use crate::error::{Error, ErrorKind, Result};

/// Compiles `pattern`, which is in Go's syntax.
///
/// # Errors
/// When the pattern is not a regular expression.
pub fn compile(pattern: &str) -> Result<Regex> {
    let refuse = |reason: &str| {
        Error::new(ErrorKind::Kustomization, format!("`{pattern}` is not a regular expression: {reason}"))
    };
    let translated = translate(pattern).map_err(refuse)?;
    Regex::new(&translated).map_err(|error| {
        let reason = error.to_string();
        refuse(reason.lines().last().unwrap_or_default().trim_start_matches("error: "))
    })
}

/// A pattern that must match a whole text; compiled once, without the machine where it is a plain word.
#[derive(Debug, Clone)]
pub enum Anchored {
    /// The empty pattern, which selects everything.
    Everything,
    /// A pattern without any special character.
    Literal(String),
    /// `^(?:pattern)$`
    Regex(Regex),
}

impl Anchored {
    /// Compiles `pattern`, which is in Go's syntax.
    ///
    /// # Errors
    /// When the pattern is not a regular expression.
    pub fn new(pattern: &str) -> Result<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | ':' | '@');
        if pattern.is_empty() {
            Ok(Self::Everything)
        } else if pattern.chars().all(plain) {
            Ok(Self::Literal(pattern.to_owned()))
        } else {
            compile(&format!("^(?:{pattern})$")).map(Self::Regex)
        }
    }

    /// Whether the pattern matches all of `text`.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Literal(literal) => literal == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// Rewrites a pattern of Go's syntax so that the `regex` crate understands the same by it, or says
/// why Go does not take it although the crate would.
fn translate(pattern: &str) -> std::result::Result<String, &'static str> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut class: Option<usize> = None;
    let mut repeated = false;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let was_repeated = std::mem::take(&mut repeated);
        rest = match (c, class) {
            ('\\', _) => escape(after, class.is_some(), &mut out)?,
            ('[', None) => open_class(after, &mut class, &mut out),
            ('[', Some(_)) if after.starts_with(':') => named_class(after, &mut out),
            (']', Some(from)) if out.len() > from => {
                class = None;
                out.push(']');
                after
            }
            ('[' | ']' | '&' | '~', Some(_)) => {
                out.push('\\');
                out.push(c);
                after
            }
            ('{', None) if !is_repetition(after)? => {
                out.push_str("\\{");
                after
            }
            ('*' | '+' | '?' | '{', None) if was_repeated => return Err("a repetition of a repetition"),
            ('*' | '+' | '?' | '{', None) => {
                repeated = true;
                repetition(rest, &mut out)
            }
            ('(', None) if has_unknown_flag(after) => return Err("a flag that is none of `i`, `m`, `s` and `U`"),
            ('(', None) if after.starts_with('?') => {
                out.push_str("(?");
                &after[1..]
            }
            _ => {
                out.push(c);
                after
            }
        };
    }
    Ok(out)
}

/// Copies a repetition and the question mark that makes it lazy.
fn repetition<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let operator = if rest.starts_with('{') { rest.find('}').unwrap_or_default() } else { 0 } + 1;
    let length = operator + usize::from(rest[operator..].starts_with('?'));
    out.push_str(&rest[..length]);
    &rest[length..]
}

/// Whether what follows `(` sets a flag that Go does not know.
fn has_unknown_flag(after: &str) -> bool {
    let Some(flags) = after.strip_prefix('?') else { return false };
    let end = flags.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(flags.len());
    flags[end..].starts_with([':', ')']) && !flags[..end].chars().all(|c| matches!(c, 'i' | 'm' | 's' | 'U' | '-'))
}

/// Opens a class; notes where its content starts, since a `]` there is a plain character.
fn open_class<'a>(after: &'a str, class: &mut Option<usize>, out: &mut String) -> &'a str {
    out.push('[');
    let rest = after.strip_prefix('^');
    if rest.is_some() {
        out.push('^');
    }
    *class = Some(out.len());
    rest.unwrap_or(after)
}

/// A class by name within a class, `[:alpha:]`; anything else is a plain bracket.
fn named_class<'a>(after: &'a str, out: &mut String) -> &'a str {
    if let Some(end) = after.find(":]") {
        out.push('[');
        out.push_str(&after[..end + 2]);
        &after[end + 2..]
    } else {
        out.push_str("\\[");
        after
    }
}

/// What follows a backslash.
fn escape<'a>(after: &'a str, in_class: bool, out: &mut String) -> std::result::Result<&'a str, &'static str> {
    let Some(c) = after.chars().next() else {
        out.push('\\');
        return Ok(after);
    };
    let rest = &after[c.len_utf8()..];
    match c {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str("[\\t\\n\\f\\r ]"),
        'S' => out.push_str("[^\\t\\n\\f\\r ]"),
        'b' if !in_class => out.push_str("(?-u:\\b)"),
        'B' if !in_class => out.push_str("(?-u:\\B)"),
        'Q' => {
            let (quoted, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
            out.push_str(&regex::escape(quoted));
            return Ok(rest);
        }
        '0'..='7' => {
            let length = after.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            if c != '0' && length == 1 {
                return Err("a reference to a group");
            }
            let code = u32::from_str_radix(&after[..length], 8).unwrap_or_default();
            out.push_str(&format!("\\x{{{code:x}}}"));
            return Ok(&after[length..]);
        }
        'p' | 'P' | 'x' if rest.starts_with('{') => {
            let length = rest.find('}').map_or(rest.len(), |end| end + 1);
            out.push('\\');
            out.push(c);
            out.push_str(&rest[..length]);
            return Ok(&rest[length..]);
        }
        '<' | '>' => {
            // Plain characters in Go, the ends of words in the crate.
            out.push(c);
        }
        _ => {
            out.push('\\');
            out.push(c);
        }
    }
    Ok(rest)
}

/// Whether what follows `{` makes it a repetition in Go's syntax: `n}`, `n,}` or `n,m}`, up to 1,000.
fn is_repetition(after: &str) -> std::result::Result<bool, &'static str> {
    let Some((inside, _)) = after.split_once('}') else { return Ok(false) };
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if low.is_empty() || !digits(low) || !digits(high) {
        return Ok(false);
    }
    let too_many = |text: &str| !text.is_empty() && text.parse::<u32>().is_ok_and(|count| count > 1_000);
    let too_long = low.len() > 9 || high.len() > 9;
    if too_long || too_many(low) || too_many(high) { Err("more than 1,000 repetitions") } else { Ok(true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Anchored::new(pattern).expect(pattern).matches(text)
    }

    #[test]
    fn anchors_and_alternatives() {
        assert!(matches("app|web", "web"));
        assert!(!matches("app|web", "web2"));
        assert!(matches("web.*", "web2"));
        assert!(!matches("web", "my-web"));
        assert!(matches("", "anything"));
    }

    #[test]
    fn classes_are_ascii() {
        assert!(matches(r"\w+", "a_1"));
        assert!(!matches(r"\w+", "ä"));
        assert!(!matches(r"[\d]+", "٣"));
        assert!(matches(r"[^\d]", "٣"));
        assert!(matches(r"[[:alpha:]-]+", "a-b"));
    }

    #[test]
    fn corners_of_the_syntax() {
        assert!(matches(r"a{b", "a{b"));
        assert!(matches(r"a{2}", "aa"));
        assert!(matches(r"a{,2}", "a{,2}"));
        assert!(matches(r"[]a]", "]"));
        assert!(matches(r"[^]a]", "b"));
        assert!(matches(r"[a&&b]", "&"));
        assert!(matches(r"[[]", "["));
        assert!(matches(r"\Qa.b\E.", "a.bc"));
        assert!(!matches(r"\Qa.b\E.", "axbc"));
        assert!(matches(r"(?i)ABC", "abc"));
        assert!(matches(r"\<a\>", "<a>"));
        assert!(matches(r"x\b-\By?", "x-"));
        assert!(matches(r"\p{Greek}\143\x{63}", "αcc"));
        assert!(matches(r"a+?(?:b)??(?i:C)", "abc"));
        for pattern in ["a(", "a**", "a{2}{3}", "(?x)a", "a{1001}", r"(a)\1"] {
            assert!(Anchored::new(pattern).is_err(), "{pattern}");
        }
    }
}
