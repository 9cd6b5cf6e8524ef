//! One application of one site.

use std::fmt;
use std::path::PathBuf;

/// One application of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The site.
    pub site: String,
    /// The application.
    pub app: String,
    /// The unit's folder, `sites/<site>/<app>`.
    pub directory: PathBuf,
    /// The application's base, `base/<app>`, whether it is there or not.
    pub base: PathBuf,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.site, self.app)
    }
}
