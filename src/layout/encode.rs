//! Texts as parts of file names: one way only, different texts stay different.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::path::is_device;

/// Names beyond this are cut: `NAME_MAX` is 255, and tools add endings of their own.
const LONGEST: usize = 200;

/// What is kept of a name that is cut.
const KEPT: usize = 180;

/// Everything but `a` to `z`, digits, `.` and `-` as `%XX`, upper case included: what is different stays
/// different where case does not matter, and nothing has a meaning to any file system.
pub(super) fn encode(text: &str) -> String {
    encode_unless(text, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
}

/// The same for a part that may hold no separator: `.` and `-` become `%XX`, too.
pub(super) fn encode_word(text: &str) -> String {
    encode_unless(text, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
}

fn encode_unless(text: &str, keep: fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// An encoded text as a whole component, followed by `ending`: no hidden file, no `..`, no dot at the end,
/// no device of Windows, not too long. `id` is what the text says of, whole; it tells cut names apart.
pub(super) fn component(encoded: &str, ending: &str, id: &[&str]) -> String {
    let mut name = if encoded.len() > LONGEST { cut(encoded, id) } else { encoded.to_owned() };
    if ending.is_empty() && name.ends_with('.') {
        name.truncate(name.len() - 1);
        name.push_str("%2E");
    }
    name.push_str(ending);
    if name.starts_with('.') || is_device(&name) {
        // The first byte is a dot or a letter: what is encoded already begins with `%`.
        name = format!("%{:02X}{}", name.as_bytes()[0], &name[1..]);
    }
    name
}

/// The beginning, `~` (which no encoded text holds) and 16 digits of the hash of the id.
fn cut(encoded: &str, id: &[&str]) -> String {
    let mut kept = &encoded[..KEPT];
    // Not in the middle of a `%XX`.
    if let Some(at) = kept.rfind('%').filter(|at| at + 3 > kept.len()) {
        kept = &kept[..at];
    }
    let mut hash = Sha256::new();
    for part in id {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut out = format!("{kept}~");
    for byte in &hash.finalize()[..8] {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
