//! The `helm` program as an inflater.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::inflate::chart_cache::ChartCache;
use crate::inflate::git_charts::GitCharts;
use crate::inflate::mask::Mask;
use crate::inflate::{ChartOrigin, Inflater, Release};
use crate::plugin::PluginOptions;
use crate::plugin::helm::{HelmChart, Program};
use crate::resource::Resource;
use crate::resource::read::read_resources;
use crate::source::{SourceMap, Span};
use crate::yaml::documents::decode;
use crate::yaml::emit::to_yaml_string;

/// Lets `helm` pull charts into a cache, and render them. `helm` finds its own configuration, and with it the
/// credentials for private repositories, where it always does.
#[derive(Debug)]
pub struct HelmProgram {
    options: PluginOptions,
    cache: ChartCache,
    git: GitCharts,
}

impl HelmProgram {
    /// The program that `options` names. Charts are kept in the directory `cache`, an absolute path.
    #[must_use]
    pub fn new(options: PluginOptions, cache: PathBuf) -> Self {
        Self { options, cache: ChartCache::new(cache), git: GitCharts::default() }
    }

    /// `helm` in `directory`: its arguments, which errors tell, have no names of temporary directories then.
    fn program<'a>(&'a self, directory: Option<&'a Path>) -> Program<'a> {
        let options = &self.options;
        Program { command: &options.helm_command, environment: Vec::new(), directory, limits: &options.limits }
    }

    /// The chart's directory.
    fn chart(&self, origin: &ChartOrigin, mask: &Mask) -> Result<PathBuf> {
        let helm = |directory: &Path, arguments: Vec<String>| {
            self.program(Some(directory)).run(arguments, Vec::new(), |text| mask.hide(text)).map(drop)
        };
        match origin {
            ChartOrigin::Repository { url, name, version } => {
                no_option(name, "chart")?;
                let chart = HelmChart {
                    name: name.clone(),
                    repo: url.clone(),
                    version: version.clone(),
                    ..HelmChart::default()
                };
                let pull = |directory: &Path| helm(directory, chart.pull_arguments(Path::new(".")));
                self.cache.get([url, name, version], pull)
            }
            ChartOrigin::Git { url, path, reference } => {
                let arguments = ["dependency", "update", "."].map(str::to_owned);
                let update = |chart: &Path| helm(chart, arguments.to_vec());
                self.git.get([url, path, reference], &self.options.limits, update)
            }
        }
    }

    /// What `helm template` is told, but for the values: these come through its input, where nobody sees them.
    fn template_arguments(&self, release: &Release) -> Vec<String> {
        let chart = HelmChart {
            release_name: release.name.clone(),
            namespace: release.namespace.clone(),
            include_crds: release.include_crds,
            skip_tests: release.skip_tests,
            kube_version: release.kube_version.clone(),
            api_versions: release.api_versions.clone(),
            ..HelmChart::default()
        };
        let chart = chart.with_options(&self.options);
        let mut arguments = chart.template_arguments(Path::new("."), Path::new("-"), &[]);
        arguments.extend(release.skip_schema_validation.then(|| "--skip-schema-validation".to_owned()));
        arguments
    }
}

impl Inflater for HelmProgram {
    fn ready(&self) -> Result<()> {
        let check = self.program(None).check_version();
        check.map_err(|error| error.hint("without `--inflate`, releases stay the objects that they are"))
    }

    fn inflate(&self, release: &Release, sources: &SourceMap) -> Result<Vec<Resource>> {
        no_option(&release.name, "release")?;
        let mask = Mask::of(release);
        let directory = self.chart(&release.chart, &mask)?;
        let values = to_yaml_string(&release.values)?.into_bytes();
        let arguments = self.template_arguments(release);
        let output = self.program(Some(&directory)).run(arguments, values, |text| mask.hide(text))?;
        let label = format!("chart {} as release {}", release.chart, release.name);
        let text = decode(output).map_err(|error| error.in_file(Path::new(&label)))?;
        let source = sources.add_masked(Path::new(&label), text.clone());
        read_resources(&text, source).frame(|| "while reading what `helm template` printed".to_owned(), Span::NONE)
    }
}

/// Refuses a name that `helm` would take for an option.
fn no_option(name: &str, what: &str) -> Result<()> {
    if name.starts_with('-') {
        return Err(Error::new(ErrorKind::Plugin, format!("`{name}` can't be the name of a {what}")));
    }
    Ok(())
}
