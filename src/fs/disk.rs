//! The operating system's files.
#![expect(clippy::disallowed_methods, reason = "this is the door")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::failure::{Cause, Failure, plain_words};
use super::{FileSystem, clean};

/// The operating system's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFs;

impl DiskFs {
    /// The operating system's files.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }

    /// Adds to the end of a file, which is made if it is missing.
    ///
    /// # Errors
    /// When the file can't be opened or written.
    pub fn append(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::from_io("write", path, &error);
        let mut file = fs::OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
        file.write_all(content).map_err(failed)
    }

    /// Writes a program, whole or not at all: whoever may read it may run it. What is there is replaced, a link too.
    ///
    /// # Errors
    /// When the file can't be written; what was there before is then untouched.
    pub fn write_program(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::from_io("write", path, &error);
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = create(directory, 0o777).map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        file.persist(path).map(drop).map_err(|error| failed(error.error))
    }
}

impl DiskFs {
    /// Makes a symbolic link where nothing is.
    ///
    /// # Errors
    /// When something is there, or the system has no such links.
    pub fn link(&self, target: &Path, path: &Path) -> Result<(), Failure> {
        #[cfg(unix)]
        let made = std::os::unix::fs::symlink(target, path);
        #[cfg(not(unix))]
        let made = {
            let _ = target;
            Err(std::io::Error::from(std::io::ErrorKind::Unsupported))
        };
        made.map_err(|error| Failure::from_io("make the link", path, &error))
    }
}

impl FileSystem for DiskFs {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        let failed = |error: std::io::Error| Failure::from_io("read", path, &error);
        let mut file = fs::File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(Failure::new("read", path, Cause::IsDirectory));
        }
        if metadata.len() > limit {
            return Err(Failure::new("read", path, Cause::TooLarge(limit)));
        }
        let expected = usize::try_from(metadata.len()).unwrap_or_default();
        let mut content = vec![0; expected.saturating_add(1)];
        let found = read_once(&mut file, &mut content).map_err(failed)?;
        content.truncate(found);
        // The size may be unknown (a pipe) or grow while we read. Where there was room for more, that is all.
        if found != expected || expected == 0 {
            let rest = limit.saturating_add(1).saturating_sub(found as u64);
            file.take(rest).read_to_end(&mut content).map_err(failed)?;
        }
        if content.len() as u64 > limit {
            return Err(Failure::new("read", path, Cause::TooLarge(limit)));
        }
        Ok(content)
    }

    fn size(&self, path: &Path) -> Option<u64> {
        fs::metadata(path).ok().map(|metadata| metadata.len())
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn is_plain_dir(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
    }

    fn is_file(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir())
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        if !path.starts_with(base) || path == base {
            return false;
        }
        let between = path.ancestors().skip(1).take_while(|ancestor| *ancestor != base);
        let is = |path: &Path, sort: fn(&fs::FileType) -> bool| {
            fs::symlink_metadata(path).is_ok_and(|metadata| sort(&metadata.file_type()))
        };
        is(path, fs::FileType::is_file) && between.into_iter().all(|directory| is(directory, fs::FileType::is_dir))
    }

    fn is_executable(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && may_run(&metadata))
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        // Lexically first, as upstream does: `link/..` is the directory that holds the link.
        let absolute = std::path::absolute(path).map_err(|error| Failure::from_io("find", path, &error))?;
        fs::canonicalize(clean(&absolute)).map_err(|error| Failure::from_io("find", path, &error))
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        let failed = |error: std::io::Error| Failure::from_io("list", path, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn directories(&self, path: &Path) -> Result<Vec<String>, Failure> {
        let failed = |error: std::io::Error| Failure::from_io("list", path, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // As a rule, the directory says what each entry is.
            let is_directory = match entry.file_type() {
                Ok(sort) if !sort.is_symlink() => sort.is_dir(),
                _ => entry.path().is_dir(),
            };
            if is_directory {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::from_io("write", path, &error);
        // Through a link, to the file it names.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let existing = fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(Failure::new("write", path, Cause::IsDirectory));
        }
        if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
            // A device or a pipe can't be replaced.
            let mut file = fs::OpenOptions::new().write(true).open(&target).map_err(failed)?;
            return file.write_all(content).map_err(failed);
        }
        let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = create_beside(directory, existing.as_ref()).map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        let persisted = file.persist(&target);
        persisted.map(drop).map_err(|error| Failure::new("write", path, Cause::Other(plain_words(&error.error))))
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        fs::create_dir_all(path).map_err(|error| Failure::from_io("make the directory", path, &error))
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::from_io("remove", path, &error);
        let metadata = fs::symlink_metadata(path).map_err(failed)?;
        if metadata.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.map_err(failed)
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        let failed = |error: std::io::Error| Failure::from_io("find", Path::new("."), &error);
        std::env::current_dir().and_then(fs::canonicalize).map_err(failed)
    }

    fn on_disk(&self) -> bool {
        true
    }
}

/// One read, begun anew after a signal.
fn read_once(file: &mut fs::File, content: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(content) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// A temporary file with the permissions that the file `existing`, or a new file, has.
fn create_beside(directory: &Path, existing: Option<&fs::Metadata>) -> std::io::Result<tempfile::NamedTempFile> {
    let file = create(directory, 0o666)?;
    if let Some(metadata) = existing {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    Ok(file)
}

/// A temporary file with permissions as the system gives them to files that want `mode`.
fn create(directory: &Path, mode: u32) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".crustomize-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    // Elsewhere there are no such permissions.
    let _ = mode;
    builder.tempfile_in(directory)
}

#[cfg(unix)]
fn may_run(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0
}

/// Elsewhere nothing says whether a file is a program.
#[cfg(not(unix))]
fn may_run(_metadata: &fs::Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong_with_a_path() {
        let directory = tempfile::tempdir().unwrap();
        let fs = DiskFs::new();
        let root = directory.path();
        fs.write(&root.join("a"), b"1234").unwrap();
        assert!(fs.read(root, 9).unwrap_err().is_directory());
        assert!(fs.read(&root.join("b"), 9).unwrap_err().is_not_found());
        assert!(fs.read(&root.join("a/b"), 9).unwrap_err().is_not_found());
        let large = fs.read(&root.join("a"), 3).unwrap_err().shown_as(Path::new("a"));
        assert_eq!(large.to_string(), "`a` is larger than 3 bytes, the limit for one file");
        assert_eq!(fs.read(&root.join("a"), 4).unwrap(), b"1234");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn reads_files_of_unknown_size() {
        let path = Path::new("/proc/self/status");
        assert_eq!(fs::metadata(path).unwrap().len(), 0);
        let text = String::from_utf8(DiskFs::new().read(path, 1 << 20).unwrap()).unwrap();
        assert!(text.starts_with("Name:") && text.ends_with('\n') && text.len() > 500, "{text}");
        assert!(DiskFs::new().read(path, 100).is_err());
    }

    #[test]
    fn replaces_files_and_keeps_their_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let (fs, path) = (DiskFs::new(), directory.path().join("a"));
        fs.write(&path, b"1").unwrap();
        assert!(!fs.is_executable(&path));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        fs.write(&link, b"2").unwrap();
        assert_eq!(fs.read(&path, 9).unwrap(), b"2");
        assert!(fs.is_executable(&path));
        assert_eq!(fs.read_dir(directory.path()).unwrap(), ["a", "link"]);
        fs.create_dir_all(&directory.path().join("d")).unwrap();
        std::os::unix::fs::symlink("d", directory.path().join("c")).unwrap();
        std::os::unix::fs::symlink("no", directory.path().join("broken")).unwrap();
        assert_eq!(fs.directories(directory.path()).unwrap(), ["c", "d"]);
        assert_eq!(fs.canonicalize(&link).unwrap(), fs.canonicalize(&path).unwrap());
        assert!(fs.write(directory.path(), b"x").unwrap_err().is_directory());
        assert!(fs.write(&directory.path().join("no/a"), b"x").is_err());
    }

    #[test]
    fn adds_to_files() {
        let directory = tempfile::tempdir().unwrap();
        let (fs, path) = (DiskFs::new(), directory.path().join("a"));
        fs.append(&path, b"1").unwrap();
        fs.append(&path, b"2").unwrap();
        assert_eq!(fs.read(&path, 9).unwrap(), b"12");
    }

    #[test]
    fn knows_files_without_links() {
        let directory = tempfile::tempdir().unwrap();
        let (fs, root) = (DiskFs::new(), directory.path());
        fs.create_dir_all(&root.join("d/e")).unwrap();
        fs.write(&root.join("d/e/f"), b"").unwrap();
        std::os::unix::fs::symlink("d", root.join("link")).unwrap();
        std::os::unix::fs::symlink("f", root.join("d/e/g")).unwrap();
        assert!(fs.is_plain_file_below(root, &root.join("d/e/f")));
        assert!(fs.is_plain_file_below(&root.join("link"), &root.join("link/e/f")));
        for path in ["d/e", "d/e/g", "link/e/f", "d/e/f/x", "no", ""] {
            assert!(!fs.is_plain_file_below(root, &root.join(path)), "{path}");
        }
        assert!(!fs.is_plain_file_below(&root.join("d/e"), &root.join("d/f")));
    }

    #[test]
    fn removes_links_not_what_they_name() {
        let directory = tempfile::tempdir().unwrap();
        let (fs, root) = (DiskFs::new(), directory.path());
        fs.create_dir_all(&root.join("d/e")).unwrap();
        std::os::unix::fs::symlink(root.join("d"), root.join("link")).unwrap();
        fs.remove(&root.join("link")).unwrap();
        assert!(fs.is_dir(&root.join("d/e")));
        fs.remove(&root.join("d")).unwrap();
        assert!(!fs.is_dir(&root.join("d")));
        assert!(fs.remove(&root.join("d")).is_err());
    }
}
