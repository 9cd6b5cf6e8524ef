//! What a template made: text to resources.

use std::path::PathBuf;

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::resource::read::read_resources;
use crate::schema::Schema;
use crate::source::SourceMap;
use crate::template::naming::Naming;
use crate::template::spec::Template;
use crate::yaml::Node;

/// The objects in `text`, which `template` made for the bundle `config`.
pub(super) fn resources(
    text: &str,
    template: &Template,
    config: &Resource,
    sources: &SourceMap,
) -> Result<Vec<Resource>> {
    let text = ArcStr::from(text);
    let path = sources.path(template.span.source()).unwrap_or_else(|| PathBuf::from(&template.name));
    let source = sources.add(&PathBuf::from(format!("{} (rendered)", path.display())), text.clone());
    let step = || format!("made of the bundle `{}` by the template at", config.name());
    let read = || {
        let mut resources = read_resources(&text, source)?;
        resources.iter().try_for_each(check)?;
        resources.iter_mut().for_each(|resource| adopt(config, resource));
        Ok(resources)
    };
    read().map_err(|error: Error| error.frame(step(), template.span))
}

/// What the bundle says of itself holds for its objects, too, unless they say otherwise.
fn adopt(bundle: &Resource, resource: &mut Resource) {
    let Naming { prefix, suffix, .. } = Naming::of(bundle);
    if !(prefix.is_empty() && suffix.is_empty()) {
        resource.set_name(format!("{prefix}{}{suffix}", resource.name()));
    }
    let namespace = bundle.namespace();
    if !namespace.is_empty() && resource.namespace().is_empty() && !Schema::default().is_cluster_scoped(&resource.gvk())
    {
        resource.set_namespace(namespace);
    }
    let is_shared =
        |key: &str| !(key.starts_with("config.kubernetes.io/") || key.starts_with("internal.config.kubernetes.io/"));
    for (field, entries) in [("labels", bundle.labels()), ("annotations", bundle.annotations())] {
        for (key, value) in entries.into_iter().filter(|(key, _)| is_shared(key)) {
            let all = resource.metadata_mut().get_or_insert_with(field, Node::mapping);
            if let Some(all) = all.as_mapping_mut().filter(|all| !all.contains(&key)) {
                all.push(key, Node::string(value));
            }
        }
    }
}

/// An object says what it is and what it is called.
fn check(resource: &Resource) -> Result<()> {
    let has = |path: &[&str]| resource.node.lookup(path).and_then(Node::text).is_some_and(|text| !text.is_empty());
    for (path, name) in
        [(&["apiVersion"][..], "apiVersion"), (&["kind"], "kind"), (&["metadata", "name"], "metadata.name")]
    {
        if !has(path) {
            let error = Error::new(ErrorKind::Bundle, format!("an object that a template makes needs `{name}`"));
            return Err(error.at(resource.node.span));
        }
    }
    Ok(())
}
