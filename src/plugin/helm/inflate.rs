//! Runs `helm` for one chart.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::fs::TemporaryDirectory;
use crate::loader::{Loaded, Loader};
use crate::plugin::helm::program::Program;
use crate::plugin::helm::values::{Merge, print_inline, print_merged};
use crate::plugin::helm::{HelmChart, HelmGlobals};
use crate::plugin::{Host, PluginOptions, exchange};
use crate::resource::Resource;
use crate::source::SourceMap;
use crate::warning::Warnings;
use crate::yaml::documents::decode;

/// Renders a chart: pulls it unless it is there, and runs `helm template`.
///
/// # Errors
/// When charts are not enabled, the chart says what can't be, or `helm` is missing, of a wrong version, or fails.
pub fn inflate(
    chart: &HelmChart,
    globals: &HelmGlobals,
    loader: &Loader<'_>,
    options: &PluginOptions,
    sources: &SourceMap,
    warnings: &Warnings,
) -> Result<Vec<Resource>> {
    let fail = |message: &str| Error::new(ErrorKind::Plugin, message);
    if !options.enable_helm {
        return Err(fail("charts are not enabled").hint("allow them with `--enable-helm`"));
    }
    if options.helm_command.is_empty() {
        return Err(fail("there is no helm command").hint("name it with `--helm-command`"));
    }
    if chart.name.is_empty() {
        return Err(fail("a chart needs a `name`"));
    }
    let chart = chart.clone().with_options(options);
    let host = Host::new(loader, options, sources, warnings)?;
    let work = Work {
        directory: globals.directory_of(&chart, loader.root()),
        temporary: TemporaryDirectory::new("crustomize-helm-")?,
        config_home: &globals.config_home,
        chart,
        host,
        loader,
    };
    work.run().frame(|| format!("while rendering the chart `{}`", work.chart.name), crate::source::Span::NONE)
}

struct Work<'a> {
    chart: HelmChart,
    /// The directory that holds the chart's directory.
    directory: PathBuf,
    temporary: TemporaryDirectory,
    config_home: &'a str,
    host: Host,
    loader: &'a Loader<'a>,
}

impl Work<'_> {
    fn run(&self) -> Result<Vec<Resource>> {
        let merge = Merge::parse(&self.chart.values_merge)?;
        let mut more_values = Vec::new();
        for file in &self.chart.additional_values_files {
            // Only to see that the file may be loaded: helm reads it itself.
            self.loader.load(file)?;
            more_values.push(crate::fs::join(self.loader.root(), Path::new(file)));
        }
        self.program().check_version()?;
        if !self.loader.file_system().is_dir(&self.directory.join(&self.chart.name)) {
            self.pull()?;
        }
        let values = self.write_values(merge)?;
        let output = self.helm(self.chart.template_arguments(&self.directory, &values, &more_values))?;
        let mut resources = exchange::incoming(&format!("helm template {}", self.chart.name), output, &self.host)?;
        for resource in &mut resources {
            resource.helm_generated = true;
        }
        Ok(resources)
    }

    fn pull(&self) -> Result<()> {
        if self.chart.repo.is_empty() {
            let place = self.directory.join(&self.chart.name);
            let message = format!("there is no chart at `{}`, and no `repo` to pull it from", place.display());
            return Err(Error::new(ErrorKind::Plugin, message));
        }
        self.helm(self.chart.pull_arguments(&self.directory)).map(drop)
    }

    /// Writes the values that `helm template` gets.
    fn write_values(&self, merge: Merge) -> Result<PathBuf> {
        let inline = self.chart.values_inline.as_ref();
        let inline = inline.filter(|node| node.as_mapping().is_some_and(|mapping| !mapping.is_empty()));
        let content = match inline {
            None => self.load_values()?.bytes,
            Some(inline) if merge == Merge::Replace => print_inline(inline)?.into_bytes(),
            Some(inline) => {
                let loaded = self.load_values()?;
                let text = decode(loaded.bytes).map_err(|error| error.in_file(&loaded.display_path))?;
                let source = self.host.sources.add(&loaded.display_path, text.clone());
                print_merged(inline, &text, source, merge)?.into_bytes()
            }
        };
        let name = self.chart.name.replace('/', "-");
        let path = self.temporary.path().join(format!("{name}-kustomize-values.yaml"));
        self.loader.file_system().write(&path, &content)?;
        Ok(path)
    }

    fn load_values(&self) -> Result<Loaded> {
        if self.chart.values_file.is_empty() {
            self.loader.load(crate::fs::join(&self.directory.join(&self.chart.name), Path::new("values.yaml")))
        } else {
            self.loader.load(&self.chart.values_file)
        }
    }

    fn helm(&self, arguments: Vec<String>) -> Result<Vec<u8>> {
        self.program().run(arguments, Vec::new(), str::to_owned)
    }

    fn program(&self) -> Program<'_> {
        let home = if self.config_home.is_empty() {
            self.temporary.path().join("helm").display().to_string()
        } else {
            self.config_home.to_owned()
        };
        let environment = vec![
            ("HELM_CONFIG_HOME".into(), home.clone().into()),
            ("HELM_CACHE_HOME".into(), format!("{home}/.cache").into()),
            ("HELM_DATA_HOME".into(), format!("{home}/.data").into()),
        ];
        let options = &self.host.options;
        Program { command: &options.helm_command, environment, directory: None, limits: &options.limits }
    }
}
