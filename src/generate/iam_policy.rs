//! The service account that Google's workload identity needs (upstream: `IAMPolicyGenerator`).

use crate::decode::Fields;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::yaml::{Node, Tag};

/// Makes the ServiceAccount that the plugin config `node` describes.
///
/// # Errors
/// A cloud other than `gke`, and fields of wrong types.
pub fn generate(node: &Node) -> Result<Resource> {
    let mut fields = Fields::of(node, "")?;
    let cloud: String = fields.take("cloud")?;
    if cloud != "gke" {
        let error = Error::new(ErrorKind::Transform, format!("no service accounts are known for cloud `{cloud}`"));
        return Err(error.at(node.span).hint("write `cloud: gke`"));
    }
    let part = |name: &str, field: &'static str| -> Result<String> {
        node.get(name).map_or_else(|| Ok(String::new()), |part| Fields::of(part, name)?.take(field))
    };
    let account =
        format!("{}@{}.iam.gserviceaccount.com", part("serviceAccount", "name")?, part("serviceAccount", "projectId")?);
    let mut annotations = Node::mapping();
    let mut metadata = Node::mapping();
    let mut object = Node::mapping();
    let plain = |text: String| Node::scalar(text, Tag::Unresolved);
    if let Some(annotations) = annotations.as_mapping_mut() {
        annotations.push("iam.gke.io/gcp-service-account", plain(account));
    }
    if let Some(metadata) = metadata.as_mapping_mut() {
        metadata.push("annotations", annotations);
        metadata.push("name", plain(part("kubernetesService", "name")?));
        let namespace = part("kubernetesService", "namespace")?;
        if !namespace.is_empty() {
            metadata.push("namespace", plain(namespace));
        }
    }
    if let Some(object) = object.as_mapping_mut() {
        object.push("apiVersion", Node::string("v1"));
        object.push("kind", Node::string("ServiceAccount"));
        object.push("metadata", metadata);
    }
    Ok(Resource::new(object.at(node.span)))
}
