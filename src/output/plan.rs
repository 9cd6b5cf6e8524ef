//! What would be written, changed and deleted in a unit's folder, and what stands in the way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::inventory::{INVENTORY, Inventory, sha256};
use super::scan::{Scan, foreign, scan};
use super::{OutputFolder, OutputUnit};
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, EntryKind};
use crate::layout::{check_path, fold_case};

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It is not there yet.
    Create,
    /// Its content changes.
    Update,
    /// It is ours and no longer wanted.
    Delete,
}

impl ChangeKind {
    /// As a verb, for lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// One file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path below the unit's folder.
    pub path: String,
    /// What happens to it.
    pub kind: ChangeKind,
}

/// Why a file can't be written or deleted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictKind {
    /// It is ours, but somebody changed it since.
    Drifted,
    /// Somebody else's file or link has the path.
    Occupied,
    /// Somebody else's directory has the path, or something else is where a directory must be, or a name
    /// differs in case only. `force` does not help.
    Blocked,
}

/// A file of somebody else, or changed by somebody else, that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The path below the unit's folder of what is there.
    pub path: PathBuf,
    /// Why it stands in the way.
    pub kind: ConflictKind,
}

/// What would happen to one unit's folder.
#[derive(Debug, Clone)]
pub struct UnitPlan {
    /// What the folder is to hold.
    pub(super) unit: OutputUnit,
    /// Where it is.
    pub(super) folder: PathBuf,
    /// The inventory that was found, and its bytes.
    pub(super) before: Option<(Inventory, Vec<u8>)>,
    /// The bytes of the inventory to be; `None` if the unit has no files.
    pub(super) after: Option<String>,
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
}

impl UnitPlan {
    /// The unit.
    #[must_use]
    pub const fn unit(&self) -> &OutputUnit {
        &self.unit
    }

    /// The unit's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files that change, sorted by path. The inventory is among them if nothing else changes.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What stands in the way, sorted by path.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Whether there is anything to do.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The error for what stands in the way, if `force` does not settle it.
    ///
    /// # Errors
    /// When something stands in the way: the first such file, the others as further lines.
    pub fn check(&self, force: bool) -> Result<()> {
        let matters = |conflict: &&Conflict| !force || conflict.kind == ConflictKind::Blocked;
        let mut conflicts = self.conflicts.iter().filter(matters);
        let Some(first) = conflicts.next() else { return Ok(()) };
        let error = Error::new(ErrorKind::Output, self.describe(first));
        let error = conflicts.fold(error, |error, other| error.frame(self.describe(other), crate::source::Span::NONE));
        Err(match first.kind {
            ConflictKind::Drifted => error.hint("bring the change into the sources, or overwrite it with `--force`"),
            ConflictKind::Occupied => error.hint("move the file away, or overwrite it with `--force`"),
            ConflictKind::Blocked => error.hint("move it away"),
        })
    }

    fn describe(&self, conflict: &Conflict) -> String {
        let path = self.folder.join(&conflict.path);
        let path = path.display();
        match conflict.kind {
            ConflictKind::Drifted => format!("`{path}` was changed since it was written"),
            ConflictKind::Occupied => {
                format!("`{path}` was not written by crustomize, and a file is to be written there")
            }
            ConflictKind::Blocked => format!("`{path}` was not written by crustomize and is in the way"),
        }
    }
}

impl OutputFolder<'_> {
    /// What would happen to the folder of `unit`. Only reads; may run for several units at once.
    ///
    /// # Errors
    /// When a name or path is refused, the folder is a link or can't be read, or its inventory is broken.
    pub fn plan(&self, unit: OutputUnit) -> Result<UnitPlan> {
        let folder = self.unit_folder(&unit.site, &unit.app)?;
        check_files(&unit)?;
        let before = Inventory::read(self.files, &folder)?;
        let nothing = Inventory::default();
        let owned = before.as_ref().map_or(&nothing, |(inventory, _)| inventory);
        let mut wanted = Inventory::of(&unit.files);
        if wanted.files == owned.files {
            wanted.inputs.clone_from(&owned.inputs);
        }
        let found = scan(self.files, &folder)?;
        let others = foreign(&found, owned, wanted.files.keys().map(String::as_str));
        let (mut changes, mut conflicts) = (Vec::new(), Vec::new());
        for (path, file) in &wanted.files {
            let present = self.present(&folder, path, &found)?;
            let written = owned.files.get(path).map(|file| file.sha256.as_str());
            let kind = match &present {
                Present::Nothing => ChangeKind::Create,
                Present::File(hash) if *hash == file.sha256 => continue,
                Present::File(hash) if written == Some(hash) => ChangeKind::Update,
                Present::File(_) | Present::Other => {
                    let kind = if written.is_some() { ConflictKind::Drifted } else { ConflictKind::Occupied };
                    conflicts.push(Conflict { path: path.into(), kind });
                    ChangeKind::Update
                }
            };
            changes.push(Change { path: path.clone(), kind });
        }
        for (path, file) in owned.files.iter().filter(|(path, _)| !wanted.files.contains_key(*path)) {
            match self.present(&folder, path, &found)? {
                // A directory that took the place of a file of ours is somebody else's.
                Present::Nothing => continue,
                Present::File(hash) if hash == file.sha256 => {}
                Present::File(_) | Present::Other => {
                    conflicts.push(Conflict { path: path.into(), kind: ConflictKind::Drifted });
                }
            }
            changes.push(Change { path: path.clone(), kind: ChangeKind::Delete });
        }
        conflicts.extend(blocked(&wanted, &others));
        let after = (!unit.files.is_empty()).then(|| wanted.to_json());
        let bytes = before.as_ref().map(|(_, bytes)| bytes.as_slice());
        if changes.is_empty() && bytes != after.as_ref().map(String::as_bytes) {
            let kind = match (bytes, &after) {
                (None, _) => ChangeKind::Create,
                (_, None) => ChangeKind::Delete,
                _ => ChangeKind::Update,
            };
            changes.push(Change { path: INVENTORY.to_owned(), kind });
        }
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        conflicts.sort_by(|one, other| one.path.cmp(&other.path));
        conflicts.dedup_by(|one, other| one.path == other.path);
        Ok(UnitPlan { unit, folder, before, after, changes, conflicts })
    }

    fn present(&self, folder: &Path, path: &str, found: &Scan) -> Result<Present> {
        Ok(match found.get(Path::new(path)) {
            None | Some(EntryKind::Directory) => Present::Nothing,
            Some(EntryKind::File) => Present::File(sha256(&self.files.read(&folder.join(path), DEFAULT_FILE_LIMIT)?)),
            Some(EntryKind::Link | EntryKind::Other) => Present::Other,
        })
    }
}

/// What is at a path of ours. A directory is nothing here: whether it is in the way, [`blocked`] says.
enum Present {
    Nothing,
    File(String),
    Other,
}

/// What of others is where a file of ours, or a directory above it, must be.
fn blocked(wanted: &Inventory, others: &Scan) -> Vec<Conflict> {
    let mut places: BTreeMap<String, (&str, bool)> = BTreeMap::new();
    for path in wanted.files.keys() {
        places.insert(fold_case(path), (path, true));
        for (at, _) in path.match_indices('/') {
            places.entry(fold_case(&path[..at])).or_insert((&path[..at], false));
        }
    }
    let mut conflicts = Vec::new();
    for (path, kind) in others {
        let text = path.to_string_lossy().replace('\\', "/");
        let is_directory = *kind == EntryKind::Directory;
        let in_the_way = match places.get(&fold_case(&text)) {
            None => false,
            Some((_, true)) => true,
            Some((place, false)) => !is_directory || *place != text,
        };
        if in_the_way {
            conflicts.push(Conflict { path: path.clone(), kind: ConflictKind::Blocked });
        }
    }
    conflicts
}

fn check_files(unit: &OutputUnit) -> Result<()> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let wrong = |path: &str, fault: &str| {
        let (path, site, app) = (path.escape_debug(), &unit.site, &unit.app);
        Error::new(ErrorKind::Output, format!("`{path}` can't be a file of the unit `{site}/{app}`: {fault}"))
    };
    for file in &unit.files {
        check_path(&file.path).map_err(|fault| wrong(&file.path, &format!("a part {fault}")))?;
        if let Some(other) = taken.insert(fold_case(&file.path), &file.path) {
            return Err(wrong(&file.path, &format!("so is `{other}`")));
        }
    }
    for (folded, path) in &taken {
        if folded.match_indices('/').any(|(at, _)| taken.contains_key(&folded[..at])) {
            return Err(wrong(path, "a folder above it is a file"));
        }
    }
    Ok(())
}
