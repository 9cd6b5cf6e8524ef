//! What the branch holds, as far as publishing asks.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::git::{BlobReader, CommitTree, EntryMode, HashAlgorithm, ObjectId, Repository};
use crate::gitops::publish::metadata::Source;
use crate::gitops::publish::{BranchPath, METADATA};
use crate::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};
use crate::layout::check_component;
use crate::output::{INVENTORY, Inventory, sha256};

/// What the branch holds.
#[derive(Debug, Clone)]
pub struct PublishedTree {
    /// How objects are named there.
    pub algorithm: HashAlgorithm,
    /// All paths, modes and objects.
    pub tree: CommitTree,
    /// The units that were published, those with an inventory.
    pub units: BTreeMap<UnitName, PublishedUnit>,
    /// SHA-256 of files that inventories name, by object: of all whose content may have to be known.
    pub hashes: BTreeMap<ObjectId, String>,
    /// The source commit that the tip's trailer names.
    pub dry_sha: Option<String>,
}

/// A unit that was published.
#[derive(Debug, Clone)]
pub struct PublishedUnit {
    /// The files that are ours, or what is wrong with the inventory.
    pub inventory: std::result::Result<Inventory, String>,
    /// The commit it was rendered from, as its `hydrator.metadata` says.
    pub dry_sha: Option<String>,
    /// The repository it was rendered from.
    pub repository: Option<String>,
    /// Whether it has a `hydrator.metadata`.
    pub has_metadata: bool,
}

impl PublishedUnit {
    /// A unit that was not published yet.
    #[must_use]
    pub(super) const fn none() -> Self {
        let inventory = Inventory { files: BTreeMap::new(), inputs: None };
        Self { inventory: Ok(inventory), dry_sha: None, repository: None, has_metadata: false }
    }
}

impl PublishedTree {
    /// A branch that does not exist.
    #[must_use]
    pub fn empty(algorithm: HashAlgorithm) -> Self {
        let (tree, units, hashes) = (CommitTree::default(), BTreeMap::new(), BTreeMap::new());
        Self { algorithm, tree, units, hashes, dry_sha: None }
    }

    /// Reads what `tip` holds of the units of `set`, below `path`; of all units there if the set is the `whole` fleet.
    /// Of files that will not change nothing is read.
    ///
    /// # Errors
    /// When an object is missing.
    pub fn read(
        repository: &Repository,
        tip: &ObjectId,
        path: &BranchPath,
        set: &RenderedSet,
        whole: bool,
    ) -> Result<Self> {
        let mut published = Self::empty(repository.algorithm());
        published.tree = repository.tree(tip)?;
        published.dry_sha = repository.info(tip)?.trailer("Dry-Sha").map(str::to_owned);
        let blobs = BlobReader::new(repository);
        let is_meant = |name: &UnitName| whole || set.units.contains_key(name);
        for (name, folder) in published.folders(path).into_iter().filter(|(name, _)| is_meant(name)) {
            let unit = published.read_unit(&blobs, &folder)?;
            published.units.insert(name, unit);
        }
        for id in published.wanted(path, set) {
            let hash = sha256(&blobs.read(&id)?);
            published.hashes.insert(id, hash);
        }
        Ok(published)
    }

    /// The units that have an inventory, and their folders.
    fn folders(&self, path: &BranchPath) -> Vec<(UnitName, String)> {
        let paths = self.tree.files().filter_map(|(path, _)| std::str::from_utf8(path).ok());
        let unit = |file: &str| {
            let (site, app) = path.unit_of(file, INVENTORY)?;
            let is_ours = check_component(site).is_ok() && check_component(app).is_ok();
            let name = UnitName { site: site.to_owned(), app: app.to_owned() };
            is_ours.then(|| (name.clone(), path.unit(&name)))
        };
        paths.filter_map(unit).collect()
    }

    fn read_unit(&self, blobs: &BlobReader, folder: &str) -> Result<PublishedUnit> {
        let read = |name: &str| match self.tree.get(format!("{folder}/{name}").as_bytes()) {
            Some(entry) if matches!(entry.mode, EntryMode::File | EntryMode::Program) => {
                blobs.read(&entry.id).map(Some)
            }
            _ => Ok(None),
        };
        let inventory = match read(INVENTORY)? {
            Some(content) => Inventory::from_json(&content),
            None => Err("is no ordinary file".to_owned()),
        };
        let metadata = read(METADATA)?;
        let has_metadata = metadata.is_some();
        let Source { dry_sha, repository } = metadata.map(|content| Source::parse(&content)).unwrap_or_default();
        Ok(PublishedUnit { inventory, dry_sha, repository, has_metadata })
    }

    /// The objects of files of ours that may change or go: whether somebody else changed them must be known.
    fn wanted(&self, path: &BranchPath, set: &RenderedSet) -> BTreeSet<ObjectId> {
        let mut wanted = BTreeSet::new();
        for (name, unit) in &self.units {
            let Ok(inventory) = &unit.inventory else { continue };
            let files = match set.units.get(name) {
                Some(UnitManifests::Files(files)) => files.as_slice(),
                Some(UnitManifests::Failed(_)) => continue,
                None => &[],
            };
            let same: BTreeMap<&str, ObjectId> =
                files.iter().map(|file| (file.path.as_str(), self.algorithm.blob(&file.content))).collect();
            let folder = path.unit(name);
            for file in inventory.files.keys() {
                let entry = self.tree.get(format!("{folder}/{file}").as_bytes());
                let entry = entry.filter(|entry| matches!(entry.mode, EntryMode::File | EntryMode::Program));
                wanted.extend(entry.map(|entry| entry.id.clone()).filter(|id| same.get(file.as_str()) != Some(id)));
            }
        }
        wanted
    }

    /// What the branch holds of some units: the files that are ours.
    ///
    /// # Errors
    /// When an object is missing.
    pub(super) fn files<'u>(
        &self,
        repository: &Repository,
        path: &BranchPath,
        units: impl Iterator<Item = &'u UnitName>,
    ) -> Result<RenderedSet> {
        let blobs = BlobReader::new(repository);
        let mut set = RenderedSet::default();
        for name in units {
            let inventory = self.units.get(name).and_then(|unit| unit.inventory.as_ref().ok());
            let folder = path.unit(name);
            let mut files = Vec::new();
            for path in inventory.into_iter().flat_map(|inventory| inventory.files.keys()) {
                if let Some(entry) = self.tree.get(format!("{folder}/{path}").as_bytes())
                    && matches!(entry.mode, EntryMode::File | EntryMode::Program)
                {
                    let (path, content) = (path.clone(), blobs.read(&entry.id)?);
                    files.push(ManifestFile { path, content, resources: Vec::new(), generated: Vec::new() });
                }
            }
            if !files.is_empty() {
                set.units.insert(name.clone(), UnitManifests::Files(files));
            }
        }
        Ok(set)
    }

    /// The commits that units were published from.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<String> {
        let units = self.units.values().filter_map(|unit| self.source(unit)).map(str::to_owned);
        units.collect()
    }

    /// The commit that a unit was published from, if anybody knows.
    pub(super) fn source<'s>(&'s self, unit: &'s PublishedUnit) -> Option<&'s str> {
        match unit.has_metadata {
            true => unit.dry_sha.as_deref(),
            false => self.dry_sha.as_deref().map(|sha| sha.trim_end_matches("-dirty")),
        }
    }
}
