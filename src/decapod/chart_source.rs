//! Where a chart comes from.

use crate::error::{Error, ErrorKind, Result};
use crate::site_values::Field;
use crate::yaml::Node;

/// The sorts of places that charts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceType {
    /// A repository of charts.
    HelmRepository,
    /// A path in a git repository.
    Git,
}

/// Where a chart comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSource {
    /// The sort of place.
    pub source_type: SourceType,
    /// The repository's address.
    pub repository: Field,
    /// The chart's name, or its path in git.
    pub chart: Field,
    /// The chart's version, or the reference in git.
    pub version: Field,
}

impl ChartSource {
    /// Reads `spec.chart` of a release of the Helm operator.
    ///
    /// # Errors
    /// When a field is missing or no text.
    pub(super) fn read(chart: &Node) -> Result<Self> {
        let has = |name: &str| chart.get(name).is_some_and(|value| !value.is_null());
        let text = |name: &str| required(chart, "spec.chart", name);
        if has("type") || !has("git") {
            let source_type =
                if has("type") { SourceType::parse(&text("type")?.text) } else { SourceType::HelmRepository };
            Ok(Self { source_type, repository: text("repository")?, chart: text("name")?, version: text("version")? })
        } else {
            Ok(Self {
                source_type: SourceType::Git,
                repository: text("git")?,
                chart: text("path")?,
                version: text("ref")?,
            })
        }
    }

    /// The fields with the names that sites give them.
    pub(super) fn fields_mut(&mut self) -> [(&'static str, &mut Field); 3] {
        [("repository", &mut self.repository), ("name", &mut self.chart), ("version", &mut self.version)]
    }
}

impl SourceType {
    /// As `helm2yaml` takes it: all that is not `git` is a repository of charts.
    pub(super) fn parse(text: &str) -> Self {
        if text == "git" { Self::Git } else { Self::HelmRepository }
    }
}

/// The text in the field `name` of the object that is at `path`.
pub(super) fn required(object: &Node, path: &str, name: &str) -> Result<Field> {
    match object.get(name).filter(|value| !value.is_null()) {
        Some(value) => Field::read(value, &format!("{path}.{name}")),
        None => Err(Error::new(ErrorKind::Resource, format!("missing `{path}.{name}` in a release")).at(object.span)),
    }
}
