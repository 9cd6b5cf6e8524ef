//! Puts folders in their places, all of them or none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::fs::{Failure, StagingFileSystem, TemporaryDirectory};

/// The files of a folder by their paths in it.
pub(super) type Folder = BTreeMap<String, Vec<u8>>;

/// A folder that is ready to take its place.
struct Staged {
    folder: PathBuf,
    new: PathBuf,
    /// Goes away with what is in it: the old folder, or the new one if something failed.
    _directory: TemporaryDirectory,
    had_folder: bool,
}

/// Writes each folder whole; if one can't be put in its place, the others are as they were.
pub(super) fn write_folders(files: &dyn StagingFileSystem, folders: &[(PathBuf, Folder)]) -> Result<()> {
    let staged = folders.iter().map(|(path, folder)| stage(files, path, folder)).collect::<Result<Vec<Staged>>>()?;
    for (index, folder) in staged.iter().enumerate() {
        if let Err(failure) = swap(files, folder) {
            for done in staged[..index].iter().rev() {
                // The first fault is the one to tell of.
                let _ = undo(files, done);
            }
            return Err(failure.shown_as(&folder.folder).into());
        }
    }
    Ok(())
}

fn stage(files: &dyn StagingFileSystem, path: &Path, folder: &Folder) -> Result<Staged> {
    let parent = path.parent().unwrap_or(Path::new("."));
    files.create_dir_all(parent)?;
    let directory = TemporaryDirectory::new_in(parent, ".vendor-")?;
    let new = directory.path().join("new");
    files.create_dir_all(&new)?;
    for (name, content) in folder {
        let file = new.join(name);
        if let Some(parent) = file.parent() {
            files.create_dir_all(parent)?;
        }
        files.create(&file, content)?;
    }
    files.sync(&new)?;
    let had_folder = files.entry(path)?.is_some();
    if had_folder {
        files.copy_permissions(path, &new)?;
    }
    Ok(Staged { folder: path.to_owned(), new, _directory: directory, had_folder })
}

fn old(staged: &Staged) -> PathBuf {
    staged.new.with_file_name("old")
}

fn swap(files: &dyn StagingFileSystem, staged: &Staged) -> std::result::Result<(), Failure> {
    let Staged { folder, new, had_folder, .. } = staged;
    if !had_folder {
        return files.rename(new, folder);
    }
    if files.exchange(new, folder)? {
        return Ok(());
    }
    files.rename(folder, &old(staged))?;
    files.rename(new, folder).inspect_err(|_| {
        let _ = files.rename(&old(staged), folder);
    })
}

fn undo(files: &dyn StagingFileSystem, staged: &Staged) -> std::result::Result<(), Failure> {
    let Staged { folder, new, had_folder, .. } = staged;
    if *had_folder && files.entry(&old(staged))?.is_none() {
        return files.exchange(new, folder).map(drop);
    }
    files.rename(folder, new)?;
    if *had_folder { files.rename(&old(staged), folder) } else { Ok(()) }
}
