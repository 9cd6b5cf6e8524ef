//! How a publish ended, as data.

use crate::error::Error;
use crate::git::ObjectId;
use crate::gitops::publish::{Counts, FileChange, Plan, UnitChange, Violation};
use crate::gitops::{RenderedSet, UnitName};

/// How a publish ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The branch has a new commit.
    Published,
    /// There was nothing to do.
    Unchanged,
    /// What is there was rendered from something newer.
    Superseded,
    /// It was a dry run: something would be published.
    Planned,
    /// A guard stood in the way.
    Refused,
    /// It did not work.
    Failed,
}

impl Status {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unchanged => "unchanged",
            Self::Superseded => "superseded",
            Self::Planned => "planned",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Why a publish did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureCause {
    /// What was asked for makes no sense, or something of it can't be rendered or read.
    Request,
    /// Others were faster every time; it may be tried again.
    Contention,
    /// The remote can't be reached or refuses: no sense in trying again as it is.
    Remote,
}

/// What became of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedUnitResult {
    /// The unit.
    pub unit: UnitName,
    /// Its folder in the branch.
    pub folder: String,
    /// What happened to it, or would.
    pub change: UnitChange,
    /// Its manifests by what happened to them.
    pub counts: Counts,
    /// Its manifests that changed, by path below the folder.
    pub files: Vec<FileChange>,
}

/// How a publish ended.
#[derive(Debug, Clone)]
pub struct Published {
    /// In one word.
    pub status: Status,
    /// The branch that was, or would be, pushed.
    pub branch: String,
    /// Where the branch was; for a pull request, the branch that it goes into.
    pub old: Option<ObjectId>,
    /// The commit that was pushed.
    pub new: Option<ObjectId>,
    /// Units one by one, as far as it came.
    pub units: Vec<PublishedUnitResult>,
    /// For a pull request, what the branch holds of the units that change.
    pub before: RenderedSet,
    /// All that stood in the way.
    pub violations: Vec<Violation>,
    /// What is wrong, if it failed.
    pub failure: Option<(FailureCause, Vec<Error>)>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// How often it was tried again since others were faster.
    pub retries: u32,
}

impl Published {
    pub(super) fn new(branch: &str) -> Self {
        Self {
            status: Status::Failed,
            branch: branch.to_owned(),
            old: None,
            new: None,
            units: Vec::new(),
            before: RenderedSet::default(),
            violations: Vec::new(),
            failure: None,
            warnings: Vec::new(),
            retries: 0,
        }
    }

    pub(super) fn failed(mut self, cause: FailureCause, errors: Vec<Error>) -> Self {
        self.status = Status::Failed;
        self.failure = Some((cause, errors));
        self
    }

    pub(super) fn with_units(&mut self, plan: &Plan<'_>) {
        let unit = |unit: &crate::gitops::publish::UnitPlan<'_>| PublishedUnitResult {
            unit: unit.unit.clone(),
            folder: unit.folder.clone(),
            change: unit.change,
            counts: unit.counts(),
            files: unit.files.clone(),
        };
        self.units = plan.units.iter().map(unit).collect();
    }

    /// The exit code of a command: 0 done, 2 the request, 3 contention, 4 a guard, 5 the remote.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match (self.status, &self.failure) {
            (Status::Refused, _) => 4,
            (_, Some((FailureCause::Request, _))) => 2,
            (_, Some((FailureCause::Contention, _))) => 3,
            (_, Some((FailureCause::Remote, _))) => 5,
            (Status::Failed, None) => 2,
            _ => 0,
        }
    }

    /// The manifests of all units by what happened to them.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.units.iter().fold(Counts::default(), |sum, unit| Counts {
            added: sum.added + unit.counts.added,
            modified: sum.modified + unit.counts.modified,
            deleted: sum.deleted + unit.counts.deleted,
        })
    }
}
