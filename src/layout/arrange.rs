//! A unit's resources to files: names, checks, texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Definitions, Item, Layout, LayoutOptions, OutputFile, check_path, fold_case, kustomize, stable};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::schema::Schema;
use crate::source::{SourceMap, Span};
use crate::yaml::emit::{Known, emit_with};

/// Where definitions lie apart.
const DEFINITIONS: &str = "CRD";

/// The one file of [`Layout::Single`].
const MANIFEST: &str = "manifest.yaml";

/// Lays the resources of a unit out in files, sorted by path. `schema` and `sources` are those of the render
/// that made the resources.
///
/// # Errors
/// When two resources belong in one file, when a name can't be a part of a path in this layout, when a
/// resource can't be printed.
pub fn lay_out(
    items: &[Item<'_>],
    options: LayoutOptions,
    schema: &Schema,
    sources: &SourceMap,
) -> Result<Vec<OutputFile>> {
    lay_out_with(items, options, schema, sources, &[])
}

/// The same; the texts of what is `known` are copied.
pub(crate) fn lay_out_with(
    items: &[Item<'_>],
    options: LayoutOptions,
    schema: &Schema,
    sources: &SourceMap,
    known: &[Arc<Known>],
) -> Result<Vec<OutputFile>> {
    arrange(items, options, schema, known).map_err(|error| error.resolve(sources))
}

fn arrange(
    items: &[Item<'_>],
    options: LayoutOptions,
    schema: &Schema,
    known: &[Arc<Known>],
) -> Result<Vec<OutputFile>> {
    let wanted = |item: &&Item<'_>| match options.definitions {
        Definitions::Inline | Definitions::Split => true,
        Definitions::Only => is_definition(item.resource),
        Definitions::Skip => !is_definition(item.resource),
    };
    let items: Vec<Item<'_>> = items.iter().filter(wanted).copied().collect();
    let paths = paths(&items, options, schema);
    let mut files: BTreeMap<String, OutputFile> = BTreeMap::new();
    let mut taken: BTreeMap<String, (&str, &Resource)> = BTreeMap::new();
    for (path, item) in paths.iter().zip(&items) {
        let resource = item.resource;
        check_path(path).map_err(|fault| refused(path, resource, fault, options.layout))?;
        let other = taken.insert(fold_case(path), (path, resource));
        if let Some((other_path, other)) = other
            && (options.layout != Layout::Single || other_path != path)
        {
            return Err(collision((path, resource), (other_path, other), options.layout));
        }
        let new = || OutputFile { path: path.clone(), content: String::new(), resources: Vec::new() };
        let file = files.entry(path.clone()).or_insert_with(new);
        if !file.content.is_empty() {
            file.content.push_str("---\n");
        }
        emit_with(&resource.node, known, &mut file.content)?;
        file.resources.push(resource.cur_id().to_string());
    }
    for (folded, (path, resource)) in &taken {
        // A file can't be a folder, too.
        let folders = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        if let Some(other) = folders.filter_map(|folder| taken.get(folder)).next() {
            return Err(collision((path, resource), *other, options.layout));
        }
    }
    Ok(files.into_values().collect())
}

fn paths(items: &[Item<'_>], options: LayoutOptions, schema: &Schema) -> Vec<String> {
    let names = match options.layout {
        Layout::Stable => stable_names(items, schema),
        Layout::Kustomize => kustomize::file_names(items.iter().map(|item| item.resource), schema),
        Layout::Decapod => items.iter().map(|item| decapod_name(item.resource)).collect(),
        Layout::Single => vec![MANIFEST.to_owned(); items.len()],
    };
    let place = |(item, name): (&Item<'_>, String)| {
        let apart = is_definition(item.resource)
            && (options.layout == Layout::Decapod || options.definitions == Definitions::Split);
        let release = item.release.filter(|_| options.layout == Layout::Decapod);
        let folder = if apart { item.folder.or(Some(DEFINITIONS)) } else { item.folder.or(release) };
        folder.map_or_else(|| name.clone(), |folder| format!("{folder}/{name}"))
    };
    items.iter().zip(names).map(place).collect()
}

/// Generated objects go without their hashes, unless another resource has the place.
fn stable_names(items: &[Item<'_>], schema: &Schema) -> Vec<String> {
    let path = |name: Option<String>, resource: &Resource| {
        let id = resource.cur_id();
        stable::path(&id, name.as_deref().unwrap_or(&id.name), schema)
    };
    let wished: Vec<String> =
        items.iter().map(|item| path(stable::name_before_hash(item.resource), item.resource)).collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for wish in &wished {
        *count.entry(wish).or_default() += 1;
    }
    let choose = |(item, wish): (&Item<'_>, &String)| {
        if count[wish.as_str()] > 1 { path(None, item.resource) } else { wish.clone() }
    };
    items.iter().zip(&wished).map(choose).collect()
}

fn decapod_name(resource: &Resource) -> String {
    format!("{}_{}.yaml", resource.kind(), resource.name())
}

fn is_definition(resource: &Resource) -> bool {
    let gvk = resource.gvk();
    gvk.group == "apiextensions.k8s.io" && gvk.kind == "CustomResourceDefinition"
}

fn refused(path: &str, resource: &Resource, fault: &str, layout: Layout) -> Error {
    let hint = match layout {
        Layout::Stable | Layout::Single => "name the folder otherwise",
        Layout::Kustomize | Layout::Decapod => "the layout `stable` writes such names in other letters",
    };
    let (id, shown) = (resource.cur_id().to_string(), path.escape_debug());
    Error::new(ErrorKind::Output, format!("no file can be named `{shown}` for {}: a part {fault}", id.escape_debug()))
        .at(place(resource))
        .hint(hint)
}

fn collision(one: (&str, &Resource), other: (&str, &Resource), layout: Layout) -> Error {
    let ids = format!("{} and {}", other.1.cur_id(), one.1.cur_id());
    let message = if one.0 == other.0 {
        format!("two resources belong in `{}`: {ids}", one.0)
    } else {
        format!("two resources belong in `{}` and `{}`, which can't both be: {ids}", other.0, one.0)
    };
    let error = Error::new(ErrorKind::Output, message).at(place(one.1)).frame("the other one is at", place(other.1));
    match layout {
        Layout::Stable => error.hint("leave one of them out, or put one into a folder of its own"),
        _ => error.hint("the layout `stable` has a name of its own for each group, kind, namespace and name"),
    }
}

fn place(resource: &Resource) -> Span {
    resource.node.lookup(&["metadata", "name"]).map_or(resource.node.span, |name| name.span)
}
