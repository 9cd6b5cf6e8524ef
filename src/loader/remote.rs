//! Repositories that were fetched, and staying inside of them.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::TemporaryDirectory;
use crate::git::without_password;
use crate::loader::loader::{Shared, warn_of_forced_protocol};
use crate::loader::{Loader, RepoSpec, git};

/// A repository in a temporary directory; gone when dropped.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) spec: RepoSpec,
    directory: TemporaryDirectory,
    /// The directory that the address names, without links.
    pub(super) root: PathBuf,
}

impl Repository {
    pub(super) fn fetch(spec: RepoSpec, shared: &Shared<'_>) -> Result<Self> {
        let shown = without_password(&spec.raw);
        if !shared.files.sees_temporary_files() {
            return Err(Error::new(ErrorKind::Load, format!("can't fetch `{shown}`: the files are in memory only")));
        }
        warn_of_forced_protocol(&spec, &shared.options.warnings);
        let directory = git::fetch(&spec, &shared.options.git)?;
        let wanted = directory.path().join(&spec.path);
        let fail = |message: String| Err(Error::new(ErrorKind::Load, message));
        let Ok(root) = shared.files.canonicalize(&wanted) else {
            return fail(format!("there is no directory `{}` in the repository `{shown}`", spec.path));
        };
        if !shared.files.is_dir(&root) {
            return fail(format!("`{}` in the repository `{shown}` is a file, not a directory", spec.path));
        }
        if !root.starts_with(directory.path()) {
            return fail(format!("`{}` leads out of the repository `{shown}`", spec.path));
        }
        Ok(Self { spec, directory, root })
    }

    /// `path` in the repository with the repository's address.
    pub(super) fn display(&self, path: &Path) -> PathBuf {
        let url = without_password(&self.spec.clone_url());
        let below = path.strip_prefix(self.directory()).unwrap_or(path);
        PathBuf::from(format!("{url}//{}", below.display()))
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Loader<'_> {
    fn containing_repository(&self) -> Option<&Repository> {
        let mut loader = Some(self);
        while let Some(current) = loader {
            if current.0.repository.is_some() {
                return current.0.repository.as_deref();
            }
            loader = current.0.referrer.as_ref();
        }
        None
    }

    /// The address of the repository that this directory is in, if it is in one.
    #[must_use]
    pub fn repository(&self) -> Option<&RepoSpec> {
        self.containing_repository().map(|repository| &repository.spec)
    }

    /// The directory that the repository was fetched into, if this directory was entered by its address.
    #[must_use]
    pub fn repository_directory(&self) -> Option<&Path> {
        self.0.repository.as_deref().map(Repository::directory)
    }

    /// The branch, tag or commit of the repository that this directory is in; empty if none was asked for.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.repository().map(|spec| spec.reference.as_str())
    }

    /// A person's path to `path`, which is absolute and clean.
    pub(super) fn display(&self, path: &Path) -> PathBuf {
        match self.containing_repository() {
            Some(repository) if path.starts_with(repository.directory()) => repository.display(path),
            _ => self.0.shared.display.show(path),
        }
    }

    pub(super) fn refuse_leaving_repository(&self, root: &Path) -> Result<()> {
        match self.containing_repository() {
            Some(repository) if !root.starts_with(repository.directory()) => {
                let url = without_password(&repository.spec.clone_url());
                let message = format!("the directory `{}` is outside of the repository `{url}`", root.display());
                Err(Error::new(ErrorKind::Load, message)
                    .hint("bases of a remote kustomization must be in its repository"))
            }
            _ => Ok(()),
        }
    }
}
