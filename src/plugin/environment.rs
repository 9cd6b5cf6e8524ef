//! What the process's environment says, read in one place.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::fs::FileSystem;

/// The parts of the environment that decide where programs are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `KUSTOMIZE_PLUGIN_HOME`
    pub plugin_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`
    pub config_home: Option<PathBuf>,
    /// `HOME`
    pub home: Option<PathBuf>,
    /// `PATH`
    pub path: Option<OsString>,
}

impl Environment {
    /// Reads the process's environment.
    #[must_use]
    pub fn of_process() -> Self {
        let directory = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        Self {
            plugin_home: directory("KUSTOMIZE_PLUGIN_HOME"),
            config_home: directory("XDG_CONFIG_HOME"),
            home: directory(home),
            path: env::var_os("PATH"),
        }
    }

    /// The program `name` in `PATH`.
    #[must_use]
    pub fn find_program(&self, name: &str, files: &dyn FileSystem) -> Option<PathBuf> {
        let name = Path::new(name).with_extension(env::consts::EXE_EXTENSION);
        let candidates = env::split_paths(self.path.as_ref()?).map(|directory| directory.join(&name));
        candidates.into_iter().find(|candidate| files.is_executable(candidate))
    }
}
