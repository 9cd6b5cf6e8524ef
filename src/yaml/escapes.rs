//! Escapes in double-quoted strings on which go-yaml and the parser library disagree.
//!
//! go-yaml takes `\'` and refuses `\/`; the library does it the other way round. So a text with
//! `\'` is read with `\/` in its place, which is as long, and the slash is put right afterwards.

use std::borrow::Cow;

/// What the library says of an escape that it doesn't know.
pub const UNKNOWN: &str = "found unknown escape character";

/// Puts `\/` in the place of every `\'` from the one at `start`, which the library met, to the end
/// of its string. `None` if there is something else at `start`.
#[must_use]
pub fn replace_quotes(text: &str, start: usize) -> Option<String> {
    if !text.get(start..)?.starts_with("\\'") {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => break,
            (b'\\', next) => {
                if next == Some(&b'\'') {
                    bytes[at + 1] = b'/';
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
    String::from_utf8(bytes).ok()
}

/// The string `value` with the quotes that `original` has where slashes of `read` took their place.
/// `read` and `original` are its spelling as the library got it and as it was. `None` if `\/` is
/// written in `original`.
#[must_use]
pub fn restore_quotes<'v>(value: &'v str, read: &str, original: &str) -> Option<Cow<'v, str>> {
    if !read.contains("\\/") {
        return Some(Cow::Borrowed(value));
    }
    let mut quotes = Vec::new();
    let mut slashes = 0;
    let bytes = read.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        let escaped = *byte == b'\\';
        if escaped && next == Some(&b'/') {
            if original.as_bytes().get(at + 1) != Some(&b'\'') {
                return None;
            }
            quotes.push(slashes);
            slashes += 1;
        } else if *byte == b'/' || escaped && is_slash(&bytes[at + 1..]) {
            slashes += 1;
        }
        at += if escaped { 2 } else { 1 };
    }
    let mut quotes = quotes.into_iter().peekable();
    let mut slash = 0..;
    let restored = value.chars().map(|character| {
        let is_quote = character == '/' && quotes.next_if_eq(&slash.next().unwrap_or_default()).is_some();
        if is_quote { '\'' } else { character }
    });
    Some(Cow::Owned(restored.collect()))
}

/// Whether the digits behind the backslash are a slash's.
fn is_slash(escape: &[u8]) -> bool {
    let digits: &[&[u8]] = &[b"x2f", b"u002f", b"U0000002f"];
    let starts = |digits: &&[u8]| escape.get(..digits.len()).is_some_and(|part| part.eq_ignore_ascii_case(digits));
    digits.iter().any(|digits| starts(digits) && escape.first() == digits.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_string_at_hand_is_changed() {
        let text = "'\\'\n\"a \\\" \\' \\\\' \\'\" \"\\'\"";
        assert_eq!(replace_quotes(text, 10).unwrap(), "'\\'\n\"a \\\" \\/ \\\\' \\/\" \"\\'\"");
        assert_eq!(replace_quotes(text, 7), None);
        assert_eq!(replace_quotes(text, 1000), None);
    }

    #[test]
    fn slashes_that_were_slashes_stay() {
        let (value, read, original) = ("/ ' / / /", r"/ \/ \x2F \u002f /", r"/ \' \x2F \u002f /");
        assert_eq!(restore_quotes("/ / / / /", read, original).unwrap(), value);
        assert_eq!(restore_quotes("/", "\\/", "\\/"), None);
        assert_eq!(restore_quotes(r"\/", r"\\/", r"\\/").unwrap(), r"\/");
    }
}
