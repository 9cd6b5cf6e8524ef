//! Replacements as a kustomization, a file or a plugin config writes them.

use crate::decode::{Decode, Fields, Spanned};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Selector;
use crate::transform::replacement::{FieldOptions, Replacement, SourceSelector, TargetSelector};
use crate::yaml::{Node, Value};

/// One entry of `replacements`: a replacement, or a file of them.
#[derive(Debug, Clone, Default)]
pub struct Replacements {
    /// A file with replacements.
    pub path: Spanned<String>,
    /// The replacement itself, if no file is named.
    pub replacement: Replacement,
}

/// How fields are read: strictly in a kustomization, leniently in files and configs of plugins.
type Open = for<'a> fn(&'a Node, &str) -> Result<Fields<'a>>;

fn strictly<'a>(node: &'a Node, path: &str) -> Result<Fields<'a>> {
    Fields::of(node, path)
}

fn leniently<'a>(node: &'a Node, path: &str) -> Result<Fields<'a>> {
    Fields::leniently(node, path)
}

impl Decode for Replacements {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        read_entry(node, field, strictly)
    }
}

impl Replacements {
    /// Reads the `replacements` of a plugin's config, where unknown fields are ignored.
    ///
    /// # Errors
    /// When a value is of the wrong type.
    pub fn list_leniently(node: Option<&Node>) -> Result<Vec<Self>> {
        let items = node.and_then(Node::as_sequence).unwrap_or_default();
        items.iter().map(|item| read_entry(item, "replacements", leniently)).collect()
    }

    /// Reads a file of replacements: one, or a list of them.
    ///
    /// # Errors
    /// When the file holds something else.
    pub fn from_file(node: &Node) -> Result<Vec<Replacement>> {
        let read = |node: &Node| {
            let mut fields = Fields::leniently(node, "")?;
            read_replacement(&mut fields, node, leniently)
        };
        match &node.value {
            Value::Sequence(items) => items.iter().map(read).collect(),
            Value::Mapping(_) => Ok(vec![read(node)?]),
            Value::Scalar(_) => {
                let message = format!("a file of replacements holds one or a list of them, not {}", node.sort_name());
                Err(Error::new(ErrorKind::Kustomization, message).at(node.span))
            }
        }
    }
}

fn read_entry(node: &Node, field: &str, open: Open) -> Result<Replacements> {
    let mut fields = open(node, field)?;
    let path: Spanned<String> = fields.take("path")?;
    let replacement = read_replacement(&mut fields, node, open)?;
    fields.finish()?;
    let both = !path.value.is_empty()
        && (replacement.source.is_some() || replacement.targets.as_ref().is_some_and(|targets| !targets.is_empty()));
    if both {
        let message = "a replacement is given by `path` or by `source` and `targets`, not by both";
        return Err(Error::new(ErrorKind::Kustomization, message).at(node.span));
    }
    Ok(Replacements { path, replacement })
}

fn read_replacement(fields: &mut Fields<'_>, node: &Node, open: Open) -> Result<Replacement> {
    let targets = match fields.raw("targets") {
        None => None,
        Some(list) => {
            let items = list.as_sequence().ok_or_else(|| crate::decode::wrong_type(list, "targets", "a list"))?;
            Some(items.iter().map(|item| read_target(item, open)).collect::<Result<_>>()?)
        }
    };
    Ok(Replacement {
        source: fields.raw("source").map(|source| read_source(source, open)).transpose()?,
        source_value: fields.take("sourceValue")?,
        targets,
        span: Some(node.span),
    })
}

fn read_source(node: &Node, open: Open) -> Result<SourceSelector> {
    let mut fields = open(node, "source")?;
    let source = SourceSelector {
        group: fields.take("group")?,
        version: fields.take("version")?,
        kind: fields.take("kind")?,
        name: fields.take("name")?,
        namespace: fields.take("namespace")?,
        field_path: fields.take("fieldPath")?,
        options: read_options(&mut fields, open)?,
        span: Some(node.span),
    };
    fields.finish()?;
    Ok(source)
}

fn read_target(node: &Node, open: Open) -> Result<TargetSelector> {
    let mut fields = open(node, "targets")?;
    let rejects = fields.raw("reject").and_then(Node::as_sequence).unwrap_or_default();
    let target = TargetSelector {
        select: fields.raw("select").map(|select| read_selector(select, open)).transpose()?,
        reject: rejects.iter().map(|reject| read_selector(reject, open)).collect::<Result<_>>()?,
        field_paths: fields.take("fieldPaths")?,
        options: read_options(&mut fields, open)?,
        span: Some(node.span),
    };
    fields.finish()?;
    Ok(target)
}

fn read_options(fields: &mut Fields<'_>, open: Open) -> Result<Option<FieldOptions>> {
    let Some(node) = fields.raw("options") else { return Ok(None) };
    let mut fields = open(node, "options")?;
    let options = FieldOptions {
        delimiter: fields.take("delimiter")?,
        index: fields.take("index")?,
        encoding: fields.take("encoding")?,
        create: fields.take("create")?,
    };
    fields.finish()?;
    Ok(Some(options))
}

fn read_selector(node: &Node, open: Open) -> Result<Selector> {
    let mut fields = open(node, "select")?;
    let selector = Selector::take(&mut fields)?;
    fields.finish()?;
    Ok(selector)
}
