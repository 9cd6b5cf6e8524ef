//! Kinds of users: a `BundleDefinition` says which templates the objects of its kind stand for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arcstr::ArcStr;

use crate::bundle::{API_VERSION, KINDS};
use crate::decode::{Fields, nearest, wrong_type};
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::resource::Resource;
use crate::resource::read::read_resources;
use crate::source::{SourceId, SourceMap, Span};
use crate::template::attach::{Folder, load_all};
use crate::template::engine::Engine;
use crate::template::merge::merged;
use crate::template::spec::Templates;
use crate::yaml::Node;
use crate::yaml::documents::decode;

/// The kind of definitions.
const KIND: &str = "BundleDefinition";

/// Kinds that mean something else already.
const TAKEN: [&str; 2] = [KIND, "TemplateBundle"];

/// The kinds of a project, by name.
#[derive(Debug, Default)]
pub(crate) struct Definitions(BTreeMap<String, Definition>);

#[derive(Debug)]
struct Definition {
    templates: Templates,
    /// What holds unless an object says otherwise.
    values: Option<Node>,
    checks: Vec<Check>,
    span: Span,
}

/// What must hold of values.
#[derive(Debug)]
struct Check {
    expression: String,
    message: String,
    span: Span,
}

impl Definitions {
    /// Reads the definitions in the files of `folders`.
    ///
    /// # Errors
    /// What is wrong with one of them, at its place.
    pub(crate) fn load(files: &dyn FileSystem, folders: &[PathBuf], sources: &SourceMap) -> Result<Self> {
        let mut definitions = Self::default();
        for folder in folders {
            for name in files.read_dir(folder)? {
                let path = folder.join(&name);
                if !(name.ends_with(".yaml") || name.ends_with(".yml")) || !files.is_file(&path) {
                    continue;
                }
                // Schemas and examples may lie beside them.
                let names_it = |bytes: &[u8]| memchr::memmem::find(bytes, KIND.as_bytes()).is_some();
                if !names_it(&files.read(&path, DEFAULT_FILE_LIMIT)?) {
                    continue;
                }
                let (text, source) = read(files, &path, sources)?;
                for resource in read_resources(&text, source)? {
                    if resource.api_version() == API_VERSION && resource.kind() == KIND {
                        definitions.add(resource, &Beside { files, folder, sources })?;
                    }
                }
            }
        }
        Ok(definitions)
    }

    fn add(&mut self, mut resource: Resource, folder: &dyn Folder) -> Result<()> {
        let span = resource.node.span;
        if let Some(spec) = resource.node.get_mut("spec") {
            load_all(spec, folder)?;
        }
        let wrong = |message: String, span: Span| Error::new(ErrorKind::Bundle, message).at(span);
        let node = &resource.node;
        let spec = node.get("spec").ok_or_else(|| wrong(format!("a {KIND} needs a `spec`"), span))?;
        let mut fields = Fields::of(spec, "spec")?;
        let kind = fields.raw("kind").ok_or_else(|| wrong(format!("a {KIND} needs a `kind`"), spec.span))?;
        let name = kind.as_str().unwrap_or_default().to_owned();
        if !is_kind(&name) {
            return Err(wrong(format!("`{name}` is no name of a kind"), kind.span).hint("`MyApp` is one"));
        }
        if TAKEN.contains(&name.as_str()) || KINDS.iter().any(|known| known.name == name) {
            let error = wrong(format!("`{name}` is built in, and can't mean anything else"), kind.span);
            return Err(error.hint("choose another name"));
        }
        if let Some(other) = self.0.get(&name) {
            return Err(wrong(format!("`{name}` is defined twice"), kind.span).frame("the other is at", other.span));
        }
        let templates = Templates::take(&mut fields, spec)?;
        let values = fields.raw("values").cloned();
        let checks = fields.raw("checks").map(checks).transpose()?.unwrap_or_default();
        fields.finish()?;
        self.0.insert(name, Definition { templates, values, checks, span: kind.span });
        Ok(())
    }

    /// Whether `config` is of one of these kinds.
    pub(crate) fn has(&self, config: &Resource) -> bool {
        config.api_version() == API_VERSION && self.0.contains_key(config.kind().as_str())
    }

    /// Fails if `config` is of a kind that nobody knows, but that is nearly called like one of these.
    ///
    /// # Errors
    /// What was most likely meant.
    pub(crate) fn check_known(&self, config: &Resource) -> Result<()> {
        let kind = config.kind();
        if self.0.is_empty() || config.api_version() != API_VERSION || KINDS.iter().any(|known| kind == known.name) {
            return Ok(());
        }
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let Some(near) = nearest(&kind, &names) else { return Ok(()) };
        let span = config.node.get("kind").map_or(config.node.span, |kind| kind.span);
        let error = Error::new(ErrorKind::Bundle, format!("there is no bundle `{kind}`")).at(span);
        Err(error.hint(format!("did you mean `{near}`?")))
    }

    /// The objects that `config` stands for.
    ///
    /// # Errors
    /// What is wrong with it, or with its kind.
    pub(crate) fn generate(&self, config: &Resource, sources: &SourceMap) -> Result<Vec<Resource>> {
        let kind = config.kind();
        let Some(definition) = self.0.get(kind.as_str()) else { return Ok(Vec::new()) };
        for entry in config.node.as_mapping().into_iter().flatten() {
            if !["apiVersion", "kind", "metadata", "spec"].contains(&entry.key.text().as_str()) {
                let error = Error::new(ErrorKind::Bundle, format!("unknown field `{}` in a bundle", entry.key.text()));
                return Err(error.at(entry.key.span).hint("what a bundle says stands under `spec`"));
            }
        }
        let empty = Node::mapping().at(config.node.span);
        let own = config.node.get("spec").filter(|spec| !spec.is_null()).unwrap_or(&empty);
        let values = definition.values.as_ref().map_or_else(|| own.clone(), |values| merged(values, own));
        let step = || format!("`{kind}` is defined at");
        let made = || {
            if let Some(schema) = &definition.templates.schema {
                crate::template::schema::check(&values, schema, "spec")?;
            }
            definition.check(config, &values)?;
            definition.templates.make(config, &values, sources)
        };
        made().frame(step, definition.span)
    }
}

/// Whether kinds may be called so.
pub(super) fn is_kind(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Definition {
    fn check(&self, config: &Resource, values: &Node) -> Result<()> {
        if self.checks.is_empty() {
            return Ok(());
        }
        let engine = Engine::new(&self.templates)?;
        let context = engine.context(config, values)?;
        for check in &self.checks {
            match engine.holds(&check.expression, &context) {
                Ok(true) => {}
                Ok(false) => {
                    let error = Error::new(ErrorKind::Bundle, check.message.clone()).at(config.node.span);
                    return Err(error.frame("it must hold what is said at", check.span));
                }
                Err(message) => return Err(Error::new(ErrorKind::Bundle, message).at(check.span)),
            }
        }
        Ok(())
    }
}

fn checks(node: &Node) -> Result<Vec<Check>> {
    let Some(items) = node.as_sequence() else { return Err(wrong_type(node, "spec.checks", "a list")) };
    let check = |(index, node): (usize, &Node)| {
        let mut fields = Fields::of(node, &format!("spec.checks[{index}]"))?;
        let check = Check { expression: fields.take("check")?, message: fields.take("message")?, span: node.span };
        fields.finish()?;
        if check.expression.is_empty() || check.message.is_empty() {
            let message = format!("`spec.checks[{index}]` needs `check` and `message`");
            return Err(Error::new(ErrorKind::Bundle, message).at(node.span));
        }
        Ok(check)
    };
    items.iter().enumerate().map(check).collect()
}

/// The folder that a definition lies in.
struct Beside<'a> {
    files: &'a dyn FileSystem,
    folder: &'a Path,
    sources: &'a SourceMap,
}

impl Folder for Beside<'_> {
    fn load(&self, path: &str) -> Result<(ArcStr, SourceId)> {
        let (folder, file) = (self.files.canonicalize(self.folder)?, self.files.canonicalize(&self.folder.join(path))?);
        if !file.starts_with(&folder) {
            let message = format!("`{path}` leads out of the folder of the bundle");
            return Err(Error::new(ErrorKind::Bundle, message));
        }
        read(self.files, &self.folder.join(path), self.sources)
    }

    fn list(&self, path: &str) -> Result<Vec<String>> {
        Ok(self.files.read_dir(&self.folder.join(path))?)
    }
}

fn read(files: &dyn FileSystem, path: &Path, sources: &SourceMap) -> Result<(ArcStr, SourceId)> {
    let text = decode(files.read(path, DEFAULT_FILE_LIMIT)?).map_err(|error| error.in_file(path))?;
    let source = sources.add(path, text.clone());
    Ok((text, source))
}
