//! The names of `kustomize build -o` (upstream: `build/writer.go`).

use std::collections::BTreeSet;

use crate::resource::Resource;
use crate::resource::id::NOT_NAMESPACED;
use crate::schema::Schema;

/// The name of every resource's file, as upstream has it. The namespace is a part of it where there is
/// more than one. Names may be equal and may hold anything.
pub(crate) fn file_names<'a>(resources: impl Iterator<Item = &'a Resource> + Clone, schema: &Schema) -> Vec<String> {
    let namespaces: BTreeSet<String> =
        resources.clone().map(|resource| namespace(resource, schema)).filter(|name| name != NOT_NAMESPACED).collect();
    let name = |resource: &Resource| {
        let namespace = namespace(resource, schema);
        let prefix = namespaces.len() > 1 && namespace != NOT_NAMESPACED;
        file_name(resource, if prefix { &namespace } else { "" })
    };
    resources.map(name).collect()
}

fn namespace(resource: &Resource, schema: &Schema) -> String {
    resource.cur_id().effective_namespace(schema).to_owned()
}

fn file_name(resource: &Resource, namespace: &str) -> String {
    let gvk = resource.gvk();
    let name = resource.name();
    let parts = [namespace, gvk.group.as_str(), gvk.version.as_str(), gvk.kind.as_str()];
    let mut file: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    file.push(&name);
    format!("{}.yaml", file.join("_").to_lowercase())
}
