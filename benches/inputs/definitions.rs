//! Large CustomResourceDefinitions, as operators ship them: deep schemas, long descriptions.

use std::fmt::Write as _;

const DEPTH: usize = 7;

const WORDS: [&str; 24] = [
    "the",
    "field",
    "names",
    "a",
    "volume",
    "that",
    "containers",
    "of",
    "this",
    "workload",
    "may",
    "mount",
    "when",
    "unset",
    "controller",
    "chooses",
    "value",
    "from",
    "its",
    "defaults",
    "must",
    "be",
    "unique",
    "among",
];

const FIELDS: [&str; 12] = [
    "affinity",
    "capacity",
    "endpoints",
    "gateways",
    "limits",
    "policies",
    "probes",
    "routes",
    "selectors",
    "storage",
    "targets",
    "volumes",
];

const OVERLAY: &str = "\
resources:
- ../base
namespace: training
labels:
- pairs:
    app.kubernetes.io/part-of: training
patches:
- path: conversion.yaml
- target:
    kind: CustomResourceDefinition
  patch: |-
    - op: add
      path: /metadata/annotations/cert-manager.io~1inject-ca-from
      value: training/serving
";

/// Definitions of about `bytes` bytes, one a file, under an overlay that patches them.
pub fn patched(bytes: usize) -> Vec<(String, String)> {
    let mut dice = Dice(1);
    let mut files = vec![("overlay/kustomization.yaml".to_owned(), OVERLAY.to_owned())];
    let (mut base, mut patch) = ("resources:\n".to_owned(), String::new());
    let mut sum = 0;
    for index in 0.. {
        if sum >= bytes {
            break;
        }
        let text = definition(index, &mut dice);
        sum += text.len();
        let _ = writeln!(base, "- definition-{index:02}.yaml");
        if index > 0 {
            patch.push_str("---\n");
        }
        let _ = write!(
            patch,
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: kind{index}s.training.example.org\nspec:\n  conversion:\n    strategy: Webhook\n    webhook:\n      conversionReviewVersions: [v1]\n      clientConfig:\n        service:\n          name: webhook\n          namespace: training\n          path: /convert\n"
        );
        files.push((format!("base/definition-{index:02}.yaml"), text));
    }
    files.push(("base/kustomization.yaml".to_owned(), base));
    files.push(("overlay/conversion.yaml".to_owned(), patch));
    files
}

fn definition(index: usize, dice: &mut Dice) -> String {
    let mut out = format!(
        "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    controller-gen.kubebuilder.io/version: v0.16.2
  name: kind{index}s.training.example.org
spec:
  group: training.example.org
  names:
    kind: Kind{index}
    plural: kind{index}s
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {{}}
    schema:
      openAPIV3Schema:
"
    );
    let mut room = 290_000;
    object(&mut out, 8, DEPTH, &mut room, dice);
    out
}

/// The schema of an object: its description, and fields that are scalars, lists or objects again.
fn object(out: &mut String, indent: usize, depth: usize, room: &mut usize, dice: &mut Dice) {
    let before = out.len();
    describe(out, indent, dice);
    let _ = writeln!(out, "{:indent$}type: object\n{:indent$}properties:", "", "");
    *room = room.saturating_sub(out.len() - before);
    for field in FIELDS {
        let before = out.len();
        let inner = indent + 4;
        let _ = writeln!(out, "{:width$}{field}{depth}:", "", width = indent + 2);
        match dice.roll(4) {
            _ if depth == 0 || *room == 0 => scalar(out, inner, dice),
            0 => scalar(out, inner, dice),
            1 => {
                let _ = writeln!(out, "{:inner$}type: array\n{:inner$}items:", "", "");
                *room = room.saturating_sub(out.len() - before);
                object(out, inner + 2, depth - 1, room, dice);
                continue;
            }
            _ => {
                *room = room.saturating_sub(out.len() - before);
                object(out, inner, depth - 1, room, dice);
                continue;
            }
        }
        *room = room.saturating_sub(out.len() - before);
    }
    let _ = writeln!(out, "{:indent$}required:\n{:indent$}- {}{depth}", "", "", FIELDS[0]);
}

fn scalar(out: &mut String, indent: usize, dice: &mut Dice) {
    describe(out, indent, dice);
    let _ = match dice.roll(4) {
        0 => writeln!(out, "{:indent$}type: integer\n{:indent$}format: int32\n{:indent$}minimum: 0", "", "", ""),
        1 => writeln!(out, "{:indent$}type: boolean\n{:indent$}default: false", "", ""),
        2 => writeln!(out, "{:indent$}type: string\n{:indent$}pattern: '^[a-z0-9]+([.-][a-z0-9]+)*$'", "", ""),
        _ => writeln!(
            out,
            "{:indent$}anyOf:\n{:indent$}- type: integer\n{:indent$}- type: string\n{:indent$}x-kubernetes-int-or-string: true",
            "", "", "", ""
        ),
    };
}

/// A description: in one line, over several, or as a block, as controller-gen writes them.
fn describe(out: &mut String, indent: usize, dice: &mut Dice) {
    let lines = dice.roll(4) + 1;
    let style = dice.roll(3);
    let _ = match style {
        0 => writeln!(out, "{:indent$}description: |-", ""),
        1 => writeln!(out, "{:indent$}description: \"on failure:", ""),
        _ => writeln!(out, "{:indent$}description: Optional", ""),
    };
    for line in 0..lines {
        let _ = write!(out, "{:width$}", "", width = indent + 2);
        for word in 0..11 {
            let space = if word == 0 { "" } else { " " };
            let _ = write!(out, "{space}{}", WORDS[dice.roll(WORDS.len())]);
        }
        out.push_str(if style == 1 && line + 1 == lines { ".\"\n" } else { "\n" });
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}
