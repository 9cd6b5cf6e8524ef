//! The folder that a bundle lies in, for the files that it names.

use std::path::Path;

use arcstr::ArcStr;

use crate::accumulate::Build;
use crate::error::{Error, ErrorKind, Result};
use crate::loader::Loader;
use crate::source::SourceId;
use crate::template::Folder;

/// A folder in that of a kustomization.
pub(super) struct BundleFolder<'a> {
    pub(super) build: &'a Build<'a>,
    pub(super) loader: &'a Loader<'a>,
    /// Its path in there.
    pub(super) directory: &'a str,
}

impl BundleFolder<'_> {
    fn path(&self, path: &str) -> String {
        match (self.directory, path) {
            ("", path) => path.to_owned(),
            (directory, "") => directory.to_owned(),
            (directory, path) => format!("{directory}/{path}"),
        }
    }
}

impl Folder for BundleFolder<'_> {
    /// As any file that a kustomization names; and links must not lead out of the bundle's folder.
    fn load(&self, path: &str) -> Result<(ArcStr, SourceId)> {
        let loaded = self.build.load(self.loader, &self.path(path))?;
        let files = self.loader.file_system();
        let real = |path: &str| files.canonicalize(&self.loader.root().join(Path::new(path)));
        if !real(&self.path(path))?.starts_with(real(self.directory)?) {
            let message = format!("`{path}` leads out of the folder of the bundle");
            return Err(Error::new(ErrorKind::Bundle, message));
        }
        self.build.text(loaded)
    }

    fn list(&self, path: &str) -> Result<Vec<String>> {
        Ok(self.loader.file_system().read_dir(&self.loader.root().join(self.path(path)))?)
    }
}
