//! What a diff found out: the one model that every format prints.

use serde_json::Value;

use crate::error::Error;
use crate::gitops::UnitName;
use crate::warning::Warning;

/// What a diff found out. Everything in it may be shown: secrets are masked, see the module's text.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What stands on the old side, for people: a commit, a branch, a folder.
    pub base: String,
    /// What stands on the new side.
    pub head: String,
    /// Units that differ or failed, and those that were looked at and are the same; sorted by name.
    pub units: Vec<UnitReport>,
    /// Units that were not looked at, since nothing they read has changed.
    pub unaffected: usize,
    /// Ignore rules that were given, and how often each was used.
    pub rules: Vec<RuleUse>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

/// What became of a unit.
#[derive(Debug, Clone)]
pub struct UnitReport {
    /// Which one.
    pub unit: UnitName,
    /// In one word.
    pub status: UnitStatus,
    /// Objects that changed: those removed first, then by identity.
    pub objects: Vec<ObjectChange>,
    /// How many objects are the same on both sides, if that is known.
    pub unchanged: usize,
    /// Files that changed, for formats that apply to files: only if the diff was asked for them.
    pub files: Vec<FileChange>,
    /// What is wrong with it, if it failed, on either side.
    pub failures: Vec<Failure>,
}

/// A changed file, whatever objects are in it.
#[derive(Debug, Clone)]
pub struct FileChange {
    /// Its path on the old side, below the unit's folder; `None` if it is new.
    pub old_path: Option<String>,
    /// Its path on the new side; `None` if it is gone.
    pub new_path: Option<String>,
    /// What differs, line by line. Too much never becomes [`TextDiff::Replaced`] here.
    pub text: TextDiff,
    /// Whether something of it is masked, so that it can't be applied.
    pub is_masked: bool,
}

/// Why one side of a unit is not there.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Whether the old side failed; the new one otherwise.
    pub on_base: bool,
    /// What is wrong.
    pub error: Error,
}

/// A unit in one word. `Failed` is never `Unchanged`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitStatus {
    /// Nothing differs.
    Unchanged,
    /// Something differs, if only noise.
    Changed,
    /// All that differs is ignored by rules.
    Ignored,
    /// The unit is new.
    Added,
    /// The unit is gone.
    Removed,
    /// It could not be rendered on one side or both.
    Failed,
}

/// An object's identity: group, kind, namespace and name. The version is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// The API group, `""` for the core.
    pub group: String,
    /// The kind; empty for a file that is no object.
    pub kind: String,
    /// The namespace, if the object says one.
    pub namespace: Option<String>,
    /// The name; the path of a file that is no object.
    pub name: String,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// Fields differ.
    Modified,
    /// It has another name; fields may differ, too.
    Renamed,
    /// Only the order of lists differs, where order has a meaning or nobody knows that it has none.
    Reordered,
    /// It is the same in another file.
    Moved,
}

/// A changed object.
#[derive(Debug, Clone)]
pub struct ObjectChange {
    /// The object, as it is on the new side; on the old one if it is gone.
    pub id: ObjectId,
    /// The id on the old side, if that was another one.
    pub old_id: Option<ObjectId>,
    /// What happened.
    pub change: Change,
    /// Its file on the old side, below the unit's folder.
    pub old_path: Option<String>,
    /// Its file on the new side.
    pub new_path: Option<String>,
    /// What differs, field by field, in the order of the new object. Empty for what was added or removed.
    pub fields: Vec<FieldChange>,
    /// What differs and is ignored.
    pub ignored: Vec<IgnoredField>,
    /// Set if all that differs is of one uninteresting sort.
    pub noise: Option<Noise>,
    /// Whether something of it is masked: such a diff is for reading, not for applying.
    pub is_masked: bool,
    /// The same as lines of the object's text.
    pub text: TextDiff,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Where, as a JSON pointer into the new object (the old one for what was removed). An element of a list with
    /// merge keys is named by them: `/spec/containers/[name=web]/image`.
    pub pointer: String,
    /// What happened.
    pub operation: FieldOperation,
    /// The value before; a mask, if it is a secret.
    pub old: Option<Value>,
    /// The value after; a mask, if it is a secret.
    pub new: Option<Value>,
    /// Whether the values are masks.
    pub is_masked: bool,
}

/// What happened to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldOperation {
    /// It is new.
    Add,
    /// It is gone.
    Remove,
    /// It has another value.
    Replace,
    /// A list has the same elements in another order.
    Reorder,
}

/// A difference that a rule ignores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredField {
    /// Where, as in [`FieldChange::pointer`].
    pub pointer: String,
    /// The rule, by its place in [`Report::rules`].
    pub rule: usize,
}

/// A sort of change that releases make everywhere, so that it drowns the others. Never hidden, but counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noise {
    /// `checksum/*` annotations.
    Checksums,
    /// `helm.sh/chart` and `app.kubernetes.io/version`.
    ChartLabels,
    /// `caBundle` of webhooks and the like.
    CaBundles,
    /// References to generated names that changed with their content.
    HashReferences,
    /// Several of these.
    Mixed,
}

/// An ignore rule and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    /// The rule in words, with the place it stands at.
    pub rule: String,
    /// Why it is there, as whoever wrote it says.
    pub reason: String,
    /// How many differences it ignored.
    pub used: usize,
}

/// Lines that differ, with their surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextDiff {
    /// Hunks as `diff -u` has them; empty if the lines are the same.
    Hunks(Vec<Hunk>),
    /// Too much differs for hunks to say anything.
    Replaced {
        /// How many lines there were.
        old_lines: usize,
        /// How many lines there are.
        new_lines: usize,
    },
    /// What is no text.
    Binary {
        /// SHA-256 of the old content, in hexadecimal digits, if there was one.
        old_sha256: Option<String>,
        /// SHA-256 of the new content, if there is one.
        new_sha256: Option<String>,
    },
}

/// A run of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The first line on the old side, from 1; 0 if there is none.
    pub old_start: usize,
    /// How many lines of the old side.
    pub old_lines: usize,
    /// The first line on the new side, from 1; 0 if there is none.
    pub new_start: usize,
    /// How many lines of the new side.
    pub new_lines: usize,
    /// The lines.
    pub lines: Vec<HunkLine>,
}

/// A line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HunkLine {
    /// Which side it is on.
    pub kind: LineKind,
    /// The text, without its line end.
    pub text: String,
    /// Whether the file ends here without a line end.
    pub no_newline: bool,
}

/// Which side a line is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// Both.
    Context,
    /// The old one.
    Removed,
    /// The new one.
    Added,
}

/// Objects by what happened to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New.
    pub added: usize,
    /// Gone.
    pub removed: usize,
    /// Modified, reordered or moved.
    pub modified: usize,
    /// Renamed.
    pub renamed: usize,
    /// Of all these, those that are noise only.
    pub noise: usize,
    /// Fields ignored by rules.
    pub ignored: usize,
    /// Units that failed.
    pub failed: usize,
}

impl ObjectChange {
    /// Whether all that differs is ignored by rules: such an object is listed, but has not changed.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        self.change == Change::Modified && self.fields.is_empty() && !self.ignored.is_empty()
    }
}

impl Report {
    /// What was found, counted; objects of which all is ignored count as ignored only.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for unit in &self.units {
            counts.failed += usize::from(unit.status == UnitStatus::Failed);
            for object in &unit.objects {
                counts.noise += usize::from(object.noise.is_some());
                counts.ignored += object.ignored.len();
                if object.is_ignored() {
                    continue;
                }
                match object.change {
                    Change::Added => counts.added += 1,
                    Change::Removed => counts.removed += 1,
                    Change::Renamed => counts.renamed += 1,
                    Change::Modified | Change::Reordered | Change::Moved => counts.modified += 1,
                }
            }
        }
        counts
    }

    /// Whether anything differs that no rule ignores.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.units.iter().any(|unit| !matches!(unit.status, UnitStatus::Unchanged | UnitStatus::Ignored))
    }
}
