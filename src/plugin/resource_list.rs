//! The text that functions get and give (the KRM function protocol's `ResourceList`), and the
//! annotations that upstream puts on its items (`kyaml/kio`, `kyaml/fn/runtime/runtimeutil`).

use arcstr::ArcStr;

use crate::error::Result;
use crate::resource::Resource;
use crate::source::SourceId;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Mapping, Node};

/// Where a resource is to be written; new form and old.
pub(crate) const PATH: [&str; 2] = ["internal.config.kubernetes.io/path", "config.kubernetes.io/path"];

/// Where among the resources of its file a resource is; new form and old.
pub(crate) const INDEX: [&str; 2] = ["internal.config.kubernetes.io/index", "config.kubernetes.io/index"];

/// Which item of the input a resource is; new form and old.
const ID: [&str; 2] = ["internal.config.kubernetes.io/id", "config.k8s.io/id"];

/// Which resource this is, whatever becomes of the others.
const MIGRATION_ID: &str = "internal.config.kubernetes.io/annotations-migration-resource-id";

/// The version of the protocol that functions are spoken to in.
pub(crate) const API_VERSION: &str = "config.kubernetes.io/v1";

/// Prints the items and the configuration of a function as the function gets them.
pub(super) fn print(items: &[Node], config: &Node) -> Result<String> {
    print_list(API_VERSION, items, Some(config), &[])
}

/// Prints a `ResourceList`.
pub(crate) fn print_list(version: &str, items: &[Node], config: Option<&Node>, results: &[Node]) -> Result<String> {
    let mut text = format!("apiVersion: {version}\nkind: ResourceList\n");
    text.push_str(if items.is_empty() { "items: []\n" } else { "items:\n" });
    for item in items {
        indent(&to_yaml_string(item)?, "- ", &mut text);
    }
    if let Some(config) = config {
        text.push_str("functionConfig:\n");
        indent(&to_yaml_string(config)?, "  ", &mut text);
    }
    text.push_str(if results.is_empty() { "" } else { "results:\n" });
    for result in results {
        indent(&to_yaml_string(result)?, "- ", &mut text);
    }
    Ok(text)
}

fn indent(document: &str, first: &str, out: &mut String) {
    for (index, line) in document.lines().enumerate() {
        if !line.is_empty() {
            out.push_str(if index == 0 { first } else { "  " });
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Marks the item at `index`.
pub(super) fn mark(annotations: &mut Mapping, index: usize) {
    let path = PATH.iter().find_map(|key| annotations.get(key)).cloned();
    if let Some(path) = path {
        for key in PATH {
            annotations.get_or_insert_with(key, || path.clone());
        }
    }
    let number = |number: usize| Node::string(number.to_string());
    for key in INDEX.into_iter().chain([MIGRATION_ID]) {
        annotations.set(key, number(index));
    }
    for key in ID {
        annotations.set(key, number(index + 1));
    }
}

/// Takes the marks away again. What has no path gets one, in `directory`.
pub(super) fn unmark(resource: &mut Resource, directory: &str) {
    let (kind, name, namespace) = (resource.kind().to_lowercase(), resource.name(), resource.namespace());
    super::exchange::edit_annotations(resource, |annotations| {
        for key in INDEX.iter().chain(&ID).chain([&MIGRATION_ID]) {
            annotations.remove(key);
        }
        let path = PATH.iter().find_map(|key| annotations.get(key)).cloned();
        let path = path.unwrap_or_else(|| {
            let parts = [directory, &namespace, &format!("{kind}_{name}.yaml")];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            Node::string(parts.join("/"))
        });
        for key in PATH {
            annotations.set(key, path.clone());
        }
    });
}

/// The directory whose resources a function with this path annotation sees; empty for all.
pub(super) fn directory_of(resource: &Resource) -> Option<String> {
    let path = PATH.iter().find_map(|key| resource.annotation(key))?;
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let directory =
        directory.strip_suffix("functions").filter(|rest| rest.is_empty() || rest.ends_with('/')).unwrap_or(directory);
    let directory = crate::fs::clean(std::path::Path::new(directory)).to_string_lossy().into_owned();
    Some(if directory == "." { String::new() } else { directory })
}

/// What a function reports besides resources.
pub(super) fn results(text: &ArcStr, source: SourceId) -> Vec<String> {
    if !text.contains("results:") {
        return Vec::new();
    }
    let list = parse(Chunk::whole(text, source), Dialect::V3).ok().flatten();
    let results = list.as_ref().and_then(|list| list.get("results"));
    // An early form of the protocol had the list one level down.
    let items = results.and_then(|results| results.as_sequence().or_else(|| results.get("items")?.as_sequence()));
    items.unwrap_or_default().iter().filter_map(print_result).collect()
}

fn print_result(result: &Node) -> Option<String> {
    let message = result.get("message")?.as_str()?;
    let severity = result.get("severity").and_then(Node::as_str).unwrap_or("info");
    let part = |key: &str| result.lookup(&["resourceRef", key]).and_then(Node::as_str);
    let resource = match (part("kind"), part("name")) {
        (Some(kind), Some(name)) => format!(" (`{kind} {name}`)"),
        _ => String::new(),
    };
    Some(format!("{severity}: {message}{resource}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::read::read_resources;

    fn read(text: &str) -> Vec<Resource> {
        read_resources(&ArcStr::from(text), SourceId(0)).unwrap()
    }

    #[test]
    fn prints_what_functions_get() {
        let mut item = read(
            "kind: A\nmetadata: {name: a, annotations: {config.kubernetes.io/path: x/y.yaml}}\nd: |\n  1\n\n  2\n",
        )
        .remove(0);
        crate::plugin::exchange::edit_annotations(&mut item, |annotations| mark(annotations, 0));
        let config = read("kind: F\nmetadata: {name: f}\n").remove(0);
        let want = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- d: |
    1

    2
  kind: A
  metadata:
    annotations:
      config.k8s.io/id: \"1\"
      config.kubernetes.io/index: \"0\"
      config.kubernetes.io/path: x/y.yaml
      internal.config.kubernetes.io/annotations-migration-resource-id: \"0\"
      internal.config.kubernetes.io/id: \"1\"
      internal.config.kubernetes.io/index: \"0\"
      internal.config.kubernetes.io/path: x/y.yaml
    name: a
functionConfig:
  kind: F
  metadata:
    name: f
";
        assert_eq!(print(&[item.node.clone()], &config.node).unwrap(), want);
        unmark(&mut item, "");
        let paths = "config.kubernetes.io/path: x/y.yaml\n    internal.config.kubernetes.io/path: x/y.yaml\n";
        let text = to_yaml_string(&item.node).unwrap();
        assert!(text.contains(&format!("annotations:\n    {paths}  name")), "{text}");
        let mut new = read("kind: Foo\nmetadata: {name: n, namespace: ns}\n").remove(0);
        unmark(&mut new, "d");
        assert_eq!(new.annotation(PATH[0]).unwrap(), "d/ns/foo_n.yaml");
    }

    #[test]
    fn knows_the_directory_of_a_function() {
        let directory = |path: &str| {
            directory_of(
                &read(&format!("kind: A\nmetadata: {{name: a, annotations: {{config.kubernetes.io/path: {path}}}}}"))
                    .remove(0),
            )
        };
        assert_eq!(directory("foo/functions/bar.yaml").unwrap(), "foo");
        assert_eq!(directory("foo/bar/s.yaml").unwrap(), "foo/bar");
        assert_eq!(directory("foo/myfunctions/s.yaml").unwrap(), "foo/myfunctions");
        assert_eq!(directory("s.yaml").unwrap(), "");
        assert_eq!(directory("functions/s.yaml").unwrap(), "");
    }

    #[test]
    fn reads_results() {
        let text = ArcStr::from(
            "kind: ResourceList\nitems: []\nresults:\n- message: bad port\n  severity: error\n  resourceRef: {kind: Service, name: s}\n- message: fine\n",
        );
        assert_eq!(results(&text, SourceId(0)), ["error: bad port (`Service s`)", "info: fine"]);
        assert_eq!(results(&ArcStr::from("kind: A"), SourceId(0)), Vec::<String>::new());
    }
}
