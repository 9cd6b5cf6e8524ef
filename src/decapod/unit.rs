//! Units from files: each base and each site's values are read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::decapod::{BaseCharts, ChartsOptions, Resolution, SiteFile, resolve};
use crate::fs::FileSystem;
use crate::kustomization::FILE_NAMES;
use crate::source::SourceMap;

/// One application of one site, and where its files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The site.
    pub site: String,
    /// The application.
    pub app: String,
    /// The folder of the application's base: `base/<app>`.
    pub base: PathBuf,
    /// The values of this unit: `sites/<site>/<app>/site-values.yaml`.
    pub site_values: PathBuf,
    /// Values that are common to the site's applications, if there are such.
    pub common_values: Option<PathBuf>,
}

/// Resolves units one after the other. Each file is read and parsed once, however many units need it.
///
/// Whoever wants units at the same time does the same with [`BaseCharts::load`], [`SiteFile::load`], [`resolve`]
/// and [`crate::decapod::Resolved::into_unit`]: what was loaded is only looked at.
#[must_use]
pub fn resolve_units(files: &dyn FileSystem, units: &[Unit], options: &ChartsOptions) -> Resolution {
    let sources = SourceMap::default();
    let mut bases: BTreeMap<&Path, BaseCharts> = BTreeMap::new();
    let mut commons: BTreeMap<&Path, SiteFile> = BTreeMap::new();
    let mut resolved = Vec::with_capacity(units.len());
    for unit in units {
        let base = bases.entry(&unit.base).or_insert_with(|| BaseCharts::load(files, &unit.base, &sources));
        let mut site = SiteFile::load(files, &unit.site_values, &sources);
        if let Some(path) = unit.common_values.as_deref() {
            site = site.over(commons.entry(path).or_insert_with(|| SiteFile::load(files, path, &sources)));
        }
        let made = resolve(base, &site, options);
        resolved.push(made.into_unit(unit.clone(), base, &site, &sources));
    }
    Resolution { units: resolved, sources }
}

/// Whether the folder `base/<app>` is a base of charts: it has a `resources.yaml` in it or below, and neither it
/// nor its folder `base` has a kustomization.
#[must_use]
pub fn is_charts_base(files: &dyn FileSystem, directory: &Path) -> bool {
    let is_kustomized = |directory: &Path| FILE_NAMES.iter().any(|name| files.is_file(&directory.join(name)));
    !is_kustomized(directory)
        && !is_kustomized(&directory.join("base"))
        && super::base_charts::has_releases(files, directory)
}
