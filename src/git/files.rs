//! The files of one commit as a [`FileSystem`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Result as ErrorResult;
use crate::fs::{Cause, Failure, FileSystem, clean};
use crate::git::batch::Content;
use crate::git::resolve::{Found, resolve};
use crate::git::tree::{bytes, path_of};
use crate::git::{BlobReader, CommitTree, EntryMode, ObjectId, Repository};

/// How long the target of a symbolic link may be, as on Linux.
const LINK_LENGTH: u64 = 4096;

/// The files of one commit, at the paths they would have if it were checked out: below the top of the work tree, or
/// below `/` for a bare repository. Contents are what was committed; no attribute or filter changes them.
///
/// Symbolic links are followed within the commit and nowhere else. Submodules are directories of which nothing is
/// known. Clones share everything.
#[derive(Debug, Clone)]
pub struct GitFs {
    root: PathBuf,
    current: PathBuf,
    tree: Arc<CommitTree>,
    blobs: Arc<BlobReader>,
}

impl GitFs {
    /// The files of `commit`. Relative paths start where the repository was opened.
    ///
    /// # Errors
    /// When git can't list the files.
    pub fn new(repository: &Repository, commit: &ObjectId) -> ErrorResult<Self> {
        let root = repository.work_tree().unwrap_or(Path::new("/")).to_owned();
        let current = clean(&root.join(repository.prefix()));
        let tree = Arc::new(repository.tree(commit)?);
        Ok(Self { root, current, tree, blobs: Arc::new(BlobReader::new(repository)) })
    }

    /// The same, with relative paths from `directory`: absolute, or from the top of the commit.
    #[must_use]
    pub fn with_current_dir(mut self, directory: impl AsRef<Path>) -> Self {
        self.current = clean(&self.root.join(directory));
        self
    }

    /// Where the top of the commit is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the commit holds.
    #[must_use]
    pub fn tree(&self) -> &CommitTree {
        &self.tree
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        self.current.join(path)
    }

    /// The path from the top; `None` if it is not below it.
    fn below(&self, path: &Path) -> Option<Vec<u8>> {
        let absolute = self.absolute(path);
        let plain = absolute.components().all(|part| part != std::path::Component::ParentDir);
        let absolute = if plain { absolute } else { self.without_parents(&absolute) };
        absolute.strip_prefix(&self.root).ok().map(bytes)
    }

    /// `..` that leads from above the top into it, or out of it, is a matter of names; below the top links count.
    fn without_parents(&self, absolute: &Path) -> PathBuf {
        match absolute.strip_prefix(&self.root) {
            Ok(below) if clean(below).components().next() != Some(std::path::Component::ParentDir) => {
                absolute.to_owned()
            }
            _ => clean(absolute),
        }
    }

    /// Whether `path` is above the top, where nothing is known but the way down.
    fn is_above(&self, path: &Path) -> bool {
        let absolute = clean(&self.absolute(path));
        absolute != self.root && self.root.starts_with(absolute)
    }

    fn follow(&self, path: &[u8]) -> Result<Found<'_>, Cause> {
        let inside = |target: &[u8]| {
            let mut root = bytes(&self.root);
            if root.ends_with(b"/") {
                root.pop();
            }
            let below = target.strip_prefix(root.as_slice())?;
            (below.is_empty() || below.starts_with(b"/")).then(|| below.to_vec())
        };
        resolve(&self.tree, path, |id| self.content(id, LINK_LENGTH), inside)
    }

    fn content(&self, id: &ObjectId, limit: u64) -> Result<Vec<u8>, Cause> {
        match self.blobs.read_within(id, limit) {
            Ok(Content::Whole(content)) => Ok(content),
            Ok(Content::TooLarge) => Err(Cause::TooLarge(limit)),
            Err(error) => Err(Cause::Other(error.message().to_owned())),
        }
    }

    fn find(&self, path: &Path) -> Result<Found<'_>, Cause> {
        match self.below(path) {
            Some(below) => self.follow(&below),
            None => Err(Cause::NotFound),
        }
    }

    /// The mode of what is at `path` itself, no link followed.
    fn plain(&self, path: &Path) -> Option<EntryMode> {
        let below = self.absolute(path);
        let below = below.strip_prefix(&self.root).ok()?;
        if below.as_os_str().is_empty() {
            return Some(EntryMode::Directory);
        }
        self.tree.get(&bytes(below)).map(|entry| entry.mode)
    }

    fn refuse<T>(&self, action: &'static str, path: &Path) -> Result<T, Failure> {
        Err(Failure::new(action, path, Cause::Other("a commit can't be changed".to_owned())))
    }
}

impl FileSystem for GitFs {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        let failed = |cause| Failure::new("read", path, cause);
        if self.is_above(path) {
            return Err(failed(Cause::IsDirectory));
        }
        match self.find(path).map_err(failed)? {
            found if found.is_directory() => Err(failed(Cause::IsDirectory)),
            Found { entry: Some(entry), .. } => self.content(&entry.id, limit).map_err(failed),
            Found { entry: None, .. } => Err(failed(Cause::IsDirectory)),
        }
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.is_above(path) || self.find(path).is_ok_and(|found| found.is_directory())
    }

    fn is_plain_dir(&self, path: &Path) -> bool {
        self.plain(path) == Some(EntryMode::Directory)
    }

    fn is_file(&self, path: &Path) -> bool {
        !self.is_above(path) && self.find(path).is_ok_and(|found| !found.is_directory())
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        path.starts_with(base) && matches!(self.plain(path), Some(EntryMode::File | EntryMode::Program))
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.find(path).is_ok_and(|found| found.entry.is_some_and(|entry| entry.mode == EntryMode::Program))
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        // Lexically first, as the disk does it.
        let absolute = clean(&self.absolute(path));
        if self.is_above(&absolute) {
            return Ok(absolute);
        }
        let found = self.find(&absolute).map_err(|cause| Failure::new("find", path, cause))?;
        Ok(if found.path.is_empty() { self.root.clone() } else { self.root.join(path_of(&found.path)) })
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        let failed = |cause| Failure::new("list", path, cause);
        if self.is_above(path) {
            let above = clean(&self.absolute(path));
            let next = self.root.strip_prefix(&above).ok().and_then(|below| below.components().next());
            return Ok(next.iter().map(|name| name.as_os_str().to_string_lossy().into_owned()).collect());
        }
        let found = self.find(path).map_err(failed)?;
        match (self.tree.names(&found.path), found.entry) {
            (Some(names), _) => {
                let mut names: Vec<String> =
                    names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
                names.sort_unstable();
                Ok(names)
            }
            (None, Some(entry)) if entry.mode == EntryMode::Submodule => {
                Err(failed(Cause::Other("it is a submodule, and its files are not in the commit".to_owned())))
            }
            (None, _) => Err(failed(Cause::NotDirectory)),
        }
    }

    fn write(&self, path: &Path, _content: &[u8]) -> Result<(), Failure> {
        self.refuse("write", path)
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        self.refuse("make the directory", path)
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        self.refuse("remove", path)
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        Ok(self.current.clone())
    }

    fn on_disk(&self) -> bool {
        false
    }
}
