//! Where labels and annotations go.

use super::{Row, specs};
use crate::config::FieldSpec;

/// The labels of objects and of their pods.
pub(super) const METADATA: [Row; 9] = [
    ("", "", "", "metadata/labels"),
    ("", "v1", "ReplicationController", "spec/template/metadata/labels"),
    ("", "", "Deployment", "spec/template/metadata/labels"),
    ("", "", "ReplicaSet", "spec/template/metadata/labels"),
    ("", "", "DaemonSet", "spec/template/metadata/labels"),
    ("apps", "", "StatefulSet", "spec/template/metadata/labels"),
    ("batch", "", "Job", "spec/template/metadata/labels"),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/labels"),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels"),
];

pub(super) const VOLUME_CLAIM_TEMPLATES: [Row; 1] =
    [("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels")];

pub(super) const ANNOTATIONS: Row = ("", "", "", "metadata/annotations");

pub(super) const TEMPLATE_ANNOTATIONS: [Row; 8] = [
    ("", "v1", "ReplicationController", "spec/template/metadata/annotations"),
    ("", "", "Deployment", "spec/template/metadata/annotations"),
    ("", "", "ReplicaSet", "spec/template/metadata/annotations"),
    ("", "", "DaemonSet", "spec/template/metadata/annotations"),
    ("", "", "StatefulSet", "spec/template/metadata/annotations"),
    ("batch", "", "Job", "spec/template/metadata/annotations"),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations"),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations"),
];

/// Selectors that are made where they are missing.
const SELECTORS: [Row; 6] = [
    ("", "v1", "Service", "spec/selector"),
    ("", "v1", "ReplicationController", "spec/selector"),
    ("", "", "Deployment", "spec/selector/matchLabels"),
    ("", "", "ReplicaSet", "spec/selector/matchLabels"),
    ("", "", "DaemonSet", "spec/selector/matchLabels"),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels"),
];

/// Selectors that get labels only where they are written.
const OPTIONAL_SELECTORS: [Row; 6] = [
    ("batch", "", "Job", "spec/selector/matchLabels"),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels"),
    ("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels"),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels"),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels"),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels"),
];

/// Kinds of group `apps` whose pods' affinities and spread constraints select by label.
const SCHEDULED: [&str; 2] = ["Deployment", "StatefulSet"];

const SCHEDULING: [&str; 5] = [
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution",
    "topologySpreadConstraints",
];

/// All fields that `commonLabels` go to.
pub(super) fn common() -> Vec<FieldSpec> {
    let mut all = specs(&SELECTORS, true);
    for kind in SCHEDULED {
        for place in SCHEDULING {
            let path = format!("spec/template/spec/{place}/labelSelector/matchLabels");
            all.push(FieldSpec { gvk: crate::resource::Gvk::new("apps", "", kind), path: path.into(), create: false });
        }
    }
    all.extend(specs(&OPTIONAL_SELECTORS, false));
    all.extend(specs(METADATA.iter().chain(&VOLUME_CLAIM_TEMPLATES), true));
    all
}
