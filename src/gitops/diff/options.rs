//! What a diff may be asked for.

use std::num::NonZeroUsize;

use super::{IgnoreRule, Mask};
use crate::schema::Schema;

/// What a diff may be asked for.
#[derive(Debug, Clone)]
pub struct DiffOptions {
    /// How many lines around a difference are shown.
    pub context: usize,
    /// Whether files are compared, too, for formats that apply to them.
    pub files: bool,
    /// Whether secrets are shown as they are. What is shown then must go nowhere.
    pub show_secrets: bool,
    /// Values that are secret besides those of Secrets.
    pub masks: Vec<Mask>,
    /// Differences that do not count.
    pub rules: Vec<IgnoreRule>,
    /// More changed lines than these of one object are told in numbers only.
    pub max_lines: usize,
    /// The merge keys of lists.
    pub schema: Schema,
    /// How many threads may work at once; `None` for as many as there are cores.
    pub threads: Option<NonZeroUsize>,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self {
            context: 3,
            files: false,
            show_secrets: false,
            masks: Vec::new(),
            rules: Vec::new(),
            max_lines: 10_000,
            schema: Schema::default(),
            threads: None,
        }
    }
}
