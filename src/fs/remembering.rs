//! Files of one moment: where directories really are is found out once.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{OnceLock, PoisonError, RwLock};

use hashbrown::{HashMap, HashSet};

use super::{Failure, FileSystem, clean};

/// Other files, and what is known of their directories. For as long as no directory moves.
#[derive(Debug)]
pub struct RememberingFs<'a> {
    files: &'a dyn FileSystem,
    current: OnceLock<PathBuf>,
    /// Absolute paths without links, by absolute clean paths.
    real: RwLock<HashMap<OsString, PathBuf>>,
    /// Paths of directories, as they were asked about: as texts, since paths are compared name by name.
    directories: RwLock<HashSet<OsString>>,
}

impl<'a> RememberingFs<'a> {
    /// The files `files`, of which nothing is known yet.
    #[must_use]
    pub fn new(files: &'a dyn FileSystem) -> Self {
        Self { files, current: OnceLock::new(), real: RwLock::default(), directories: RwLock::default() }
    }

    fn is_known_directory(&self, path: &Path) -> bool {
        self.directories.read().unwrap_or_else(PoisonError::into_inner).contains(path.as_os_str())
    }

    /// The path without links, if that follows from where its parent is.
    fn below_parent(&self, path: &Path) -> Option<PathBuf> {
        let (parent, name) = (path.parent()?, path.file_name()?);
        let real = self.real(parent).ok()?.join(name);
        if !self.files.is_plain_dir(&real) {
            return None;
        }
        self.directories.write().unwrap_or_else(PoisonError::into_inner).insert(real.clone().into());
        Some(real)
    }

    /// The absolute clean path without links.
    fn real(&self, path: &Path) -> Result<PathBuf, Failure> {
        if let Some(real) = self.real.read().unwrap_or_else(PoisonError::into_inner).get(path.as_os_str()) {
            return Ok(real.clone());
        }
        let real = match self.below_parent(path) {
            Some(real) => real,
            None => self.files.canonicalize(path)?,
        };
        self.real.write().unwrap_or_else(PoisonError::into_inner).insert(path.into(), real.clone());
        Ok(real)
    }
}

impl FileSystem for RememberingFs<'_> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        self.files.read(path, limit)
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.files.size(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        if self.is_known_directory(path) {
            return true;
        }
        let is_directory = self.files.is_dir(path);
        if is_directory {
            self.directories.write().unwrap_or_else(PoisonError::into_inner).insert(path.into());
        }
        is_directory
    }

    fn is_plain_dir(&self, path: &Path) -> bool {
        self.files.is_plain_dir(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        !self.is_known_directory(path) && self.files.is_file(path)
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        self.files.is_plain_file_below(base, path)
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.files.is_executable(path)
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        let known = self.current_dir().and_then(|current| self.real(&clean(&current.join(path))));
        // What is wrong is said of the path as it was given.
        known.or_else(|_| self.files.canonicalize(path))
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.files.read_dir(path)
    }

    fn directories(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.files.directories(path)
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        self.files.write(path, content)
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        self.files.create_dir_all(path)
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        self.files.remove(path)
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        if let Some(current) = self.current.get() {
            return Ok(current.clone());
        }
        let current = self.files.current_dir()?;
        Ok(self.current.get_or_init(|| current).clone())
    }

    fn on_disk(&self) -> bool {
        self.files.on_disk()
    }

    fn sees_temporary_files(&self) -> bool {
        self.files.sees_temporary_files()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::fs::DiskFs;

    #[test]
    fn finds_what_the_disk_finds() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let disk = DiskFs::new();
        disk.create_dir_all(&root.join("a/b")).unwrap();
        disk.write(&root.join("a/b/file"), b"").unwrap();
        std::os::unix::fs::symlink("a/b", root.join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("broken")).unwrap();
        let files = RememberingFs::new(&disk);
        for path in
            ["a", "a/b", "a/b/file", "link", "link/file", "link/..", "a/../link", "none", "broken", "a/b/file/x"]
        {
            let path = root.join(path);
            for _ in 0..2 {
                let (found, want) = (files.canonicalize(&path), disk.canonicalize(&path));
                assert_eq!(
                    found.map_err(|error| error.to_string()),
                    want.map_err(|error| error.to_string()),
                    "{path:?}"
                );
            }
        }
        assert_eq!(files.canonicalize(Path::new(".")).unwrap(), disk.current_dir().unwrap());
    }
}
