//! A site's folder, with the application's base where the site has nothing of its own.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use crate::fs::{Failure, FileSystem, clean};
use crate::sites::Unit;

/// The files as one unit sees them: `sites/<site>/NAME` is `base/<app>/NAME` unless it is there. So Decapod's
/// pipeline has it once it has copied a site into its base.
#[derive(Debug)]
pub struct GraftedFs<'a> {
    files: &'a dyn FileSystem,
    /// The site's folder and the application's base, absolute and without links; `None` where one is missing.
    graft: Option<(PathBuf, PathBuf)>,
    app: String,
    /// Where nothing is grafted: in the unit's own folder.
    own: Option<PathBuf>,
}

impl<'a> GraftedFs<'a> {
    /// The files as `unit` sees them.
    #[must_use]
    pub fn new(files: &'a dyn FileSystem, unit: &Unit) -> Self {
        let site = unit.directory.parent().and_then(|site| files.canonicalize(site).ok());
        let base = files.canonicalize(&unit.base).ok();
        let own = site.as_ref().map(|site| site.join(&unit.app));
        Self { files, graft: site.zip(base), app: unit.app.clone(), own }
    }

    /// Where `path` really is.
    fn real<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let Some((site, base)) = &self.graft else { return Cow::Borrowed(path) };
        if self.own.as_ref().is_some_and(|own| begins_with(path, own)) {
            return Cow::Borrowed(path);
        }
        let absolute = if path.is_absolute() { Cow::Borrowed(path) } else { self.absolute(path) };
        let Ok(below) = absolute.strip_prefix(site) else { return Cow::Borrowed(path) };
        let Some(Component::Normal(name)) = below.components().next() else { return Cow::Borrowed(path) };
        let name = Path::new(name);
        let is_there = |path: &Path| self.files.is_dir(path) || self.files.is_file(path);
        if name == Path::new(&self.app) || is_there(&site.join(name)) || !is_there(&base.join(name)) {
            return Cow::Borrowed(path);
        }
        Cow::Owned(base.join(below))
    }

    fn absolute<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        match self.files.current_dir() {
            Ok(directory) => Cow::Owned(clean(&directory.join(path))),
            Err(_) => Cow::Borrowed(path),
        }
    }
}

/// Whether `path` begins with the names of `folder`, written the same: quicker than taking both apart, and mostly so.
fn begins_with(path: &Path, folder: &Path) -> bool {
    let below = path.as_os_str().as_encoded_bytes().strip_prefix(folder.as_os_str().as_encoded_bytes());
    matches!(below, Some([] | [b'/', ..]))
}

impl FileSystem for GraftedFs<'_> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
        self.files.read(&self.real(path), limit)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.files.is_dir(&self.real(path))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(&self.real(path))
    }

    fn is_plain_file_below(&self, base: &Path, path: &Path) -> bool {
        // A grafted file may be anywhere, and is looked for step by step.
        matches!(self.real(path), Cow::Borrowed(_)) && self.files.is_plain_file_below(base, path)
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.files.is_executable(&self.real(path))
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.files.canonicalize(&self.real(path))
    }

    fn read_dir(&self, path: &Path) -> Result<Vec<String>, Failure> {
        self.files.read_dir(&self.real(path))
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        self.files.write(&self.real(path), content)
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), Failure> {
        self.files.create_dir_all(&self.real(path))
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        self.files.remove(&self.real(path))
    }

    fn current_dir(&self) -> Result<PathBuf, Failure> {
        self.files.current_dir()
    }

    fn on_disk(&self) -> bool {
        self.files.on_disk()
    }

    fn sees_temporary_files(&self) -> bool {
        self.files.sees_temporary_files()
    }
}
