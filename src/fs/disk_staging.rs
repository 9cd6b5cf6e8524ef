//! Staging on the operating system's files.
#![expect(clippy::disallowed_methods, reason = "this is the door")]

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::failure::Failure;
use super::staging::{EntryKind, Lock, StagingFileSystem};
use super::{Cause, DiskFs};

impl StagingFileSystem for DiskFs {
    fn entry(&self, path: &Path) -> Result<Option<EntryKind>, Failure> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(kind(metadata.file_type()))),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(Failure::from_io("look at", path, &error)),
        }
    }

    fn entries(&self, path: &Path) -> Result<Vec<(OsString, EntryKind)>, Failure> {
        let failed = |error: io::Error| Failure::from_io("list", path, &error);
        let mut found = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            found.push((entry.file_name(), kind(entry.file_type().map_err(failed)?)));
        }
        found.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(found)
    }

    fn create(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::from_io("write", path, &error);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
        file.write_all(content).map_err(failed)
    }

    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::from_io("keep", from, &error);
        // On Linux a hard link to a symbolic link is one to the link itself; elsewhere it may follow.
        let metadata = fs::symlink_metadata(from).map_err(failed)?;
        if metadata.is_symlink() {
            return copy_link(from, to).map_err(failed);
        }
        match fs::hard_link(from, to) {
            Ok(()) => Ok(()),
            // Not every file system has links, and not every file may be linked to.
            Err(_) if metadata.is_file() => copy(from, to, &metadata).map_err(failed),
            Err(error) => Err(failed(error)),
        }
    }

    fn copy_permissions(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let metadata = fs::metadata(from).map_err(|error| Failure::from_io("look at", from, &error))?;
        let failed = |error: io::Error| Failure::from_io("set the permissions of", to, &error);
        let present = fs::metadata(to).map_err(failed)?.permissions();
        if present == metadata.permissions() {
            return Ok(());
        }
        fs::set_permissions(to, metadata.permissions()).map_err(failed)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::from_io("write", to, &error);
        match move_to_nothing(from, to) {
            Some(result) => result.map_err(failed),
            None if self.entry(to)?.is_some() => {
                Err(Failure::new("write", to, Cause::Other("something is there already".to_owned())))
            }
            None => fs::rename(from, to).map_err(failed),
        }
    }

    fn exchange(&self, one: &Path, other: &Path) -> Result<bool, Failure> {
        exchange(one, other).map_err(|error| Failure::from_io("replace", other, &error))
    }

    fn sync(&self, directory: &Path) -> Result<(), Failure> {
        sync(directory).map_err(|error| Failure::from_io("bring to the disk", directory, &error))
    }

    fn lock(&self, path: &Path) -> Result<Lock, Failure> {
        lock(path).map_err(|error| Failure::from_io("lock", path, &error))
    }

    fn unlock(&self, path: &Path, lock: Lock) -> Result<(), Failure> {
        // While we hold the lock the file is ours to remove: whoever waits on it looks again, see `lock`.
        let removed = if lock.holds() { fs::remove_file(path) } else { Ok(()) };
        drop(lock);
        removed.map_err(|error| Failure::from_io("remove", path, &error))
    }
}

fn kind(sort: fs::FileType) -> EntryKind {
    if sort.is_symlink() {
        EntryKind::Link
    } else if sort.is_dir() {
        EntryKind::Directory
    } else if sort.is_file() {
        EntryKind::File
    } else {
        EntryKind::Other
    }
}

fn copy(from: &Path, to: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    fs::copy(from, to)?;
    if let Ok(time) = metadata.modified() {
        fs::OpenOptions::new().append(true).open(to)?.set_modified(time)?;
    }
    Ok(())
}

#[cfg(unix)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(windows)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    if from.is_dir() {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}

/// `None` where the system can't move to a place only if nothing is there.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn move_to_nothing(from: &Path, to: &Path) -> Option<io::Result<()>> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(error) if is_unsupported(error) => None,
        result => Some(result.map_err(Into::into)),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn move_to_nothing(_from: &Path, _to: &Path) -> Option<io::Result<()>> {
    None
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(error) if is_unsupported(error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<bool> {
    Ok(false)
}

/// What kernels and file systems say that don't know the flags.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn is_unsupported(error: rustix::io::Errno) -> bool {
    use rustix::io::Errno;
    [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP].contains(&error)
}

/// One call for all files: many times faster than one for each.
#[cfg(target_os = "linux")]
fn sync(directory: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(directory)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let sort = entry.file_type()?;
        if sort.is_dir() {
            sync(&entry.path())?;
        } else if sort.is_file() {
            fs::OpenOptions::new().read(true).open(entry.path())?.sync_all()?;
        }
    }
    if cfg!(unix) { fs::File::open(directory)?.sync_all() } else { Ok(()) }
}

/// Takes the lock at `path` if nobody has it; makes the file if need be and `make` says so.
#[cfg(unix)]
pub(super) fn try_lock(path: &Path, make: bool) -> io::Result<Option<Lock>> {
    use rustix::fs::{FlockOperation, OFlags, flock};
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let mut options = fs::OpenOptions::new();
    options.write(true).create(make).truncate(false).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    let file = options.open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => return Ok(None),
        result => result?,
    }
    let ours = file.metadata()?;
    let there = fs::symlink_metadata(path).map(|there| (there.dev(), there.ino()));
    let is_there = there.is_ok_and(|there| there == (ours.dev(), ours.ino()));
    Ok(is_there.then_some(Lock { file: Some(file) }))
}

/// Elsewhere nobody knows whether somebody has it.
#[cfg(not(unix))]
pub(super) fn try_lock(path: &Path, make: bool) -> io::Result<Option<Lock>> {
    if make {
        fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        return Ok(Some(Lock { file: None }));
    }
    Ok(None)
}

#[cfg(unix)]
fn lock(path: &Path) -> io::Result<Lock> {
    use rustix::fs::{FlockOperation, OFlags, flock};
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    loop {
        let mut options = fs::OpenOptions::new();
        // A link here would make a file wherever it leads.
        options.write(true).create(true).truncate(false).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        let file = options.open(path)?;
        match flock(&file, FlockOperation::LockExclusive) {
            Err(rustix::io::Errno::INTR) => continue,
            result => result?,
        }
        // The one before us may have removed the file that we waited for.
        let ours = file.metadata()?;
        if fs::symlink_metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())) {
            return Ok(Lock { file: Some(file) });
        }
    }
}

/// Elsewhere nothing keeps a second run away.
#[cfg(not(unix))]
fn lock(_path: &Path) -> io::Result<Lock> {
    Ok(Lock { file: None })
}
