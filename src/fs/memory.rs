//! Files in memory: for tests, and for callers that have no disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::failure::{Cause, Failure};
use super::{FileSystem, clean};

/// Files in memory. There are no links, and relative paths start from `/`. Clones share the files.
#[derive(Debug, Clone, Default)]
pub struct MemoryFs {
    /// What is at a path; a directory has no content.
    entries: Arc<RwLock<Entries>>,
}

type Entries = BTreeMap<PathBuf, Option<Arc<[u8]>>>;

impl MemoryFs {
    /// Nothing but the directory `/`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file, with the directories above it.
    #[must_use]
    pub fn with_file(self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        let path = absolute(path.as_ref());
        let mut entries = self.entries_mut();
        for ancestor in path.ancestors().skip(1) {
            entries.entry(ancestor.to_owned()).or_insert(None);
        }
        entries.insert(path, Some(Arc::from(content.as_ref())));
        drop(entries);
        self
    }

    fn entries(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries_mut(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn absolute(path: &Path) -> PathBuf {
    clean(&Path::new("/").join(path))
}

fn is_root(path: &Path) -> bool {
    path.parent().is_none()
}

impl FileSystem for MemoryFs {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        let absolute = absolute(path);
        match self.entries().get(&absolute) {
            Some(Some(content)) if content.len() as u64 > limit => {
                Err(Failure::new("read", path, Cause::TooLarge(limit)))
            }
            Some(Some(content)) => Ok(content.to_vec()),
            Some(None) => Err(Failure::new("read", path, Cause::IsDirectory)),
            None if is_root(&absolute) => Err(Failure::new("read", path, Cause::IsDirectory)),
            None => Err(Failure::new("read", path, Cause::NotFound)),
        }
    }

    fn is_dir(&self, path: &Path) -> bool {
        let absolute = absolute(path);
        is_root(&absolute) || matches!(self.entries().get(&absolute), Some(None))
    }

    fn is_file(&self, path: &Path) -> bool {
        matches!(self.entries().get(&absolute(path)), Some(Some(_)))
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        path.starts_with(base) && self.is_file(path)
    }

    fn is_executable(&self, _path: &Path) -> bool {
        false
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        let absolute = absolute(path);
        if is_root(&absolute) || self.entries().contains_key(&absolute) {
            Ok(absolute)
        } else {
            Err(Failure::new("find", path, Cause::NotFound))
        }
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        if self.is_file(path) {
            return Err(Failure::new("list", path, Cause::NotDirectory));
        }
        if !self.is_dir(path) {
            return Err(Failure::new("list", path, Cause::NotFound));
        }
        let directory = absolute(path);
        let entries = self.entries();
        let below = entries.range(directory.clone()..).take_while(|(path, _)| path.starts_with(&directory));
        let children = below.filter(|(path, _)| path.parent() == Some(&directory));
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut names: Vec<String> = children.map(|(path, _)| name(path)).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let absolute = absolute(path);
        if self.is_dir(&absolute) {
            return Err(Failure::new("write", path, Cause::IsDirectory));
        }
        if !absolute.parent().is_some_and(|parent| self.is_dir(parent)) {
            return Err(Failure::new("write", path, Cause::NotFound));
        }
        self.entries_mut().insert(absolute, Some(Arc::from(content)));
        Ok(())
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        let absolute = absolute(path);
        let mut entries = self.entries_mut();
        if absolute.ancestors().any(|ancestor| matches!(entries.get(ancestor), Some(Some(_)))) {
            return Err(Failure::new("make the directory", path, Cause::NotDirectory));
        }
        for ancestor in absolute.ancestors() {
            entries.entry(ancestor.to_owned()).or_insert(None);
        }
        drop(entries);
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        let absolute = absolute(path);
        let mut entries = self.entries_mut();
        if !entries.contains_key(&absolute) {
            return Err(Failure::new("remove", path, Cause::NotFound));
        }
        entries.retain(|path, _| !path.starts_with(&absolute));
        drop(entries);
        Ok(())
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        Ok(PathBuf::from("/"))
    }

    fn on_disk(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaves_as_the_disk_does() {
        let fs = MemoryFs::new().with_file("/a/b/c", "12").with_file("x", "3");
        assert_eq!(fs.read(Path::new("/a/../x"), 9).unwrap(), b"3");
        assert!(fs.read(Path::new("/a/b"), 9).unwrap_err().is_directory());
        assert!(fs.read(Path::new("/a/d"), 9).unwrap_err().is_not_found());
        assert_eq!(fs.read(Path::new("/a/b/c"), 1).unwrap_err().cause, Cause::TooLarge(1));
        assert_eq!(fs.read_dir(Path::new("/")).unwrap(), ["a", "x"]);
        assert_eq!(fs.read_dir(Path::new("/a")).unwrap(), ["b"]);
        assert!(fs.write(Path::new("/no/a"), b"").unwrap_err().is_not_found());
        fs.create_dir_all(Path::new("/no/b")).unwrap();
        fs.write(Path::new("/no/a"), b"").unwrap();
        assert_eq!(fs.create_dir_all(Path::new("/x/y")).unwrap_err().cause, Cause::NotDirectory);
        fs.remove(Path::new("/no")).unwrap();
        assert!(!fs.is_dir(Path::new("/no/b")));
        assert!(fs.is_dir(Path::new("/a/b")));
    }
}
