//! What differs between two rendered sets, by object and field. Pure: sets and rules in, a report out.
//!
//! What a [`Report`] holds is masked: no formatter ever sees a plaintext byte of a Secret.

mod report;

pub use report::{
    Change, Counts, Failure, FieldChange, FieldOperation, FileChange, Hunk, HunkLine, IgnoredField, LineKind, Noise,
    ObjectChange, ObjectId, Report, RuleUse, TextDiff, UnitReport, UnitStatus,
};
