//! What comes from manifests, as inline code: there nothing is markup, and GitHub links no names, numbers or commits.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::gitops::format::visible::{visible_line, visible_name};

/// The longest name of a unit that is shown whole, in characters.
pub(super) const UNIT: usize = 160;

/// The longest name of an object that is shown whole.
pub(super) const OBJECT: usize = 400;

/// The longest sentence of somebody else's that is shown whole.
pub(super) const SENTENCE: usize = 300;

/// Longer keys of comments are shortened to their beginning and a hash.
const LONGEST_KEY: usize = 120;

/// Longer runs of backticks in a fenced text are shown by their length.
const LONGEST_RUN: usize = 80;

/// Longer links are left out.
const LONGEST_URL: usize = 500;

/// `text` as inline code, in a paragraph or a table; shortened to about `most` characters.
pub(super) fn code(text: &str, most: usize) -> String {
    let text = visible_name(text);
    let is_plain = !text.trim().is_empty() && text.trim() == text && !text.contains(['`', '|', '\\']);
    if !is_plain {
        return html_code(&text, most);
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('`');
    take(&mut out, &text, most, |out, c| out.push(c));
    out.push('`');
    out
}

/// `text` as code where the inside of an HTML element is not Markdown; shortened to about `most` characters.
pub(super) fn html_code(text: &str, most: usize) -> String {
    let text = visible_name(text);
    let mut out = String::from("<code>");
    take(&mut out, &text, most, |out, c| match c {
        c if c.is_ascii_punctuation() && !matches!(c, '-' | '/') => {
            let _ = write!(out, "&#{};", c as u32);
        }
        c => out.push(c),
    });
    out.push_str("</code>");
    out
}

/// Pushes `text` character by character, up to about `most` characters of what is pushed.
fn take(out: &mut String, text: &str, most: usize, push: impl Fn(&mut String, char)) {
    let start = out.len();
    let mut chars = 0;
    for c in text.chars() {
        if chars >= most {
            return out.push('…');
        }
        let before = out.len();
        push(out, c);
        chars += out[before..].chars().count();
    }
    if out.len() == start {
        out.push_str("(empty)");
    }
}

/// What may stand in a comment of HTML and be searched for: anything but letters, digits and `-._/` is encoded.
pub(super) fn marker_word(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'/' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => _ = write!(out, "%{byte:02X}"),
        }
    }
    if out.len() > LONGEST_KEY {
        let hash = Sha256::digest(text.as_bytes());
        out.truncate(LONGEST_KEY - 17);
        out.push('~');
        hash.iter().take(8).for_each(|byte| _ = write!(out, "{byte:02x}"));
    }
    out
}

/// A link, if `url` is one of the web and not too long.
pub(super) fn link(words: &str, url: &str) -> Option<String> {
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return None;
    }
    let mut out = String::new();
    for c in url.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(c) => out.push(c),
            c => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| _ = write!(out, "%{byte:02X}")),
        }
    }
    (out.len() <= LONGEST_URL).then(|| format!("[{words}](<{out}>)"))
}

/// A line of a fenced text: what can't be seen is shown, and runs of backticks that would make the fence long beyond
/// reason are told of.
pub(super) fn fenced_line(text: &str) -> Cow<'_, str> {
    let text = visible_line(text);
    if longest_run(&text) <= LONGEST_RUN {
        return text;
    }
    let mut out = String::new();
    let mut rest = &*text;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| c != '`').unwrap_or(from.len()));
        out.push_str(before);
        match run.len() {
            length if length > LONGEST_RUN => _ = write!(out, "⟨`×{length}⟩"),
            _ => out.push_str(run),
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A fence that no line inside ends: longer than the longest run of backticks in `texts`.
pub(super) fn fence<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    "`".repeat(texts.map(longest_run).max().unwrap_or_default().max(2) + 1)
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_whatever_is_in_them() {
        assert_eq!(code("@alice/#1 <b>*x*</b>", 99), "`@alice/#1 <b>*x*</b>`");
        assert_eq!(code("a`b|c\\d\ne", 99), "<code>a&#96;b&#124;c&#92;d␊e</code>");
        assert_eq!(code("", 99), "<code>(empty)</code>");
        assert_eq!(code(" ", 99), "<code> </code>");
        assert_eq!(code("äöü", 2), "`äö…`");
        assert_eq!(html_code("&<x", 99), "<code>&#38;&#60;x</code>");
        assert_eq!(html_code("<<<", 6), "<code>&#60;&#60;…</code>");
    }

    #[test]
    fn markers_are_words() {
        assert_eq!(marker_word("pr-1/web --> x"), "pr-1/web%20--%3E%20x");
        let long = [marker_word(&"x".repeat(500)), marker_word(&"x".repeat(501))];
        assert_eq!(long.each_ref().map(String::len), [LONGEST_KEY; 2]);
        assert_ne!(long[0], long[1]);
    }

    #[test]
    fn links_are_of_the_web() {
        assert_eq!(link("x", "https://e.org/a b)>\"").unwrap(), "[x](<https://e.org/a%20b%29%3E%22>)");
        assert_eq!(link("x", "javascript:alert(1)"), None);
        assert_eq!(link("x", &format!("https://{}", "x".repeat(500))), None);
    }

    #[test]
    fn fences_are_longer_than_what_is_inside() {
        assert_eq!(fence(["a", "b `` c"].into_iter()), "```");
        assert_eq!(fence(["a", "`````"].into_iter()), "``````");
        assert_eq!(fence([].into_iter()), "```");
        assert_eq!(fenced_line(&format!("a``{}b", "`".repeat(90))), "a⟨`×92⟩b");
        assert_eq!(fenced_line("a`````\u{1b}"), "a`````␛");
    }
}
