//! Files that know how often they were read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crustomize::MemoryFs;
use crustomize::fs::{Failure, FileSystem};

/// Files in memory that know how often each was read.
#[derive(Debug)]
pub struct CountingFs {
    files: MemoryFs,
    reads: Mutex<BTreeMap<PathBuf, usize>>,
}

impl CountingFs {
    /// These files, nothing read yet.
    pub fn new(files: MemoryFs) -> Self {
        Self { files, reads: Mutex::default() }
    }

    /// How often `path` was read.
    pub fn reads(&self, path: &str) -> usize {
        self.reads.lock().unwrap().get(Path::new(path)).copied().unwrap_or_default()
    }
}

impl FileSystem for CountingFs {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        let content = self.files.read(path, limit)?;
        *self.reads.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        Ok(content)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.files.is_dir(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path)
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.files.is_executable(path)
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.files.canonicalize(path)
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.files.read_dir(path)
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
        self.files.current_dir()
    }

    fn on_disk(&self) -> bool {
        false
    }
}
