//! Units as files, wherever they were rendered or read.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::Error;
use crate::layout::OutputFile;

/// Units by name: one side of a diff, or what is to be published.
#[derive(Debug, Clone, Default)]
pub struct RenderedSet {
    /// The units, in the order of their names.
    pub units: BTreeMap<UnitName, UnitManifests>,
}

/// A unit's name: one application of one site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitName {
    /// The site.
    pub site: String,
    /// The application.
    pub app: String,
}

/// What a unit came to.
#[derive(Debug, Clone)]
pub enum UnitManifests {
    /// Its files, sorted by path.
    Files(Vec<ManifestFile>),
    /// All that is wrong with it.
    Failed(Vec<Error>),
}

/// One file of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestFile {
    /// The path below the unit's folder, `/`-separated.
    pub path: String,
    /// The whole content. What a render made is YAML in UTF-8; what others put into a folder may be anything.
    pub content: Vec<u8>,
    /// Ids of the resources in it, in the order of the file; empty if the file was read rather than rendered.
    pub resources: Vec<String>,
    /// ConfigMaps and Secrets in it whose names end in a hash of their content.
    pub generated: Vec<GeneratedName>,
}

/// A name that a generator made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedName {
    /// The kind, `ConfigMap` or `Secret`.
    pub kind: String,
    /// The namespace, if the object says one.
    pub namespace: Option<String>,
    /// The name with its hash.
    pub name: String,
    /// The name without its hash, the same before and after a change of content.
    pub name_before_hash: String,
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.site, self.app)
    }
}

impl From<OutputFile> for ManifestFile {
    fn from(file: OutputFile) -> Self {
        let OutputFile { path, content, resources } = file;
        Self { path, content: content.into_bytes(), resources, generated: Vec::new() }
    }
}
