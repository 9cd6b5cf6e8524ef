//! `crustomize.yaml`, typed.

use std::path::Path;

use crate::decapod::Placeholders;
use crate::decode::{Decode, Fields, suggestion, wrong_type};
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::layout::{Definitions, Layout, LayoutOptions};
use crate::pack::Packs;
use crate::sites::Rule;
use crate::source::SourceMap;
use crate::yaml::Node;
use crate::yaml::documents::decode;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

/// What `crustomize.yaml` says; all of it may be left out.
#[derive(Debug, Clone, Default)]
pub struct ProjectConfig {
    /// The folder of the bases, `base` unless given.
    pub base: Option<String>,
    /// The folder of the sites, `sites` unless given.
    pub sites: Option<String>,
    /// How the files of units are named, and where CustomResourceDefinitions go.
    pub layout: LayoutOptions,
    /// Values that a site must not leave as the base has them.
    pub placeholders: Placeholders,
    /// Folders whose files may define kinds of bundles.
    pub definitions: Vec<String>,
    /// What is known besides Kubernetes.
    pub packs: Packs,
    /// What is done to every unit in the end.
    pub rules: Vec<Rule>,
    /// Where rendered manifests go.
    pub publish: PublishConfig,
}

/// Where rendered manifests are published, unless a command says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishConfig {
    /// The repository: an address, a path or the name of a remote.
    pub repository: Option<String>,
    /// The branch there.
    pub branch: Option<String>,
    /// The folder of the sites' folders in it; the top unless given.
    pub path: Option<String>,
}

impl ProjectConfig {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "crustomize.yaml";

    /// Reads the file `path` if it is there.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn load(files: &dyn FileSystem, path: &Path) -> Result<Self> {
        if !files.is_file(path) {
            return Ok(Self::default());
        }
        let sources = SourceMap::default();
        let text = decode(files.read(path, DEFAULT_FILE_LIMIT)?).map_err(|error| error.in_file(path))?;
        let source = sources.add(path, text.clone());
        let read = || {
            let node = parse(Chunk::whole(&text, source), Dialect::V3)?;
            node.filter(|node| !node.is_null()).map_or_else(|| Ok(Self::default()), |node| Self::from_node(&node))
        };
        let mut config = read().map_err(|error: Error| error.resolve(&sources))?;
        config.rules.iter_mut().for_each(|rule| rule.keep_place(&sources));
        Ok(config)
    }

    /// Reads the document.
    ///
    /// # Errors
    /// A field that is unknown or of a wrong type, at its place.
    pub fn from_node(node: &Node) -> Result<Self> {
        let mut fields = Fields::of(node, "")?;
        let layout =
            fields.raw("layout").map(|node| one_of(node, "layout", &Layout::ALL.map(Layout::name), Layout::parse));
        let crds = fields
            .raw("crds")
            .map(|node| one_of(node, "crds", &Definitions::ALL.map(Definitions::name), Definitions::parse));
        let layout = LayoutOptions {
            layout: layout.transpose()?.unwrap_or_default(),
            definitions: crds.transpose()?.unwrap_or_default(),
        };
        let placeholders = fields.raw("placeholders").map(placeholders).transpose()?;
        let publish = fields.raw("publish").map(publish).transpose()?;
        let config = Self {
            base: fields.take("base")?,
            sites: fields.take("sites")?,
            layout,
            placeholders: placeholders.unwrap_or_default(),
            definitions: fields.take("definitions")?,
            packs: fields.raw("packs").map(packs).transpose()?.unwrap_or_default(),
            rules: rules(fields.take("rules")?, node)?,
            publish: publish.unwrap_or_default(),
        };
        fields.finish()?;
        Ok(config)
    }
}

fn publish(node: &Node) -> Result<PublishConfig> {
    let mut fields = Fields::of(node, "publish")?;
    let (repository, branch, path) = (fields.take("repository")?, fields.take("branch")?, fields.take("path")?);
    fields.finish()?;
    Ok(PublishConfig { repository, branch, path })
}

/// The rules; an entry that says nothing is a mistake.
fn rules(rules: Vec<Option<Rule>>, node: &Node) -> Result<Vec<Rule>> {
    let there = |(index, rule): (usize, Option<Rule>)| {
        let missing = || Error::new(ErrorKind::Kustomization, format!("`rules[{index}]` is empty")).at(node.span);
        rule.ok_or_else(missing)
    };
    rules.into_iter().enumerate().map(there).collect()
}

/// A value with a name of its own.
fn one_of<T>(node: &Node, field: &str, names: &[&'static str], parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    let said = String::decode(node, field)?;
    parse(&said).ok_or_else(|| {
        let error = Error::new(ErrorKind::Kustomization, format!("`{field}` can't be `{said}`")).at(node.span);
        error.hint(suggestion(&said, names, || format!("it may be `{}`", names.join("`, `"))))
    })
}

/// The packs of a list of names.
fn packs(node: &Node) -> Result<Packs> {
    let Some(names) = node.as_sequence() else { return Err(wrong_type(node, "packs", "a list of names")) };
    names.iter().try_fold(Packs::none(), |packs, node| {
        let name = String::decode(node, "packs")?;
        let parsed = Packs::parse([name.as_str()]);
        let wrong = |(message, hint)| Error::new(ErrorKind::Kustomization, message).at(node.span).hint(hint);
        Ok(packs | parsed.map_err(wrong)?)
    })
}

/// `strict`, or the texts one by one.
fn placeholders(node: &Node) -> Result<Placeholders> {
    const FIELD: &str = "placeholders";
    if node.as_mapping().is_none() {
        let said = String::decode(node, FIELD).map_err(|_| wrong_type(node, FIELD, "`strict` or a mapping"))?;
        if said != "strict" {
            let message = format!("`{FIELD}` must be `strict` or a mapping, but is `{said}`");
            let error = Error::new(ErrorKind::Kustomization, message).at(node.span);
            let otherwise = || "leave it out to be warned of suspected values only".to_owned();
            return Err(error.hint(suggestion(&said, &["strict"], otherwise)));
        }
        return Ok(Placeholders { strict: true, ..Placeholders::default() });
    }
    let usual = Placeholders::default();
    let mut fields = Fields::of(node, FIELD)?;
    let made = Placeholders {
        forbidden: fields.take::<Option<Vec<String>>>("forbidden")?.unwrap_or(usual.forbidden),
        suspected: fields.take::<Option<Vec<String>>>("suspected")?.unwrap_or(usual.suspected),
        strict: fields.take("strict")?,
    };
    fields.finish()?;
    Ok(made)
}
