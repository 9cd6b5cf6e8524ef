//! A report for a terminal: the lines that differ, object by object.

use crate::gitops::diff::{Hunk, LineKind, ObjectChange, Report, TextDiff};
use crate::gitops::format::NoiseMode;
use crate::gitops::format::hunk_text::{NO_NEWLINE, hunk_head, sign};
use crate::gitops::format::paint::{Paint, Paper};
use crate::gitops::format::view::View;
use crate::gitops::format::visible::visible_line;
use crate::gitops::format::{around, semantic};

/// How to print a report for a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextOptions {
    /// Whether to use colours.
    pub color: bool,
    /// What to show of objects that are noise only.
    pub noise: NoiseMode,
}

/// The lines that differ, and what is to be said of them. What failed comes first, what is gone next.
#[must_use]
pub fn text(report: &Report, options: &TextOptions) -> String {
    print(report, options, |object, paper| {
        match &object.text {
            // Masks hide what differs in the lines, or there are none.
            TextDiff::Hunks(hunks) if hunks.is_empty() => semantic::fields(object, paper),
            text => lines(text, paper),
        }
    })
}

/// All of a report; `body` prints what stands below the heading of an object.
pub(super) fn print(report: &Report, options: &TextOptions, body: impl Fn(&ObjectChange, &mut Paper)) -> String {
    let mut paper = Paper::new(options.color);
    around::before(report, &mut paper);
    let view = View::new(report, options.noise);
    for entry in &view.listed {
        around::head(entry, &mut paper);
        body(entry.object, &mut paper);
    }
    around::after(&view, &mut paper);
    paper.finish()
}

/// What differs in a text.
pub(super) fn lines(text: &TextDiff, paper: &mut Paper) {
    match text {
        TextDiff::Hunks(hunks) => hunks.iter().for_each(|hunk| write_hunk(hunk, "", paper)),
        TextDiff::Replaced { old_lines, new_lines } => {
            paper.line(Paint::Place, &format!("replaced, {old_lines} → {new_lines} lines"));
        }
        TextDiff::Binary { old_sha256, new_sha256 } => {
            let hash = |hash: &Option<String>| hash.clone().unwrap_or_else(|| "nothing".to_owned());
            paper.line(Paint::Place, &format!("binary, sha256 {} → {}", hash(old_sha256), hash(new_sha256)));
        }
    }
}

/// The lines of a hunk as a terminal can show them.
pub(super) fn write_hunk(hunk: &Hunk, indentation: &str, paper: &mut Paper) {
    paper.line(Paint::Place, &format!("{indentation}{}", hunk_head(hunk).trim_end()));
    for line in &hunk.lines {
        let paint = match line.kind {
            LineKind::Context => Paint::Plain,
            LineKind::Removed => Paint::Removed,
            LineKind::Added => Paint::Added,
        };
        paper.line(paint, &format!("{indentation}{}{}", sign(line), visible_line(&line.text)));
        if line.no_newline && indentation.is_empty() {
            paper.line(Paint::Plain, NO_NEWLINE.trim_end());
        }
    }
}
