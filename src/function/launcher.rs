//! Launchers for kustomize's old plugins: small programs where kustomize looks for them, which call this one.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, DiskFs, EntryKind, FileSystem, StagingFileSystem};
use crate::plugin::Environment;
use crate::site_values;

/// What every launcher of ours says, of whatever version.
const MARK: &str = "# Written by `crustomize plugin install`.";

/// The plugins that ship. What is built into kustomize, too, it never looks for.
pub const SHIPPED: [Launcher; 1] = [Launcher { api_version: site_values::API_VERSION, kind: site_values::KIND }];

/// A plugin that kustomize finds by the type of its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Launcher {
    /// The `apiVersion` of its configurations.
    pub api_version: &'static str,
    /// Their kind.
    pub kind: &'static str,
}

impl Launcher {
    /// The launcher of that kind.
    #[must_use]
    pub fn of_kind(kind: &str) -> Option<Self> {
        SHIPPED.into_iter().find(|launcher| launcher.kind == kind)
    }

    /// Where it belongs in the directory of plugins.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        Path::new(self.api_version).join(self.kind.to_lowercase()).join(self.kind)
    }

    /// The program: POSIX shell.
    #[must_use]
    pub fn script(&self) -> String {
        let kind = self.kind;
        format!(
            r#"#!/bin/sh
{MARK}
# kustomize runs this for every {kind} of {api_version}.
# The work is done by the program `crustomize`, or the one that the variable CRUSTOMIZE names.
crustomize=${{CRUSTOMIZE:-crustomize}}
if ! command -v "$crustomize" >/dev/null 2>&1; then
  printf '%s\n' "{kind}: there is no program \`$crustomize\`; put crustomize into PATH, or its path into CRUSTOMIZE" >&2
  exit 127
fi
exec "$crustomize" plugin exec "$@"
"#,
            api_version = self.api_version
        )
    }
}

/// What became of a launcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was written.
    Written,
    /// It was there already.
    Unchanged,
}

/// A launcher in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where it is.
    pub path: PathBuf,
    /// What was done.
    pub change: Change,
}

/// Where kustomize looks for plugins.
///
/// # Errors
/// When the environment names no directory.
pub fn plugin_home(environment: &Environment) -> Result<PathBuf> {
    let below = |directory: &Option<PathBuf>, path: &str| directory.as_ref().map(|directory| directory.join(path));
    let home = environment.plugin_home.clone();
    let home = home.or_else(|| below(&environment.config_home, "kustomize/plugin"));
    home.or_else(|| below(&environment.home, ".config/kustomize/plugin")).ok_or_else(|| {
        let message = "no variable says where plugins belong: `KUSTOMIZE_PLUGIN_HOME`, `XDG_CONFIG_HOME` and `HOME` \
                       are not set";
        Error::new(ErrorKind::Usage, message).hint("name the directory with `--dir`")
    })
}

/// Puts the launchers of all plugins that ship into the directory `home`, each whole or not at all. Nothing is written
/// if one of the places is taken by somebody else's file, unless `force` says to replace it.
///
/// # Errors
/// When a place is taken, or can't be written.
pub fn install(files: &DiskFs, home: &Path, force: bool) -> Result<Vec<Installed>> {
    let mut installed = Vec::new();
    for launcher in SHIPPED {
        let path = home.join(launcher.path());
        let change = change(files, &launcher, &path, force)?;
        installed.push((launcher, Installed { path, change }));
    }
    for (launcher, Installed { path, change }) in &installed {
        if *change == Change::Written {
            if let Some(directory) = path.parent() {
                files.create_dir_all(directory)?;
            }
            files.write_program(path, launcher.script().as_bytes())?;
        }
    }
    Ok(installed.into_iter().map(|(_, installed)| installed).collect())
}

fn change(files: &DiskFs, launcher: &Launcher, path: &Path, force: bool) -> Result<Change> {
    let taken = |what: &str, hint: &str| {
        let error = Error::new(ErrorKind::Output, format!("{what} is where `{}` belongs", launcher.kind));
        Err(error.in_file(path).hint(hint.to_owned()))
    };
    match files.entry(path)? {
        None => Ok(Change::Written),
        Some(EntryKind::Directory) => taken("a directory", "move it away"),
        Some(EntryKind::File) => {
            let content = files.read(path, DEFAULT_FILE_LIMIT)?;
            if content == launcher.script().as_bytes() && files.is_executable(path) {
                return Ok(Change::Unchanged);
            }
            let is_ours = content.split(|byte| *byte == b'\n').any(|line| line == MARK.as_bytes());
            if is_ours || force {
                return Ok(Change::Written);
            }
            taken("somebody else's file", "replace it with `--force`")
        }
        // A link to this very program works as well; it is not for us to take away.
        Some(EntryKind::Link | EntryKind::Other) if force => Ok(Change::Written),
        Some(EntryKind::Link | EntryKind::Other) => taken("something that is no file", "replace it with `--force`"),
    }
}
