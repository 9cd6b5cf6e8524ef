//! What a bundle of templates says, typed.

use std::borrow::Cow;

use tera::Delimiters;

use crate::bundle::API_VERSION;
use crate::decode::{Fields, wrong_type};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::source::{SourceMap, Span};
use crate::template::engine::Engine;
use crate::template::{output, schema};
use crate::yaml::{Node, Text};

/// The kind of bundles that name their templates themselves.
const KIND: &str = "TemplateBundle";

/// A template: its name in the bundle, its text, and where that begins.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) name: String,
    pub(super) text: Text,
    pub(super) span: Span,
}

/// How objects are made of values.
#[derive(Debug, Clone, Default)]
pub(super) struct Templates {
    pub(super) templates: Vec<Template>,
    pub(super) delimiters: Delimiters,
    /// What values must look like, as a JSON Schema.
    pub(super) schema: Option<Node>,
}

/// Whether `config` is such a bundle.
pub(crate) fn is_template_bundle(config: &Resource) -> bool {
    config.api_version() == API_VERSION && config.kind() == KIND
}

/// The objects of a `TemplateBundle`.
///
/// # Errors
/// What is wrong with the bundle, its templates or what they make.
pub(crate) fn template_bundle(config: &Resource, sources: &SourceMap) -> Result<Vec<Resource>> {
    let node = &config.node;
    let mut fields = Fields::of(node, "")?;
    for known in ["apiVersion", "kind", "metadata"] {
        fields.raw(known);
    }
    let spec = fields.raw("spec");
    fields.finish()?;
    let missing = || Error::new(ErrorKind::Bundle, format!("a {KIND} needs a `spec`")).at(node.span);
    let spec = spec.ok_or_else(missing)?;
    let mut fields = Fields::of(spec, "spec")?;
    let templates = Templates::take(&mut fields, spec)?;
    let values = fields.raw("values");
    fields.finish()?;
    let empty = Node::mapping().at(spec.span);
    templates.make(config, values.unwrap_or(&empty), sources)
}

impl Templates {
    /// Reads the fields that `TemplateBundle` and `BundleDefinition` have in common.
    pub(super) fn take(fields: &mut Fields<'_>, spec: &Node) -> Result<Self> {
        let templates = match fields.raw("templates") {
            Some(node) => loaded(node)?,
            None => Vec::new(),
        };
        if templates.is_empty() {
            let error = Error::new(ErrorKind::Bundle, "there are no `templates`").at(spec.span);
            return Err(error.hint("name the files: `templates: [web.yaml.tera]`"));
        }
        let delimiters = fields.raw("delimiters").map(delimiters).transpose()?.unwrap_or_default();
        let schema = fields.raw("schema").map(schema::parse_text).transpose()?;
        Ok(Self { templates, delimiters, schema })
    }

    /// The objects that come of `values` for the bundle `config`.
    pub(super) fn make(&self, config: &Resource, values: &Node, sources: &SourceMap) -> Result<Vec<Resource>> {
        if let Some(schema) = &self.schema {
            schema::check(values, schema, "values")?;
        }
        let engine = Engine::new(self)?;
        let context = engine.context(config, values)?;
        let mut made = Vec::new();
        for template in &self.templates {
            // Files without objects of their own are there for others to include.
            if template.name.rsplit('/').next().is_some_and(|name| name.starts_with('_')) {
                continue;
            }
            let text = engine.render(template, &context)?;
            made.extend(output::resources(&text, template, config, sources)?);
        }
        Ok(made)
    }
}

/// Templates whose texts were put in the place of their names.
fn loaded(node: &Node) -> Result<Vec<Template>> {
    let Some(mapping) = node.as_mapping() else {
        let error = Error::new(ErrorKind::Bundle, "these templates were not loaded").at(node.span);
        return Err(error.hint("patches can't change `templates`; change `values`"));
    };
    let read = |entry: &crate::yaml::Entry| match entry.value.text() {
        Some(text) => Ok(Template { name: entry.key.text().to_string(), text: text.clone(), span: entry.value.span }),
        None => Err(wrong_type(&entry.value, "spec.templates", "a list of files")),
    };
    mapping.iter().map(read).collect()
}

/// Other signs than `{{ }}`, `{% %}` and `{# #}`; each a pair of two characters each.
fn delimiters(node: &Node) -> Result<Delimiters> {
    let mut fields = Fields::of(node, "spec.delimiters")?;
    let mut delimiters = Delimiters::default();
    for (name, start, end) in [
        ("variable", &mut delimiters.variable_start, &mut delimiters.variable_end),
        ("block", &mut delimiters.block_start, &mut delimiters.block_end),
        ("comment", &mut delimiters.comment_start, &mut delimiters.comment_end),
    ] {
        let Some(pair) = fields.raw(name) else { continue };
        let texts: Vec<&str> = pair.as_sequence().unwrap_or_default().iter().filter_map(Node::as_str).collect();
        let [first, last] = texts[..] else {
            return Err(wrong_type(pair, &format!("spec.delimiters.{name}"), "a list of two texts"));
        };
        if [first, last].iter().any(|text| text.len() != 2 || !text.is_ascii()) {
            let message = format!("`spec.delimiters.{name}` must be two texts of two characters each");
            return Err(Error::new(ErrorKind::Bundle, message).at(pair.span).hint("for instance `[\"<<\", \">>\"]`"));
        }
        *start = Cow::Owned(first.to_owned());
        *end = Cow::Owned(last.to_owned());
    }
    fields.finish()?;
    let starts = [&delimiters.variable_start, &delimiters.block_start, &delimiters.comment_start];
    if starts[0] == starts[1] || starts[0] == starts[2] || starts[1] == starts[2] {
        return Err(Error::new(ErrorKind::Bundle, "two `delimiters` begin alike").at(node.span));
    }
    Ok(delimiters)
}
