//! Kubernetes objects of many kinds, with fields that transformers care about.

use super::dice::Dice;
use super::pods;
use super::scalars;
use super::yaml::{Yaml, list, map, quoted, scalar};

pub const NAMES: [&str; 7] = ["web", "db", "app", "cache", "default", "web-2", "a.b"];
pub const NAMESPACES: [&str; 5] = ["prod", "default", "kube-system", "test", "other"];
const LABEL_KEYS: [&str; 7] = ["app", "tier", "app.kubernetes.io/name", "\"y\"", "example.com/a", "team", "zone"];
const LABEL_VALUES: [&str; 10] = ["web", "db", "\"1\"", "\"true\"", "\"\"", "front", "'yes'", "v1.2", "a-b", "\"1e3\""];

/// How an object of a kind is made: its fields besides `apiVersion`, `kind` and `metadata`.
type Body = fn(&mut Dice<'_>) -> Vec<(&'static str, Yaml)>;

/// `apiVersion`, kind, fields.
pub const KINDS: [(&str, &str, Body); 30] = [
    ("v1", "ConfigMap", data),
    ("apps/v1", "Deployment", workload),
    ("v1", "Service", service),
    ("v1", "Secret", secret),
    ("apps/v1", "StatefulSet", stateful_set),
    ("example.com/v1", "Custom", custom),
    ("v1", "Pod", pod),
    ("v1", "ServiceAccount", service_account),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", binding),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", binding),
    ("rbac.authorization.k8s.io/v1", "Role", rules),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", rules),
    ("networking.k8s.io/v1", "Ingress", ingress),
    ("batch/v1", "Job", job),
    ("batch/v1", "CronJob", cron_job),
    ("apps/v1", "DaemonSet", workload),
    ("v1", "Namespace", nothing),
    ("v1", "PersistentVolumeClaim", claim),
    ("v1", "PersistentVolume", nothing),
    ("autoscaling/v2", "HorizontalPodAutoscaler", autoscaler),
    ("networking.k8s.io/v1", "NetworkPolicy", network_policy),
    ("policy/v1", "PodDisruptionBudget", budget),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", definition),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks),
    ("apiregistration.k8s.io/v1", "APIService", api_service),
    ("storage.k8s.io/v1", "StorageClass", nothing),
    ("networking.k8s.io/v1", "IngressClass", nothing),
    ("cert-manager.io/v1", "ClusterIssuer", custom),
    ("apps/v1", "ReplicaSet", workload),
];

/// An object: what identifies it, and all of it.
#[derive(Debug, Clone)]
pub struct Object {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub name: &'static str,
    pub namespace: Option<&'static str>,
    pub tree: Yaml,
}

/// An object made of these choices.
pub fn object(dice: &mut Dice<'_>) -> Object {
    // Workloads and what they use come up more often than the rest.
    let index = if dice.chance(40) { dice.below(KINDS.len()) } else { dice.below(10) };
    let (api_version, kind, body) = KINDS[index];
    let name = dice.pick(&NAMES);
    let namespace = dice.chance(20).then(|| dice.pick(&NAMESPACES));
    let mut metadata = vec![("name", scalar(name))];
    metadata.extend(namespace.map(|namespace| ("namespace", scalar(namespace))));
    if dice.chance(40) {
        metadata.push(("labels", labels(dice)));
    }
    if dice.chance(30) {
        metadata.push(("annotations", annotations(dice)));
    }
    let mut entries = vec![("apiVersion", scalar(api_version)), ("kind", scalar(kind)), ("metadata", map(metadata))];
    entries.extend(body(dice));
    if dice.chance(10) {
        entries.rotate_left(1);
    }
    Object { api_version, kind, name, namespace, tree: map(entries).restyled(dice) }
}

pub fn labels(dice: &mut Dice<'_>) -> Yaml {
    let count = dice.between(1, 3);
    distinct((0..count).map(|_| (dice.pick(&LABEL_KEYS), scalar(dice.pick(&LABEL_VALUES)))))
}

pub fn annotations(dice: &mut Dice<'_>) -> Yaml {
    let count = dice.between(1, 3);
    distinct((0..count).map(|_| (dice.pick(&LABEL_KEYS), scalars::text(dice))))
}

/// A mapping without keys that are there twice; the first of them stays.
pub fn distinct<'a>(entries: impl IntoIterator<Item = (&'a str, Yaml)>) -> Yaml {
    let mut kept: Vec<(&str, Yaml)> = Vec::new();
    for (key, value) in entries {
        if kept.iter().all(|(earlier, _)| *earlier != key) {
            kept.push((key, value));
        }
    }
    map(kept)
}

pub fn name(dice: &mut Dice<'_>) -> Yaml {
    scalar(dice.pick(&NAMES))
}

fn nothing(_: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    Vec::new()
}

fn data(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    const KEYS: [&str; 9] = ["a", "b", "file.yaml", "\"1\"", "a.b", "n", "host", "_x", "\"\""];
    let count = dice.between(0, 4);
    let entries: Vec<_> = (0..count).map(|_| (dice.pick(&KEYS), scalars::text(dice))).collect();
    let mut fields = vec![("data", distinct(entries))];
    if dice.chance(10) {
        fields.push(("immutable", scalar("true")));
    }
    fields
}

fn secret(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let mut fields = vec![("data", distinct([("token", scalar("c2VjcmV0")), ("a", scalar("YQ=="))]))];
    if dice.chance(40) {
        fields.push(("stringData", map([("plain", scalars::text(dice))])));
    }
    if dice.chance(40) {
        fields.push(("type", scalar("Opaque")));
    }
    fields
}

fn workload(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let mut spec = Vec::new();
    if dice.chance(50) {
        spec.push(("replicas", scalar(dice.pick(&["1", "3", "0", "\"2\""]))));
    }
    if dice.chance(50) {
        spec.push(("selector", map([("matchLabels", labels(dice))])));
    }
    if dice.chance(20) {
        spec.push((
            "strategy",
            map([("type", scalar("RollingUpdate")), ("rollingUpdate", map([("maxSurge", scalar("1"))]))]),
        ));
    }
    spec.push(("template", pods::template(dice)));
    vec![("spec", map(spec))]
}

fn stateful_set(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let mut fields = workload(dice);
    let mut more = vec![("serviceName".to_owned(), name(dice))];
    if dice.chance(50) {
        let metadata = map([("name", scalar("data")), ("labels", labels(dice))]);
        let claim = map([("metadata", metadata), ("spec", map([("storageClassName", name(dice))]))]);
        more.push(("volumeClaimTemplates".to_owned(), list([claim])));
    }
    if let Some((_, Yaml::Mapping(_, spec))) = fields.first_mut() {
        spec.extend(more);
    }
    fields
}

fn pod(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    vec![("spec", pods::spec(dice))]
}

fn job(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    vec![("spec", map([("template", pods::template(dice))]))]
}

fn cron_job(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let schedule = scalar(dice.pick(&["\"0 1 * * *\"", "'@daily'", "\"*/5 * * * *\""]));
    vec![(
        "spec",
        map([("schedule", schedule), ("jobTemplate", map([("spec", map([("template", pods::template(dice))]))]))]),
    )]
}

fn service(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let mut spec = Vec::new();
    if dice.chance(60) {
        spec.push(("selector", labels(dice)));
    }
    let count = dice.between(0, 3);
    let ports = (0..count).map(|_| {
        let mut port = vec![("port", scalar(dice.pick(&["80", "443", "8080"])))];
        if dice.chance(50) {
            port.push(("name", scalar(dice.pick(&["http", "https", "metrics"]))));
        }
        if dice.chance(30) {
            port.push(("protocol", scalar(dice.pick(&["TCP", "UDP"]))));
        }
        if dice.chance(30) {
            port.push(("targetPort", scalar(dice.pick(&["http", "8080", "\"8080\""]))));
        }
        map(port)
    });
    spec.push(("ports", list(ports)));
    vec![("spec", map(spec))]
}

fn service_account(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    if dice.chance(50) { vec![("imagePullSecrets", list([map([("name", name(dice))])]))] } else { Vec::new() }
}

fn binding(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let role = map([
        ("apiGroup", scalar("rbac.authorization.k8s.io")),
        ("kind", scalar(dice.pick(&["ClusterRole", "Role"]))),
        ("name", name(dice)),
    ]);
    let count = dice.between(1, 3);
    let subjects = (0..count).map(|_| {
        let kind = scalar(dice.pick(&["ServiceAccount", "User", "Group"]));
        let mut subject = vec![("kind", kind), ("name", name(dice))];
        if dice.chance(60) {
            subject.push(("namespace", scalar(dice.pick(&NAMESPACES))));
        }
        map(subject)
    });
    vec![("subjects", list(subjects)), ("roleRef", role)]
}

fn rules(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let rule = map([
        ("apiGroups", list([scalar("\"\"")])),
        ("resources", list([scalar("secrets")])),
        ("resourceNames", list([name(dice), name(dice)])),
        ("verbs", list([scalar("'*'")])),
    ]);
    vec![("rules", list([rule]))]
}

fn ingress(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let backend = |dice: &mut Dice<'_>| {
        map([("service", map([("name", name(dice)), ("port", map([("number", scalar("80"))]))]))])
    };
    let paths = list([map([("path", scalar("/")), ("pathType", scalar("Prefix")), ("backend", backend(dice))])]);
    let mut spec = vec![
        ("ingressClassName", name(dice)),
        ("rules", list([map([("host", scalars::word(dice)), ("http", map([("paths", paths)]))])])),
    ];
    if dice.chance(50) {
        spec.push(("tls", list([map([("secretName", name(dice)), ("hosts", list([scalars::word(dice)]))])])));
    }
    if dice.chance(20) {
        spec.push(("defaultBackend", backend(dice)));
    }
    vec![("spec", map(spec))]
}

fn claim(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let spec = [
        ("storageClassName", name(dice)),
        ("volumeName", name(dice)),
        ("accessModes", list([scalar("ReadWriteOnce")])),
    ];
    vec![("spec", map(spec))]
}

fn autoscaler(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let kind = scalar(dice.pick(&["Deployment", "StatefulSet", "Custom"]));
    let version = scalar(dice.pick(&["apps/v1", "example.com/v1"]));
    let target = map([("apiVersion", version), ("kind", kind), ("name", name(dice))]);
    vec![("spec", map([("scaleTargetRef", target), ("maxReplicas", scalar("10"))]))]
}

fn network_policy(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let selector = |dice: &mut Dice<'_>| map([("matchLabels", labels(dice))]);
    let peer = list([map([("podSelector", selector(dice))]), map([("namespaceSelector", selector(dice))])]);
    let mut spec = vec![("podSelector", selector(dice))];
    spec.push(("ingress", list([map([("from", peer)])])));
    vec![("spec", map(spec))]
}

fn budget(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    vec![("spec", map([("minAvailable", scalar("50%")), ("selector", map([("matchLabels", labels(dice))]))]))]
}

fn definition(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let config = map([("service", map([("name", name(dice)), ("namespace", scalar("old")), ("path", scalar("/x"))]))]);
    let conversion = map([("strategy", scalar("Webhook")), ("webhook", map([("clientConfig", config)]))]);
    vec![("spec", map([("group", scalar("example.com")), ("conversion", conversion)]))]
}

fn webhooks(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let config = map([("service", map([("name", name(dice)), ("namespace", scalar(dice.pick(&NAMESPACES)))]))]);
    vec![("webhooks", list([map([("name", scalar("a.example.com")), ("clientConfig", config)])]))]
}

fn api_service(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    let service = map([("name", name(dice)), ("namespace", scalar(dice.pick(&NAMESPACES)))]);
    vec![("spec", map([("group", scalar("example.com")), ("service", service)]))]
}

fn custom(dice: &mut Dice<'_>) -> Vec<(&'static str, Yaml)> {
    vec![("spec", tree(dice, 3))]
}

/// Anything at all, so many levels deep at most.
pub fn tree(dice: &mut Dice<'_>, depth: usize) -> Yaml {
    const KEYS: [&str; 12] =
        ["a", "b", "name", "value", "labels", "image", "containers", "\"2\"", "n", "true-ish", "\"a b\"", "key"];
    match if depth == 0 { 0 } else { dice.below(6) } {
        0 | 1 => scalars::any(dice),
        2 | 3 => {
            let count = dice.between(0, 4);
            let entries: Vec<_> = (0..count).map(|_| (dice.pick(&KEYS), tree(dice, depth - 1))).collect();
            distinct(entries)
        }
        4 => {
            let count = dice.between(0, 3);
            list((0..count).map(|_| tree(dice, depth - 1)).collect::<Vec<_>>())
        }
        _ => map([("name", name(dice)), ("value", scalars::any(dice)), ("secret", scalar(quoted("x: y")))]),
    }
}
