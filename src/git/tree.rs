//! What one commit holds, by path.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::git::{ObjectId, Repository};

/// What sort of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryMode {
    /// A directory (`040000`).
    Directory,
    /// A file (`100644`).
    File,
    /// A file that may be run (`100755`).
    Program,
    /// A symbolic link (`120000`).
    Link,
    /// A commit of another repository (`160000`).
    Submodule,
}

impl EntryMode {
    /// The sort of git's octal number.
    #[must_use]
    pub fn parse(mode: &str) -> Option<Self> {
        match mode {
            "040000" => Some(Self::Directory),
            // Old versions of git knew more permissions.
            "100644" | "100664" => Some(Self::File),
            "100755" => Some(Self::Program),
            "120000" => Some(Self::Link),
            "160000" => Some(Self::Submodule),
            _ => None,
        }
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// What it is.
    pub mode: EntryMode,
    /// The object.
    pub id: ObjectId,
}

/// Everything that a commit holds: directories, files, links and submodules, by path from its top. Paths are bytes
/// with `/` between names, as git has them.
#[derive(Debug, Clone, Default)]
pub struct CommitTree {
    entries: HashMap<Vec<u8>, TreeEntry>,
    /// The names in each directory, sorted; the top is `""`.
    names: HashMap<Vec<u8>, Vec<Vec<u8>>>,
}

impl CommitTree {
    pub(super) fn read(repository: &Repository, commit: &ObjectId) -> Result<Self> {
        let listing = repository.run(&["ls-tree", "-r", "-z", "-t", "--full-tree", commit.as_str()])?.bytes()?;
        Self::parse(&listing).ok_or_else(|| {
            Error::new(ErrorKind::Plugin, format!("`git ls-tree {commit}` said something that is no listing"))
        })
    }

    /// Reads what `git ls-tree -r -z -t` wrote.
    fn parse(listing: &[u8]) -> Option<Self> {
        let mut tree = Self::empty();
        for line in listing.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let tab = memchr::memchr(b'\t', line)?;
            let (head, path) = (std::str::from_utf8(line.get(..tab)?).ok()?, line.get(tab + 1..)?);
            let mut words = head.split(' ');
            let (mode, _, id) = (EntryMode::parse(words.next()?)?, words.next()?, ObjectId::parse(words.next()?)?);
            tree.add(path, TreeEntry { mode, id });
        }
        // Git sorts directories as if a slash followed.
        tree.names.values_mut().for_each(|names| names.sort_unstable());
        Some(tree)
    }

    /// These files, and the directories above them; for plans without a repository.
    #[must_use]
    pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, EntryMode, ObjectId)>) -> Self {
        let mut tree = Self::empty();
        for (path, mode, id) in files {
            for (at, _) in path.match_indices('/') {
                let above = &path.as_bytes()[..at];
                if !tree.entries.contains_key(above) {
                    // What a directory is called as an object nobody asks.
                    tree.add(above, TreeEntry { mode: EntryMode::Directory, id: id.clone() });
                }
            }
            tree.add(path.as_bytes(), TreeEntry { mode, id });
        }
        tree.names.values_mut().for_each(|names| names.sort_unstable());
        tree
    }

    /// Nothing but the top.
    fn empty() -> Self {
        Self { entries: HashMap::new(), names: [(Vec::new(), Vec::new())].into_iter().collect() }
    }

    fn add(&mut self, path: &[u8], entry: TreeEntry) {
        let (directory, name) = split(path);
        self.names.entry_ref(directory).or_default().push(name.to_vec());
        if entry.mode == EntryMode::Directory {
            self.names.entry_ref(path).or_default();
        }
        self.entries.insert(path.to_vec(), entry);
    }

    /// What is at `path`; the top itself is no entry.
    #[must_use]
    pub fn get(&self, path: &[u8]) -> Option<&TreeEntry> {
        self.entries.get(path)
    }

    /// The names in the directory `path`, sorted; `None` if it is none.
    #[must_use]
    pub fn names(&self, path: &[u8]) -> Option<&[Vec<u8>]> {
        self.names.get(path).map(Vec::as_slice)
    }

    /// Whether the commit has a directory at `path`, from its top.
    #[must_use]
    pub fn has_directory(&self, path: &Path) -> bool {
        self.names.contains_key(&bytes(path))
    }

    /// The paths of all entries but directories, from the top, in no order that means anything.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files().map(|(path, _)| path_of(path))
    }

    /// All entries but directories, in no order that means anything.
    pub fn files(&self) -> impl Iterator<Item = (&[u8], &TreeEntry)> {
        let is_file = |(_, entry): &(&[u8], &TreeEntry)| entry.mode != EntryMode::Directory;
        self.entries.iter().map(|(path, entry)| (path.as_slice(), entry)).filter(is_file)
    }

    /// How many files, links and submodules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files().count()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Directory and name of a path.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'/', path) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"", path),
    }
}

/// The bytes of a path or name, with `/` between names.
pub(super) fn bytes(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec();
    #[cfg(not(unix))]
    let bytes = path.to_string_lossy().replace('\\', "/").into_bytes();
    bytes
}

/// The path of these bytes.
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    let path = PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    let path = PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_listings() {
        let id = "ce013625030ba8dba906f756967f9e9ca394464a";
        let listing =
            format!("100644 blob {id}\ta.b\0040000 tree {id}\ta\0100755 blob {id}\ta/t\tx\0120000 blob {id}\tl\0");
        let tree = CommitTree::parse(listing.as_bytes()).unwrap();
        assert_eq!(tree.names(b"").unwrap(), [b"a".to_vec(), b"a.b".to_vec(), b"l".to_vec()]);
        assert_eq!(tree.names(b"a").unwrap(), [b"t\tx".to_vec()]);
        assert_eq!(tree.get(b"a/t\tx").unwrap().mode, EntryMode::Program);
        assert_eq!((tree.len(), tree.names(b"l")), (3, None));
        assert!(CommitTree::parse(b"100644 blob\0").is_none());
    }
}
