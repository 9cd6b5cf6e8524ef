//! A release, whichever controller it is for.

use std::fmt;

use crate::git::without_password;
use crate::yaml::Node;

/// Where a chart comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChartOrigin {
    /// A repository of charts, or a registry.
    Repository {
        /// The address: `https://...` or `oci://...`, without the chart's name.
        url: String,
        /// The chart's name.
        name: String,
        /// A version or a range of versions; the newest if empty.
        version: String,
    },
    /// A folder in a git repository.
    Git {
        /// The repository's address.
        url: String,
        /// The folder.
        path: String,
        /// Branch, tag or commit; what the host calls `HEAD` if empty.
        reference: String,
    },
}

/// What a controller would install.
#[derive(Debug, Clone)]
pub struct Release {
    /// The release's name, `.Release.Name`, as its controller makes it up.
    pub name: String,
    /// The namespace that it is installed in, `.Release.Namespace`.
    pub namespace: String,
    /// The chart.
    pub chart: ChartOrigin,
    /// All values that the release sets: a mapping.
    pub values: Node,
    /// Whether the chart's custom resource definitions come along.
    pub include_crds: bool,
    /// Whether test hooks are left out.
    pub skip_tests: bool,
    /// Whether the chart's schema of values does not count.
    pub skip_schema_validation: bool,
    /// `.Capabilities.KubeVersion`, if the release says it.
    pub kube_version: String,
    /// `.Capabilities.APIVersions` beyond the usual, if the release says it.
    pub api_versions: Vec<String>,
}

impl Release {
    /// A release without values, with its definitions.
    #[must_use]
    pub fn new(name: impl Into<String>, namespace: impl Into<String>, chart: ChartOrigin) -> Self {
        Self {
            name: name.into(),
            namespace: namespace.into(),
            chart,
            values: Node::mapping(),
            include_crds: true,
            skip_tests: false,
            skip_schema_validation: false,
            kube_version: String::new(),
            api_versions: Vec::new(),
        }
    }
}

/// The chart for people; passwords in addresses are masked.
impl fmt::Display for ChartOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repository { name, version, .. } if version.is_empty() => f.write_str(name),
            Self::Repository { name, version, .. } => write!(f, "{name} {version}"),
            Self::Git { url, path, reference } => {
                write!(f, "{} of {}", path, without_password(url))?;
                if reference.is_empty() { Ok(()) } else { write!(f, " at {reference}") }
            }
        }
    }
}
