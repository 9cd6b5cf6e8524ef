//! Which units a change may have an effect on: those that asked about something that changed.
//!
//! A render is a function of the answers that it got (see [`crate::fs::Reads`]). If all of them are the same on
//! the other side, it would ask the same there, and come to the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::fs::Reads;
use crate::gitops::UnitName;

/// Paths that are not the same on both sides, absolute, clean and without links.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What differs at a path, whatever it is.
    changed: BTreeSet<PathBuf>,
    /// Of these, what is there on one side only.
    appeared: BTreeSet<PathBuf>,
    /// Files that both sides have; a file below `root` that is not among them is on one side only.
    known: Option<(PathBuf, BTreeSet<PathBuf>)>,
}

/// The units that a change may have an effect on.
#[derive(Debug, Clone, Default)]
pub struct Affected {
    /// By unit, the paths that differ and that it asked about; empty for a unit that is on one side only, or of
    /// which it isn't known what it read.
    pub units: BTreeMap<UnitName, BTreeSet<PathBuf>>,
}

impl Changes {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A file or link that both sides have, and that differs.
    pub fn modified(&mut self, path: PathBuf) {
        self.changed.insert(path);
    }

    /// A file, link or directory that one side has.
    pub fn on_one_side(&mut self, path: PathBuf) {
        self.appeared.insert(path.clone());
        self.changed.insert(path);
    }

    /// Says which files are known on the side that was not read: anything else below `root` that the other side
    /// read is on that side only. For a work tree, whose ignored files no commit has.
    pub fn only_known(&mut self, root: PathBuf, files: BTreeSet<PathBuf>) {
        self.known = Some((root, files));
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// What differs of what was asked.
    #[must_use]
    pub fn of(&self, reads: &Reads) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        for path in &reads.paths {
            // A link that leads elsewhere changes everything behind it.
            found.extend(path.ancestors().filter_map(|path| self.changed.get(path)).cloned());
        }
        for folder in &reads.listings {
            found.extend(self.appeared.iter().filter(|path| path.parent() == Some(folder)).cloned());
        }
        if let Some((root, known)) = &self.known {
            let is_new = |path: &&PathBuf| path.starts_with(root) && !known.contains(*path);
            found.extend(reads.files.iter().filter(is_new).cloned());
        }
        found
    }
}

impl Affected {
    /// The units of one side that `changes` reaches, by what each read there. All of them if `everything`, a path
    /// that is no unit's own, is among the changes.
    #[must_use]
    pub fn find<'a>(
        units: impl IntoIterator<Item = &'a UnitName>,
        reads: &BTreeMap<UnitName, Reads>,
        changes: &Changes,
        everything: &Path,
    ) -> Self {
        let all = changes.changed.get(everything);
        let mut affected = Self::default();
        for unit in units {
            let Some(reads) = reads.get(unit) else {
                affected.units.insert(unit.clone(), BTreeSet::new());
                continue;
            };
            let mut found = changes.of(reads);
            found.extend(all.cloned());
            if !found.is_empty() || reads.is_partial {
                affected.units.insert(unit.clone(), found);
            }
        }
        affected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{FileSystem, MemoryFs, RecordingFs};

    fn reads(ask: impl FnOnce(&RecordingFs<'_>)) -> Reads {
        let files = MemoryFs::new().with_file("/base/a/k.yaml", "").with_file("/sites/x/k.yaml", "");
        let recording = RecordingFs::new(&files);
        ask(&recording);
        recording.into_reads()
    }

    fn found(changes: &Changes, reads: &Reads) -> Vec<String> {
        changes.of(reads).iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn a_file_that_is_not_there_yet_may_come() {
        let reads = reads(|files| {
            assert!(!files.is_file(Path::new("/base/a/k.yml")));
            assert!(files.is_file(Path::new("/base/a/k.yaml")));
        });
        let mut changes = Changes::new();
        changes.on_one_side("/base/a/k.yml".into());
        changes.on_one_side("/base/a/other.yml".into());
        assert_eq!(found(&changes, &reads), ["/base/a/k.yml"]);
    }

    #[test]
    fn a_name_in_a_folder_that_was_listed_may_come_or_go() {
        let reads = reads(|files| {
            assert!(files.read_dir(Path::new("/base")).is_ok());
        });
        let mut changes = Changes::new();
        changes.modified("/base/f".into());
        changes.on_one_side("/base/a/deep".into());
        assert_eq!(found(&changes, &reads), [""; 0]);
        changes.on_one_side("/base/new".into());
        assert_eq!(found(&changes, &reads), ["/base/new"]);
    }

    #[test]
    fn a_link_above_changes_what_is_below() {
        let reads = reads(|files| {
            assert!(files.read(Path::new("/base/a/k.yaml"), 10).is_ok());
        });
        let mut changes = Changes::new();
        changes.modified("/base".into());
        assert_eq!(found(&changes, &reads), ["/base"]);
    }

    #[test]
    fn what_a_commit_does_not_know_is_new() {
        let reads = reads(|files| {
            assert!(files.read(Path::new("/base/a/k.yaml"), 10).is_ok());
        });
        let mut changes = Changes::new();
        changes.only_known("/base".into(), BTreeSet::new());
        assert_eq!(found(&changes, &reads), ["/base/a/k.yaml"]);
        changes.only_known("/sites".into(), BTreeSet::new());
        assert_eq!(found(&changes, &reads), [""; 0]);
    }

    #[test]
    fn units_of_which_nothing_is_known_are_affected() {
        let names = ["known", "partial", "unknown"].map(|site| UnitName { site: site.into(), app: "app".into() });
        let plain = reads(|files| {
            assert!(files.is_file(Path::new("/base/a/k.yaml")));
        });
        let partial = Reads { is_partial: true, ..plain.clone() };
        let reads: BTreeMap<UnitName, Reads> = names.iter().cloned().zip([plain, partial]).collect();
        let sites = |changes: &Changes| {
            let affected = Affected::find(&names, &reads, changes, Path::new("/crustomize.yaml"));
            affected.units.into_keys().map(|unit| unit.site).collect::<Vec<_>>()
        };
        let mut changes = Changes::new();
        assert_eq!(sites(&changes), ["partial", "unknown"]);
        changes.modified("/crustomize.yaml".into());
        assert_eq!(sites(&changes), ["known", "partial", "unknown"]);
    }
}
