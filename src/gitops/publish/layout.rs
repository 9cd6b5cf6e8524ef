//! Where in the branch units lie.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::gitops::UnitName;
use crate::layout::check_path;

/// A folder of the branch, `""` for its top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BranchPath(String);

impl BranchPath {
    /// Reads a relative path.
    ///
    /// # Errors
    /// When it could be another path somewhere, or leads out of the branch.
    pub fn parse(text: &str) -> Result<Self> {
        let path = text.trim_matches('/');
        let path = path.strip_prefix("./").unwrap_or(path);
        if path.is_empty() || path == "." {
            return Ok(Self::default());
        }
        check_path(path).map_err(|fault| {
            let message = format!("`{}` can't be a folder of the branch: a part {fault}", path.escape_debug());
            Error::new(ErrorKind::Usage, message)
                .hint("it is a relative path with `/` between names, as `clusters/prod`")
        })?;
        Ok(Self(path.to_owned()))
    }

    /// The folder's path, `""` for the top.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder of a unit.
    #[must_use]
    pub fn unit(&self, unit: &UnitName) -> String {
        self.join(&unit.to_string())
    }

    /// The path of something in the folder.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { format!("{}/{path}", self.0) }
    }

    /// The unit whose folder holds `path` directly, if it is one of a unit.
    #[must_use]
    pub(super) fn unit_of<'p>(&self, path: &'p str, file: &str) -> Option<(&'p str, &'p str)> {
        let below = if self.0.is_empty() { path } else { path.strip_prefix(&self.0)?.strip_prefix('/')? };
        let folder = below.strip_suffix(file)?.strip_suffix('/')?;
        let (site, app) = folder.split_once('/')?;
        (!app.contains('/')).then_some((site, app))
    }
}

impl fmt::Display for BranchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

/// The folders above a path, from the top down.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}
