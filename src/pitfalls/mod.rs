//! What upstream gets wrong in ways that show in the finished set only. The output is upstream's;
//! here is the warning beside it.

mod packs;
mod references;

use std::collections::HashSet;

use crate::pack::{Pack, Packs};
use crate::resource::{ResMap, Resource};
use crate::warning::Warnings;
use crate::yaml::Text;
pub(crate) use references::warn_of_references;

/// Cluster-scoped types that are newer than the built-in schema, or not Kubernetes' own, and that
/// many people use; and the pack that knows them. Upstream gives them a namespace like any unknown type.
const CLUSTER_SCOPED: [(&str, &str, Option<Pack>); 18] = [
    ("argoproj.io", "ClusterAnalysisTemplate", Some(Pack::ArgoRollouts)),
    ("cert-manager.io", "ClusterIssuer", None),
    ("external-secrets.io", "ClusterSecretStore", None),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema", None),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", None),
    ("gateway.networking.k8s.io", "GatewayClass", Some(Pack::Istio)),
    ("karpenter.sh", "NodePool", None),
    ("kubeflow.org", "Profile", Some(Pack::Kserve)),
    ("kyverno.io", "ClusterPolicy", None),
    ("networking.internal.knative.dev", "ClusterDomainClaim", Some(Pack::Knative)),
    ("networking.k8s.io", "IPAddress", None),
    ("networking.k8s.io", "ServiceCIDR", None),
    ("policy.networking.k8s.io", "AdminNetworkPolicy", None),
    ("resource.k8s.io", "DeviceClass", None),
    ("serving.kserve.io", "ClusterServingRuntime", Some(Pack::Kserve)),
    ("serving.kserve.io", "ClusterStorageContainer", Some(Pack::Kserve)),
    ("serving.kserve.io", "LocalModelCache", Some(Pack::Kserve)),
    ("serving.kserve.io", "LocalModelNodeGroup", Some(Pack::Kserve)),
];

/// The packs that were not asked for though there are objects of their systems.
pub(crate) fn missing_packs(resources: &ResMap, asked: Packs) -> Packs {
    let met: Packs = resources.iter().filter_map(|resource| Pack::of_group(resource.type_ref().group)).collect();
    met.without(asked)
}

/// Warns of resources that will not work as they were meant to. The packs `missing` were not asked for, though
/// there are objects of their systems.
pub(crate) fn warn(resources: &[Resource], missing: Packs, warnings: &Warnings) {
    warn_of_namespaces(resources, missing, warnings);
    warn_of_ingress_classes(resources, warnings);
    if missing.is_empty() {
        return;
    }
    for resource in resources {
        if let Some(pack) = Pack::of_group(resource.type_ref().group).filter(|pack| missing.contains(*pack)) {
            packs::warn_of_object(resource, pack, warnings);
        }
        packs::warn_of_fixed_name(resource, |pack| missing.contains(pack), warnings);
    }
    if missing.contains(Pack::Knative) {
        packs::warn_of_local_gateway(resources, warnings);
    }
}

fn warn_of_namespaces(resources: &[Resource], missing: Packs, warnings: &Warnings) {
    for resource in resources {
        let kind = resource.type_ref().kind;
        if !CLUSTER_SCOPED.iter().any(|(_, cluster, _)| *cluster == kind) || resource.namespace().is_empty() {
            continue;
        }
        let gvk = resource.gvk();
        let is_it = |(group, kind, _): &&(&str, &str, _)| *group == gvk.group.as_str() && *kind == gvk.kind.as_str();
        if let Some((_, _, pack)) = CLUSTER_SCOPED.iter().find(is_it) {
            let mut message = format!("`{gvk}` is cluster-scoped, but has the namespace `{}`", resource.namespace());
            if let Some(pack) = pack.filter(|pack| missing.contains(*pack)) {
                message.push_str(&format!("; {}", references::hint(pack)));
            }
            warnings.add(message, resource.node.span);
        }
    }
}

/// Upstream's table of references names a group that does not exist, so classes are renamed and Ingresses are not.
fn warn_of_ingress_classes(resources: &[Resource], warnings: &Warnings) {
    let classes = resources.iter().filter(|resource| resource.type_ref().kind == "IngressClass");
    let mut renamed: HashSet<Text> = classes
        .flat_map(|class| class.history.iter().map(move |id| (id.name.clone(), class.name())))
        .filter_map(|(old, new)| (old != new).then_some(old))
        .collect();
    for resource in resources.iter().filter(|resource| resource.type_ref().kind == "IngressClass") {
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
        warn(&resources, Packs::none(), &warnings);
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
