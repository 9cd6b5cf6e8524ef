//! What is built in, offered to other programs: as a function (KRM functions specification, v1) and as a plugin in
//! kustomize's old layout. The other way round, other programs under us, is `plugin`.
//!
//! Everything here gets texts and gives texts; files are read through a [`FileSystem`] where a configuration names
//! some, and nothing is printed.

mod config;
mod launcher;
mod list;
mod plugin;
mod reference;
mod result;

use std::path::Path;

use crate::accumulate::Build;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::FileSystem;
use crate::plugin::resource_list::{API_VERSION, print_list};
use crate::render::RenderOptions;
use crate::warning::Warning;
use crate::yaml::Node;
use crate::yaml::documents::decode;

pub use launcher::{Change, Installed, Launcher, SHIPPED, install, plugin_home};
pub use plugin::{PluginInput, run_plugin};
pub use result::{FunctionResult, Severity};

use list::ResourceList;

/// What a function made of its input.
#[derive(Debug)]
pub struct Outcome {
    /// The `ResourceList` to print, whether the function failed or not. Its items are those of the input if it did.
    pub list: String,
    /// What the list says under `results`.
    pub results: Vec<FunctionResult>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// Why the function failed, if it did.
    pub error: Option<Error>,
}

/// Does what the `functionConfig` of the `ResourceList` in `input` asks for. Files that it names are found from the
/// directory `root`.
#[must_use]
pub fn run(files: &dyn FileSystem, root: &Path, input: Vec<u8>, options: &RenderOptions) -> Outcome {
    let build = Build::new(files, options);
    let read = || -> Result<ResourceList> {
        let text = decode(input)?;
        let source = build.sources.add(Path::new("stdin"), text.clone());
        ResourceList::read(&text, source)
    };
    match read() {
        Err(error) => answer(&build, None, Vec::new(), Some(error)),
        Ok(list) => match config::run(&build, root, &list) {
            Ok(items) => answer(&build, Some(&list), items, None),
            Err(error) => {
                let error = explain_files(error, files, root);
                answer(&build, Some(&list), list.items.clone(), Some(error))
            }
        },
    }
}

/// Puts the answer together. What can't be printed is an error, too.
fn answer(build: &Build<'_>, list: Option<&ResourceList>, items: Vec<Node>, error: Option<Error>) -> Outcome {
    let mut results = result::of_warnings(&build.warnings, list, &build.sources);
    if let Some(error) = &error {
        results.extend(result::of_error(error, list, &build.sources));
    }
    let version = list.map_or(API_VERSION, |list| list.version.as_str());
    let config = list.and_then(|list| list.config.as_ref());
    let print = |items: &[Node], config: Option<&Node>, results: &[FunctionResult]| {
        print_list(version, items, config, &results.iter().map(FunctionResult::to_node).collect::<Vec<_>>())
    };
    let (text, error) = match print(&items, config, &results) {
        Ok(text) => (text, error),
        Err(unprintable) => {
            results.extend(result::of_error(&unprintable, list, &build.sources));
            (print(&[], None, &results).unwrap_or_default(), Some(error.unwrap_or(unprintable)))
        }
    };
    let error = error.map(|error| error.resolve(&build.sources));
    Outcome { list: text, results, warnings: build.warnings.resolve(&build.sources), error }
}

/// Says where a function looks for files: in a container, say, none is where its configuration was written.
fn explain_files(error: Error, files: &dyn FileSystem, root: &Path) -> Error {
    if !matches!(error.kind(), ErrorKind::Io | ErrorKind::Load) {
        return error;
    }
    let directory =
        files.canonicalize(root).map(|directory| format!(", `{}`", directory.display())).unwrap_or_default();
    error.hint(format!(
        "a function finds files in the directory it is run in{directory}; kustomize runs programs in that of the \
         kustomization, and containers see none of it: write the content into the configuration itself"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    const LIST: &str = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: crustomize/v1
  kind: PatchTransformer
  metadata: {name: p}
  path: patch.yaml
  target: {kind: Service}
items:
- {apiVersion: v1, kind: Service, metadata: {name: web}}
";

    /// Files are the caller's, and so is what is done with the answer.
    #[test]
    fn works_on_files_in_memory() {
        let patch = "- {op: add, path: /spec, value: {type: NodePort}}\n";
        let files = MemoryFs::new().with_file("/site/patch.yaml", patch).with_file("/other/x", "");
        let at = |root: &str| run(&files, Path::new(root), LIST.into(), &RenderOptions::default());
        let outcome = at("/site");
        assert!(outcome.error.is_none() && outcome.results.is_empty(), "{}", outcome.list);
        assert!(outcome.list.contains("  spec:\n    type: NodePort\n"), "{}", outcome.list);
        let outcome = at("/other");
        let result = &outcome.results[0];
        assert_eq!((result.severity, result.field.as_str()), (Severity::Error, "path"));
        assert!(outcome.error.unwrap().hints()[0].contains("is run in, `/other`;"));
        assert!(!outcome.list.contains("NodePort"));
    }
}
