//! What a kustomization says about a chart, and what `helm` is told about it (upstream: `api/types/helmchartargs.go`).

use std::path::{Path, PathBuf};

use crate::decode::{Decode, Fields, wrong_type};
use crate::error::Result;
use crate::fs::join;
use crate::plugin::PluginOptions;
use crate::yaml::Node;

/// Where charts are unless a kustomization says otherwise.
const DEFAULT_HOME: &str = "charts";

/// Settings for all charts of a kustomization.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HelmGlobals {
    /// The directory of charts, from the kustomization's; `charts` if empty.
    pub chart_home: String,
    /// `HELM_CONFIG_HOME`; a temporary directory if empty.
    pub config_home: String,
}

/// One chart to render.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HelmChart {
    /// The chart's name, and its directory in the directory of charts.
    pub name: String,
    /// The version to pull.
    pub version: String,
    /// The repository to pull from: a URL, or `oci://...`.
    pub repo: String,
    /// The release's name; `helm` makes one up if it is empty.
    pub release_name: String,
    /// The release's namespace.
    pub namespace: String,
    /// More files of values, which come after `values_file`.
    pub additional_values_files: Vec<String>,
    /// A file of values; the chart's own if empty.
    pub values_file: String,
    /// Values, a mapping.
    pub values_inline: Option<Node>,
    /// How `values_inline` and the file of values go together: `override` (also if empty), `merge` or `replace`.
    pub values_merge: String,
    /// Whether custom resource definitions are rendered.
    pub include_crds: bool,
    /// Whether hooks are left out.
    pub skip_hooks: bool,
    /// `Capabilities.APIVersions`
    pub api_versions: Vec<String>,
    /// `Capabilities.KubeVersion`
    pub kube_version: String,
    /// A template for the release's name.
    pub name_template: String,
    /// Whether tests are left out.
    pub skip_tests: bool,
    /// Whether `helm` tells more.
    pub debug: bool,
    /// Whether development versions count.
    pub devel: bool,
}

impl HelmGlobals {
    /// Takes the settings from a mapping that may hold more.
    ///
    /// # Errors
    /// When a value is of the wrong type.
    pub fn take(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { chart_home: fields.take("chartHome")?, config_home: fields.take("configHome")? })
    }

    /// The directory that holds the chart's directory; charts of a version have one of their own.
    pub(super) fn directory_of(&self, chart: &HelmChart, root: &Path) -> PathBuf {
        let home = if self.chart_home.is_empty() { DEFAULT_HOME } else { &self.chart_home };
        let home = Path::new(home);
        let home = if home.is_absolute() { home.to_owned() } else { join(root, home) };
        if chart.version.is_empty() || chart.repo.is_empty() {
            home
        } else {
            join(&home, Path::new(&format!("{}-{}", chart.name, chart.version)))
        }
    }
}

impl HelmChart {
    /// Takes the chart from a mapping that may hold more.
    ///
    /// # Errors
    /// When a value is of the wrong type.
    pub fn take(fields: &mut Fields<'_>, field: &str) -> Result<Self> {
        let values_inline = fields.raw("valuesInline").cloned();
        if let Some(values) = values_inline.as_ref().filter(|values| values.as_mapping().is_none()) {
            return Err(wrong_type(values, &format!("{field}.valuesInline"), "a mapping"));
        }
        Ok(Self {
            name: fields.take("name")?,
            version: fields.take("version")?,
            repo: fields.take("repo")?,
            release_name: fields.take("releaseName")?,
            namespace: fields.take("namespace")?,
            additional_values_files: fields.take("additionalValuesFiles")?,
            values_file: fields.take("valuesFile")?,
            values_inline,
            values_merge: fields.take("valuesMerge")?,
            include_crds: fields.take("includeCRDs")?,
            skip_hooks: fields.take("skipHooks")?,
            api_versions: fields.take("apiVersions")?,
            kube_version: fields.take("kubeVersion")?,
            name_template: fields.take("nameTemplate")?,
            skip_tests: fields.take("skipTests")?,
            debug: fields.take("debug")?,
            devel: fields.take("devel")?,
        })
    }

    /// The chart with the command line's settings where it has none of its own.
    #[must_use]
    pub fn with_options(mut self, options: &PluginOptions) -> Self {
        if self.kube_version.is_empty() {
            self.kube_version.clone_from(&options.helm_kube_version);
        }
        if self.api_versions.is_empty() {
            self.api_versions.clone_from(&options.helm_api_versions);
        }
        self.debug |= options.helm_debug;
        self
    }

    /// The arguments that fetch the chart into `directory`.
    pub(crate) fn pull_arguments(&self, directory: &Path) -> Vec<String> {
        let mut arguments = words(&["pull", "--untar", "--untardir"]);
        arguments.push(directory.display().to_string());
        if self.repo.starts_with("oci://") {
            let repo = self.repo.strip_suffix('/').unwrap_or(&self.repo);
            arguments.push(format!("{repo}/{}", self.name));
        } else {
            push_value(&mut arguments, "--repo", &self.repo);
            arguments.push(self.name.clone());
        }
        push_value(&mut arguments, "--version", &self.version);
        push_flag(&mut arguments, "--devel", self.devel);
        arguments
    }

    /// The arguments that render the chart in `directory` with the values in `values` and `more_values`.
    pub(crate) fn template_arguments(&self, directory: &Path, values: &Path, more_values: &[PathBuf]) -> Vec<String> {
        let mut arguments = words(&["template"]);
        let name = if self.release_name.is_empty() { "--generate-name" } else { &self.release_name };
        arguments.push(name.to_owned());
        arguments.push(join(directory, Path::new(&self.name)).display().to_string());
        push_value(&mut arguments, "--namespace", &self.namespace);
        push_value(&mut arguments, "--name-template", &self.name_template);
        for file in std::iter::once(values).chain(more_values.iter().map(PathBuf::as_path)) {
            arguments.extend(["-f".to_owned(), file.display().to_string()]);
        }
        for version in &self.api_versions {
            arguments.extend(["--api-versions".to_owned(), version.clone()]);
        }
        push_value(&mut arguments, "--kube-version", &self.kube_version);
        push_flag(&mut arguments, "--include-crds", self.include_crds);
        push_flag(&mut arguments, "--skip-tests", self.skip_tests);
        push_flag(&mut arguments, "--no-hooks", self.skip_hooks);
        push_flag(&mut arguments, "--debug", self.debug);
        push_flag(&mut arguments, "--devel", self.devel);
        arguments
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn push_value(arguments: &mut Vec<String>, flag: &str, value: &str) {
    if !value.is_empty() {
        arguments.extend([flag.to_owned(), value.to_owned()]);
    }
}

fn push_flag(arguments: &mut Vec<String>, flag: &str, on: bool) {
    if on {
        arguments.push(flag.to_owned());
    }
}

impl Decode for HelmGlobals {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let globals = Self::take(&mut fields)?;
        fields.finish()?;
        Ok(globals)
    }
}

impl Decode for HelmChart {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let chart = Self::take(&mut fields, field)?;
        fields.finish()?;
        Ok(chart)
    }
}
