//! One look over a text before it is read: which sorts of characters it holds.

/// The sorts of characters in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content {
    /// Whether there are tabs.
    pub tabs: bool,
    /// Whether there are characters of more than one byte.
    pub wide: bool,
}

/// How many bytes are looked at without a decision, so that the processor can take many at once.
const BLOCK: usize = 256;

impl Content {
    /// `None` if there are control characters, or characters that YAML 1.1 takes for line breaks
    /// or doesn't allow.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut content = Self { tabs: false, wide: false };
        for block in text.as_bytes().chunks(BLOCK) {
            // One pass without branches; the rare blocks that have something odd get a second look.
            let odd = block.iter().fold(false, |odd, byte| odd | !(b' '..=b'~').contains(byte) & (*byte != b'\n'));
            if !odd {
                continue;
            }
            for byte in block {
                match byte {
                    b'\n' | b' '..=b'~' => {}
                    b'\t' => content.tabs = true,
                    0x80.. => content.wide = true,
                    _ => return None,
                }
            }
        }
        if content.wide && !text.chars().all(is_plain_character) {
            return None;
        }
        Some(content)
    }
}

/// Whether a character means nothing to YAML's grammar.
const fn is_plain_character(character: char) -> bool {
    !matches!(character, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_grammar_may_care_about_is_found_wherever_it_stands() {
        for odd in ['\u{0}', '\r', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{fffe}'] {
            for before in [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 5] {
                assert!(Content::of(&format!("{}{odd}b", "a".repeat(before))).is_none(), "{odd:?} after {before}");
            }
        }
        let content = Content::of("a\tb").unwrap();
        assert!(content.tabs && !content.wide);
        let content = Content::of("grüße 🦀").unwrap();
        assert!(!content.tabs && content.wide);
    }
}
