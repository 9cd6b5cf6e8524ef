//! Characters that can't be seen, or that change how others are seen, made visible.

use std::borrow::Cow;

/// A line of a file: tabs stay, whatever else acts on a terminal, a browser or the direction of writing is shown.
pub(super) fn visible_line(text: &str) -> Cow<'_, str> {
    shown(text, |c| c != '\t' && acts(c))
}

/// A name or another short text within a line: tabs are shown, too.
pub(super) fn visible_name(text: &str) -> Cow<'_, str> {
    shown(text, acts)
}

fn shown(text: &str, acts: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !acts(c) => out.push(c),
            '\u{7f}' => out.push('␡'),
            // Unicode has a picture of each.
            c if (c as u32) < 0x20 => out.extend(char::from_u32(0x2400 + c as u32)),
            c => out.push_str(&format!("⟨U+{:04X}⟩", c as u32)),
        }
    }
    Cow::Owned(out)
}

/// Whether a character does something rather than being something. Joiners of emoji and their variants are left alone:
/// they make up what is seen.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            // Direction of writing.
            | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Of no width, or blank without being white space.
            | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}' | '\u{34f}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}'
            // Line ends to some, but not to those who count lines.
            | '\u{2028}' | '\u{2029}'
            // Annotations, tags and variants that nothing shows, in which texts can be hidden.
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_pictures_and_marks_are_numbers() {
        assert_eq!(visible_line("a\u{1b}[31m\tb\r"), "a␛[31m\tb␍");
        assert_eq!(visible_name("a\tb\nc\u{7f}\u{9b}"), "a␉b␊c␡⟨U+009B⟩");
        assert_eq!(visible_line("if \u{202e}x\u{2066}"), "if ⟨U+202E⟩x⟨U+2066⟩");
        assert_eq!(visible_line("x\u{e0041}"), "x⟨U+E0041⟩");
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["", "äöü", "日本語", "👩‍👩‍👧 ❤️", "עברית", "a\tb"] {
            assert!(matches!(visible_line(text), Cow::Borrowed(same) if same == text));
        }
    }
}
