//! The disk, seen from another working directory than the process's.

use std::path::{Path, PathBuf};

use crustomize::fs::{DiskFs, Failure, FileSystem};

/// The disk as a process that runs in `directory` sees it. Tests run in one process at the same
/// time, so none may change the real working directory.
#[derive(Debug)]
pub struct RootedFs {
    directory: PathBuf,
    disk: DiskFs,
}

impl RootedFs {
    /// The disk as seen from `directory`, which must exist.
    pub fn new(directory: &Path) -> std::io::Result<Self> {
        Ok(Self { directory: directory.canonicalize()?, disk: DiskFs::new() })
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }
}

impl FileSystem for RootedFs {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        self.disk.read(&self.at(path), limit)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.disk.is_dir(&self.at(path))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.disk.is_file(&self.at(path))
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.disk.is_executable(&self.at(path))
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.disk.canonicalize(&self.at(path))
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.disk.read_dir(&self.at(path))
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        self.disk.write(&self.at(path), content)
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        self.disk.create_dir_all(&self.at(path))
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        self.disk.remove(&self.at(path))
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        Ok(self.directory.clone())
    }

    fn on_disk(&self) -> bool {
        true
    }
}
