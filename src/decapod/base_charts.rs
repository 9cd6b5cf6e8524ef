//! The releases of a base.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::decapod::ChartSource;
use crate::decapod::chart_source::required;
use crate::decapod::read::read_documents;
use crate::decode::suggestion;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::FileSystem;
use crate::site_values::{Field, Globals, merge};
use crate::source::{SourceMap, Span};
use crate::warning::Warnings;
use crate::yaml::{Node, Value};

/// The name of the files that hold releases.
const FILE_NAME: &str = "resources.yaml";

/// A release of the base.
#[derive(Debug, Clone)]
pub struct BaseChart {
    /// Where its chart comes from.
    pub source: ChartSource,
    /// The namespace that it is installed in.
    pub namespace: Field,
    /// Its values.
    pub values: Node,
    /// Where it was written.
    pub span: Span,
}

/// The releases of a base by name. Read once, it serves all sites; nothing in it changes.
#[derive(Debug, Clone, Default)]
pub struct BaseCharts {
    charts: BTreeMap<String, BaseChart>,
    /// Releases that can't be used, and why: an error only of those who name them.
    broken: BTreeMap<String, Error>,
    pub(super) errors: Vec<Error>,
    pub(super) warnings: Warnings,
}

impl BaseCharts {
    /// Reads every `resources.yaml` in `directory` and below it, in the order of their paths. What is wrong with
    /// them becomes a problem of every unit that uses them.
    #[must_use]
    pub fn load(files: &dyn FileSystem, directory: &Path, sources: &SourceMap) -> Self {
        let mut base = Self::default();
        if !files.is_dir(directory) {
            let message = format!("there is no base `{}`", directory.display());
            let error = Error::new(ErrorKind::Load, message);
            base.errors.push(error.hint("the base of an application is the folder `base/<app>`"));
            return base;
        }
        let mut paths = Vec::new();
        if let Err(error) = find(files, directory, &mut BTreeSet::new(), &mut paths) {
            base.errors.push(error);
        }
        if paths.is_empty() && base.errors.is_empty() {
            let message = format!("there is no `{FILE_NAME}` in `{}` or below it", directory.display());
            base.errors.push(Error::new(ErrorKind::Load, message));
        }
        for path in paths {
            match read_documents(files, &path, sources, &base.warnings) {
                Ok(documents) => {
                    let mut file = Self { warnings: base.warnings.clone(), ..Self::default() };
                    documents.into_iter().for_each(|document| file.add(document));
                    base.take(file);
                }
                Err(error) => base.errors.push(error.in_file(&path)),
            }
        }
        base
    }

    /// Takes over the releases of another file. Those of a name that is there take the place of what is there.
    fn take(&mut self, file: Self) {
        for (name, chart) in file.charts {
            self.broken.remove(&name);
            if self.charts.contains_key(&name) {
                let message = format!("the release `{name}` takes the place of one in an earlier `{FILE_NAME}`");
                self.warnings.add(message, chart.span);
            }
            self.charts.insert(name, chart);
        }
        for (name, error) in file.broken {
            self.broken.entry(name).or_insert(error);
        }
    }

    /// Adds a document of one file. One of a name that is there gives its values only, as in `helm2yaml`.
    fn add(&mut self, mut document: Node) {
        let name = document.lookup(&["metadata", "name"]).and_then(Node::as_str).map(str::to_owned);
        let values = document.get_mut("spec").and_then(Node::as_mapping_mut).and_then(|spec| spec.remove("values"));
        let (Some(name), Some(spec)) = (name, document.get("spec")) else {
            self.warnings.add("this is no release with `metadata.name` and `spec`, so it is ignored", document.span);
            return;
        };
        let values = values.map(|entry| entry.value).filter(|values| !values.is_null());
        if let Some(chart) = self.charts.get_mut(&name) {
            if let Some(values) = values {
                merge(&mut chart.values, values, &Globals::default());
            }
            return;
        }
        match BaseChart::read(&document, spec, values) {
            Ok(chart) => {
                self.broken.remove(&name);
                self.charts.insert(name, chart);
            }
            Err(error) => {
                self.broken.entry(name).or_insert_with(|| error.at(document.span));
            }
        }
    }

    /// The release called `name`.
    ///
    /// # Errors
    /// When there is none, or it can't be used.
    pub(super) fn get(&self, name: &Field) -> Result<&BaseChart> {
        if let Some(chart) = self.charts.get(&name.text) {
            return Ok(chart);
        }
        if let Some(error) = self.broken.get(&name.text) {
            return Err(error.clone().frame("named by the site at", name.span));
        }
        let error = Error::new(ErrorKind::Transform, format!("the base has no release `{}`", name.text)).at(name.span);
        let otherwise = || "`base:` of a chart names the release that it is another instance of".to_owned();
        Err(error.hint(suggestion(&name.text, &self.names().collect::<Vec<_>>(), otherwise)))
    }

    /// The names of the releases, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.charts.keys().map(String::as_str)
    }
}

impl BaseChart {
    fn read(document: &Node, spec: &Node, values: Option<Node>) -> Result<Self> {
        let empty = || Node::mapping().at(spec.span);
        let api_version = document.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        if api_version != "helm.fluxcd.io/v1" {
            let message = format!("charts are made of releases of `helm.fluxcd.io/v1`, and this is `{api_version}`");
            let error = Error::new(ErrorKind::Resource, message);
            return Err(error.hint("give the base a kustomization, and let the transformer change this release"));
        }
        let Some(chart) = spec.get("chart").filter(|chart| chart.as_mapping().is_some()) else {
            return Err(Error::new(ErrorKind::Resource, "missing `spec.chart` in a release"));
        };
        let values = values.unwrap_or_else(empty);
        if !matches!(values.value, Value::Mapping(_)) {
            let message = format!("`spec.values` must be a mapping, but is {}", values.sort_name());
            return Err(Error::new(ErrorKind::Resource, message).at(values.span));
        }
        Ok(Self {
            source: ChartSource::read(chart)?,
            namespace: required(spec, "spec", "targetNamespace")?,
            values,
            span: document.span,
        })
    }
}

/// Whether there is a file with releases in `directory` or below it.
pub(super) fn has_releases(files: &dyn FileSystem, directory: &Path) -> bool {
    let mut found = Vec::new();
    files.is_dir(directory) && find(files, directory, &mut BTreeSet::new(), &mut found).is_ok() && !found.is_empty()
}

/// The files in `directory` and below it, in order. Each directory counts once, whatever links lead to it.
fn find(
    files: &dyn FileSystem,
    directory: &Path,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Vec<PathBuf>,
) -> Result<()> {
    if !seen.insert(files.canonicalize(directory)?) {
        return Ok(());
    }
    for name in files.read_dir(directory)? {
        let path = directory.join(&name);
        if files.is_dir(&path) {
            find(files, &path, seen, found)?;
        } else if name == FILE_NAME {
            found.push(path);
        }
    }
    Ok(())
}
