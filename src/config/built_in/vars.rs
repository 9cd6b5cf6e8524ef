//! In which fields vars are expanded.

use super::{PodOwner, Row, in_pods, owner, specs};
use crate::config::FieldSpec;

const OWNERS: [PodOwner; 7] = [
    owner("", "CronJob", "spec/jobTemplate/spec/template/spec"),
    owner("", "DaemonSet", "spec/template/spec"),
    owner("", "Deployment", "spec/template/spec"),
    owner("", "Job", "spec/template/spec"),
    owner("", "Pod", "spec"),
    owner("", "ReplicaSet", "spec/template/spec"),
    owner("", "StatefulSet", "spec/template/spec"),
];

const IN_POD: [&str; 8] = [
    "containers/args",
    "containers/command",
    "containers/env/value",
    "containers/volumeMounts/mountPath",
    "initContainers/args",
    "initContainers/command",
    "initContainers/env/value",
    "initContainers/volumeMounts/mountPath",
];

const ROWS: [Row; 16] = [
    // Upstream's path: no pod has its volumes there.
    ("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
    ("", "", "DaemonSet", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Deployment", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Deployment", "spec/template/metadata/annotations"),
    ("", "", "Ingress", "spec/rules/host"),
    ("", "", "Ingress", "spec/tls/hosts"),
    ("", "", "Ingress", "spec/tls/secretName"),
    ("", "", "Job", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Pod", "spec/volumes/nfs/server"),
    ("", "", "ReplicaSet", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Service", "spec/ports/port"),
    ("", "", "Service", "spec/ports/targetPort"),
    ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
    ("", "", "PersistentVolume", "spec/nfs/server"),
    ("", "", "", "metadata/labels"),
    ("", "", "", "metadata/annotations"),
];

/// All fields in which vars are expanded.
pub(super) fn all() -> Vec<FieldSpec> {
    let mut all: Vec<_> = in_pods(&OWNERS, &IN_POD).collect();
    all.extend(specs(&ROWS, false));
    all
}
