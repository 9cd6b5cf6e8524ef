//! What it takes to write a folder whole or not at all: staging beside it, links, swaps, a lock.

use std::ffi::OsString;
use std::path::Path;

use super::{Failure, FileSystem};

/// What is at a path, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// An ordinary file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// A lock that others wait for; let go when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Lock {
    /// The open file that holds the lock.
    pub(super) file: Option<std::fs::File>,
}

impl Lock {
    /// Whether the system really locks: elsewhere than on Unix nothing keeps a second run away.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.file.is_some()
    }
}

/// A tree of files in which whole directories can be swapped. No method follows a link at the end of a path.
pub trait StagingFileSystem: FileSystem {
    /// What is at `path`, `None` if nothing is.
    ///
    /// # Errors
    /// When the system does not say.
    fn entry(&self, path: &Path) -> Result<Option<EntryKind>, Failure>;

    /// What is in a directory, sorted by name.
    ///
    /// # Errors
    /// When there is no such directory or it can't be read.
    fn entries(&self, path: &Path) -> Result<Vec<(OsString, EntryKind)>, Failure>;

    /// Writes a file where nothing is. A failure may leave a part of it.
    ///
    /// # Errors
    /// When something is there, or the file can't be written whole.
    fn create(&self, path: &Path, content: &[u8]) -> Result<(), Failure>;

    /// Makes the file, link or other thing `from` appear at `to`, too, where nothing is: as a hard link where
    /// the file system has them, else as a copy with the same permissions.
    ///
    /// # Errors
    /// When neither can be made.
    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), Failure>;

    /// Gives the directory `to` the permissions of the directory `from`.
    ///
    /// # Errors
    /// When they can't be read or set.
    fn copy_permissions(&self, from: &Path, to: &Path) -> Result<(), Failure>;

    /// Moves `from` to `to`, where nothing is, in one step.
    ///
    /// # Errors
    /// When something is there, or they are on different file systems.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure>;

    /// Swaps two directories in one step: whoever looks sees one or the other at either path.
    /// `false`, and nothing done, where system or file system can't.
    ///
    /// # Errors
    /// When one of them can't be moved.
    fn exchange(&self, one: &Path, other: &Path) -> Result<bool, Failure>;

    /// Brings everything below the directory to the disk, so that it outlasts a loss of power.
    ///
    /// # Errors
    /// When the disk does not take it.
    fn sync(&self, directory: &Path) -> Result<(), Failure>;

    /// Waits until nobody else holds the lock at `path`, a file that is made if it is missing, and takes it.
    ///
    /// # Errors
    /// When the file can't be made or locked.
    fn lock(&self, path: &Path) -> Result<Lock, Failure>;

    /// Removes the lock's file and lets the lock go.
    ///
    /// # Errors
    /// When the file can't be removed.
    fn unlock(&self, path: &Path, lock: Lock) -> Result<(), Failure>;
}
