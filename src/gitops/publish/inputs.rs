//! A hash of everything that a unit was made of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem, Reads};
use crate::gitops::UnitName;

/// For each unit a hash of the files that it read, of what it asked about and did not find, of the names in folders
/// that it looked into, of `commands` (so of flags) and of our own version. Paths count as they are below `root`.
///
/// A unit of which other programs read things that nobody knows of has none, and neither has one that read files
/// outside of `root`.
#[must_use]
pub fn input_hashes(
    files: &dyn FileSystem,
    root: &Path,
    reads: &BTreeMap<UnitName, Reads>,
    commands: &[String],
) -> BTreeMap<UnitName, String> {
    let mut known: BTreeMap<&PathBuf, Option<String>> = BTreeMap::new();
    let mut hashes = BTreeMap::new();
    for (unit, reads) in reads.iter().filter(|(_, reads)| !reads.is_partial) {
        let mut hash = Sha256::new();
        let mut add = |text: &str| hash.update(format!("{}:{text},", text.len()));
        add(concat!("crustomize ", env!("CARGO_PKG_VERSION")));
        commands.iter().for_each(|command| add(command));
        let below = |path: &PathBuf| Some(path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"));
        let inside = reads.paths.iter().all(|path| path.starts_with(root) || root.starts_with(path));
        if !inside {
            continue;
        }
        for path in &reads.paths {
            let Some(shown) = below(path) else { continue };
            let content = if reads.files.contains(path) {
                let read = || files.read(path, DEFAULT_FILE_LIMIT).ok().map(|content| crate::output::sha256(&content));
                known.entry(path).or_insert_with(read).clone()
            } else {
                None
            };
            add(&shown);
            match content {
                Some(content) => add(&content),
                None if files.is_dir(path) => add("directory"),
                None if files.is_file(path) => add("file"),
                None => add("nothing"),
            }
        }
        for path in &reads.listings {
            if let (Some(shown), Ok(names)) = (below(path), files.read_dir(path)) {
                add(&shown);
                names.iter().for_each(|name| add(name));
            }
        }
        hashes.insert(unit.clone(), format!("sha256:{:x}", hash.finalize()));
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    fn hash(files: &MemoryFs, commands: &[&str]) -> Option<String> {
        let unit = UnitName { site: "s".into(), app: "a".into() };
        let paths: Vec<PathBuf> = ["/p/a", "/p/none", "/p/d"].map(PathBuf::from).into();
        let reads = Reads {
            paths: paths.iter().cloned().collect(),
            files: [paths[0].clone()].into(),
            listings: [paths[2].clone()].into(),
            is_partial: false,
        };
        let commands: Vec<String> = commands.iter().map(|command| (*command).to_owned()).collect();
        input_hashes(files, Path::new("/p"), &[(unit.clone(), reads)].into(), &commands).remove(&unit)
    }

    #[test]
    fn changes_with_whatever_was_asked_about() {
        let files = || MemoryFs::new().with_file("/p/a", "1").with_file("/p/d/x", "1");
        let first = hash(&files(), &["c"]).unwrap();
        assert_eq!(hash(&files().with_file("/p/other", "2"), &["c"]).unwrap(), first);
        assert_eq!(hash(&files().with_file("/p/d/x", "2"), &["c"]).unwrap(), first, "only its name was asked for");
        let others = [
            hash(&files().with_file("/p/a", "2"), &["c"]),
            hash(&files().with_file("/p/none", ""), &["c"]),
            hash(&files().with_file("/p/d/y", ""), &["c"]),
            hash(&files(), &["d"]),
        ];
        for other in others {
            assert_ne!(other.unwrap(), first);
        }
    }
}
