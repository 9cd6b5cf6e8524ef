//! Files: the one room that touches the disk.
//!
//! A render reads through [`FileSystem`], so it can run from memory; everything
//! that must exist for other programs (temporary files, plugin directories) is on
//! [`DiskFs`]. Nothing here knows YAML, Kubernetes or load restrictions.

mod disk;
mod disk_staging;
mod failure;
mod leased;
mod memory;
mod overlay;
mod path;
mod recording;
mod remembering;
mod staging;
mod temporary;

use std::fmt::Debug;
use std::path::{Path, PathBuf};

pub use disk::DiskFs;
pub use failure::{Cause, Failure};
pub(crate) use failure::{plain_words, size};
pub use leased::LeasedDirectory;
pub use memory::MemoryFs;
pub use overlay::OverlayFs;
pub use path::{clean, join, relative};
pub use recording::{Reads, RecordingFs};
pub use remembering::RememberingFs;
pub use staging::{EntryKind, Lock, StagingFileSystem};
pub use temporary::{TemporaryDirectory, TemporaryFile};

/// How large a file may be unless somebody says otherwise: 256 MiB.
pub const DEFAULT_FILE_LIMIT: u64 = 256 << 20;

/// A tree of files. Paths are absolute; a relative one is taken from [`FileSystem::current_dir`].
pub trait FileSystem: Send + Sync + Debug {
    /// The whole file at `path`.
    ///
    /// # Errors
    /// When there is no such file, it is a directory, it can't be read, or it is larger than `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure>;

    /// How many bytes the file at `path` has, links followed; `None` if that can't be told.
    fn size(&self, path: &Path) -> Option<u64> {
        self.read(path, DEFAULT_FILE_LIMIT).ok().map(|content| content.len() as u64)
    }

    /// Whether `path` is a directory, or a link to one.
    fn is_dir(&self, path: &Path) -> bool;

    /// Whether `path` is a directory and no link. A quick answer: `false` may also mean that nobody knows.
    fn is_plain_dir(&self, path: &Path) -> bool {
        let _ = path;
        false
    }

    /// Whether `path` exists and is no directory, or is a link to such a thing.
    fn is_file(&self, path: &Path) -> bool;

    /// Whether `path` is a file below the directory `base`, and neither it nor a directory in between
    /// is a link. A quick answer for what is mostly so; both are absolute and clean. `false` may also
    /// mean that nobody knows: the caller then follows links step by step.
    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        let _ = (base, path);
        false
    }

    /// Whether `path` is a file that may be run as a program.
    fn is_executable(&self, path: &Path) -> bool;

    /// The absolute path of an existing file or directory, without links.
    ///
    /// # Errors
    /// When nothing is there, or links go round in circles.
    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure>;

    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// When there is no such directory or it can't be read.
    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure>;

    /// The names of the directories in a directory, links to directories included, sorted.
    ///
    /// # Errors
    /// As [`FileSystem::read_dir`].
    fn directories(&self, path: &Path) -> Result<Vec<String>, Failure> {
        let names = self.read_dir(path)?;
        Ok(names.into_iter().filter(|name| self.is_dir(&path.join(name))).collect())
    }

    /// Writes a file, whole or not at all. The directory must exist; a file that is there is replaced.
    ///
    /// # Errors
    /// When the file can't be written; what was there before is then untouched.
    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure>;

    /// Makes a directory and those above it, unless they exist.
    ///
    /// # Errors
    /// When a directory can't be made.
    fn create_dir_all(&self, path: &Path) -> Result<(), Failure>;

    /// Removes a file, or a directory with all that is in it. Links are removed, not followed.
    ///
    /// # Errors
    /// When nothing is there or something can't be removed.
    fn remove(&self, path: &Path) -> Result<(), Failure>;

    /// The directory that relative paths start from, without links.
    ///
    /// # Errors
    /// When the process has none (it was removed, say).
    fn current_dir(&self) -> Result<PathBuf, Failure>;

    /// Whether other programs see the same files under the same paths.
    fn on_disk(&self) -> bool;

    /// Whether files that other programs made outside of what is rendered can be read: repositories that were fetched.
    fn sees_temporary_files(&self) -> bool {
        self.on_disk()
    }
}
