//! What is done to rendered units in the end, in place of `sed` over the output.

use std::collections::BTreeMap;

use crate::resource::Resource;
use crate::schema::Schema;
use crate::sites::{Unit, UnitPattern};
use crate::source::{Location, SourceMap, Span};
use crate::warning::Warning;
use crate::yaml::{Node, Value};

/// One rule of `crustomize.yaml`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The units that it is for; all if there is none.
    pub units: Vec<UnitPattern>,
    /// What it does.
    pub action: Action,
    pub(super) span: Span,
    pub(super) location: Option<Location>,
}

/// What a rule does. In namespaces `$(site)` and `$(app)` stand for the unit's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Sets `metadata.namespace` of all objects of some kinds, and the namespace that Helm releases are
    /// installed in.
    SetNamespace {
        /// The namespace.
        namespace: String,
        /// The kinds; what is in no namespace is left alone.
        kinds: Vec<String>,
        /// The releases by name; `HelmRelease` and `Application` objects.
        releases: Vec<String>,
    },
    /// Adds a `Namespace` object unless there is one of that name.
    AddNamespace {
        /// Its name.
        name: String,
        /// Its labels.
        labels: BTreeMap<String, String>,
        /// Its annotations.
        annotations: BTreeMap<String, String>,
    },
    /// Puts objects of some kinds into a folder of the unit's output.
    MoveKinds {
        /// The kinds.
        kinds: Vec<String>,
        /// The folder.
        folder: String,
    },
}

/// What rules did to one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The folder that each resource is to lie in, if a rule says so.
    pub folders: Vec<Option<String>>,
    /// Which of the rules found something to do.
    pub matched: Vec<bool>,
}

impl Rule {
    /// Whether the rule is for `unit`.
    #[must_use]
    pub fn is_for(&self, unit: &Unit) -> bool {
        self.units.is_empty() || self.units.iter().any(|pattern| pattern.matches(unit))
    }

    /// A warning about the rule.
    #[must_use]
    pub(super) fn warning(&self, message: String) -> Warning {
        Warning { message, location: self.location.clone(), span: self.span }
    }

    pub(super) fn keep_place(&mut self, sources: &SourceMap) {
        self.location = sources.locate(self.span);
    }

    /// Does it, and says whether there was anything to do.
    fn apply(&self, unit: &Unit, resources: &mut Vec<Resource>, folders: &mut Vec<Option<String>>) -> bool {
        match &self.action {
            Action::SetNamespace { namespace, kinds, releases } => {
                let namespace = filled(namespace, unit);
                let mut matched = false;
                for resource in resources {
                    matched |= set_namespace(resource, &namespace, kinds, releases);
                }
                matched
            }
            Action::AddNamespace { name, labels, annotations } => {
                let name = filled(name, unit);
                let is_it = |resource: &Resource| {
                    resource.kind() == "Namespace" && resource.api_version() == "v1" && resource.name() == name.as_str()
                };
                if resources.iter().any(is_it) {
                    return false;
                }
                resources.insert(0, Resource::new(namespace_object(&name, labels, annotations)));
                folders.insert(0, None);
                true
            }
            Action::MoveKinds { kinds, folder } => {
                let mut matched = false;
                for (resource, place) in resources.iter().zip(folders) {
                    if kinds.iter().any(|kind| resource.kind() == kind.as_str()) {
                        *place = Some(folder.clone());
                        matched = true;
                    }
                }
                matched
            }
        }
    }
}

/// Does what the rules for `unit` say, one after the other.
#[must_use]
pub fn apply_rules(rules: &[Rule], unit: &Unit, resources: &mut Vec<Resource>) -> Applied {
    let mut folders = vec![None; resources.len()];
    let matched = rules.iter().map(|rule| rule.is_for(unit) && rule.apply(unit, resources, &mut folders)).collect();
    Applied { folders, matched }
}

fn filled(text: &str, unit: &Unit) -> String {
    text.replace("$(site)", &unit.site).replace("$(app)", &unit.app)
}

fn set_namespace(resource: &mut Resource, namespace: &str, kinds: &[String], releases: &[String]) -> bool {
    let mut matched = false;
    let is_namespaced = !resource.id_ref().is_cluster_scoped(&Schema::default());
    if is_namespaced && kinds.iter().any(|kind| resource.kind() == kind.as_str()) {
        resource.set_namespace(namespace);
        matched = true;
    }
    if releases.iter().any(|release| resource.name() == release.as_str()) {
        let path: &[&str] = match resource.kind().as_str() {
            "HelmRelease" => &["spec", "targetNamespace"],
            "Application" => &["spec", "destination", "namespace"],
            _ => return matched,
        };
        matched |= set(&mut resource.node, path, namespace);
    }
    matched
}

/// Sets the text at `path`; `false` if something that is no mapping is in the way.
fn set(node: &mut Node, path: &[&str], text: &str) -> bool {
    let Some((name, rest)) = path.split_first() else {
        node.value = Node::string(text).value;
        return true;
    };
    let Value::Mapping(mapping) = &mut node.value else { return false };
    if !mapping.contains(name) {
        mapping.push(*name, Node::mapping());
    }
    mapping.get_mut(name).is_some_and(|node| set(node, rest, text))
}

fn namespace_object(name: &str, labels: &BTreeMap<String, String>, annotations: &BTreeMap<String, String>) -> Node {
    let texts =
        |texts: &BTreeMap<String, String>| mapping(texts.iter().map(|(key, text)| (&**key, Node::string(&**text))));
    let mut metadata = vec![("name", Node::string(name))];
    metadata.extend((!labels.is_empty()).then(|| ("labels", texts(labels))));
    metadata.extend((!annotations.is_empty()).then(|| ("annotations", texts(annotations))));
    mapping([("apiVersion", Node::string("v1")), ("kind", Node::string("Namespace")), ("metadata", mapping(metadata))])
}

/// A mapping of these entries, which no file wrote.
pub(super) fn mapping<'a>(entries: impl IntoIterator<Item = (&'a str, Node)>) -> Node {
    let mut mapping = crate::yaml::Mapping::new();
    entries.into_iter().for_each(|(key, value)| mapping.push(key, value));
    Node::new(Value::Mapping(mapping))
}
