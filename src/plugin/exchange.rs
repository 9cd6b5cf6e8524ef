//! Resources to programs and back (upstream: `api/internal/plugins/utils`).

use std::path::Path;

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::loader::boolean;
use crate::plugin::Host;
use crate::plugin::process::{Fault, Finished, Limits};
use crate::resource::annotations::with_annotations;
use crate::resource::read::read_resources;
use crate::resource::{Behavior, ResId, ResMap, Resource};
use crate::schema::Schema;
use crate::source::{SourceId, Span};
use crate::yaml::documents::decode;
use crate::yaml::emit::{emit, to_yaml_string};
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Value};

/// Tells a transformer which resource is which.
pub(crate) const ID: &str = "kustomize.config.k8s.io/id";

/// A generator's wish for a hash in the name.
const NEEDS_HASH: &str = "kustomize.config.k8s.io/needs-hash";

/// What a generator wants to happen to a resource of the same id.
const BEHAVIOR: &str = "kustomize.config.k8s.io/behavior";

/// A plugin's configuration as the plugin gets it.
pub(super) fn configuration(config: &Resource) -> Result<String> {
    to_yaml_string(&with_annotations(config)?)
}

/// A resource's tree as a transformer gets it: with the build's memory and its id as annotations.
pub(super) fn outgoing(resource: &Resource) -> Result<Node> {
    let mut copy = Resource::new(with_annotations(resource)?);
    let id = print_id(&resource.cur_id())?;
    edit_annotations(&mut copy, |annotations| annotations.set(ID, Node::string(id)));
    Ok(copy.node)
}

/// Resources as a stream of documents.
pub(super) fn stream(resources: &ResMap) -> Result<String> {
    let mut text = String::new();
    for resource in resources {
        if !text.is_empty() {
            text.push_str("---\n");
        }
        emit(&outgoing(resource)?, &mut text)?;
    }
    Ok(text)
}

/// Registers what `program` printed as a text.
pub(super) fn register(program: &str, output: Vec<u8>, host: &Host) -> Result<(ArcStr, SourceId)> {
    let path = format!("output of {program}");
    let text = decode(output).map_err(|error| error.in_file(Path::new(&path)))?;
    let source = host.sources.add(Path::new(&path), text.clone());
    Ok((text, source))
}

/// Reads the resources that `program` printed.
pub(super) fn read(program: &str, text: &ArcStr, source: SourceId) -> Result<Vec<Resource>> {
    read_resources(text, source).frame(|| format!("while reading what `{program}` printed"), Span::NONE)
}

/// Reads the resources that `program` printed.
pub(super) fn incoming(program: &str, output: Vec<u8>, host: &Host) -> Result<Vec<Resource>> {
    let (text, source) = register(program, output, host)?;
    read(program, &text, source)
}

/// What a generator made, with its wishes as fields.
pub(super) fn generated(mut resources: Vec<Resource>) -> Result<Vec<Resource>> {
    for resource in &mut resources {
        if let Some(text) = resource.annotation(NEEDS_HASH) {
            let wish = boolean(&text).ok_or_else(|| {
                let message = format!("the annotation `{NEEDS_HASH}` must be `true` or `false`, but is `{text}`");
                Error::new(ErrorKind::Plugin, message).at(resource.node.span)
            })?;
            resource.needs_hash |= wish;
        }
        resource.behavior = Behavior::parse(resource.annotation(BEHAVIOR).as_deref().unwrap_or_default());
        edit_annotations(resource, |annotations| {
            annotations.remove(NEEDS_HASH);
            annotations.remove(BEHAVIOR);
        });
    }
    Ok(resources)
}

/// A generated resource as a generator prints it: with its wishes as annotations.
pub(crate) fn with_wishes(mut resource: Resource) -> Resource {
    let needs_hash = std::mem::take(&mut resource.needs_hash);
    let behavior = std::mem::take(&mut resource.behavior).name();
    if needs_hash || behavior.is_some() {
        edit_annotations(&mut resource, |annotations| {
            if needs_hash {
                annotations.set(NEEDS_HASH, Node::string("true"));
            }
            if let Some(behavior) = behavior {
                annotations.set(BEHAVIOR, Node::string(behavior));
            }
        });
    }
    resource
}

/// Puts what a transformer printed in the place of `resources`: by id; others are new, missing ones are gone.
pub(super) fn transformed(program: &str, output: Vec<Resource>, resources: &mut ResMap, schema: &Schema) -> Result<()> {
    let mut places: Vec<Option<Resource>> = (0..resources.len()).map(|_| None).collect();
    let mut added = Vec::new();
    // Finds equal ids in the output; holds nothing but ids.
    let mut seen = ResMap::new();
    for mut resource in output {
        edit_annotations(&mut resource, |annotations| drop(annotations.remove(ID)));
        let id = resource.cur_id();
        if seen.append(Resource::new(id_only(&id)), schema).is_err() {
            let message = format!("`{program}` printed two resources of the id `{id}`");
            return Err(Error::new(ErrorKind::Plugin, message).at(resource.node.span));
        }
        match resources.find_current(&id, schema).as_slice() {
            [] => added.push(resource),
            [index] => {
                // Upstream keeps this outside of the tree.
                if let Some(old) = resources.get(*index) {
                    resource.var_names.clone_from(&old.var_names);
                }
                if let Some(place) = places.get_mut(*index) {
                    *place = Some(resource);
                }
            }
            _ => {
                let message = format!("`{program}` printed `{id}`, but there are several resources of that id");
                return Err(Error::new(ErrorKind::Identity, message).at(resource.node.span));
            }
        }
    }
    resources.replace_all(places.into_iter().flatten().chain(added).collect());
    Ok(())
}

/// An object of which only the id is left.
fn id_only(id: &ResId) -> Node {
    let mut metadata = Mapping::new();
    metadata.push("name", Node::string(id.name.clone()));
    if !id.namespace.is_empty() {
        metadata.push("namespace", Node::string(id.namespace.clone()));
    }
    let mut root = Mapping::new();
    root.push("apiVersion", Node::string(id.gvk.api_version()));
    root.push("kind", Node::string(id.gvk.kind.clone()));
    root.push("metadata", Node::new(Value::Mapping(metadata)));
    Node::new(Value::Mapping(root))
}

fn print_id(id: &ResId) -> Result<String> {
    let parts = [
        ("group", &id.gvk.group),
        ("kind", &id.gvk.kind),
        ("name", &id.name),
        ("namespace", &id.namespace),
        ("version", &id.gvk.version),
    ];
    let mut mapping = Mapping::new();
    for (key, value) in parts {
        if !value.is_empty() {
            mapping.push(key, Node::string(value.clone()));
        }
    }
    to_yaml_string(&Node::new(Value::Mapping(mapping)))
}

/// Changes the annotations as upstream does: all become strings, and none are left if the last one goes.
pub(crate) fn edit_annotations(resource: &mut Resource, edit: impl FnOnce(&mut Mapping)) {
    let metadata = resource.metadata_mut();
    let node = metadata.get_or_insert_with("annotations", Node::mapping);
    if node.as_mapping().is_none() {
        node.value = Value::Mapping(Mapping::new());
    }
    let Some(annotations) = node.as_mapping_mut() else { return };
    for entry in annotations.iter_mut() {
        match &mut entry.value.value {
            Value::Scalar(scalar) => scalar.tag = Tag::Str,
            other => *other = Value::Scalar(Scalar { text: "".into(), tag: Tag::Str, style: Style::Plain }),
        }
    }
    edit(annotations);
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// What a program that ended well printed, or why it did not.
pub(super) fn check(program: &str, result: std::result::Result<Finished, Fault>, limits: &Limits) -> Result<Finished> {
    let fail = |message: String| Err(Error::new(ErrorKind::Plugin, message));
    match result {
        Ok(finished) if finished.status.success() => Ok(finished),
        Ok(finished) => fail(format!("`{program}` failed ({}){}", finished.status, finished.said())),
        Err(Fault::NotStarted(error)) => fail(format!("can't run `{program}`: {}", crate::fs::plain_words(&error))),
        Err(Fault::TimedOut) => {
            fail(format!("`{program}` ran longer than {:?}, the time limit for plugins", limits.time))
        }
        Err(Fault::TooMuchOutput) => {
            let limit = crate::fs::size(limits.output as u64);
            fail(format!("`{program}` printed more than {limit}, the output limit for plugins"))
        }
    }
}
