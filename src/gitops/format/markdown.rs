//! A report as a comment on a pull request, in GitHub's Markdown.
//!
//! Platforms refuse comments that are too long, so a comment has a budget, and this format cuts where a reader
//! loses least: whole objects first, then hunks, then lines. It says what it left out and where.

mod block;
mod budget;
mod details;
mod document;
mod escape;
mod lists;
#[cfg(test)]
mod property_tests;
mod split;
mod summary;
mod table;
#[cfg(test)]
mod tests;

use crate::gitops::diff::Report;
use crate::gitops::format::NoiseMode;

use document::Document;

/// How many characters a comment may have if nobody says otherwise. GitHub takes 65,536.
pub const DEFAULT_BUDGET: usize = 65_000;

/// The smallest budget: what says how much is left out, and the longest row of a table, must fit. Smaller ones are
/// taken for this one.
pub const MINIMUM_BUDGET: usize = 5_000;

/// How to print a report as a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownOptions {
    /// What the comment is found by, to be replaced or removed: it stands in its first line,
    /// `<!-- crustomize:diff:<key> part=1/1 head=<sha> -->`. Anything but letters, digits and `-._/` is
    /// percent-encoded; more than 120 characters are shortened.
    pub key: String,
    /// The commit that was rendered, for the same line; may be empty.
    pub head_sha: String,
    /// How many Unicode characters a comment may have, at least [`MINIMUM_BUDGET`].
    pub budget: usize,
    /// What to show of objects that are noise only.
    pub noise: NoiseMode,
    /// Where the whole diff is to be had (`https://` or `http://`, up to 500 characters; others are not linked).
    pub full_url: Option<String>,
}

impl Default for MarkdownOptions {
    fn default() -> Self {
        Self {
            key: "default".to_owned(),
            head_sha: String::new(),
            budget: DEFAULT_BUDGET,
            noise: NoiseMode::default(),
            full_url: None,
        }
    }
}

/// One comment. What does not fit the budget is left out, and the comment says what that is.
#[must_use]
pub fn markdown(report: &Report, options: &MarkdownOptions) -> String {
    budget::within(&Document::new(report, options), options.budget.max(MINIMUM_BUDGET))
}

/// As many comments as it takes, each within the budget and valid by itself. Nothing is left out but single lines
/// that are longer than a comment may be, and each of them is told of in its place.
#[must_use]
pub fn markdown_parts(report: &Report, options: &MarkdownOptions) -> Vec<String> {
    split::parts(&Document::new(report, options), options.budget.max(MINIMUM_BUDGET))
}
