//! A commit's files on the disk, for programs that read files.

use std::path::Path;

use crate::error::Result;
use crate::fs::{DiskFs, FileSystem};
use crate::git::tree::path_of;
use crate::git::{BlobReader, EntryMode, ObjectId, Repository};

impl Repository {
    /// Writes the files of a commit below `directory`, which is ours and empty. Contents are what was committed; no
    /// attribute or filter changes them. Submodules are empty directories.
    ///
    /// # Errors
    /// When git can't be asked or a file can't be written.
    pub fn export(&self, commit: &ObjectId, directory: &Path) -> Result<()> {
        let (tree, blobs, disk) = (self.tree(commit)?, BlobReader::new(self), DiskFs::new());
        // Links come last: nothing is ever written through one.
        let mut links = Vec::new();
        for (path, entry) in tree.files() {
            let path = directory.join(path_of(path));
            disk.create_dir_all(path.parent().unwrap_or(directory))?;
            match entry.mode {
                EntryMode::File => disk.write(&path, &blobs.read(&entry.id)?)?,
                EntryMode::Program => disk.write_program(&path, &blobs.read(&entry.id)?)?,
                EntryMode::Link => links.push((path_of(&blobs.read(&entry.id)?), path)),
                EntryMode::Directory | EntryMode::Submodule => disk.create_dir_all(&path)?,
            }
        }
        for (target, path) in links {
            disk.link(&target, &path)?;
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::git::testing::{TestRepository, link};

    #[test]
    fn writes_what_was_committed() {
        let repository = TestRepository::new(&[]);
        repository.write("a/b.txt", "one\r\n");
        repository.write(".gitattributes", "* text eol=lf\n");
        link("b.txt", &repository.path().join("a/link"));
        let commit = repository.commit("one");
        repository.write("a/b.txt", "two");
        let directory = tempfile::tempdir().unwrap();
        repository.open("").export(&commit, directory.path()).unwrap();
        let read = |path: &str| DiskFs.read(&directory.path().join(path), 100).unwrap();
        assert_eq!(read("a/b.txt"), b"one\n", "as `git add` took it");
        assert_eq!(read("a/link"), b"one\n");
        assert!(repository.open("").export(&commit, directory.path()).is_err(), "links are never replaced");
    }
}
