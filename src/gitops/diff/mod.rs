//! What differs between two rendered sets, by object and field. Pure: sets and rules in, a report out.
//!
//! What a [`Report`] holds is masked: no formatter ever sees a plaintext byte of a Secret.
//!
//! Files that differ (`reading`) come to objects (`documents`, `canonical`), which are paired (`pairs`, `renames`).
//! Of each pair secrets become tokens (`veil`, `secret`, `mask`), then its fields are compared (`fields`, `lists`,
//! `path`), told from noise and from what rules ignore (`noise`, `rules`), and its text becomes hunks (`hunks`,
//! `sequence`).

mod canonical;
mod compare;
mod documents;
mod fields;
mod files;
mod hunks;
mod lists;
mod mask;
mod noise;
mod object;
mod options;
mod pairs;
mod path;
mod plain;
#[cfg(test)]
mod property_tests;
mod reading;
mod renames;
mod report;
mod rules;
mod secret;
mod sequence;
#[cfg(test)]
mod tests;
mod unit;
mod veil;

pub(super) use canonical::to_text as yaml_text;
pub use compare::diff;
pub(super) use hunks::hunks as text_hunks;
pub use mask::Mask;
pub use options::DiffOptions;
pub use report::{
    Change, Counts, Failure, FieldChange, FieldOperation, FileChange, Hunk, HunkLine, IgnoredField, LineKind, Noise,
    ObjectChange, ObjectId, Report, RuleUse, TextDiff, UnitReport, UnitStatus,
};
pub use rules::{IgnoreRule, parse_rules};
