//! What was written or published once: a folder of units' folders, read back.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};
use crate::output::{INVENTORY, Inventory};

/// Reads the units in `root`: folders `<site>/<app>`. Of a folder with an inventory, the files that it names, and
/// those that `other` has in the same place; of one without, all that look like manifests.
///
/// # Errors
/// When a folder can't be read, or an inventory is no inventory.
pub fn read_folder(files: &dyn FileSystem, root: &Path, other: &RenderedSet) -> Result<RenderedSet> {
    let mut set = RenderedSet::default();
    for site in folders(files, root)? {
        let folder = root.join(&site);
        for app in folders(files, &folder)? {
            let directory = folder.join(&app);
            let unit = UnitName { site: site.clone(), app };
            let mut paths = match inventory(files, &directory)? {
                Some(inventory) => inventory.files.into_keys().collect(),
                None => manifests(files, &directory)?,
            };
            if let Some(UnitManifests::Files(others)) = other.units.get(&unit) {
                paths.extend(others.iter().map(|file| file.path.clone()));
            }
            paths.retain(|path| files.is_file(&directory.join(path)));
            if paths.is_empty() {
                continue;
            }
            let read = |path: String| {
                let content = files.read(&directory.join(&path), DEFAULT_FILE_LIMIT)?;
                Ok(ManifestFile { path, content, resources: Vec::new(), generated: Vec::new() })
            };
            let read = paths.into_iter().map(read).collect::<Result<Vec<_>>>()?;
            set.units.insert(unit, UnitManifests::Files(read));
        }
    }
    Ok(set)
}

fn folders(files: &dyn FileSystem, directory: &Path) -> Result<Vec<String>> {
    let names = files.read_dir(directory)?;
    Ok(names.into_iter().filter(|name| !name.starts_with('.') && files.is_dir(&directory.join(name))).collect())
}

fn inventory(files: &dyn FileSystem, directory: &Path) -> Result<Option<Inventory>> {
    let path = directory.join(INVENTORY);
    if !files.is_file(&path) {
        return Ok(None);
    }
    let text = files.read(&path, DEFAULT_FILE_LIMIT)?;
    let wrong = |fault: String| {
        Error::new(ErrorKind::Output, format!("the inventory {fault}"))
            .in_file(&path)
            .hint("bring it back from version control, or remove it: all manifests beside it are compared then")
    };
    Inventory::from_json(&text).map(Some).map_err(wrong)
}

/// Paths of what ends like a manifest, below `directory`; links to directories are not followed.
fn manifests(files: &dyn FileSystem, directory: &Path) -> Result<BTreeSet<String>> {
    let (mut found, mut rest) = (BTreeSet::new(), vec![String::new()]);
    while let Some(folder) = rest.pop() {
        for name in files.read_dir(&directory.join(&folder))? {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let full = directory.join(&path);
            let is_link =
                files.canonicalize(directory).ok().map(|real| real.join(&path)) != files.canonicalize(&full).ok();
            if name.starts_with('.') {
                continue;
            }
            if files.is_file(&full) {
                if [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end)) {
                    found.insert(path);
                }
            } else if !is_link {
                rest.push(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;
    use crate::layout::OutputFile;

    fn paths(set: &RenderedSet) -> Vec<String> {
        let files = |(unit, made): (&UnitName, &UnitManifests)| match made {
            UnitManifests::Files(files) => files.iter().map(|file| format!("{unit}:{}", file.path)).collect(),
            UnitManifests::Failed(_) => vec![format!("{unit}: failed")],
        };
        set.units.iter().flat_map(files).collect()
    }

    #[test]
    fn reads_what_is_ours_or_would_be() {
        let ours = OutputFile { path: "a.yaml".into(), content: "a: 1\n".into(), resources: Vec::new() };
        let files = MemoryFs::new()
            .with_file("/out/s/app/.inventory.json", Inventory::of(std::slice::from_ref(&ours)).to_json())
            .with_file("/out/s/app/a.yaml", "a: 2\n")
            .with_file("/out/s/app/taken.yaml", "b: 2\n")
            .with_file("/out/s/app/foreign.yaml", "c: 2\n")
            .with_file("/out/s/plain/deep/d.yml", "")
            .with_file("/out/s/plain/README.md", "")
            .with_file("/out/.git/x/y.yaml", "");
        let nothing = RenderedSet::default();
        let read = read_folder(&files, Path::new("/out"), &nothing).unwrap();
        assert_eq!(paths(&read), ["s/app:a.yaml", "s/plain:deep/d.yml"]);
        let unit = UnitName { site: "s".into(), app: "app".into() };
        let taken = OutputFile { path: "taken.yaml".into(), ..ours };
        let mut other = nothing;
        other.units.insert(unit, UnitManifests::Files(vec![taken.into()]));
        let read = read_folder(&files, Path::new("/out"), &other).unwrap();
        assert_eq!(paths(&read), ["s/app:a.yaml", "s/app:taken.yaml", "s/plain:deep/d.yml"]);
    }

    #[test]
    fn an_inventory_that_is_none_is_an_error() {
        let files = MemoryFs::new().with_file("/out/s/app/.inventory.json", "{}");
        let error = read_folder(&files, Path::new("/out"), &RenderedSet::default()).unwrap_err();
        assert!(error.to_string().contains("the inventory has no version"), "{error}");
    }
}
