//! Puts the texts of the files that a bundle names in the place of their names, while it is known where the bundle lies.
//!
//! From then on the bundle is whole: it can be patched, copied and kept for other builds. A text's place is the
//! beginning of its file, so that errors can say where in it they are.

use std::path::{Component, Path};

use arcstr::ArcStr;

use crate::decode::wrong_type;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::resource::Resource;
use crate::source::{SourceId, Span};
use crate::template::is_template_bundle;
use crate::yaml::{Mapping, Node, Text, Value};

/// The folder of a bundle.
pub(crate) trait Folder {
    /// The text of the file `path`.
    ///
    /// # Errors
    /// When there is no such file, or it lies elsewhere.
    fn load(&self, path: &str) -> Result<(ArcStr, SourceId)>;

    /// The names in the folder `path`, sorted.
    ///
    /// # Errors
    /// When there is no such folder.
    fn list(&self, path: &str) -> Result<Vec<String>>;
}

/// Loads what a `TemplateBundle` names; anything else stays as it is.
///
/// # Errors
/// When something that it names can't be loaded, at its place.
pub(crate) fn attach(bundle: &mut Resource, folder: &dyn Folder) -> Result<()> {
    if !is_template_bundle(bundle) {
        return Ok(());
    }
    match bundle.node.get_mut("spec") {
        Some(spec) => load_all(spec, folder),
        None => Ok(()),
    }
}

/// Loads `templates` and `schema` of `spec`.
pub(super) fn load_all(spec: &mut Node, folder: &dyn Folder) -> Result<()> {
    if let Some(templates) = spec.get_mut("templates").filter(|templates| !templates.is_null()) {
        let Some(names) = templates.as_sequence() else {
            return Err(wrong_type(templates, "spec.templates", "a list of files"));
        };
        let mut texts = Mapping::new();
        for name in names {
            let Some(pattern) = name.as_str() else {
                return Err(wrong_type(name, "spec.templates", "a list of files"));
            };
            for path in paths(pattern, folder).at(name.span)? {
                if texts.contains(&path) {
                    let error = Error::new(ErrorKind::Bundle, format!("the template `{path}` is named twice"));
                    return Err(error.at(name.span));
                }
                let text = load(&path, folder).at(name.span)?;
                texts.push(Text::from(path), text);
            }
        }
        templates.value = Value::Mapping(texts);
    }
    if let Some(schema) = spec.get_mut("schema").filter(|schema| !schema.is_null()) {
        let Some(path) = schema.as_str() else { return Err(wrong_type(schema, "spec.schema", "the path of a file")) };
        let path = path.to_owned();
        *schema = load(&path, folder).at(schema.span)?;
    }
    Ok(())
}

fn load(path: &str, folder: &dyn Folder) -> Result<Node> {
    refuse_leaving(path)?;
    let (text, source) = folder.load(path)?;
    Ok(Node::string(Text::from(text)).at(Span::new(source, 1, 1)))
}

fn refuse_leaving(path: &str) -> Result<()> {
    let is_inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !path.is_empty() && !path.contains("://") && Path::new(path).components().all(is_inside) {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Bundle, format!("`{path}` is not in the folder of the bundle"));
    Err(error.hint("a bundle's files lie beside it, or below"))
}

/// The files of a pattern, which may have a `*` in its last name, sorted.
fn paths(pattern: &str, folder: &dyn Folder) -> Result<Vec<String>> {
    refuse_leaving(pattern)?;
    let (directory, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    if directory.contains('*') {
        let error = Error::new(ErrorKind::Bundle, format!("`{pattern}` has a `*` in the name of a folder"));
        return Err(error.hint("only the last name may have one"));
    }
    let Some((head, tail)) = name.split_once('*') else { return Ok(vec![pattern.to_owned()]) };
    let fits = |name: &String| {
        name.len() >= head.len() + tail.len()
            && name.starts_with(head)
            && name.ends_with(tail)
            && !name.starts_with('.')
    };
    let found: Vec<String> = folder.list(directory)?.into_iter().filter(fits).collect();
    if found.is_empty() {
        let error = Error::new(ErrorKind::Bundle, format!("no file is called like `{pattern}`"));
        return Err(error);
    }
    Ok(found.into_iter().map(|name| if directory.is_empty() { name } else { format!("{directory}/{name}") }).collect())
}
