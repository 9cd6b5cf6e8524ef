//! Kubernetes' label selectors: `app=web,tier in (front,back),!legacy` (upstream: `k8sgen/pkg/labels`).
//!
//! Reads the syntax and compares it with a mapping of labels or annotations; knows no resources.

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Mapping, Node};

/// A parsed selector: every requirement must be met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Missing,
    Greater(i64),
    Less(i64),
}

impl LabelSelector {
    /// Parses `text`; an empty selector selects everything.
    ///
    /// # Errors
    /// When the text is no selector, or names a label or value that Kubernetes does not allow.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parser = Parser { tokens: tokens(text), position: 0 };
        match parser.selector() {
            Ok(requirements) => Ok(Self { requirements }),
            Err(reason) => {
                Err(Error::new(ErrorKind::Kustomization, format!("`{text}` is not a label selector: {reason}"))
                    .hint("write it as `kubectl -l` takes it, for example `app=web,tier in (front,back)`"))
            }
        }
    }

    /// Whether `labels` meets every requirement; no mapping counts as an empty one.
    #[must_use]
    pub fn matches(&self, labels: Option<&Mapping>) -> bool {
        self.requirements.iter().all(|requirement| {
            let entry =
                labels.and_then(|labels| labels.iter().rev().find(|entry| *entry.key.text() == *requirement.key));
            requirement.test.is_met_by(entry.map(|entry| entry.value.text().map_or("", |text| text.as_str())))
        })
    }

    /// Whether the field `metadata.<field>` of the object `node` meets every requirement.
    #[must_use]
    pub fn matches_metadata(&self, node: &Node, field: &str) -> bool {
        self.requirements.is_empty() || self.matches(node.lookup(&["metadata", field]).and_then(Node::as_mapping))
    }
}

impl Test {
    fn is_met_by(&self, value: Option<&str>) -> bool {
        let listed = |list: &[String]| value.is_some_and(|value| list.iter().any(|item| item == value));
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match self {
            Self::In(list) => listed(list),
            Self::NotIn(list) => !listed(list),
            Self::Exists => value.is_some(),
            Self::Missing => value.is_none(),
            Self::Greater(limit) => number().is_some_and(|value| value > *limit),
            Self::Less(limit) => number().is_some_and(|value| value < *limit),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    /// One of `( ) , ! = == != > <`
    Symbol(&'a str),
    End,
}

impl<'a> Token<'a> {
    const fn text(self) -> &'a str {
        match self {
            Self::Word(text) | Self::Symbol(text) => text,
            Self::End => "",
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let symbol = |c: char| matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<');
    let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    // A NUL ends the text for upstream's scanner.
    let mut rest = text.split('\0').next().unwrap_or_default();
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches(blank);
        if rest.is_empty() {
            return tokens;
        }
        let length = if rest.starts_with("==") || rest.starts_with("!=") {
            2
        } else if rest.starts_with(symbol) {
            1
        } else {
            rest.find(|c| symbol(c) || blank(c)).unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(length);
        tokens.push(if token.starts_with(symbol) { Token::Symbol(token) } else { Token::Word(token) });
        rest = after;
    }
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
}

type Parsed<T> = std::result::Result<T, String>;

fn unexpected<T>(found: Token<'_>, expected: &str) -> Parsed<T> {
    Err(match found {
        Token::End => format!("it ends where {expected} is expected"),
        _ => format!("found `{}` where {expected} is expected", found.text()),
    })
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.position).copied().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn selector(&mut self) -> Parsed<Vec<Requirement>> {
        let mut requirements = Vec::new();
        if self.peek() == Token::End {
            return Ok(requirements);
        }
        loop {
            requirements.push(self.requirement()?);
            match self.next() {
                Token::End => return Ok(requirements),
                Token::Symbol(",") => {}
                other => return unexpected(other, "`,`"),
            }
        }
    }

    fn requirement(&mut self) -> Parsed<Requirement> {
        let negated = self.skip("!");
        let key = match self.next() {
            Token::Word(word) => word.to_owned(),
            other => return unexpected(other, "a label"),
        };
        check_key(&key)?;
        if negated {
            return Ok(Requirement { key, test: Test::Missing });
        }
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return Ok(Requirement { key, test: Test::Exists });
        }
        let test = match self.next() {
            Token::Word("in") => Test::In(self.list()?),
            Token::Word("notin") => Test::NotIn(self.list()?),
            Token::Symbol("=" | "==") => Test::In(vec![self.value()?]),
            Token::Symbol("!=") => Test::NotIn(vec![self.value()?]),
            Token::Symbol(">") => Test::Greater(self.number()?),
            Token::Symbol("<") => Test::Less(self.number()?),
            other => return unexpected(other, "`=`, `!=`, `in`, `notin`, `>` or `<`"),
        };
        if let Test::In(values) | Test::NotIn(values) = &test {
            values.iter().try_for_each(|value| check_value(value))?;
        }
        Ok(Requirement { key, test })
    }

    fn value(&mut self) -> Parsed<String> {
        match self.peek() {
            Token::End | Token::Symbol(",") => Ok(String::new()),
            Token::Word(word) => {
                self.position += 1;
                Ok(word.to_owned())
            }
            other @ Token::Symbol(_) => unexpected(other, "a value"),
        }
    }

    fn number(&mut self) -> Parsed<i64> {
        let value = self.value()?;
        check_value(&value)?;
        value.parse().map_err(|_| format!("`{value}` is not an integer"))
    }

    /// `(a,b)`; nothing between parentheses and commas is an empty value. Like upstream, a third
    /// comma or a parenthesis right after two commas is not taken for another empty value.
    fn list(&mut self) -> Parsed<Vec<String>> {
        match self.next() {
            Token::Symbol("(") => {}
            other => return unexpected(other, "`(`"),
        }
        let mut values = Vec::new();
        if self.skip(")") {
            return Ok(vec![String::new()]);
        }
        loop {
            match self.next() {
                Token::Word(word) => {
                    values.push(word.to_owned());
                    if self.skip(")") {
                        return Ok(values);
                    }
                    if self.peek() != Token::Symbol(",") {
                        return unexpected(self.peek(), "`,` or `)`");
                    }
                }
                Token::Symbol(",") => {
                    if values.is_empty() {
                        values.push(String::new());
                    }
                    let end = self.skip(")");
                    if end || self.skip(",") {
                        values.push(String::new());
                    }
                    if end {
                        return Ok(values);
                    }
                }
                other => return unexpected(other, "a value"),
            }
        }
    }

    fn skip(&mut self, symbol: &str) -> bool {
        let found = self.peek() == Token::Symbol(symbol);
        self.position += usize::from(found);
        found
    }
}

/// Whether `text` has only characters of names and letters or digits at its ends.
fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends =
        bytes.first().is_some_and(u8::is_ascii_alphanumeric) && bytes.last().is_some_and(u8::is_ascii_alphanumeric);
    ends && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether `text` is a DNS subdomain: lower-case labels joined by dots.
fn is_subdomain(text: &str) -> bool {
    let label = |label: &str| {
        is_name(label) && label.bytes().all(|byte| !byte.is_ascii_uppercase() && !matches!(byte, b'_' | b'.'))
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn check_key(key: &str) -> Parsed<()> {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let valid = name.len() <= 63 && is_name(name) && prefix.is_none_or(is_subdomain);
    if valid { Ok(()) } else { Err(format!("`{key}` is not a label's name")) }
}

fn check_value(value: &str) -> Parsed<()> {
    let valid = value.is_empty() || (value.len() <= 63 && is_name(value));
    if valid { Ok(()) } else { Err(format!("`{value}` is not a label's value")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Mapping {
        let mut mapping = Mapping::new();
        mapping.set("app", Node::string("web"));
        mapping.set("example.com/tier", Node::string("front"));
        mapping.set("size", Node::string("7"));
        mapping.set("in", Node::string(""));
        mapping
    }

    fn matches(selector: &str) -> bool {
        LabelSelector::parse(selector).expect(selector).matches(Some(&labels()))
    }

    #[test]
    fn requirements_that_are_met() {
        for selector in [
            "",
            "  ",
            "app",
            "!other",
            "app=web",
            "app == web , size",
            "app!=db",
            "other!=db",
            "app in (db,web)",
            "app in (db,,web)",
            "app notin (db)",
            "other notin (web)",
            "other notin ()",
            "in in (in,)",
            "in=",
            "in=,app",
            "size>6",
            "size<8",
            "example.com/tier=front",
            "app in (db,,,web)",
        ] {
            assert!(matches(selector), "{selector}");
        }
    }

    #[test]
    fn requirements_that_are_not_met() {
        for selector in
            ["other", "!app", "app=db", "app!=web", "app in (db)", "app in ()", "size>7", "app>1", "other<3"]
        {
            assert!(!matches(selector), "{selector}");
        }
    }

    #[test]
    fn texts_that_are_no_selectors() {
        for selector in [
            "app=",
            "!app=web",
            "app in (a,,)",
            "app in web",
            "app in (web",
            "app,",
            ",app",
            "=web",
            "app web",
            "!",
            "app in (web))",
            "-app",
            "app=-x",
            "app>x",
            "a/b/c",
            "/a",
            "A.b/c=1",
            "app=a/b",
            "app=web db",
            "app===web",
            "app in (a b)",
        ] {
            let parsed = LabelSelector::parse(selector);
            assert_eq!(parsed.is_err(), selector != "app=", "{selector}");
        }
    }

    #[test]
    fn no_labels_at_all() {
        assert!(LabelSelector::parse("!app,x!=y").expect("valid").matches(None));
        assert!(!LabelSelector::parse("app").expect("valid").matches(None));
    }
}
