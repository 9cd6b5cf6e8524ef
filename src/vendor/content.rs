//! What an entry is made of: one file, or a tree of them; and its hash.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, EntryKind, StagingFileSystem};

/// One file, or all files of a directory by their paths in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file.
    File(Vec<u8>),
    /// Files by path, with `/` between names.
    Tree(BTreeMap<String, Vec<u8>>),
}

impl Content {
    /// The hash that `vendor.yaml` holds it to.
    #[must_use]
    pub fn sha256(&self) -> String {
        match self {
            Self::File(bytes) => hash(bytes),
            Self::Tree(files) => {
                let lines: Vec<String> =
                    files.iter().map(|(path, bytes)| format!("{}  {path}\n", hash(bytes))).collect();
                hash(lines.concat().as_bytes())
            }
        }
    }

    /// How many files it has.
    #[must_use]
    pub fn files(&self) -> usize {
        match self {
            Self::File(_) => 1,
            Self::Tree(files) => files.len(),
        }
    }

    /// What is at `path`; links are followed as long as they stay within `boundary`, which has none itself.
    ///
    /// # Errors
    /// When something can't be read, or leads out of `boundary`.
    pub(super) fn read(files: &dyn StagingFileSystem, path: &Path, boundary: &Path) -> Result<Self> {
        if files.entry(path)? != Some(EntryKind::Directory) {
            return Ok(Self::File(read_file(files, path, boundary)?));
        }
        let mut found = BTreeMap::new();
        collect(files, path, "", boundary, &mut found)?;
        Ok(Self::Tree(found))
    }
}

fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn collect(
    files: &dyn StagingFileSystem,
    directory: &Path,
    prefix: &str,
    boundary: &Path,
    found: &mut BTreeMap<String, Vec<u8>>,
) -> Result<()> {
    for (name, kind) in files.entries(directory)? {
        let path = directory.join(&name);
        let Some(name) = name.to_str() else {
            let message = format!("the name of `{}` is no text", path.display());
            return Err(Error::new(ErrorKind::Load, message));
        };
        if prefix.is_empty() && name == ".git" {
            continue;
        }
        let below = format!("{prefix}{name}");
        match kind {
            EntryKind::Directory => collect(files, &path, &format!("{below}/"), boundary, found)?,
            EntryKind::File | EntryKind::Link => drop(found.insert(below, read_file(files, &path, boundary)?)),
            EntryKind::Other => {
                let message = format!("`{}` is neither a file nor a directory", path.display());
                return Err(Error::new(ErrorKind::Load, message));
            }
        }
    }
    Ok(())
}

fn read_file(files: &dyn StagingFileSystem, path: &Path, boundary: &Path) -> Result<Vec<u8>> {
    let real = files.canonicalize(path)?;
    if !real.starts_with(boundary) {
        let message = format!("the link `{}` leads out of what is fetched", path.display());
        return Err(Error::new(ErrorKind::Load, message));
    }
    Ok(files.read(&real, DEFAULT_FILE_LIMIT)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes() {
        let file = Content::File(b"abc".to_vec());
        assert_eq!(file.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let tree = |files: &[(&str, &str)]| {
            let entry = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().to_vec());
            Content::Tree(files.iter().map(entry).collect()).sha256()
        };
        // printf 'ab' >b/c; printf 'x' >a; find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum
        assert_eq!(
            tree(&[("b/c", "ab"), ("a", "x")]),
            "4f62e5efb7bc2274cf5d3fb21a65917fe9812bd5c009311da7373c73c870ca6c"
        );
        assert_ne!(tree(&[("a", "x")]), tree(&[("b", "x")]));
    }
}
