//! What stands in the way of a publish, as data.

use std::fmt;

use crate::gitops::UnitName;

/// Why something is not done unless somebody says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// A file of ours was changed by somebody else.
    Drift,
    /// Somebody else's file has the place.
    Adoption,
    /// More would be deleted than anybody may have meant, or something that holds data.
    Deletion,
    /// A Secret would be published in plain text.
    Secret,
    /// A symbolic link or a submodule is at a path of ours, or above it.
    Link,
    /// Two paths would be one where case does not matter.
    Collision,
    /// What is published was rendered from a commit that is not in the history of ours.
    Rollback,
    /// The inventory of a unit is none.
    Inventory,
    /// The branch is checked out where it would be pushed to.
    Checkout,
    /// The branch for the pull request is not one of ours.
    PullRequest,
}

impl Guard {
    /// The guard's name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Adoption => "adoption",
            Self::Deletion => "deletion",
            Self::Secret => "secret",
            Self::Link => "link",
            Self::Collision => "collision",
            Self::Rollback => "rollback",
            Self::Inventory => "inventory",
            Self::Checkout => "checkout",
            Self::PullRequest => "pull-request",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Drift => "bring the change into the sources, or overwrite it with `--overwrite-drift`",
            Self::Adoption => "move the file away, or take it over with `--adopt PATH`",
            Self::Deletion => {
                "if it is meant, allow it with `--allow-delete 'KIND/NAMESPACE/NAME'`, `--allow-delete-max N`, or a trailer `Allow-Delete: KIND/NAMESPACE/NAME` of the source commit"
            }
            Self::Secret => {
                "encrypt it, or allow it with `--secrets allow-listed --allow-secret NAMESPACE/NAME` or `--secrets allow`"
            }
            Self::Link => "put a file or directory in its place; links are never followed",
            Self::Collision => "rename one of them",
            Self::Rollback => "publish from a commit that has it in its history, or say `--allow-rollback`",
            Self::Inventory => {
                "bring it back from the branch's history, or remove it: every file beside it then counts as somebody else's"
            }
            Self::Checkout => "publish to a bare repository, or to a branch that is checked out nowhere",
            Self::PullRequest => "name another branch with `--pr=BRANCH`",
        }
    }
}

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Why it does.
    pub guard: Guard,
    /// The unit, if it is about one.
    pub unit: Option<UnitName>,
    /// The path in the branch, or the resource.
    pub subject: String,
    /// What is wrong with it, to be read after the subject.
    pub fault: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.subject.escape_debug(), self.fault)
    }
}
