//! `-o DIRECTORY`: one file a resource, named as upstream names them (`build/writer.go`).

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::Result;
use crate::fs::FileSystem;
use crate::render::Rendered;
use crate::resource::Resource;
use crate::resource::id::NOT_NAMESPACED;
use crate::schema::Schema;
use crate::timings::{Phase, Timings};

/// Writes every resource to a file of its own. Names may collide; the later resource wins, as upstream.
pub(super) fn write_directory(
    files: &dyn FileSystem,
    directory: &Path,
    rendered: &Rendered,
    timings: &Timings,
) -> Result<()> {
    let span = timings.span(Phase::Emit);
    let schema = rendered.schema();
    let namespaces: BTreeSet<String> = rendered
        .resources()
        .iter()
        .map(|resource| namespace(resource, schema))
        .filter(|namespace| namespace != NOT_NAMESPACED)
        .collect();
    let mut documents = Vec::with_capacity(rendered.resources().len());
    for resource in rendered.resources() {
        let namespace = namespace(resource, schema);
        let prefix = namespaces.len() > 1 && namespace != NOT_NAMESPACED;
        let name = file_name(resource, if prefix { &namespace } else { "" });
        documents.push((name, crate::yaml::emit::to_yaml_string(&resource.node)?));
    }
    // Everything is printed before anything is written, so that an error leaves no half of it.
    drop(span);
    let _span = timings.span(Phase::Write);
    for (name, text) in documents {
        files.write(&directory.join(name), text.as_bytes())?;
        timings.count_written(text.len());
    }
    Ok(())
}

fn namespace(resource: &Resource, schema: &Schema) -> String {
    resource.cur_id().effective_namespace(schema).to_owned()
}

fn file_name(resource: &Resource, namespace: &str) -> String {
    let gvk = resource.gvk();
    let name = resource.name();
    let parts = [namespace, gvk.group.as_str(), gvk.version.as_str(), gvk.kind.as_str()];
    let mut file: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    file.push(&name);
    format!("{}.yaml", file.join("_").to_lowercase())
}
