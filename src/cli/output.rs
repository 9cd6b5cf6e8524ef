//! `-o DIRECTORY`: one file a resource, named as upstream names them (`build/writer.go`).

use std::path::Path;

use crate::error::Result;
use crate::fs::FileSystem;
use crate::layout::kustomize;
use crate::render::Rendered;
use crate::timings::{Phase, Timings};

/// Writes every resource to a file of its own. Names may collide; the later resource wins, as upstream.
pub(super) fn write_directory(
    files: &dyn FileSystem,
    directory: &Path,
    rendered: &Rendered,
    timings: &Timings,
) -> Result<()> {
    let span = timings.span(Phase::Emit);
    let names = kustomize::file_names(rendered.resources().iter(), rendered.schema());
    let mut documents = Vec::with_capacity(names.len());
    for (name, resource) in names.into_iter().zip(rendered.resources()) {
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
