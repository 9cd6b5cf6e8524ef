//! Hunks as `diff -u` has them.

use crate::gitops::diff::{Hunk, HunkLine, LineKind};

/// What follows a line at whose end a file ends without a line end.
pub(super) const NO_NEWLINE: &str = "\\ No newline at end of file\n";

/// The line before a hunk, with its line end.
pub(super) fn hunk_head(hunk: &Hunk) -> String {
    let Hunk { old_start, old_lines, new_start, new_lines, .. } = hunk;
    format!("@@ -{old_start},{old_lines} +{new_start},{new_lines} @@\n")
}

/// What a line begins with.
pub(super) const fn sign(line: &HunkLine) -> char {
    match line.kind {
        LineKind::Context => ' ',
        LineKind::Removed => '-',
        LineKind::Added => '+',
    }
}
