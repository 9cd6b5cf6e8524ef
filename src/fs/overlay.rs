//! One tree of files with another one at a place in it.

use std::path::{Path, PathBuf};

use super::{Failure, FileSystem, clean};

/// The files of `inside` below `root`, those of `outside` everywhere else: a project as it was once, on a machine as
/// it is now.
#[derive(Debug, Clone)]
pub struct OverlayFs<I, O> {
    /// Where `inside` begins, absolute and without links.
    pub root: PathBuf,
    /// What is below.
    pub inside: I,
    /// What is elsewhere.
    pub outside: O,
    /// Where relative paths start; where those of `inside` do unless given.
    pub current: Option<PathBuf>,
}

impl<I: FileSystem, O: FileSystem> OverlayFs<I, O> {
    /// Whose path it is, and the path for whoever that is.
    fn at(&self, path: &Path) -> (&dyn FileSystem, PathBuf) {
        let absolute = match self.current_dir() {
            Ok(current) => current.join(path),
            Err(_) => path.to_owned(),
        };
        if clean(&absolute).starts_with(&self.root) { (&self.inside, absolute) } else { (&self.outside, absolute) }
    }

    /// Failures name the path as it was given.
    fn ask<T>(
        &self,
        path: &Path,
        question: impl FnOnce(&dyn FileSystem, &Path) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (files, absolute) = self.at(path);
        question(files, &absolute).map_err(|failure| failure.shown_as(path))
    }
}

impl<I: FileSystem, O: FileSystem> FileSystem for OverlayFs<I, O> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        self.ask(path, |files, path| files.read(path, limit))
    }

    fn size(&self, path: &Path) -> Option<u64> {
        let (files, path) = self.at(path);
        files.size(&path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        let (files, path) = self.at(path);
        files.is_dir(&path)
    }

    fn is_plain_dir(&self, path: &Path) -> bool {
        let (files, path) = self.at(path);
        files.is_plain_dir(&path)
    }

    fn is_file(&self, path: &Path) -> bool {
        let (files, path) = self.at(path);
        files.is_file(&path)
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        let (files, path) = self.at(path);
        files.is_plain_file_below(base, &path)
    }

    fn is_executable(&self, path: &Path) -> bool {
        let (files, path) = self.at(path);
        files.is_executable(&path)
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.ask(path, |files, path| files.canonicalize(path))
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.ask(path, |files, path| files.read_dir(path))
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        self.ask(path, |files, path| files.write(path, content))
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        self.ask(path, |files, path| files.create_dir_all(path))
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        self.ask(path, |files, path| files.remove(path))
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        self.current.clone().map_or_else(|| self.inside.current_dir(), Ok)
    }

    fn on_disk(&self) -> bool {
        self.inside.on_disk() && self.outside.on_disk()
    }

    fn sees_temporary_files(&self) -> bool {
        self.outside.sees_temporary_files()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    #[test]
    fn each_path_is_that_of_one() {
        let inside = MemoryFs::new().with_file("/repo/a", "new").with_file("/other/b", "never seen");
        let outside = MemoryFs::new().with_file("/repo/a", "old").with_file("/repo/c", "").with_file("/other/b", "b");
        let mut files = OverlayFs { root: "/repo".into(), inside, outside, current: None };
        let read = |path: &str| files.read(Path::new(path), 10).ok();
        assert_eq!(read("/repo/../repo/a"), Some(b"new".to_vec()));
        assert_eq!(read("/repo/../other/b"), Some(b"b".to_vec()));
        assert_eq!(read("repo/a"), Some(b"new".to_vec()));
        assert!(!files.is_file(Path::new("/repo/c")));
        assert!(!files.is_file(Path::new("/repository/c")));
        let failure = files.read(Path::new("repo/x"), 10).unwrap_err();
        assert!(failure.to_string().contains("`repo/x`"), "{failure}");
        files.current = Some("/repo".into());
        assert!(files.is_file(Path::new("a")) && files.is_file(Path::new("../other/b")));
    }
}
