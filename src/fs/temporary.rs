//! Temporary files and directories that other programs read; gone when dropped.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// A directory of our own, readable by nobody else.
#[derive(Debug)]
pub struct TemporaryDirectory {
    directory: tempfile::TempDir,
    path: PathBuf,
}

impl TemporaryDirectory {
    /// Makes a directory whose name begins with `prefix`.
    ///
    /// # Errors
    /// When the system's directory for temporary files can't be written.
    pub fn new(prefix: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::from_io("make a directory in", Path::new("the directory for temporary files"), &error)
        };
        Self::of(tempfile::Builder::new().prefix(prefix).tempdir(), failed)
    }

    /// Makes a directory in `place`, from where it can be moved within the file system.
    ///
    /// # Errors
    /// When `place` can't be written.
    pub fn new_in(place: &Path, prefix: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::from_io("make a directory in", place, &error);
        Self::of(tempfile::Builder::new().prefix(prefix).tempdir_in(place), failed)
    }

    fn of(
        made: std::io::Result<tempfile::TempDir>,
        failed: impl Fn(std::io::Error) -> Failure,
    ) -> Result<Self, Failure> {
        let directory = made.map_err(&failed)?;
        // On some systems the directory for temporary files is a link.
        let path = directory.path().canonicalize().map_err(failed)?;
        Ok(Self { directory, path })
    }

    /// The absolute path, without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the directory now.
    ///
    /// # Errors
    /// When something in it can't be removed.
    pub fn close(self) -> Result<(), Failure> {
        self.directory.close().map_err(|error| Failure::from_io("remove", &self.path, &error))
    }
}

/// A file of our own, readable by nobody else.
#[derive(Debug)]
pub struct TemporaryFile {
    path: tempfile::TempPath,
}

impl TemporaryFile {
    /// Writes `content` to a file whose name begins with `prefix`.
    ///
    /// # Errors
    /// When the system's directory for temporary files can't be written.
    pub fn new(prefix: &str, content: &[u8]) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::from_io("write to", Path::new("the directory for temporary files"), &error)
        };
        let mut file = tempfile::Builder::new().prefix(prefix).tempfile().map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        Ok(Self { path: file.into_temp_path() })
    }

    /// The absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
