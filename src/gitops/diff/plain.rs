//! Files that hold no objects: compared as texts, or as bytes.

use sha2::{Digest, Sha256};

use super::DiffOptions;
use super::hunks::{hunks, text_diff};
use super::report::{Change, ObjectChange, ObjectId, TextDiff};
use super::secret::{holds_secret, may_hold_secret};
use super::veil::{AFTER, BEFORE, MASK};

/// A file that is compared as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain<'a> {
    pub(super) path: &'a str,
    pub(super) old: Option<&'a [u8]>,
    pub(super) new: Option<&'a [u8]>,
    /// Whether it should hold objects, but can't be read.
    pub(super) is_broken: bool,
}

impl Plain<'_> {
    /// What becomes of it in the list of objects.
    pub(super) fn change(&self, options: &DiffOptions) -> ObjectChange {
        let is_masked = self.is_secret(options);
        let text = |text: &str, new: &str| text_diff(text, new, options.context, options.max_lines);
        ObjectChange {
            id: ObjectId { group: String::new(), kind: String::new(), namespace: None, name: self.path.to_owned() },
            old_id: None,
            change: match (self.old, self.new) {
                (Some(_), None) => Change::Removed,
                (None, _) => Change::Added,
                (Some(_), Some(_)) => Change::Modified,
            },
            old_path: self.old.map(|_| self.path.to_owned()),
            new_path: self.new.map(|_| self.path.to_owned()),
            fields: Vec::new(),
            ignored: Vec::new(),
            noise: None,
            is_masked,
            text: self.text(is_masked, text),
        }
    }

    /// What differs line by line, however much that is.
    pub(super) fn lines(&self, options: &DiffOptions) -> (TextDiff, bool) {
        let is_masked = self.is_secret(options);
        (self.text(is_masked, |old, new| TextDiff::Hunks(hunks(old, new, options.context))), is_masked)
    }

    fn text(&self, is_masked: bool, text: impl Fn(&str, &str) -> TextDiff) -> TextDiff {
        let (before, after) = if self.old.is_some() && self.new.is_some() { (BEFORE, AFTER) } else { (MASK, MASK) };
        let utf8 = |content: Option<&[u8]>| match content {
            Some(content) => str::from_utf8(content).ok().map(str::to_owned),
            None => Some(String::new()),
        };
        match (utf8(self.old), utf8(self.new)) {
            (Some(_), Some(_)) if is_masked => {
                let line =
                    |content: Option<&[u8]>, mask: &str| content.map(|_| format!("{mask}\n")).unwrap_or_default();
                text(&line(self.old, before), &line(self.new, after))
            }
            (Some(old), Some(new)) => text(&old, &new),
            _ => {
                let hash = |content: Option<&[u8]>, mask: &str| {
                    content.map(|content| if is_masked { mask.to_owned() } else { sha256(content) })
                };
                TextDiff::Binary { old_sha256: hash(self.old, before), new_sha256: hash(self.new, after) }
            }
        }
    }

    /// Whether nothing of it may be shown: not even a hash, of which short secrets can be guessed.
    fn is_secret(&self, options: &DiffOptions) -> bool {
        let is_secret = |content: &[u8]| match str::from_utf8(content) {
            Ok(text) if self.is_broken => {
                may_hold_secret(text) || options.masks.iter().any(|mask| mask.may_be_in(text))
            }
            Ok(text) => holds_secret(text),
            // Letters of UTF-16 have zeros between them.
            Err(_) => {
                let letters: Vec<u8> = content.iter().copied().filter(|byte| *byte != 0).collect();
                may_hold_secret(&String::from_utf8_lossy(&letters))
            }
        };
        !options.show_secrets && [self.old, self.new].into_iter().flatten().any(is_secret)
    }
}

fn sha256(content: &[u8]) -> String {
    format!("{:x}", Sha256::digest(content))
}
