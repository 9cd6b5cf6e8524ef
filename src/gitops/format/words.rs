//! What things are called, in every format for people.

use std::fmt;

use crate::gitops::diff::{Change, FieldOperation, LineKind, Noise, ObjectId, TextDiff, UnitStatus};

/// `1 object`, `2 objects`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// An object in words: `apps/Deployment web/front`, `Namespace web`.
pub(super) fn object_name(id: &ObjectId) -> String {
    let ObjectId { group, kind, namespace, name } = id;
    let group = if group.is_empty() { String::new() } else { format!("{group}/") };
    let namespace = namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
    let kind = if kind.is_empty() { "file" } else { kind };
    format!("{group}{kind} {namespace}{name}")
}

/// What happened to an object.
pub(super) const fn change_word(change: Change) -> &'static str {
    match change {
        Change::Removed => "removed",
        Change::Added => "added",
        Change::Modified => "modified",
        Change::Renamed => "renamed",
        Change::Reordered => "reordered",
        Change::Moved => "moved",
    }
}

/// What happened to a field.
pub(super) const fn operation_word(operation: FieldOperation) -> &'static str {
    match operation {
        FieldOperation::Add => "added",
        FieldOperation::Remove => "removed",
        FieldOperation::Replace => "changed",
        FieldOperation::Reorder => "reordered",
    }
}

/// What became of a unit.
pub(super) const fn status_word(status: UnitStatus) -> &'static str {
    match status {
        UnitStatus::Unchanged => "unchanged",
        UnitStatus::Changed => "changed",
        UnitStatus::Ignored => "ignored",
        UnitStatus::Added => "added",
        UnitStatus::Removed => "removed",
        UnitStatus::Failed => "failed",
    }
}

/// A sort of noise, as what a change is in.
pub(super) const fn noise_words(noise: Noise) -> &'static str {
    match noise {
        Noise::Checksums => "checksum annotations",
        Noise::ChartLabels => "labels of chart and version",
        Noise::CaBundles => "CA bundles",
        Noise::HashReferences => "references to names with hashes",
        Noise::Mixed => "several sorts of noise",
    }
}

/// How much of a text differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Lines that are new and gone.
    Lines { added: usize, removed: usize },
    /// Everything.
    Replaced { old: usize, new: usize },
    /// Nobody knows: it is no text.
    Binary,
}

impl Extent {
    pub(super) fn of(text: &TextDiff) -> Self {
        match text {
            TextDiff::Hunks(hunks) => {
                let number = |kind| hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == kind).count();
                Self::Lines { added: number(LineKind::Added), removed: number(LineKind::Removed) }
            }
            TextDiff::Replaced { old_lines, new_lines } => Self::Replaced { old: *old_lines, new: *new_lines },
            TextDiff::Binary { .. } => Self::Binary,
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Lines { added: 0, removed: 0 } => f.write_str("0"),
            Self::Lines { added, removed: 0 } => write!(f, "+{added}"),
            Self::Lines { added: 0, removed } => write!(f, "−{removed}"),
            Self::Lines { added, removed } => write!(f, "+{added} −{removed}"),
            Self::Replaced { old, new } => write!(f, "{old} → {new}"),
            Self::Binary => f.write_str("binary"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_called_by_group_kind_namespace_and_name() {
        let id = |group: &str, kind: &str, namespace: Option<&str>| ObjectId {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: "x".to_owned(),
        };
        assert_eq!(object_name(&id("apps", "Deployment", Some("web"))), "apps/Deployment web/x");
        assert_eq!(object_name(&id("", "Namespace", None)), "Namespace x");
        assert_eq!(object_name(&id("", "", None)), "file x");
    }

    #[test]
    fn extents_say_what_is_new_and_gone() {
        let extents = [
            Extent::Lines { added: 1, removed: 2 },
            Extent::Lines { added: 1, removed: 0 },
            Extent::Lines { added: 0, removed: 2 },
            Extent::Lines { added: 0, removed: 0 },
            Extent::Replaced { old: 1, new: 2 },
            Extent::Binary,
        ];
        assert_eq!(extents.map(|extent| extent.to_string()), ["+1 −2", "+1", "−2", "0", "1 → 2", "binary"]);
    }
}
