//! Which fields refer to which objects by name.

use std::sync::{LazyLock, OnceLock};

use hashbrown::HashMap;

use super::{PodOwner, Row, in_pods, owner, specs};
use crate::config::{NameReference, gvk_order};
use crate::resource::Gvk;

/// The owners of pods that use ConfigMaps and Secrets.
const DATA_OWNERS: [PodOwner; 8] = [
    owner("v1", "Pod", "spec"),
    owner("", "PodTemplate", "template/spec"),
    owner("", "Deployment", "spec/template/spec"),
    owner("", "ReplicaSet", "spec/template/spec"),
    owner("", "DaemonSet", "spec/template/spec"),
    owner("", "StatefulSet", "spec/template/spec"),
    owner("", "Job", "spec/template/spec"),
    owner("", "CronJob", "spec/jobTemplate/spec/template/spec"),
];

/// The owners of pods that use service accounts, claims and priorities: another set, with other versions.
const OWNERS: [PodOwner; 7] = [
    owner("", "Pod", "spec"),
    owner("", "StatefulSet", "spec/template/spec"),
    owner("", "Deployment", "spec/template/spec"),
    owner("", "ReplicationController", "spec/template/spec"),
    owner("", "CronJob", "spec/jobTemplate/spec/template/spec"),
    owner("", "Job", "spec/template/spec"),
    owner("", "DaemonSet", "spec/template/spec"),
];

const CONFIG_MAP_IN_POD: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

const SECRET_IN_POD: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// A type that is referred to and the fields that refer to it.
struct Table {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    owners: &'static [PodOwner],
    in_pod: &'static [&'static str],
    rows: &'static [Row],
}

const fn table(group: &'static str, version: &'static str, kind: &'static str, rows: &'static [Row]) -> Table {
    Table { group, version, kind, owners: &[], in_pod: &[], rows }
}

impl Table {
    const fn and_in(mut self, owners: &'static [PodOwner], in_pod: &'static [&'static str]) -> Self {
        self.owners = owners;
        self.in_pod = in_pod;
        self
    }
}

const SCALED: [Row; 1] = [("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];

const TABLES: [Table; 16] = [
    table("", "", "Deployment", &SCALED),
    table("", "", "ReplicationController", &SCALED),
    table("", "", "ReplicaSet", &SCALED),
    table("", "", "StatefulSet", &SCALED),
    table(
        "",
        "v1",
        "ConfigMap",
        &[
            ("", "", "Node", "spec/configSource/configMap"),
            ("", "", "Role", "rules/resourceNames"),
            ("", "", "ClusterRole", "rules/resourceNames"),
            ("", "", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap"),
        ],
    )
    .and_in(&DATA_OWNERS, &CONFIG_MAP_IN_POD),
    table(
        "",
        "v1",
        "Secret",
        &[
            ("", "", "Ingress", "spec/tls/secretName"),
            ("", "", "Ingress", r"metadata/annotations/ingress.kubernetes.io\/auth-secret"),
            ("", "", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret"),
            ("", "", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret"),
            ("", "", "ServiceAccount", "imagePullSecrets/name"),
            ("", "", "StorageClass", "parameters/secretName"),
            ("", "", "StorageClass", "parameters/adminSecretName"),
            ("", "", "StorageClass", "parameters/userSecretName"),
            ("", "", "StorageClass", "parameters/secretRef"),
            ("", "", "Role", "rules/resourceNames"),
            ("", "", "ClusterRole", "rules/resourceNames"),
            ("serving.knative.dev", "v1", "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
            ("", "", "PersistentVolume", "spec/azureFile/secretName"),
        ],
    )
    .and_in(&DATA_OWNERS, &SECRET_IN_POD),
    table(
        "",
        "v1",
        "Service",
        &[
            ("apps", "", "StatefulSet", "spec/serviceName"),
            ("", "", "Ingress", "spec/rules/http/paths/backend/serviceName"),
            ("", "", "Ingress", "spec/backend/serviceName"),
            ("", "", "Ingress", "spec/rules/http/paths/backend/service/name"),
            ("", "", "Ingress", "spec/defaultBackend/service/name"),
            ("apiregistration.k8s.io", "", "APIService", "spec/service/name"),
            (ADMISSION, "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
            (ADMISSION, "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
        ],
    ),
    table(RBAC, "", "Role", &[(RBAC, "", "RoleBinding", "roleRef/name")]),
    table(
        RBAC,
        "",
        "ClusterRole",
        &[(RBAC, "", "RoleBinding", "roleRef/name"), (RBAC, "", "ClusterRoleBinding", "roleRef/name")],
    ),
    table(
        "",
        "v1",
        "ServiceAccount",
        &[(RBAC, "", "RoleBinding", "subjects"), (RBAC, "", "ClusterRoleBinding", "subjects")],
    )
    .and_in(&OWNERS, &["serviceAccountName"]),
    table("", "v1", "PersistentVolumeClaim", &[]).and_in(&OWNERS, &["volumes/persistentVolumeClaim/claimName"]),
    table(
        "",
        "v1",
        "PersistentVolume",
        &[("", "", "PersistentVolumeClaim", "spec/volumeName"), ("", "", "ClusterRole", "rules/resourceNames")],
    ),
    table(
        "storage.k8s.io",
        "v1",
        "StorageClass",
        &[
            ("", "", "PersistentVolume", "spec/storageClassName"),
            ("", "", "PersistentVolumeClaim", "spec/storageClassName"),
            ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
        ],
    ),
    table("scheduling.k8s.io", "v1", "PriorityClass", &[]).and_in(&OWNERS, &["priorityClassName"]),
    // Upstream has `networking.k8s.io/v1` for the group, so ingresses never follow their class.
    table("networking.k8s.io/v1", "v1", "IngressClass", &[("", "", "Ingress", "spec/ingressClassName")]),
    table(
        ADMISSION,
        "",
        "ValidatingAdmissionPolicy",
        &[(ADMISSION, "", "ValidatingAdmissionPolicyBinding", "spec/policyName")],
    ),
];

/// All name references, sorted.
pub(super) fn all() -> Vec<NameReference> {
    wanted(|_| true)
}

/// The name references of objects of the kind `kind`, in the order that all of them have together.
pub(in crate::config) fn of_kind(kind: &str) -> &'static [NameReference] {
    // Most builds have a handful of kinds.
    static BY_KIND: LazyLock<HashMap<&'static str, OnceLock<Vec<NameReference>>>> = LazyLock::new(|| {
        let kinds = TABLES.iter().flat_map(|table| {
            let owners = table.owners.iter().map(|owner| owner.kind);
            owners.chain(table.rows.iter().map(|(_, _, kind, _)| *kind))
        });
        kinds.map(|kind| (kind, OnceLock::new())).collect()
    });
    BY_KIND.get(kind).map_or(&[], |made| made.get_or_init(|| wanted(|named| named == kind)))
}

/// The references that fields of the kinds that are wanted make, sorted.
fn wanted(is_wanted: impl Fn(&str) -> bool) -> Vec<NameReference> {
    let made = TABLES.iter().map(|table| reference(table, &is_wanted));
    let mut references: Vec<NameReference> = made.filter(|reference| !reference.referrers.is_empty()).collect();
    gvk_order::sort(&mut references, |reference| &reference.gvk);
    references
}

/// One reference with the fields of the kinds that are wanted.
fn reference(table: &Table, is_wanted: impl Fn(&str) -> bool) -> NameReference {
    let owners = table.owners.iter().filter(|owner| is_wanted(owner.kind)).copied().collect::<Vec<_>>();
    let mut referrers: Vec<_> = in_pods(&owners, table.in_pod).collect();
    referrers.extend(specs(table.rows.iter().filter(|(_, _, kind, _)| is_wanted(kind)), false));
    NameReference { gvk: Gvk::new(table.group, table.version, table.kind), referrers }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::config::TransformerConfig;
    use crate::resource::Gvk;

    #[test]
    fn each_kind_has_what_all_references_say_of_it() {
        let all = TransformerConfig::built_in().name_references;
        let named = || all.iter().flat_map(|reference| &reference.referrers).map(|spec| spec.gvk.kind.to_string());
        let kinds: BTreeSet<String> = named().chain(["Unknown".to_owned(), String::new()]).collect();
        assert!(kinds.len() > 20 && !named().any(|kind| kind.is_empty()), "{kinds:?}");
        for (kind, group, version) in kinds.iter().flat_map(|kind| {
            let types = [("", "v1"), ("apps", "v1"), (super::RBAC, "v1"), (super::ADMISSION, "v1beta1")];
            types.map(|(group, version)| (kind, group, version))
        }) {
            let gvk = Gvk::new(group, version, kind.as_str());
            let pairs = all.iter().flat_map(|reference| reference.referrers.iter().map(move |spec| (reference, spec)));
            let want: Vec<_> = pairs.filter(|(_, spec)| gvk.is_selected_by(&spec.gvk)).collect();
            let found = all.referrers_of(&gvk);
            let plain = |pairs: &[(&super::NameReference, &crate::config::FieldSpec)]| {
                pairs.iter().map(|(reference, spec)| (reference.gvk.clone(), (*spec).clone())).collect::<Vec<_>>()
            };
            assert_eq!(plain(&found), plain(&want), "{gvk}");
        }
    }
}
