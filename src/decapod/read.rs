//! Files of a base or a site to trees.

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::site_values::{SiteValues, no_charts};
use crate::source::SourceMap;
use crate::warning::Warnings;
use crate::yaml::documents::{Position, decode, split};
use crate::yaml::parse::parse;
use crate::yaml::resolve::Dialect;
use crate::yaml::yaml_to_json::key_text;
use crate::yaml::{Key, Node, Scalar, Style, Tag, Value};

/// The documents of a file, read as YAML 1.1: Python and Helm both take `yes` for true.
///
/// Keys are texts afterwards, each once.
///
/// # Errors
/// When the file can't be read, or is no YAML.
pub(super) fn read_documents(
    files: &dyn FileSystem,
    path: &Path,
    sources: &SourceMap,
    warnings: &Warnings,
) -> Result<Vec<Node>> {
    let bytes = files.read(path, DEFAULT_FILE_LIMIT)?;
    let text = decode(bytes).map_err(|error| error.in_file(path))?;
    let source = sources.add(path, text.clone());
    let mut documents = Vec::new();
    for chunk in split(&text, Position::start(source))? {
        if let Some(mut node) = parse(chunk, Dialect::V2)?.filter(|node| !node.is_null()) {
            tidy(&mut node, warnings)?;
            documents.push(node);
        }
    }
    Ok(documents)
}

/// Makes texts of all keys and keeps the last of equal ones; `y` and `n` are texts, unlike in go-yaml.
fn tidy(node: &mut Node, warnings: &Warnings) -> Result<()> {
    match &mut node.value {
        Value::Scalar(scalar) => {
            if scalar.tag == Tag::Bool && matches!(scalar.text.as_str(), "y" | "Y" | "n" | "N") {
                *scalar = Scalar { tag: Tag::Str, style: Style::SingleQuoted, text: scalar.text.clone() };
            }
        }
        Value::Sequence(items) => items.iter_mut().try_for_each(|item| tidy(item, warnings))?,
        Value::Mapping(mapping) => {
            let mut seen = HashSet::new();
            let mut tidied = Vec::new();
            // From behind, for the last of equal keys counts.
            for mut entry in std::mem::take(mapping).into_entries().into_iter().rev() {
                tidy(&mut entry.value, warnings)?;
                let is_letter = matches!(entry.key.text().as_str(), "y" | "Y" | "n" | "N");
                if entry.key.scalar.tag != Tag::Str && !is_letter {
                    entry.key.scalar.text = key_text(&entry.key)?.into();
                }
                entry.key = Key { span: entry.key.span, ..Key::from(entry.key.text().clone()) };
                if seen.insert(entry.key.text().clone()) {
                    tidied.push(entry);
                } else {
                    let message = format!("the key `{}` comes again below, and the last one counts", entry.key.text());
                    warnings.add(message, entry.key.span);
                }
            }
            tidied.reverse();
            *mapping = tidied.into_iter().collect();
        }
    }
    Ok(())
}

/// A `site-values.yaml`: each of its documents has globals and charts of its own.
#[derive(Debug, Clone, Default)]
pub struct SiteFile {
    /// The documents.
    pub documents: Vec<SiteValues>,
    /// What could not be read; spans belong to the source map that the file was read with.
    pub(super) errors: Vec<Error>,
    /// What a person should know, of this file and of those below it.
    pub(super) warnings: Vec<Warnings>,
}

impl SiteFile {
    /// Reads the file at `path`. What is wrong with it becomes a problem of every unit that uses it.
    #[must_use]
    pub fn load(files: &dyn FileSystem, path: &Path, sources: &SourceMap) -> Self {
        let warnings = Warnings::default();
        let mut file = Self { warnings: vec![warnings.clone()], ..Self::default() };
        match read_documents(files, path, sources, &warnings) {
            Ok(documents) => {
                for document in documents {
                    if let Some(error) = not_site_values(&document) {
                        file.errors.push(error);
                        continue;
                    }
                    file.documents.push(SiteValues::read(&document, &warnings, &mut file.errors));
                }
                if file.documents.is_empty() && file.errors.is_empty() {
                    file.errors.push(Error::new(ErrorKind::Transform, "the file holds no site values").in_file(path));
                }
            }
            Err(error) => file.errors.push(error.in_file(path)),
        }
        file
    }

    /// The same values with those that are common to all of the site's applications put below them. Each document
    /// gets those of all of `common`'s documents.
    #[must_use]
    pub fn over(&self, common: &Self) -> Self {
        let below = |own: &SiteValues| common.documents.iter().rev().fold(own.clone(), |own, common| own.over(common));
        let warnings = common.warnings.iter().chain(&self.warnings).cloned().collect();
        let errors = self.errors.iter().chain(&common.errors).cloned().collect();
        Self { documents: self.documents.iter().map(below).collect(), errors, warnings }
    }
}

/// Why a document is none with a site's values.
fn not_site_values(document: &Node) -> Option<Error> {
    if document.as_mapping().is_none() {
        let message = format!("a site's values must be a mapping, but are {}", document.sort_name());
        return Some(Error::new(ErrorKind::Transform, message).at(document.span));
    }
    None
}

/// The error of a document of a unit that names no charts; a common one may do without.
pub(super) fn missing_charts(values: &SiteValues) -> Option<Error> {
    (!values.lists_charts).then(|| no_charts(values.span))
}
