//! Kustomizations that include one another.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::git::without_password;
use crate::loader::{Loader, RepoSpec};

impl Loader<'_> {
    /// This loader, the one that entered it, and so on.
    fn ancestry(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |loader| loader.0.referrer.as_ref())
    }

    /// Refuses a directory that is, or contains, one that we are in (as upstream does).
    pub(super) fn refuse_cycle(&self, candidate: &Path) -> Result<()> {
        let Some(position) = self.ancestry().position(|loader| loader.root().starts_with(candidate)) else {
            return Ok(());
        };
        let mut chain: Vec<PathBuf> =
            self.ancestry().take(position + 1).map(|loader| loader.display_root().to_owned()).collect();
        chain.reverse();
        let (first, candidate) = (chain.first().cloned().unwrap_or_default(), self.display(candidate));
        if first == candidate && chain.len() == 1 {
            return Err(Error::new(ErrorKind::Cycle, format!("the directory `{}` includes itself", first.display())));
        }
        let contains = if first == candidate { "" } else { ", which contains the first" };
        chain.push(candidate);
        let chain: Vec<String> = chain.iter().map(|path| format!("`{}`", path.display())).collect();
        let message = format!("directories include one another: {}{contains}", chain.join(" -> "));
        let error = Error::new(ErrorKind::Cycle, message);
        Err(if contains.is_empty() {
            error
        } else {
            error.hint("a directory can't include one that it is in; move the shared part beside it")
        })
    }

    /// Refuses a repository that we are in; references are part of the comparison (as upstream does).
    pub(super) fn refuse_repository_cycle(&self, candidate: &RepoSpec) -> Result<()> {
        let specs = self.ancestry().filter_map(|loader| loader.0.repository.as_ref());
        for repository in specs {
            if repository.spec.raw.starts_with(&candidate.raw) {
                let (from, to) = (without_password(&repository.spec.raw), without_password(&candidate.raw));
                let message = format!("repositories include one another: `{from}` leads to `{to}`");
                return Err(Error::new(ErrorKind::Cycle, message));
            }
        }
        Ok(())
    }
}
