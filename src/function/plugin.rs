//! A plugin in kustomize's old layout: a configuration in a file, resources on standard input, resources out.

use std::path::Path;

use crate::accumulate::{Build, Sort};
use crate::error::{Error, ErrorKind, Result};
use crate::fs::FileSystem;
use crate::function::config;
use crate::render::RenderOptions;
use crate::resource::read::read_objects;
use crate::warning::Warning;
use crate::yaml::documents::decode;
use crate::yaml::emit::emit;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

/// What kustomize gives a plugin.
#[derive(Debug)]
pub struct PluginInput<'a> {
    /// The kind that the plugin is for, if it is known; the configuration must be of it.
    pub kind: Option<&'a str>,
    /// The file of the configuration.
    pub config: &'a Path,
    /// The directory of the kustomization.
    pub root: &'a Path,
    /// Standard input: resources for a transformer, nothing for a generator.
    pub resources: Vec<u8>,
}

/// Does what the configuration asks for: the resources to print, and warnings.
///
/// # Errors
/// What can't be read, a configuration that is for nothing of ours, and whatever the work itself finds wrong.
pub fn run_plugin(
    files: &dyn FileSystem,
    input: PluginInput<'_>,
    options: &RenderOptions,
) -> Result<(String, Vec<Warning>)> {
    let build = Build::new(files, options);
    let printed = print(&build, input).map_err(|error| error.resolve(&build.sources))?;
    Ok((printed, build.warnings.resolve(&build.sources)))
}

fn print(build: &Build<'_>, input: PluginInput<'_>) -> Result<String> {
    let add = |path: &Path, bytes: Vec<u8>| -> Result<_> {
        let text = decode(bytes).map_err(|error| error.in_file(path))?;
        let source = build.sources.add(path, text.clone());
        Ok((text, source))
    };
    let content = build.files.read(input.config, crate::fs::DEFAULT_FILE_LIMIT)?;
    let (text, source) = add(input.config, content)?;
    let node = parse(Chunk::whole(&text, source), Dialect::V3)?.filter(|node| !node.is_null());
    let Some(node) = node else {
        return Err(Error::new(ErrorKind::Plugin, "the configuration of the plugin is empty").in_file(input.config));
    };
    let config = config::configuration(&node)?;
    if let Some(kind) = input.kind.filter(|kind| *kind != config.kind().as_str()) {
        let message = format!("the plugin `{kind}` was given a configuration of kind `{}`", config.kind());
        return Err(Error::new(ErrorKind::Plugin, message).at(node.span));
    }
    let sort = Sort::of(&config)?;
    let (text, source) = add(Path::new("stdin"), input.resources)?;
    let items = read_objects(&text, source)?;
    let mut out = String::new();
    for item in config::apply(build, input.root, &config, sort, items)? {
        if !out.is_empty() {
            out.push_str("---\n");
        }
        emit(&item, &mut out)?;
    }
    Ok(out)
}
