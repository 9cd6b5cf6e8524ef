//! What would become of one unit's folder in the branch.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::gitops::UnitName;
use crate::gitops::publish::Violation;
use crate::gitops::publish::pattern::ResourceName;
use crate::output::ChangeKind;

/// What happens to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitChange {
    /// Nothing.
    Unchanged,
    /// It is new.
    Added,
    /// Files of it change.
    Modified,
    /// It goes.
    Removed,
    /// Nothing: what is there was rendered from a newer commit.
    Superseded,
    /// Nothing: it can't be rendered.
    Failed,
}

impl UnitChange {
    /// Whether something is written or deleted.
    #[must_use]
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Added | Self::Modified | Self::Removed)
    }

    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
        }
    }
}

/// A file of a unit that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The path below the unit's folder.
    pub path: String,
    /// What happens to it.
    pub kind: ChangeKind,
}

/// Manifests by what happens to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New.
    pub added: usize,
    /// Changed.
    pub modified: usize,
    /// Gone.
    pub deleted: usize,
}

/// What would become of one unit's folder.
#[derive(Debug, Clone)]
pub struct UnitPlan<'s> {
    /// The unit.
    pub unit: UnitName,
    /// Its folder in the branch.
    pub folder: String,
    /// What happens to it.
    pub change: UnitChange,
    /// Its manifests that change, sorted by path.
    pub files: Vec<FileChange>,
    /// The commit that what is there was rendered from, if anybody knows.
    pub published_from: Option<String>,
    /// Everything that is written, by path in the branch.
    pub(super) writes: BTreeMap<String, Cow<'s, [u8]>>,
    /// Everything that is deleted.
    pub(super) deletes: BTreeSet<String>,
    /// The resources that there were and will not be.
    pub(super) gone: Vec<ResourceName>,
    /// How many resources there were, and how many there will be.
    pub(super) resources: (usize, usize),
    pub(super) violations: Vec<Violation>,
}

impl UnitPlan<'_> {
    /// Whether anything of it is written or deleted.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        self.change.is_change()
    }

    /// Its manifests by what happens to them.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let count = |kind: ChangeKind| self.files.iter().filter(|file| file.kind == kind).count();
        if !self.is_changed() {
            return Counts::default();
        }
        Counts {
            added: count(ChangeKind::Create),
            modified: count(ChangeKind::Update),
            deleted: count(ChangeKind::Delete),
        }
    }

    /// Nothing happens to it after all.
    pub(super) fn give_up(&mut self, change: UnitChange) {
        self.change = change;
        self.files.clear();
        self.writes.clear();
        self.deletes.clear();
        self.gone.clear();
        self.violations.clear();
    }
}
