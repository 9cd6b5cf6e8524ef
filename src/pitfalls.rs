//! What upstream gets wrong in ways that show in the finished set only. The output is upstream's;
//! here is the warning beside it.

use std::collections::HashSet;

use crate::resource::Resource;
use crate::warning::Warnings;
use crate::yaml::Text;

/// Cluster-scoped types that are newer than the built-in schema, or not Kubernetes' own, and that
/// many people use. Upstream gives them a namespace like any unknown type.
const CLUSTER_SCOPED: [(&str, &str); 12] = [
    ("cert-manager.io", "ClusterIssuer"),
    ("external-secrets.io", "ClusterSecretStore"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("karpenter.sh", "NodePool"),
    ("kyverno.io", "ClusterPolicy"),
    ("networking.k8s.io", "IPAddress"),
    ("networking.k8s.io", "ServiceCIDR"),
    ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ("resource.k8s.io", "DeviceClass"),
    ("serving.kserve.io", "ClusterServingRuntime"),
];

/// Warns of resources that will not work as they were meant to.
pub(crate) fn warn(resources: &[Resource], warnings: &Warnings) {
    warn_of_namespaces(resources, warnings);
    warn_of_ingress_classes(resources, warnings);
}

fn warn_of_namespaces(resources: &[Resource], warnings: &Warnings) {
    for resource in resources {
        let kind = resource.kind();
        if !CLUSTER_SCOPED.iter().any(|(_, cluster)| *cluster == kind.as_str()) || resource.namespace().is_empty() {
            continue;
        }
        let gvk = resource.gvk();
        if CLUSTER_SCOPED.contains(&(gvk.group.as_str(), gvk.kind.as_str())) {
            let message = format!("`{gvk}` is cluster-scoped, but has the namespace `{}`", resource.namespace());
            warnings.add(message, resource.node.span);
        }
    }
}

/// Upstream's table of references names a group that does not exist, so classes are renamed and Ingresses are not.
fn warn_of_ingress_classes(resources: &[Resource], warnings: &Warnings) {
    let classes = resources.iter().filter(|resource| resource.kind() == "IngressClass");
    let mut renamed: HashSet<Text> = classes
        .flat_map(|class| class.history.iter().map(move |id| (id.name.clone(), class.name())))
        .filter_map(|(old, new)| (old != new).then_some(old))
        .collect();
    for resource in resources.iter().filter(|resource| resource.kind() == "IngressClass") {
        renamed.remove(&resource.name());
    }
    if renamed.is_empty() {
        return;
    }
    for ingress in resources.iter().filter(|resource| resource.kind() == "Ingress") {
        let class = ingress.node.lookup(&["spec", "ingressClassName"]);
        if let Some(class) = class
            && let Some(name) = class.text().filter(|name| renamed.contains(*name))
        {
            let message = format!("the IngressClass `{name}` was renamed, but kustomize never renames it here");
            warnings.add(message, class.span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::PreviousId;
    use crate::resource::read::read_resources;
    use crate::source::{SourceId, SourceMap};

    #[test]
    fn namespaces_and_classes() {
        let text = "{apiVersion: cert-manager.io/v1, kind: ClusterIssuer, metadata: {name: a, namespace: n}}\n---\n\
                    {apiVersion: example.com/v1, kind: ClusterIssuer, metadata: {name: a, namespace: n}}\n---\n\
                    {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: p-class}}\n---\n\
                    {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {ingressClassName: class}}\n";
        let mut resources = read_resources(&text.into(), SourceId(0)).unwrap();
        let (namespace, name, kind) = (Text::from("x"), Text::from("class"), Text::from("IngressClass"));
        resources[2].history.push(PreviousId { namespace, name, kind });
        let warnings = Warnings::default();
        warn(&resources, &warnings);
        let said: Vec<String> = warnings.resolve(&SourceMap::default()).into_iter().map(|w| w.message).collect();
        assert_eq!(
            said,
            [
                "`cert-manager.io/v1 ClusterIssuer` is cluster-scoped, but has the namespace `n`",
                "the IngressClass `class` was renamed, but kustomize never renames it here",
            ]
        );
    }
}
