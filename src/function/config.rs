//! What a configuration asks for, done to the items of a list.

use std::path::Path;

use crate::accumulate::{Build, Layer, Sort};
use crate::error::{Error, ErrorKind, Result};
use crate::function::list::ResourceList;
use crate::plugin::exchange::{ID, with_wishes};
use crate::resource::annotations::{borrow, with_annotations};
use crate::resource::read::check;
use crate::resource::{ResMap, Resource};
use crate::yaml::Node;

/// Does what the list's configuration asks for, and gives back the items.
pub(super) fn run(build: &Build<'_>, root: &Path, list: &ResourceList) -> Result<Vec<Node>> {
    let Some(config) = &list.config else {
        let error = Error::new(ErrorKind::Plugin, "the `ResourceList` has no `functionConfig`");
        return Err(error.hint("it says which transformer or generator to run: its `apiVersion` and `kind`"));
    };
    let config = configuration(config)?;
    let sort = Sort::of(&config)?;
    check_field(&config, sort, list)?;
    apply(build, root, &config, sort, list.items.clone())
}

/// A configuration that can be worked with.
pub(super) fn configuration(node: &Node) -> Result<Resource> {
    check(node)?;
    let mut config = Resource::new(node.clone());
    borrow(&mut config);
    Ok(config)
}

/// Generates or transforms, and gives back the trees that are to be printed.
pub(super) fn apply(
    build: &Build<'_>,
    root: &Path,
    config: &Resource,
    sort: Sort,
    items: Vec<Node>,
) -> Result<Vec<Node>> {
    let layer = Layer::bare(build, root)?;
    let schema = build.schema();
    let mut resources = ResMap::new();
    for item in items {
        let mut resource = Resource::new(item);
        borrow(&mut resource);
        resources.append(resource, &schema)?;
    }
    if sort.generates() {
        for made in layer.generate_one(config)? {
            resources.append(with_wishes(made), &schema)?;
        }
    } else {
        layer.transform_one(config, sort, &mut resources)?;
    }
    resources.iter().map(with_annotations).collect()
}

/// A generator under `transformers` would add its wishes to the output. Only transformers get resources that have an
/// id; what is under `generators` can't be told, for kustomize sends the configuration where there are no resources.
fn check_field(config: &Resource, sort: Sort, list: &ResourceList) -> Result<()> {
    let has_id = |node: &Node| node.lookup(&["metadata", "annotations", ID]).is_some();
    if !sort.generates() || !list.items.iter().any(has_id) {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Plugin, format!("`{}` is a generator", config.kind()));
    Err(error.at(config.node.span).hint("name it under `generators:`"))
}
