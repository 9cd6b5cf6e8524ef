//! Arguments about releases that are inflated.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem, join};
use crate::inflate::{HelmProgram, Inflater};
use crate::plugin::PluginOptions;

/// Arguments about releases that are inflated.
#[derive(Debug, clap::Args)]
pub(super) struct InflateArgs {
    /// Put the objects of its chart in the place of each Helm release; runs `helm`
    #[arg(long)]
    inflate: bool,
    /// Where charts are kept; `crustomize/charts` in the user's directory for caches unless given
    #[arg(long, value_name = "DIR", requires = "inflate")]
    chart_cache: Option<PathBuf>,
}

impl InflateArgs {
    /// Whether releases are to be inflated.
    pub(super) const fn is_asked(&self) -> bool {
        self.inflate
    }

    /// What inflates releases, if that was asked for; it is ready.
    ///
    /// # Errors
    /// When there is no `helm`, or no place for charts.
    pub(super) fn inflater(&self, options: &PluginOptions) -> Result<Option<Arc<dyn Inflater>>> {
        if !self.inflate {
            return Ok(None);
        }
        let inflater = HelmProgram::new(options.clone(), self.cache()?);
        inflater.ready()?;
        Ok(Some(Arc::new(inflater)))
    }

    fn cache(&self) -> Result<PathBuf> {
        if let Some(directory) = &self.chart_cache {
            let here = if directory.is_absolute() { PathBuf::new() } else { DiskFs.current_dir()? };
            return Ok(here.join(directory));
        }
        let variable = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let caches = variable("XDG_CACHE_HOME").or_else(|| Some(variable(home)?.join(".cache")));
        let caches = caches.ok_or_else(|| {
            let error = Error::new(
                ErrorKind::Usage,
                "there is no place for charts: neither `XDG_CACHE_HOME` nor `HOME` is set",
            );
            error.hint("name a directory with `--chart-cache`")
        })?;
        Ok(join(&caches, Path::new("crustomize/charts")))
    }
}
