//! The units that there are, and those that somebody asks for.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::FileSystem;
use crate::kustomization::FILE_NAMES;
use crate::parallel::{Threads, Workers};
use crate::sites::{ProjectConfig, Unit};
use crate::timings::Timings;

/// What values of a site are called.
pub(super) const SITE_VALUES: &str = "site-values.yaml";

/// So many sites are worth a thread that looks for their units.
const SITES_A_THREAD: usize = 64;

/// Where a project's folders are, if somebody says so: over `crustomize.yaml`, over the convention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectPaths {
    /// The bases.
    pub base: Option<PathBuf>,
    /// The sites.
    pub sites: Option<PathBuf>,
}

/// A fleet.
#[derive(Debug, Clone)]
pub struct Project {
    /// Where the bases are.
    pub base: PathBuf,
    /// Where the sites are.
    pub sites: PathBuf,
    /// What `crustomize.yaml` says.
    pub config: ProjectConfig,
    /// All units, sorted.
    pub units: Vec<Unit>,
}

impl Project {
    /// The project in the directory `root`, `""` for the one we are in.
    ///
    /// # Errors
    /// When `crustomize.yaml` is wrong, or there are no sites.
    pub fn open(files: &dyn FileSystem, root: &Path, paths: &ProjectPaths) -> Result<Self> {
        Self::open_with(files, root, paths, 0)
    }

    /// The same; no more threads look for its units than `threads` says, as many as there are cores for 0.
    ///
    /// # Errors
    /// As [`Project::open`].
    pub fn open_with(files: &dyn FileSystem, root: &Path, paths: &ProjectPaths, threads: usize) -> Result<Self> {
        let mut config = ProjectConfig::load(files, &root.join(ProjectConfig::FILE_NAME))?;
        for folder in &mut config.definitions {
            *folder = root.join(&*folder).to_string_lossy().into_owned();
        }
        let folder = |said: &Option<PathBuf>, configured: &Option<String>, usual: &str| match said {
            Some(path) => path.clone(),
            None => root.join(configured.as_deref().unwrap_or(usual)),
        };
        let base = folder(&paths.base, &config.base, "base");
        let sites = folder(&paths.sites, &config.sites, "sites");
        let workers = Threads { limit: NonZeroUsize::new(threads), share: SITES_A_THREAD };
        let units = find(files, &base, &sites, &Workers::new(workers, Timings::off()))?;
        Ok(Self { base, sites, config, units })
    }

    /// The units that `wanted` names, each `SITE` or `SITE/APP`; all if it names none.
    ///
    /// # Errors
    /// All names that mean nothing.
    pub fn select(&self, wanted: &[String]) -> std::result::Result<Vec<Unit>, Vec<Error>> {
        if wanted.is_empty() {
            return Ok(self.units.clone());
        }
        let mut errors = Vec::new();
        let mut chosen = vec![false; self.units.len()];
        for name in wanted {
            // `sites/a/b/` as a shell completes it.
            let plain = Path::new(name).strip_prefix(&self.sites).unwrap_or(Path::new(name)).to_string_lossy();
            let plain = plain.trim_end_matches('/');
            let (site, app) = plain.split_once('/').map_or((plain, None), |(site, app)| (site, Some(app)));
            let is_meant = |unit: &Unit| unit.site == site && app.is_none_or(|app| unit.app == app);
            let mut found = false;
            for (_, chosen) in self.units.iter().zip(&mut chosen).filter(|(unit, _)| is_meant(unit)) {
                found = true;
                *chosen = true;
            }
            if !found {
                errors.push(self.unknown(site, app));
            }
        }
        if errors.is_empty() {
            Ok(self.units.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(unit, _)| unit.clone()).collect())
        } else {
            Err(errors)
        }
    }

    fn unknown(&self, site: &str, app: Option<&str>) -> Error {
        let mut sites: Vec<&str> = self.units.iter().map(|unit| unit.site.as_str()).collect();
        sites.dedup();
        let hint = |error: Error, name: &str, known: &[&str], prefix: &str| match nearest(name, known) {
            Some(near) => error.hint(format!("did you mean `{prefix}{near}`?")),
            None => error.hint("`crustomize site list` shows what there is"),
        };
        if !sites.contains(&site) {
            let message = format!("there is no site `{site}` in `{}`", self.sites.display());
            return hint(Error::new(ErrorKind::Usage, message), site, &sites, "");
        }
        let apps: Vec<&str> =
            self.units.iter().filter(|unit| unit.site == site).map(|unit| unit.app.as_str()).collect();
        let app = app.unwrap_or_default();
        let error = Error::new(ErrorKind::Usage, format!("the site `{site}` has no application `{app}`"));
        hint(error, app, &apps, &format!("{site}/"))
    }
}

/// A unit is a folder of a folder of `sites`, with a kustomization or values.
fn find(files: &dyn FileSystem, base: &Path, sites: &Path, workers: &Workers) -> Result<Vec<Unit>> {
    if !files.is_dir(sites) {
        let message = format!("there is no folder of sites `{}`", sites.display());
        let error = Error::new(ErrorKind::Load, message);
        return Err(error.hint("name it with `--sites`, or as `sites:` in `crustomize.yaml`"));
    }
    let found = workers.map(&visible(files, sites)?, |_| 1, |site| units_of(files, base, &sites.join(site), site));
    let units: Vec<Unit> = found.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    if units.is_empty() {
        let message = format!("there is no unit in `{}`", sites.display());
        let error = Error::new(ErrorKind::Load, message);
        return Err(error.hint("a unit is a folder `<site>/<app>` with a `kustomization.yaml`"));
    }
    Ok(units)
}

/// The units of the site `site`, whose folder is `folder`.
fn units_of(files: &dyn FileSystem, base: &Path, folder: &Path, site: &str) -> Result<Vec<Unit>> {
    let mut units = Vec::new();
    for app in visible(files, folder)? {
        let directory = folder.join(&app);
        let is_unit = FILE_NAMES.iter().chain(&[SITE_VALUES]).any(|name| files.is_file(&directory.join(name)));
        if is_unit {
            units.push(Unit { site: site.to_owned(), base: base.join(&app), app, directory });
        }
    }
    Ok(units)
}

/// The folders in `directory`, sorted; those that begin with a dot are somebody else's.
fn visible(files: &dyn FileSystem, directory: &Path) -> Result<Vec<String>> {
    let mut names = files.directories(directory)?;
    names.retain(|name| !name.starts_with('.'));
    Ok(names)
}
