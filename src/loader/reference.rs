//! What an entry of a kustomization refers to, decided once.

use crate::error::Result;
use crate::loader::{Loaded, Loader, RepoSpec, is_remote_file};

/// What an entry refers to. Upstream tries to load a file, then a directory or repository; this is the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// A file; [`Loader::load`] it. It may still be forbidden.
    File,
    /// A directory; [`Loader::enter`] it.
    Directory,
    /// A remote file; [`Loader::load`] it. If that fails, or it holds no resources, and
    /// `may_be_repository`, [`Loader::enter`] it.
    RemoteFile {
        /// Whether the address could name a repository, too.
        may_be_repository: bool,
    },
    /// A repository; [`Loader::enter`] it.
    RemoteRepository,
    /// Nothing; the error of [`Loader::load`] says so.
    Missing,
}

/// What an entry refers to, opened.
#[derive(Debug)]
pub enum Target<'a> {
    /// A file, or a remote file.
    File(Loaded),
    /// A directory or repository.
    Directory(Box<Loader<'a>>),
}

impl<'a> Loader<'a> {
    /// What the entry `path` of our kustomization refers to.
    #[must_use]
    pub fn refers_to(&self, path: &str) -> Reference {
        if is_remote_file(path) {
            return Reference::RemoteFile { may_be_repository: RepoSpec::parse(path).is_ok() };
        }
        let wanted = self.absolute(path);
        let files = self.file_system();
        if files.is_file(&wanted) {
            Reference::File
        } else if RepoSpec::parse(path).is_ok() {
            Reference::RemoteRepository
        } else if files.is_dir(&wanted) {
            Reference::Directory
        } else {
            Reference::Missing
        }
    }

    /// Opens the entry `path` of our kustomization: a file if there is one, else a directory or repository.
    ///
    /// # Errors
    /// When there is nothing at `path`, or it may not be loaded or entered: the one cause that matters.
    pub fn classify(&self, path: &str) -> Result<Target<'a>> {
        let enter = || self.enter(path).map(|loader| Target::Directory(Box::new(loader)));
        match self.refers_to(path) {
            Reference::Directory | Reference::RemoteRepository => enter(),
            Reference::File | Reference::Missing => self.load(path).map(Target::File),
            Reference::RemoteFile { may_be_repository } => match self.load(path) {
                Err(file) if may_be_repository => {
                    enter().map_err(|error| error.hint(format!("as a file: {}", file.message())))
                }
                loaded => loaded.map(Target::File),
            },
        }
    }
}
