//! What a configuration can't say: names that are fixed, and fields that must not be made.

use crate::config::FieldSpec;
use crate::pack::{Pack, Packs};
use crate::resource::Resource;

/// The namespace that Knative's own parts run in.
const KNATIVE_NAMESPACE: &str = "knative-serving";

/// Whether Knative or KServe look for this very name, or read something else out of it; and which pack knows that.
pub(crate) fn fixed_name(resource: &Resource) -> Option<Pack> {
    let gvk = resource.type_ref();
    match (gvk.group, gvk.kind) {
        ("serving.knative.dev", "DomainMapping") | ("networking.internal.knative.dev", "ClusterDomainClaim") => {
            Some(Pack::Knative)
        }
        ("", "ConfigMap") => {
            let first = resource.history.first();
            let name = first.map_or_else(|| resource.name(), |first| first.name.clone());
            if name == "inferenceservice-config" {
                return Some(Pack::Kserve);
            }
            let namespace = first.map_or_else(|| resource.namespace(), |first| first.namespace.clone());
            (name.starts_with("config-") && namespace == KNATIVE_NAMESPACE).then_some(Pack::Knative)
        }
        _ => None,
    }
}

/// Whether a field that labels or annotations go to must not be there unless it is, and which pack knows that: the
/// selector of a Knative Service, which kustomize takes for a Service of Kubernetes, and the pod template of a
/// Rollout that refers to a Deployment.
pub(crate) fn must_not_be_made(resource: &Resource, spec: &FieldSpec) -> Option<Pack> {
    let gvk = resource.type_ref();
    match (gvk.group, gvk.kind) {
        ("serving.knative.dev", "Service") if spec.path == "spec/selector" => Some(Pack::Knative),
        ("argoproj.io", "Rollout") if spec.path.as_str().starts_with("spec/") && refers_to_workload(resource) => {
            Some(Pack::ArgoRollouts)
        }
        _ => None,
    }
}

/// Whether a Rollout has the pods of another workload.
pub(crate) fn refers_to_workload(rollout: &Resource) -> bool {
    rollout.node.lookup(&["spec", "workloadRef"]).is_some_and(|reference| !reference.is_null())
}

impl Packs {
    /// Whether prefixes and suffixes leave the name as it is.
    pub(crate) fn keep_name(self, resource: &Resource) -> bool {
        !self.is_empty() && fixed_name(resource).is_some_and(|pack| self.contains(pack))
    }

    /// Whether labels and annotations may make the field of `spec`.
    pub(crate) fn let_make(self, resource: &Resource, spec: &FieldSpec) -> bool {
        self.is_empty() || !must_not_be_made(resource, spec).is_some_and(|pack| self.contains(pack))
    }
}
