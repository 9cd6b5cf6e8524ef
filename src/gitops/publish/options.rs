//! What a publish is asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::git::Identity;
use crate::gitops::UnitName;
use crate::gitops::publish::{BranchPath, MessageTemplate, Provenance, Relation, ResourcePattern};

/// What becomes of Secrets in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SecretPolicy {
    /// None is published.
    #[default]
    Refuse,
    /// All are published.
    Allow,
    /// These are published.
    Listed(Vec<ResourcePattern>),
}

/// What is done although it looks wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuardOptions {
    /// Whether files that others changed are overwritten.
    pub overwrite_drift: bool,
    /// Paths in the branch, files or folders, that are taken over whoever wrote them.
    pub adopt: Vec<String>,
    /// Resources that may be deleted.
    pub allow_delete: Vec<ResourcePattern>,
    /// How many resources may be deleted without being named.
    pub allow_delete_max: Option<usize>,
    /// What becomes of Secrets in plain text.
    pub secrets: SecretPolicy,
    /// Whether a unit may be written whatever commit it was published from before.
    pub allow_rollback: bool,
}

/// What a plan depends on besides the two trees.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// The folder of the units.
    pub path: BranchPath,
    /// What was rendered.
    pub provenance: Provenance,
    /// Whether the units are all that there are: those that were published from the same repository and are no
    /// longer among them go.
    pub whole: bool,
    /// Whether a `hydrator.metadata` stands at the top of the branch, too.
    pub root_metadata: bool,
    /// What is done although it looks wrong.
    pub guards: GuardOptions,
    /// How the commits that units were published from relate to ours; what is missing is unknown.
    pub relations: BTreeMap<String, Relation>,
    /// Hashes of what units were made of, for their inventories.
    pub inputs: BTreeMap<UnitName, String>,
}

/// A branch for a pull request instead of the branch itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// The branch that is pushed; the same for the same request, so that one pull request is updated.
    pub branch: String,
}

/// How a publish goes.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// The address of the repository: a URL, or an absolute path.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Whether the branch is made if it is missing.
    pub create_branch: bool,
    /// The pull request, if that is wanted instead of the branch.
    pub pull_request: Option<PullRequest>,
    /// What the plan depends on. Relations are found out.
    pub plan: PlanOptions,
    /// Whether units that can't be rendered are left out; nothing is published otherwise.
    pub per_unit: bool,
    /// The commit's message, if not the usual one.
    pub template: Option<MessageTemplate>,
    /// The author; git's if nobody says.
    pub author: Option<Identity>,
    /// Whether the commit is signed, and with which key if that is not the usual one. Git's configuration can ask
    /// for it, too.
    pub sign: Option<Option<String>>,
    /// Whether a git note says what each published commit was rendered from.
    pub notes: bool,
    /// Options for the server.
    pub push_options: Vec<String>,
    /// How often a push is tried again after somebody else was faster.
    pub retries: u32,
    /// How long, at the most.
    pub retry_timeout: Duration,
    /// Whether nothing is made or pushed.
    pub dry_run: bool,
}

impl PublishOptions {
    /// The usual way to publish to a branch.
    #[must_use]
    pub fn new(repository: impl Into<String>, branch: impl Into<String>) -> Self {
        Self {
            repository: repository.into(),
            branch: branch.into(),
            create_branch: false,
            pull_request: None,
            plan: PlanOptions::default(),
            per_unit: false,
            template: None,
            author: None,
            sign: None,
            notes: false,
            push_options: Vec::new(),
            retries: 20,
            retry_timeout: Duration::from_secs(120),
            dry_run: false,
        }
    }
}
