//! Temporary directories that outlive a kill only until the next run: each holds a lock for as long as its process
//! lives, and whoever makes one removes those whose locks are free.
#![expect(clippy::disallowed_methods, reason = "a part of the door")]

use std::fs;
use std::path::{Path, PathBuf};

use super::disk_staging::try_lock;
use super::failure::Failure;
use super::{Lock, TemporaryDirectory};

/// The file that is locked.
const LOCK: &str = "lock";

/// A temporary directory of our own. Gone when dropped; if the process is killed, gone when the next one is made.
#[derive(Debug)]
pub struct LeasedDirectory {
    // In this order: the lock must outlive the directory.
    directory: TemporaryDirectory,
    _lock: Lock,
}

impl LeasedDirectory {
    /// Makes a directory whose name begins with `prefix`, and removes those of that prefix whose processes are dead.
    ///
    /// # Errors
    /// When the system's directory for temporary files can't be written.
    pub fn new(prefix: &str) -> Result<Self, Failure> {
        Self::new_in(&std::env::temp_dir(), prefix)
    }

    fn new_in(place: &Path, prefix: &str) -> Result<Self, Failure> {
        reap(place, prefix);
        loop {
            let directory = TemporaryDirectory::new_in(place, prefix)?;
            let path = directory.path().join(LOCK);
            let locked = try_lock(&path, true).map_err(|error| Failure::from_io("lock", &path, &error));
            match locked {
                Ok(Some(lock)) => return Ok(Self { directory, _lock: lock }),
                // Somebody took it for one that was left behind, in the moment before it was locked.
                Ok(None) => {}
                Err(failure) if failure.is_not_found() => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    /// The absolute path, without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// Removes directories that nobody holds. What can't be removed is somebody else's, or stays for the next run.
fn reap(place: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(place) else { return };
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(prefix) && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_ours) {
        // One without a lock is just being made.
        if let Ok(Some(lock)) = try_lock(&path.join(LOCK), false) {
            let _ = fs::remove_dir_all(&path);
            drop(lock);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn directories_of_the_dead_go() {
        let place = tempfile::tempdir().unwrap();
        let held = LeasedDirectory::new_in(place.path(), "x-").unwrap();
        // Left behind: the lock's file is there, and nobody holds it.
        let left = place.path().join("x-left");
        fs::create_dir_all(left.join("deep")).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        let (young, other) = (place.path().join("x-young"), place.path().join("y-other"));
        fs::create_dir_all(&young).unwrap();
        fs::create_dir_all(&other).unwrap();
        fs::write(other.join(LOCK), "").unwrap();
        let second = LeasedDirectory::new_in(place.path(), "x-").unwrap();
        assert!(held.path().is_dir() && second.path().is_dir() && young.is_dir() && other.is_dir());
        assert!(!left.exists());
        let path = held.path().to_owned();
        drop(held);
        assert!(!path.exists());
    }
}
