//! What was rendered: the commit, and where it is from.

use crate::error::Result;
use crate::git::{CommitInfo, ObjectId, Repository};

/// What was rendered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The commit.
    pub commit: Option<ObjectId>,
    /// Whether the work tree was rendered and had more than the commit.
    pub is_dirty: bool,
    /// The address of the repository, without passwords.
    pub repository: Option<String>,
    /// What the commit says of itself.
    pub info: CommitInfo,
    /// The commands that make a unit's manifests; `{unit}` in them stands for its name.
    pub commands: Vec<String>,
}

impl Provenance {
    /// What there is to say of `commit`.
    ///
    /// # Errors
    /// When the commit is missing.
    pub fn of(repository: &Repository, commit: &ObjectId) -> Result<Self> {
        Ok(Self {
            commit: Some(commit.clone()),
            is_dirty: false,
            repository: repository.remote_address("origin")?,
            info: repository.info(commit)?,
            commands: Vec::new(),
        })
    }

    /// The commit as trailers name it: `<id>`, or `<id>-dirty`.
    #[must_use]
    pub fn dry_sha(&self) -> Option<String> {
        let commit = self.commit.as_ref()?;
        Some(if self.is_dirty { format!("{commit}-dirty") } else { commit.to_string() })
    }
}
