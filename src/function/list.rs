//! The input of a function: a `ResourceList`.

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result};
use crate::resource::read::check;
use crate::source::SourceId;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Text, Value};

/// The group of all versions of the protocol; they differ in nothing that is read here.
const GROUP: &str = "config.kubernetes.io";
const VERSIONS: [&str; 4] = ["v1", "v1beta1", "v1alpha1", "v1alpha2"];

/// Resources, and what is to be done to them.
#[derive(Debug)]
pub(super) struct ResourceList {
    /// The `apiVersion`, which the answer has, too.
    pub version: Text,
    /// The resources.
    pub items: Vec<Node>,
    /// The `functionConfig`.
    pub config: Option<Node>,
    /// The text that it was read from.
    pub source: SourceId,
}

impl ResourceList {
    /// Reads a list.
    ///
    /// # Errors
    /// When the text is something else, or an item is no object.
    pub(super) fn read(text: &ArcStr, source: SourceId) -> Result<Self> {
        let node = parse(Chunk::whole(text, source), Dialect::V3)?.unwrap_or_else(Node::null);
        let span = node.span;
        let fail = |message: String| Err(Error::new(ErrorKind::Plugin, message).at(span));
        let said = |field: &str| node.get(field).and_then(Node::text).cloned().unwrap_or_default();
        let (version, kind) = (said("apiVersion"), said("kind"));
        if kind != "ResourceList" {
            let what = if kind.is_empty() { node.sort_name().to_owned() } else { format!("of kind `{kind}`") };
            let error = fail(format!("the input of a function must be a `ResourceList`, but is {what}"));
            return error.map_err(|error| {
                error.hint("programs such as kustomize send one; a kustomization is rendered with `crustomize build`")
            });
        }
        let known = version.split_once('/').is_some_and(|(group, name)| group == GROUP && VERSIONS.contains(&name));
        if !known {
            let error = fail(format!("`{version}` is no known version of `ResourceList`"));
            return error.map_err(|error| error.hint("say `apiVersion: config.kubernetes.io/v1`"));
        }
        let Value::Mapping(mut fields) = node.value else { return fail("the input holds no fields".to_owned()) };
        let mut take =
            |field: &str| fields.remove(field).map(|entry| entry.value).filter(|value: &Node| !value.is_null());
        let (config, items) = (take("functionConfig"), take("items"));
        let items = match items {
            None => Vec::new(),
            Some(Node { value: Value::Sequence(items), .. }) => items.into_iter().collect(),
            Some(other) => {
                let message = format!("`items` must be a list, but is {}", other.sort_name());
                return Err(Error::new(ErrorKind::Plugin, message).at(other.span));
            }
        };
        items.iter().try_for_each(check)?;
        Ok(Self { version, items, config, source })
    }

    /// The objects of the list: items, then the configuration.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Node> {
        self.items.iter().chain(&self.config)
    }
}
