//! Pods: where most references, images, labels and lists with merge keys are.

use super::dice::Dice;
use super::objects::{annotations, labels, name};
use super::scalars;
use super::yaml::{Yaml, list, map, scalar};

const IMAGES: [&str; 9] = [
    "nginx",
    "nginx:1.19",
    "app:v1",
    "registry.example.com:5000/team/app:v2",
    "registry.example.com/app@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3",
    "db:1.0@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3",
    "\"quoted:v1\"",
    "postgres",
    "docker.io/library/nginx:latest",
];

pub fn template(dice: &mut Dice<'_>) -> Yaml {
    let mut fields = Vec::new();
    if dice.chance(70) {
        let mut metadata = vec![("labels", labels(dice))];
        if dice.chance(20) {
            metadata.push(("annotations", annotations(dice)));
        }
        fields.push(("metadata", map(metadata)));
    }
    fields.push(("spec", spec(dice)));
    map(fields)
}

pub fn spec(dice: &mut Dice<'_>) -> Yaml {
    let count = dice.between(1, 3);
    let mut fields = vec![("containers", list((0..count).map(|_| container(dice)).collect::<Vec<_>>()))];
    if dice.chance(15) {
        fields.push(("initContainers", list([container(dice)])));
    }
    if dice.chance(35) {
        let count = dice.between(1, 3);
        fields.push(("volumes", list((0..count).map(|_| volume(dice)).collect::<Vec<_>>())));
    }
    if dice.chance(20) {
        fields.push(("serviceAccountName", name(dice)));
    }
    if dice.chance(15) {
        fields.push(("imagePullSecrets", list([map([("name", name(dice))])])));
    }
    if dice.chance(15) {
        let toleration = map([("key", scalars::word(dice)), ("operator", scalar("Exists"))]);
        fields.push(("tolerations", list([toleration])));
    }
    if dice.chance(10) {
        let selector = map([("matchLabels", labels(dice))]);
        let constraint = map([("topologyKey", scalar("zone")), ("maxSkew", scalar("1")), ("labelSelector", selector)]);
        fields.push(("topologySpreadConstraints", list([constraint])));
    }
    if dice.chance(10) {
        let term = map([("topologyKey", scalar("zone")), ("labelSelector", map([("matchLabels", labels(dice))]))]);
        let field = dice.pick(&["podAffinity", "podAntiAffinity"]);
        let required = map([("requiredDuringSchedulingIgnoredDuringExecution", list([term]))]);
        fields.push(("affinity", map([(field, required)])));
    }
    if dice.chance(10) {
        fields.push(("nodeSelector", labels(dice)));
    }
    if dice.chance(5) {
        fields.push(("hostAliases", list([map([("ip", scalar("10.0.0.1")), ("hostnames", list([name(dice)]))])])));
    }
    map(fields)
}

fn container(dice: &mut Dice<'_>) -> Yaml {
    let mut fields = vec![("name", scalar(dice.pick(&["web", "side", "db", "app", "init"])))];
    if dice.chance(85) {
        fields.push(("image", scalar(dice.pick(&IMAGES))));
    }
    if dice.chance(30) {
        let count = dice.between(1, 3);
        fields.push(("env", list((0..count).map(|_| variable(dice)).collect::<Vec<_>>())));
    }
    if dice.chance(20) {
        let field = dice.pick(&["configMapRef", "secretRef"]);
        fields.push(("envFrom", list([map([(field, map([("name", name(dice))]))])])));
    }
    if dice.chance(25) {
        let count = dice.between(1, 3);
        fields.push(("ports", list((0..count).map(|_| port(dice)).collect::<Vec<_>>())));
    }
    if dice.chance(20) {
        let argument =
            |dice: &mut Dice<'_>| scalar(dice.pick(&["--flag", "$(HOST):$(PORT)", "\"$(HOST)\"", "$$(HOST)", "\"5\""]));
        fields.push((dice.pick(&["args", "command"]), list([argument(dice), argument(dice)])));
    }
    if dice.chance(20) {
        let limits = map([("cpu", scalar(dice.pick(&["1", "500m", "0.5", "\"1\""]))), ("memory", scalar("1Gi"))]);
        fields.push(("resources", map([("limits", limits)])));
    }
    if dice.chance(20) {
        let mount = |dice: &mut Dice<'_>| {
            map([("name", scalar(dice.pick(&["data", "config"]))), ("mountPath", scalar(dice.pick(&["/a", "/b"])))])
        };
        fields.push(("volumeMounts", list([mount(dice), mount(dice)])));
    }
    map(fields)
}

fn variable(dice: &mut Dice<'_>) -> Yaml {
    let variable = ("name", scalar(dice.pick(&["HOST", "PORT", "A", "TOKEN"])));
    match dice.below(4) {
        0 | 1 => map([variable, ("value", scalars::text(dice))]),
        2 => map([
            variable,
            ("valueFrom", map([("configMapKeyRef", map([("name", name(dice)), ("key", scalar("a"))]))])),
        ]),
        _ => map([variable, ("valueFrom", map([("secretKeyRef", map([("key", scalar("a")), ("name", name(dice))]))]))]),
    }
}

fn port(dice: &mut Dice<'_>) -> Yaml {
    let mut fields = vec![("containerPort", scalar(dice.pick(&["80", "443", "8080"])))];
    if dice.chance(40) {
        fields.push(("protocol", scalar(dice.pick(&["TCP", "UDP"]))));
    }
    if dice.chance(40) {
        fields.push(("name", scalar(dice.pick(&["http", "https"]))));
    }
    map(fields)
}

fn volume(dice: &mut Dice<'_>) -> Yaml {
    let volume = ("name", scalar(dice.pick(&["data", "config", "extra"])));
    let source = match dice.below(6) {
        0 => ("configMap", map([("name", name(dice))])),
        1 => ("secret", map([("secretName", name(dice))])),
        2 => ("emptyDir", map::<&str>([])),
        3 => ("persistentVolumeClaim", map([("claimName", name(dice))])),
        4 => {
            let sources =
                [map([("configMap", map([("name", name(dice))]))]), map([("secret", map([("name", name(dice))]))])];
            ("projected", map([("sources", list(sources))]))
        }
        _ => ("hostPath", map([("path", scalar("/tmp"))])),
    };
    map([volume, source])
}
