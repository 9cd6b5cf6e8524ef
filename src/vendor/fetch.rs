//! Gets the content of an entry: from a server, a repository, or this machine.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, EntryKind, StagingFileSystem};
use crate::git::without_password;
use crate::loader::{HttpClient, RepoSpec, fetch_repository};
use crate::vendor::{Content, Source};

/// Fetches what entries name.
#[derive(Debug)]
pub(super) struct Fetcher<'a> {
    pub(super) files: &'a dyn StagingFileSystem,
    /// The directory of `vendor.yaml`.
    pub(super) root: PathBuf,
    /// The `git` program.
    pub(super) git: PathBuf,
    pub(super) client: HttpClient,
}

impl Fetcher<'_> {
    /// The content of `source`.
    ///
    /// # Errors
    /// When it can't be had; nothing secret of the address is in the error.
    pub(super) fn fetch(&self, source: &Source) -> Result<Content> {
        match source {
            Source::Remote(url) => {
                let bytes = self.client.get(url, DEFAULT_FILE_LIMIT).map_err(|error| without_query(&error, url))?;
                Ok(Content::File(bytes))
            }
            Source::Local(path) => self.local(path),
            Source::Git(spec) => self.repository(spec),
        }
    }

    fn local(&self, path: &Path) -> Result<Content> {
        let path = self.root.join(path);
        if self.files.is_dir(&path) {
            let error = Error::new(ErrorKind::Load, format!("`{}` is a directory, not a file", path.display()));
            return Err(error.hint("a directory is taken from a repository: `git: file:///path/to/repository`"));
        }
        Ok(Content::File(self.files.read(&path, DEFAULT_FILE_LIMIT)?))
    }

    fn repository(&self, spec: &RepoSpec) -> Result<Content> {
        let directory = fetch_repository(spec, &self.git)?;
        let path = directory.path().join(&spec.path);
        let shown = without_password(&spec.raw);
        if self.files.entry(&path)?.is_none_or(|kind| kind == EntryKind::Other) {
            let message = format!("there is no `{}` in the repository `{shown}`", spec.path);
            return Err(Error::new(ErrorKind::Load, message));
        }
        // A link on the way must not lead elsewhere.
        let real = self.files.canonicalize(&path)?;
        if !real.starts_with(directory.path()) {
            let message = format!("`{}` leads out of the repository `{shown}`", spec.path);
            return Err(Error::new(ErrorKind::Load, message));
        }
        let content = Content::read(self.files, &real, directory.path())?;
        match &content {
            Content::Tree(files) if files.is_empty() => {
                Err(Error::new(ErrorKind::Load, format!("there are no files in `{}` of `{shown}`", spec.path)))
            }
            _ => Ok(content),
        }
    }
}

/// The error without the part of the address that may hold a token.
fn without_query(error: &Error, url: &str) -> Error {
    let Some((_, query)) = url.split_once('?') else { return error.clone() };
    Error::new(error.kind(), error.message().replace(query, "***"))
}
