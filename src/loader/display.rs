//! Paths as a person would write them.

use std::path::{Path, PathBuf};

use crate::fs;
use crate::loader::Loader;

/// From where, and how, paths are written.
#[derive(Debug)]
pub(super) struct Display {
    working_directory: PathBuf,
    absolute: bool,
}

impl Display {
    /// Relative to the working directory, unless the person began with an absolute path.
    pub(super) fn new(working_directory: PathBuf, absolute: bool) -> Self {
        Self { working_directory, absolute }
    }

    pub(super) fn show(&self, path: &Path) -> PathBuf {
        if self.absolute { path.to_owned() } else { fs::relative(&self.working_directory, path) }
    }
}

impl Loader<'_> {
    /// `path`, which the kustomization of this loader names, as a person would write it from the working directory.
    #[must_use]
    pub fn display_path(&self, path: &str) -> PathBuf {
        if crate::loader::is_remote_file(path) {
            return PathBuf::from(path);
        }
        self.display(&self.absolute(path))
    }
}
