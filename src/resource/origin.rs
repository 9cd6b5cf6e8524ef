//! Where a resource came from, for `buildMetadata` (upstream: `api/resource/origin.go`).

use std::path::Path;

use arcstr::ArcStr;

use crate::error::Result;
use crate::fs;
use crate::loader::RepoSpec;
use crate::source::SourceId;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Mapping, Node, Value};

/// What upstream calls the root of a repository: the name of a directory that it does not look for yet.
const REPOSITORY_ROOT: &str = "notCloned";

/// The origin of a resource, or the transformer that touched it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Path from the root of the build, or within the repository.
    pub path: String,
    /// Repository of a remote base.
    pub repo: String,
    /// Git reference of a remote base.
    pub reference: String,
    /// The file that configured the generator or transformer.
    pub configured_in: String,
    /// `apiVersion`, kind, name and namespace of the generator or transformer.
    pub configured_by: Option<ConfiguredBy>,
}

/// The generator or transformer that made or touched a resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfiguredBy {
    /// Its `apiVersion`; `builtin` for built-in ones.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name, empty for built-in ones.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

impl Origin {
    /// The origin of what the kustomization of this origin names by `path`, a path or an address.
    #[must_use]
    pub fn append(&self, path: &str) -> Self {
        let Ok(spec) = RepoSpec::parse(path) else {
            return Self { path: join(&self.path, path), ..self.clone() };
        };
        // Upstream cuts the path at the first slash after the directory that the repository would be in.
        let path = if spec.path.is_empty() { REPOSITORY_ROOT.to_owned() } else { join("", &spec.path) };
        let path = if path == "." { REPOSITORY_ROOT.to_owned() } else { path };
        Self { path, repo: spec.clone_url(), reference: spec.reference, ..self.clone() }
    }

    /// The origin as the annotation has it.
    ///
    /// # Errors
    /// When a part holds characters that can't be printed.
    pub fn to_yaml(&self) -> Result<String> {
        print_origin(self)
    }
}

/// `path` below `base`, cleaned.
#[must_use]
pub fn join(base: &str, path: &str) -> String {
    if base.is_empty() && path.is_empty() {
        return String::new();
    }
    let joined = if base.is_empty() { path.to_owned() } else { format!("{base}/{path}") };
    fs::clean(Path::new(&joined)).to_string_lossy().into_owned()
}

/// An origin as the annotation `config.kubernetes.io/origin` has it.
///
/// # Errors
/// When a part holds characters that can't be printed.
pub fn print_origin(origin: &Origin) -> Result<String> {
    let mut out = String::new();
    let fields = [
        ("path", &origin.path),
        ("repo", &origin.repo),
        ("ref", &origin.reference),
        ("configuredIn", &origin.configured_in),
    ];
    for (key, value) in fields {
        if !value.is_empty() {
            out.push_str(&print_field(key, value)?);
        }
    }
    if let Some(by) = origin.configured_by.as_ref().filter(|by| **by != ConfiguredBy::default()) {
        out.push_str("configuredBy:\n");
        let fields =
            [("apiVersion", &by.api_version), ("kind", &by.kind), ("name", &by.name), ("namespace", &by.namespace)];
        for (key, value) in fields {
            if !value.is_empty() {
                indent(&print_field(key, value)?, "  ", "  ", &mut out);
            }
        }
    }
    if out.is_empty() { Ok("{}\n".to_owned()) } else { Ok(out) }
}

/// Origins as the annotation `alpha.config.kubernetes.io/transformations` has them.
///
/// # Errors
/// When a part holds characters that can't be printed.
pub fn print_origins(origins: &[Origin]) -> Result<String> {
    let mut out = String::new();
    for origin in origins {
        indent(&print_origin(origin)?, "- ", "  ", &mut out);
    }
    if out.is_empty() { Ok("[]\n".to_owned()) } else { Ok(out) }
}

/// One line of a mapping. These annotations are never folded, which is what differs from the output.
fn print_field(key: &str, value: &str) -> Result<String> {
    let mut field = Mapping::new();
    field.push(key, Node::string(value));
    let printed = to_yaml_string(&Node::new(Value::Mapping(field)))?;
    let folded = !value.contains('\n') && printed.trim_end().contains('\n');
    Ok(if folded { printed.trim_end().replace("\n  ", " ") + "\n" } else { printed })
}

fn indent(text: &str, first: &str, rest: &str, out: &mut String) {
    for (index, line) in text.lines().enumerate() {
        out.push_str(if index == 0 { first } else { rest });
        out.push_str(line);
        out.push('\n');
    }
}

/// Reads the annotation `config.kubernetes.io/origin`; `None` if it is no mapping.
#[must_use]
pub fn parse_origin(text: &str) -> Option<Origin> {
    let text = ArcStr::from(text);
    from_node(&parse(Chunk::whole(&text, SourceId::NONE), Dialect::V3).ok()??)
}

/// Reads the annotation `alpha.config.kubernetes.io/transformations`; what can't be read is left out.
#[must_use]
pub fn parse_origins(text: &str) -> Vec<Origin> {
    let text = ArcStr::from(text);
    let node = parse(Chunk::whole(&text, SourceId::NONE), Dialect::V3).ok().flatten();
    node.as_ref().and_then(Node::as_sequence).unwrap_or_default().iter().filter_map(from_node).collect()
}

fn from_node(node: &Node) -> Option<Origin> {
    node.as_mapping()?;
    let by = node.get("configuredBy").filter(|by| by.as_mapping().is_some_and(|mapping| !mapping.is_empty()));
    let configured_by = by.map(|by| ConfiguredBy {
        api_version: field(by, "apiVersion"),
        kind: field(by, "kind"),
        name: field(by, "name"),
        namespace: field(by, "namespace"),
    });
    Some(Origin {
        path: field(node, "path"),
        repo: field(node, "repo"),
        reference: field(node, "ref"),
        configured_in: field(node, "configuredIn"),
        configured_by,
    })
}

fn field(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appends_paths_and_addresses() {
        let origin = Origin { path: "../base".to_owned(), ..Origin::default() };
        assert_eq!(origin.append("../x/d.yaml").path, "../x/d.yaml");
        assert_eq!(Origin::default().append("./d.yaml").path, "d.yaml");
        let remote = origin.append("https://github.com/o/r/a/b/?ref=v1");
        let want = Origin {
            path: "a/b".to_owned(),
            repo: "https://github.com/o/r".to_owned(),
            reference: "v1".to_owned(),
            ..Origin::default()
        };
        assert_eq!(remote, want);
        assert_eq!(remote.append("d.yaml").path, "a/b/d.yaml");
        let root = origin.append("file:///srv/repo?ref=1.0").append("d.yaml");
        assert_eq!((root.path.as_str(), root.repo.as_str()), ("notCloned/d.yaml", "file:///srv/repo"));
    }

    #[test]
    fn prints_as_go_yaml_v3_does() {
        let long = "very long name with a lot of spaces so that something could be folded if it folds at all.yaml";
        let values = [
            ("deploy/a.yaml", "deploy/a.yaml"),
            ("1.0", "\"1.0\""),
            ("yes", "\"yes\""),
            ("12:30", "\"12:30\""),
            ("a: b.yaml", "'a: b.yaml'"),
            ("#y.yaml", "'#y.yaml'"),
            ("?x", "?x"),
            ("it's.yaml", "it's.yaml"),
            ("tab\tx", "\"tab\\tx\""),
            (long, long),
        ];
        for (path, want) in values {
            let origin = Origin { path: path.to_owned(), ..Origin::default() };
            assert_eq!(origin.to_yaml().unwrap(), format!("path: {want}\n"));
        }
        assert_eq!(Origin::default().to_yaml().unwrap(), "{}\n");
    }

    #[test]
    fn reads_what_it_printed() {
        let transformer = Origin {
            configured_in: "t.yaml".to_owned(),
            configured_by: Some(ConfiguredBy {
                api_version: "ex.com/v1".to_owned(),
                kind: "Foo".to_owned(),
                name: "f".to_owned(),
                namespace: String::new(),
            }),
            ..Origin::default()
        };
        let origins = vec![Origin { path: "a".to_owned(), repo: "r".to_owned(), ..Origin::default() }, transformer];
        let text = "- path: a\n  repo: r\n- configuredIn: t.yaml\n  configuredBy:\n    apiVersion: ex.com/v1\n    kind: Foo\n    name: f\n";
        assert_eq!(print_origins(&origins).unwrap(), text);
        assert_eq!(parse_origins(text), origins);
        assert_eq!(parse_origin("path: x\nother: 1\n").unwrap().path, "x");
        assert_eq!(parse_origin("- x"), None);
    }
}
