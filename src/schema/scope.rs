//! Which types are cluster-scoped, asked once or more for every resource.

use std::sync::Arc;

use super::table::Table;
use super::{Schema, kubernetes};
use crate::resource::Gvk;

/// The kinds of all types that are known to be cluster-scoped, sorted: most questions end here.
const KINDS: [&str; 24] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "NodeProxyOptions",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

/// Cluster-scoped types that are newer than the built-in version; upstream names them beside its schema.
const LATER: [(&str, &str); 2] = [
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
];

/// Whether some type of this kind is cluster-scoped; most kinds differ from all in length.
fn is_known(kind: &str) -> bool {
    KINDS.iter().any(|known| known.len() == kind.len() && *known == kind)
}

impl Schema {
    /// Whether both take the same types for cluster-scoped, for certain.
    pub(crate) fn has_scopes_of(&self, other: &Self) -> bool {
        match (&self.custom, &other.custom) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            _ => false,
        }
    }

    /// Whether objects of this type are certainly cluster-scoped (upstream: `openapi.IsCertainlyClusterScoped`).
    ///
    /// The scopes of built-in types stand whatever schema is in use.
    #[must_use]
    pub fn is_cluster_scoped(&self, gvk: &Gvk) -> bool {
        self.is_cluster_scoped_kind(&gvk.group, &gvk.version, &gvk.kind)
    }

    /// The same, of a type by its parts.
    pub(crate) fn is_cluster_scoped_kind(&self, group: &str, version: &str, kind: &str) -> bool {
        if self.custom.is_none() && self.packs.is_none() && !is_known(kind) {
            return false;
        }
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        if LATER.contains(&(&api_version, kind)) {
            return true;
        }
        let cluster = |table: Table<'_>| cluster(table, &api_version, kind);
        let custom = || self.custom.as_ref().and_then(|custom| cluster(custom.table()));
        let packs = || self.packs.as_ref().and_then(|packs| cluster(packs.table()));
        cluster(kubernetes()).or_else(custom).or_else(packs).unwrap_or(false)
    }
}

impl Schema {
    /// Whether the scope of this type is built in. Upstream reads its whole schema for a type whose scope is not.
    #[must_use]
    pub fn scope_is_built_in(gvk: &Gvk) -> bool {
        let api_version = gvk.api_version();
        LATER.contains(&(&api_version, &gvk.kind)) || cluster(kubernetes(), &api_version, &gvk.kind).is_some()
    }
}

/// Whether the table says that the type is cluster-scoped, if it says anything.
fn cluster(table: Table<'_>, api_version: &str, kind: &str) -> Option<bool> {
    let last = table.type_line(api_version, kind)?.rsplit(' ').next()?;
    (last == "cluster" || last == "namespaced").then_some(last == "cluster")
}

#[cfg(test)]
mod tests {
    use super::super::KUBERNETES;
    use super::*;

    #[test]
    fn kinds_are_those_of_the_table() {
        let lines = KUBERNETES.lines().filter_map(|line| line.strip_suffix(" cluster"));
        let mut kinds: Vec<&str> = lines.filter_map(|line| line.split(' ').next()?.rsplit('~').next()).collect();
        kinds.extend(LATER.map(|(_, kind)| kind));
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, KINDS);
    }

    #[test]
    fn scopes_of_built_in_types() {
        let schema = Schema::default();
        let cluster = |api_version, kind: &str| schema.is_cluster_scoped(&Gvk::from_api_version(api_version, kind));
        assert!(cluster("v1", "Namespace"));
        assert!(cluster("rbac.authorization.k8s.io/v1", "ClusterRole"));
        assert!(cluster("policy/v1beta1", "PodSecurityPolicy"));
        assert!(cluster("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"));
        assert!(!cluster("v1", "ConfigMap"));
        assert!(Schema::scope_is_built_in(&Gvk::from_api_version("v1", "ConfigMap")));
        assert!(!Schema::scope_is_built_in(&Gvk::from_api_version("v1", "Status")));
        assert!(!Schema::scope_is_built_in(&Gvk::from_api_version("a.b/v1", "Rollout")));
        assert!(!cluster("apps/v1", "Namespace"));
        assert!(!cluster("", "Namespace"));
        assert!(!cluster("cert-manager.io/v1", "ClusterIssuer"));
        assert!(!cluster("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"));
        assert!(!cluster("admissionregistration.k8s.io/v1alpha1", "ValidatingAdmissionPolicy"));
    }

    #[test]
    fn scopes_of_a_schema_that_was_brought() -> crate::error::Result<()> {
        let served = |version: &str, kind: &str| serde_json::json!({"get": {"x-kubernetes-group-version-kind": {"group": "a.b", "version": version, "kind": kind}}});
        let document = serde_json::json!({"paths": {
            "/apis/a.b/v1/wides": served("v1", "Wide"),
            "/apis/a.b/v1/narrows": served("v1", "Narrow"),
            "/apis/a.b/v1/namespaces/{namespace}/narrows": served("v1", "Narrow"),
        }});
        let schema = Schema::from_document(&document)?;
        let cluster = |api_version, kind: &str| schema.is_cluster_scoped(&Gvk::from_api_version(api_version, kind));
        assert!(cluster("a.b/v1", "Wide"));
        assert!(!cluster("a.b/v1", "Narrow"));
        assert!(cluster("v1", "Namespace"));
        Ok(())
    }
}
