//! Which fields refer to which objects by name.

use super::{PodOwner, Row, in_pods, owner, specs};
use crate::config::NameReference;
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

/// All name references.
pub(super) fn all() -> Vec<NameReference> {
    let reference = |table: &Table| {
        let mut referrers: Vec<_> = in_pods(table.owners, table.in_pod).collect();
        referrers.extend(specs(table.rows, false));
        NameReference { gvk: Gvk::new(table.group, table.version, table.kind), referrers }
    };
    TABLES.iter().map(reference).collect()
}
