//! Files, and everything that somebody asked about them: what a render's outcome depends on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{Failure, FileSystem, clean};

/// Other files, and what was asked about them.
///
/// A render is a function of the answers to its questions: one that would get the same answers to all of
/// [`Reads`] from other files would ask the same questions there, and come to the same.
#[derive(Debug)]
pub struct RecordingFs<'a> {
    files: &'a dyn FileSystem,
    reads: Mutex<Reads>,
}

/// The questions that were asked, by absolute clean paths. A path through links stands beside the one that it
/// came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// What was asked for: content, or what is there if anything.
    pub paths: BTreeSet<PathBuf>,
    /// Of these, the files that are there.
    pub files: BTreeSet<PathBuf>,
    /// Directories whose names were asked for.
    pub listings: BTreeSet<PathBuf>,
    /// Whether other programs may have read files that nobody knows of.
    pub is_partial: bool,
}

impl Reads {
    /// Those about the folders and what is below them, and about files beside the folders.
    #[must_use]
    pub fn of_folders(&self, folders: &[PathBuf]) -> Self {
        let is_meant =
            |path: &PathBuf| folders.iter().any(|folder| path.starts_with(folder) || path.parent() == folder.parent());
        let of = |paths: &BTreeSet<PathBuf>| paths.iter().filter(|path| is_meant(path)).cloned().collect();
        let (paths, files, listings) = (of(&self.paths), of(&self.files), of(&self.listings));
        Self { paths, files, listings, is_partial: self.is_partial }
    }

    /// Adds the questions of `other`.
    pub fn extend(&mut self, other: &Self) {
        self.paths.extend(other.paths.iter().cloned());
        self.files.extend(other.files.iter().cloned());
        self.listings.extend(other.listings.iter().cloned());
        self.is_partial |= other.is_partial;
    }
}

impl<'a> RecordingFs<'a> {
    /// The files `files`, about which nothing was asked yet.
    #[must_use]
    pub fn new(files: &'a dyn FileSystem) -> Self {
        Self { files, reads: Mutex::default() }
    }

    /// What was asked.
    #[must_use]
    pub fn into_reads(self) -> Reads {
        self.reads.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, path: &Path, add: impl Fn(&mut Reads, PathBuf)) {
        let named = match self.files.current_dir() {
            Ok(current) => clean(&current.join(path)),
            Err(_) => path.to_owned(),
        };
        // Where nothing is, the folder above may still be a link.
        let real = self.files.canonicalize(&named).ok().or_else(|| {
            let folder = self.files.canonicalize(named.parent()?).ok()?;
            Some(folder.join(named.file_name()?))
        });
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(real) = real
            && real != named
        {
            add(&mut reads, real);
        }
        add(&mut reads, named);
    }

    fn asked_for_file(&self, path: &Path, is_there: bool) {
        self.note(path, |reads, path| {
            if is_there {
                reads.files.insert(path.clone());
            }
            reads.paths.insert(path);
        });
    }

    fn asked(&self, path: &Path) {
        self.note(path, |reads, path| {
            reads.paths.insert(path);
        });
    }
}

impl FileSystem for RecordingFs<'_> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        let content = self.files.read(path, limit);
        self.asked_for_file(path, content.is_ok());
        content
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.asked(path);
        self.files.size(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.asked(path);
        self.files.is_dir(path)
    }

    fn is_plain_dir(&self, path: &Path) -> bool {
        self.asked(path);
        self.files.is_plain_dir(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        let is_file = self.files.is_file(path);
        self.asked_for_file(path, is_file);
        is_file
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        let is_file = self.files.is_plain_file_below(base, path);
        self.asked_for_file(path, is_file);
        is_file
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.asked(path);
        self.files.is_executable(path)
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.asked(path);
        self.files.canonicalize(path)
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.note(path, |reads, path| {
            reads.listings.insert(path.clone());
            reads.paths.insert(path);
        });
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
        // Whoever asks is about to run a program that reads what it likes.
        let is_there = self.files.on_disk();
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).is_partial |= is_there;
        is_there
    }

    fn sees_temporary_files(&self) -> bool {
        self.files.sees_temporary_files()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    fn paths(list: &[&str]) -> BTreeSet<PathBuf> {
        list.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn notes_what_is_there_and_what_is_not() {
        let files = MemoryFs::new().with_file("/a/b.yaml", "b");
        let recording = RecordingFs::new(&files);
        assert!(recording.read(Path::new("a/./b.yaml"), 10).is_ok());
        assert!(!recording.is_file(Path::new("/a/c.yaml")));
        assert_eq!(recording.read_dir(Path::new("/a")).unwrap(), ["b.yaml"]);
        assert!(!recording.on_disk());
        let reads = recording.into_reads();
        assert_eq!(reads.paths, paths(&["/a", "/a/b.yaml", "/a/c.yaml"]));
        assert_eq!(reads.files, paths(&["/a/b.yaml"]));
        assert_eq!(reads.listings, paths(&["/a"]));
        assert!(!reads.is_partial);
    }

    #[cfg(unix)]
    #[test]
    fn notes_where_links_lead() {
        let directory = tempfile::tempdir().unwrap();
        let disk = crate::fs::DiskFs::new();
        let root = disk.canonicalize(directory.path()).unwrap();
        disk.create_dir_all(&root.join("real")).unwrap();
        disk.write(&root.join("real/f"), b"").unwrap();
        rustix::fs::symlink("real", root.join("link")).unwrap();
        let recording = RecordingFs::new(&disk);
        assert!(recording.is_file(&root.join("link/f")));
        assert!(!recording.is_file(&root.join("link/g")));
        let expected = ["link/f", "link/g", "real/f", "real/g"].map(|name| root.join(name));
        assert_eq!(recording.into_reads().paths, expected.into_iter().collect());
    }
}
