//! Charts in git repositories.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, DiskFs, FileSystem, TemporaryDirectory, clean};
use crate::git::without_password;
use crate::inflate::chart_cache::CHART_FILE;
use crate::inflate::once_map::OnceMap;
use crate::loader::{RepoSpec, fetch_repository};
use crate::plugin::process::Limits;

/// Clones for one run: a branch is another tomorrow.
#[derive(Debug, Default)]
pub(super) struct GitCharts {
    clones: OnceMap<Result<Arc<TemporaryDirectory>>>,
    charts: OnceMap<Result<PathBuf>>,
}

impl GitCharts {
    /// The chart's directory in a clone. `complete` brings the charts that this one depends on.
    pub(super) fn get(
        &self,
        [url, path, reference]: [&str; 3],
        limits: &Limits,
        complete: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if url.starts_with('-') {
            // Would be an option of git's.
            return Err(Error::new(ErrorKind::Plugin, format!("`{url}` is no address of a repository")));
        }
        let repository = format!("{url}\0{reference}");
        let path = clean(Path::new(path.trim_matches('/')));
        self.charts.get(&format!("{repository}\0{}", path.display()), || {
            let clone = self.clones.get(&repository, || {
                let spec = RepoSpec {
                    raw: url.to_owned(),
                    host: String::new(),
                    repository: url.to_owned(),
                    path: String::new(),
                    reference: reference.to_owned(),
                    submodules: true,
                    timeout: limits.time,
                    forced_protocol: false,
                };
                fetch_repository(&spec, Path::new("git")).map(Arc::new)
            })?;
            let missing = || {
                let shown = path.display();
                let error = Error::new(
                    ErrorKind::Plugin,
                    format!("there is no chart `{shown}` in `{}`", without_password(url)),
                );
                error.hint("the path is that of the folder with the file `Chart.yaml`")
            };
            // A link may lead out of the clone.
            let chart = DiskFs.canonicalize(&clone.path().join(&path)).map_err(|_| missing())?;
            if !chart.starts_with(clone.path()) || !DiskFs.is_file(&chart.join(CHART_FILE)) {
                return Err(missing());
            }
            if has_dependencies(&chart) {
                complete(&chart)?;
            }
            Ok(chart)
        })
    }
}

fn has_dependencies(chart: &Path) -> bool {
    let names = |file: &str| {
        let text = DiskFs.read(&chart.join(file), DEFAULT_FILE_LIMIT).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().any(|line| line.starts_with("dependencies:"))
    };
    names(CHART_FILE) || names("requirements.yaml")
}
