//! What all kinds are told about the bundle that they work for, and how they write objects.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};
use crate::resource::Resource;
use crate::source::Span;
use crate::warning::Warnings;
use crate::yaml::Node;
use crate::yaml::json::{from_json, to_json};

/// A bundle under work.
#[derive(Debug)]
pub(crate) struct Bundle<'a> {
    config: &'a Node,
    warnings: &'a Warnings,
    /// What the author calls it.
    pub name: String,
    /// Its namespace; empty if it has none.
    pub namespace: String,
    /// What kustomizations put before the names of objects that are made of it.
    prefix: String,
    suffix: String,
    labels: Map<String, Value>,
    annotations: Map<String, Value>,
}

impl<'a> Bundle<'a> {
    /// The bundle that `config` is.
    pub(super) fn new(config: &'a Resource, warnings: &'a Warnings) -> Self {
        let strings = |field: &str| {
            let node = config.node.lookup(&["metadata", field]);
            match node.map(to_json) {
                Some(Ok(Value::Object(map))) => map,
                _ => Map::new(),
            }
        };
        let mut annotations = strings("annotations");
        annotations.retain(|key, _| !key.starts_with("config.kubernetes.io/") && !key.starts_with("internal.config."));
        let (mut name, mut prefix, mut suffix) = (config.org_id().name.to_string(), String::new(), String::new());
        for part in config.prefixes.iter().rev() {
            prefix.push_str(part);
        }
        for part in &config.suffixes {
            suffix.push_str(part);
        }
        if format!("{prefix}{name}{suffix}") != config.name().as_str() {
            // Something else renamed it, too.
            (name, prefix, suffix) = (config.name().to_string(), String::new(), String::new());
        }
        let namespace = config.namespace().to_string();
        let labels = strings("labels");
        Self { config: &config.node, warnings, name, namespace, prefix, suffix, labels, annotations }
    }

    /// What an object of this bundle that its author calls `name` is called.
    pub(crate) fn own(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }

    /// The object `name`, in the bundle's namespace unless `body` names another; `body` is all but its id.
    pub(crate) fn object(&self, api_version: &str, kind: &str, name: &str, body: Value) -> Value {
        let object = self.cluster_object(api_version, kind, name, body);
        self.namespaced(object)
    }

    fn namespaced(&self, mut object: Value) -> Value {
        if !self.namespace.is_empty() && object["metadata"]["namespace"].is_null() {
            object["metadata"]["namespace"] = json!(self.namespace);
        }
        object
    }

    /// The object `name`, which is in no namespace.
    pub(crate) fn cluster_object(&self, api_version: &str, kind: &str, name: &str, body: Value) -> Value {
        let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": self.own(name)}});
        if let (Value::Object(object), Value::Object(body)) = (&mut object, body) {
            for (key, value) in body {
                match (object.get_mut(&key), value) {
                    (Some(Value::Object(metadata)), Value::Object(more)) => metadata.extend(more),
                    (_, value) => {
                        object.insert(key, value);
                    }
                }
            }
        }
        for (field, common) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            let mut all = common.clone();
            if let Some(own) = object["metadata"][field].as_object() {
                all.extend(own.clone());
            }
            if !all.is_empty() {
                object["metadata"][field] = Value::Object(all);
            }
        }
        object
    }

    /// The resource that `object` is; it is where the bundle is.
    pub(crate) fn resource(&self, object: Value) -> Resource {
        Resource::new(from_json(without_null(object), self.config.span))
    }

    /// Where the field `path` of `spec` was written, or what is nearest above it.
    pub(crate) fn place(&self, path: &[&str]) -> Span {
        let mut span = self.config.span;
        let mut node = self.config.get("spec");
        for key in path {
            let Some(here) = node else { break };
            span = here.span;
            node = match key.parse::<usize>().ok().zip(here.as_sequence()) {
                Some((index, items)) => items.get(index),
                None => here.get(key),
            };
        }
        node.map_or(span, |node| node.span)
    }

    /// The error for the field `path` of `spec`.
    #[track_caller]
    pub(crate) fn refuse(&self, path: &[&str], message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Bundle, format!("`{}`: {}", shown(path), message.into())).at(self.place(path))
    }

    /// Says something of the field `path` of `spec` that a person should know.
    pub(crate) fn warn(&self, path: &[&str], message: &str) {
        self.warnings.add(format!("`{}`: {message}", shown(path)), self.place(path));
    }
}

fn shown(path: &[&str]) -> String {
    let mut out = String::from("spec");
    for key in path {
        if key.contains(['.', '[', '"', '/']) || key.is_empty() || key.parse::<usize>().is_ok() {
            out.push_str(&format!("[{key}]"));
        } else {
            out.push('.');
            out.push_str(key);
        }
    }
    out
}

/// `value` without the entries of mappings that are null: fields that nobody set.
pub(super) fn without_null(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_null(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_null).collect()),
        other => other,
    }
}

/// Null for an empty list or mapping, so that it isn't written.
pub(crate) fn unless_empty(value: Value) -> Value {
    let empty = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    if empty { Value::Null } else { value }
}
