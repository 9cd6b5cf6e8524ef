//! All that a comment could say, in its order, before anything is left out.

use crate::gitops::diff::Report;
use crate::gitops::format::markdown::block::Block;
use crate::gitops::format::markdown::details::{Details, details};
use crate::gitops::format::markdown::table::{Level, changes};
use crate::gitops::format::markdown::{MarkdownOptions, lists, summary};
use crate::gitops::format::view::View;

/// A comment in parts.
pub(super) struct Document<'r> {
    pub options: &'r MarkdownOptions,
    pub view: View<'r>,
    pub summary: String,
    pub failures: Section,
    pub deletions: Section,
    pub table: Option<Block>,
    /// The diffs, the shortest first.
    pub details: Vec<Details>,
    pub noise: Section,
    pub ignored: Section,
    pub rules: Section,
    pub warnings: Section,
}

/// Blocks of one sort.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    /// What its pieces are called, when some are left out.
    pub what: &'static str,
    pub blocks: Vec<Block>,
}

/// As much of a section as fits.
pub(super) struct Cut {
    pub text: String,
    /// What is left out, in words.
    pub loss: Option<String>,
}

impl<'r> Document<'r> {
    pub(super) fn new(report: &'r Report, options: &'r MarkdownOptions) -> Self {
        let view = View::new(report, options.noise);
        Self {
            options,
            summary: summary::summary(&view, options),
            failures: lists::failures(&view),
            deletions: lists::deletions(&view),
            table: (!view.listed.is_empty()).then(|| changes(&view, Level::Objects, None)),
            details: details(&view),
            noise: lists::noise(&view),
            ignored: lists::ignored(&view),
            rules: lists::rules(&view),
            warnings: lists::warnings(&view),
            view,
        }
    }

    /// Everything, in its order: failures and deletions first, since nobody may miss them; the table of all that
    /// changed; the diffs; then what is less interesting.
    pub(super) fn blocks(&self) -> Vec<&Block> {
        let mut blocks = Vec::new();
        blocks.extend(&self.failures.blocks);
        blocks.extend(&self.deletions.blocks);
        blocks.extend(&self.table);
        blocks.extend(self.details.iter().map(|details| &details.block));
        for section in [&self.noise, &self.ignored, &self.rules, &self.warnings] {
            blocks.extend(&section.blocks);
        }
        blocks
    }
}

/// How long what is said is, in the place of a cut.
const NOTE: usize = 100;

impl Section {
    /// How many characters all of it takes, with the empty lines between its blocks.
    pub(super) fn chars(&self) -> usize {
        self.blocks.iter().map(|block| block.chars() + 1).sum::<usize>().saturating_sub(1)
    }

    fn pieces(&self) -> usize {
        self.blocks.iter().map(|block| block.pieces.len()).sum()
    }

    /// As much as fits into `room` characters.
    pub(super) fn cut(&self, room: usize) -> Cut {
        if self.chars() <= room {
            let texts: Vec<String> = self.blocks.iter().map(Block::text).collect();
            return Cut { text: texts.join("\n"), loss: None };
        }
        let mut texts = Vec::new();
        let mut left = self.pieces();
        let mut room = room.saturating_sub(NOTE);
        for block in &self.blocks {
            let fitting = block.fitting(room.saturating_sub(1)).unwrap_or_default();
            if fitting > 0 {
                let text = block.first(fitting);
                room -= super::block::chars(&text) + 1;
                left -= fitting;
                texts.push(text);
            }
        }
        if !texts.is_empty() {
            texts.push(format!("{left} more {} are left out here.\n", self.what));
        }
        Cut { text: texts.join("\n"), loss: Some(self.loss(left)) }
    }

    /// What is said if this many pieces are left out.
    fn loss(&self, left: usize) -> String {
        format!("{left} of {} {}", self.pieces(), self.what)
    }

    /// The longest that can be said of it.
    pub(super) fn worst_loss(&self) -> String {
        self.loss(self.pieces())
    }
}
