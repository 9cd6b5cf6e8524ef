//! Makes a resource share no text with others, see [`Copies`].

use arcstr::{ArcStr, literal};

use crate::resource::{Gvk, Resource};
use crate::yaml::Copies;

macro_rules! words {
    ($($word:literal)*) => {
        &[$(literal!($word)),*]
    };
}

/// Names and values that stand in most objects.
#[rustfmt::skip]
pub(crate) static WORDS: &[ArcStr] = words! {
    "apiVersion" "kind" "metadata" "name" "namespace" "labels" "annotations" "spec" "data" "stringData" "type"
    "template" "selector" "matchLabels" "matchExpressions" "containers" "initContainers" "image"
    "imagePullPolicy" "command" "args" "env" "envFrom" "value" "valueFrom" "ports" "port" "targetPort"
    "containerPort" "protocol" "volumes" "volumeMounts" "mountPath" "resources" "requests" "limits" "cpu"
    "memory" "replicas" "serviceAccountName" "strategy" "readinessProbe" "livenessProbe" "httpGet" "path"
    "key" "items" "configMap" "configMapRef" "configMapKeyRef" "secret" "secretName" "secretRef"
    "secretKeyRef" "rules" "apiGroup" "apiGroups" "verbs" "roleRef" "subjects" "securityContext" "tolerations"
    "nodeSelector" "affinity" "v1" "apps/v1" "batch/v1" "rbac.authorization.k8s.io/v1" "networking.k8s.io/v1"
    "policy/v1" "autoscaling/v2" "apiextensions.k8s.io/v1" "Namespace" "ServiceAccount" "Role" "RoleBinding"
    "ClusterRole" "ClusterRoleBinding" "ConfigMap" "Secret" "Service" "Deployment" "StatefulSet" "DaemonSet"
    "Job" "CronJob" "Ingress" "NetworkPolicy" "PodDisruptionBudget" "HorizontalPodAutoscaler"
    "PersistentVolumeClaim" "CustomResourceDefinition"
};

impl Resource {
    /// Gives all texts of the resource buffers of these copies.
    pub(crate) fn detach(&mut self, copies: &mut Copies) {
        copies.detach_tree(&mut self.node);
        for previous in &mut self.history {
            copies.detach(&mut previous.namespace);
            copies.detach(&mut previous.name);
            copies.detach(&mut previous.kind);
        }
        self.prefixes.iter_mut().chain(&mut self.suffixes).for_each(|text| copies.detach(text));
    }
}

impl Gvk {
    /// The same for a type.
    pub(crate) fn detach(&mut self, copies: &mut Copies) {
        copies.detach(&mut self.group);
        copies.detach(&mut self.version);
        copies.detach(&mut self.kind);
    }
}
