//! A few files in a temporary directory.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Files in a temporary directory that goes away with this value.
#[derive(Debug)]
pub struct Tree {
    directory: TempDir,
}

impl Tree {
    /// An empty directory.
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a temporary directory") }
    }

    /// Adds a file, and the directories above it.
    #[must_use]
    pub fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Adds or replaces a file, and makes the directories above it.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a path below the directory")).expect("a new directory");
        fs::write(path, content).expect("a new file");
    }

    /// Where the tree is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Where the file `path` of the tree is.
    pub fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }
}
