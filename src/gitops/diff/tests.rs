//! Sets in, reports out.

use super::*;
use crate::error::{Error, ErrorKind};
use crate::gitops::{GeneratedName, ManifestFile, RenderedSet, UnitManifests, UnitName};

pub(super) fn file(path: &str, content: impl AsRef<[u8]>) -> ManifestFile {
    ManifestFile {
        path: path.to_owned(),
        content: content.as_ref().to_vec(),
        resources: Vec::new(),
        generated: Vec::new(),
    }
}

fn unit() -> UnitName {
    UnitName { site: "aws".to_owned(), app: "nginx".to_owned() }
}

/// A set of one unit with these files.
pub(super) fn set(files: Vec<ManifestFile>) -> RenderedSet {
    RenderedSet { units: [(unit(), UnitManifests::Files(files))].into() }
}

/// A line for each object and field of a report.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let value = |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let mut out = Vec::new();
    for unit in &report.units {
        for object in &unit.objects {
            let (kind, name) = (&object.id.kind, &object.id.name);
            let old = object.old_id.as_ref().map(|id| format!(" was {}", id.name)).unwrap_or_default();
            let noise = object.noise.map(|noise| format!(" {noise:?}")).unwrap_or_default();
            out.push(format!("{:?} {kind} {name}{old}{noise}", object.change));
            for field in &object.fields {
                let (old, new) = (value(&field.old), value(&field.new));
                out.push(format!("  {:?} {} {old} {new}", field.operation, field.pointer));
            }
            out.extend(object.ignored.iter().map(|field| format!("  ignored {} by {}", field.pointer, field.rule)));
        }
    }
    out
}

fn compared(old: &str, new: &str) -> Vec<String> {
    lines(&diff(&set(vec![file("a.yaml", old)]), &set(vec![file("a.yaml", new)]), &DiffOptions::default()))
}

fn config(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: {value}\n")
}

#[test]
fn what_means_the_same_is_no_difference() {
    let one = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x: \"1\", y: b}\n";
    let two = "# a comment\napiVersion: 'v1'\nkind: ConfigMap\ndata:\n  y: 'b'\n  x: '1'\nmetadata:\n  name: a\n";
    let options = DiffOptions { files: true, ..DiffOptions::default() };
    let report = diff(&set(vec![file("a.yaml", one)]), &set(vec![file("a.yaml", two)]), &options);
    assert_eq!(lines(&report), [""; 0]);
    assert_eq!((report.units[0].status, report.units[0].unchanged), (UnitStatus::Unchanged, 1));
    // The files differ all the same.
    assert_eq!(report.units[0].files.len(), 1);
    assert!(!report.is_changed());
}

#[test]
fn objects_are_found_in_whatever_file_they_are() {
    let (a, b, c) = (config("a", "x"), config("b", "x"), config("c", "x"));
    let old = set(vec![file("a.yaml", format!("{a}---\n{b}")), file("c.yaml", &c)]);
    let list = format!("kind: List\nitems:\n- {}", config("b", "z").trim_end().replace('\n', "\n  "));
    let new = set(vec![file("a.yaml", &a), file("c.yaml", "# nothing\n"), file("d.yaml", format!("{c}---\n{list}\n"))]);
    let report = diff(&old, &new, &DiffOptions::default());
    assert_eq!(lines(&report), ["Modified ConfigMap b", "  Replace /data/a \"x\" \"z\"", "Moved ConfigMap c"]);
    let moved = &report.units[0].objects[1];
    assert_eq!((moved.old_path.as_deref(), moved.new_path.as_deref()), (Some("c.yaml"), Some("d.yaml")));
    assert_eq!(report.units[0].unchanged, 1);
}

#[test]
fn removed_first_and_the_version_is_no_identity() {
    let old = format!("{}---\napiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {{name: web}}\n", config("z", "x"));
    let new = format!(
        "{}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\n",
        "{kind: A, metadata: {name: b}}\n"
    );
    assert_eq!(
        compared(&old, &new),
        [
            "Removed ConfigMap z",
            "Added A b",
            "Modified Deployment web",
            "  Replace /apiVersion \"apps/v1beta1\" \"apps/v1\""
        ]
    );
}

#[test]
fn units_in_one_word() {
    let names = ["a", "b", "c", "d", "e", "f"].map(|app| UnitName { site: "s".to_owned(), app: app.to_owned() });
    let files = |value: &str| UnitManifests::Files(vec![file("a.yaml", config("a", value))]);
    let failed = || UnitManifests::Failed(vec![Error::new(ErrorKind::Io, "no disk")]);
    let [a, b, c, d, e, f] = names;
    let base = RenderedSet {
        units: [
            (a.clone(), files("1")),
            (b, files("1")),
            (d.clone(), files("1")),
            (e.clone(), failed()),
            (f.clone(), files("1")),
        ]
        .into(),
    };
    let head =
        RenderedSet { units: [(a, files("1")), (c, files("1")), (d, files("2")), (e, failed()), (f, failed())].into() };
    let report = diff(&base, &head, &DiffOptions::default());
    let status: Vec<UnitStatus> = report.units.iter().map(|unit| unit.status).collect();
    use UnitStatus::{Added, Changed, Failed, Removed, Unchanged};
    assert_eq!(status, [Unchanged, Removed, Added, Changed, Failed, Failed]);
    assert_eq!(report.units[4].failures.iter().map(|failure| failure.on_base).collect::<Vec<_>>(), [true, false]);
    let counts = report.counts();
    assert_eq!((counts.added, counts.removed, counts.modified, counts.failed), (1, 1, 1, 2));
}

#[test]
fn a_generated_name_is_a_rename_and_its_references_are_noise() {
    let deployment = |name: &str, image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - image: {image}\n        name: web\n        envFrom:\n        - configMapRef:\n            name: {name}\n"
        )
    };
    let made = |name: &str, before: &str, value: &str| ManifestFile {
        generated: vec![GeneratedName {
            kind: "ConfigMap".to_owned(),
            namespace: None,
            name: name.to_owned(),
            name_before_hash: before.to_owned(),
        }],
        ..file("config.yaml", config(name, value))
    };
    let old = set(vec![made("app-1111111111", "app", "x"), file("web.yaml", deployment("app-1111111111", "a"))]);
    let new = set(vec![made("app-2222222222", "app", "z"), file("web.yaml", deployment("app-2222222222", "a"))]);
    let report = diff(&old, &new, &DiffOptions::default());
    assert_eq!(
        lines(&report),
        [
            "Renamed ConfigMap app-2222222222 was app-1111111111",
            "  Replace /metadata/name \"app-1111111111\" \"app-2222222222\"",
            "  Replace /data/a \"x\" \"z\"",
            "Modified Deployment web HashReferences",
            "  Replace /spec/template/spec/containers/[name=web]/envFrom/0/configMapRef/name \"app-1111111111\" \"app-2222222222\"",
        ]
    );
    // Read from a folder, hashes are known by their looks.
    let old = set(vec![file("c.yaml", config("app-5h7kt2m4b9", "x"))]);
    let new = set(vec![file("c.yaml", config("app-2g4cd9f8mt", "y"))]);
    assert_eq!(
        lines(&diff(&old, &new, &DiffOptions::default()))[0],
        "Renamed ConfigMap app-2g4cd9f8mt was app-5h7kt2m4b9"
    );
}

#[test]
fn what_is_alike_was_renamed_and_what_is_small_was_not() {
    let service = |name: &str, port: u16| {
        format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: {name}, labels: {{a: b, c: d}}}}, spec: {{type: ClusterIP, clusterIP: None, ports: [{{port: {port}, name: http}}], selector: {{app: x}}}}}}\n"
        )
    };
    let account = |name: &str| {
        format!("{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {name}, labels: {{a: b}}}}}}\n")
    };
    let old = format!("{}---\n{}---\n{}", service("a", 80), service("b", 81), account("x"));
    let new = format!("{}---\n{}---\n{}", service("d", 81), service("c", 80), account("z"));
    assert_eq!(
        compared(&old, &new),
        [
            "Removed ServiceAccount x",
            "Renamed Service c was a",
            "  Replace /metadata/name \"a\" \"c\"",
            "Renamed Service d was b",
            "  Replace /metadata/name \"b\" \"d\"",
            "Added ServiceAccount z",
        ]
    );
    let named = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: x, namespace: m}}\n";
    assert_eq!(compared(&account("x"), named)[0], "Renamed ServiceAccount x was x");
}

#[test]
fn noise_is_told_from_what_was_meant() {
    let web = |chart: &str, sum: &str, bundle: &str, image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, labels: {{helm.sh/chart: {chart}}}}}\nspec:\n  caBundle: {bundle}\n  template:\n    metadata: {{annotations: {{checksum/config: {sum}}}}}\n    spec: {{containers: [{{name: a, image: {image}}}]}}\n"
        )
    };
    let old = web("web-1", "a", "x", "i");
    for (new, noise) in [
        (web("web-2", "a", "x", "i"), " ChartLabels"),
        (web("web-1", "b", "x", "i"), " Checksums"),
        (web("web-1", "a", "y", "i"), " CaBundles"),
        (web("web-2", "b", "x", "i"), " Mixed"),
        (web("web-2", "a", "x", "j"), ""),
    ] {
        assert_eq!(compared(&old, &new)[0], format!("Modified Deployment web{noise}"));
    }
}

#[test]
fn rules_ignore_and_are_counted() {
    let text = "rules:\n- target: {kind: Deployment}\n  pointers: [/spec/replicas, /metadata/annotations/x]\n  reason: scaled by hand\n- target: {kind: Service}\n  pointers: [/spec]\n  reason: none\n";
    let rules = parse_rules("ignore.yaml".as_ref(), text.into()).unwrap();
    let options = DiffOptions { rules, ..DiffOptions::default() };
    let web = |spec: &str| {
        file("web.yaml", format!("{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web}}, spec: {spec}}}\n"))
    };
    let report = diff(&set(vec![web("{replicas: 1}")]), &set(vec![web("{replicas: 2}")]), &options);
    assert_eq!(lines(&report), ["Modified Deployment web", "  ignored /spec/replicas by 0"]);
    assert_eq!(report.units[0].status, UnitStatus::Ignored);
    assert!(!report.is_changed());
    assert_eq!((report.counts().ignored, report.counts().modified), (1, 0));
    assert_eq!(report.rules.iter().map(|rule| rule.used).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(report.warnings[0].message, "the ignore rule `Service /spec (ignore.yaml:5)` was not used");
    // What is ignored is not shown in the text either.
    let report = diff(&set(vec![web("{replicas: 1, paused: true}")]), &set(vec![web("{replicas: 2}")]), &options);
    assert_eq!(report.units[0].status, UnitStatus::Changed);
    let text = format!("{:?}", report.units[0].objects[0].text);
    assert!(text.contains("paused") && !text.contains("kind: Removed, text: \"  replicas"), "{text}");
}

#[test]
fn files_that_hold_no_objects_are_texts() {
    let old = vec![
        file("README.md", "a\nb\n"),
        file("bytes", [0xff, 0x00]),
        file("broken.yaml", "a: [\n"),
        file("values.yaml", "a: {b: 1}\n"),
    ];
    let new = vec![
        file("README.md", "a\nc\n"),
        file("bytes", [0xff, 0x01]),
        file("broken.yaml", "a: [[\n"),
        file("values.yaml", "a: {b: 2}\n"),
    ];
    let report = diff(&set(old), &set(new), &DiffOptions::default());
    assert_eq!(
        lines(&report),
        [
            "Modified  README.md",
            "Modified  broken.yaml",
            "Modified  bytes",
            "Modified  values.yaml",
            "  Replace /a/b 1 2"
        ]
    );
    let hash = "c66e46a7f9a7d6b4f8c2cd7c4d8ab2ef1d3f";
    let TextDiff::Binary { old_sha256: Some(old), new_sha256: Some(new) } = &report.units[0].objects[2].text else {
        panic!("{hash}")
    };
    assert!(old.len() == 64 && new.len() == 64 && old != new);
    assert_eq!(report.warnings.len(), 1);
    assert_eq!(
        report.warnings[0].message,
        "`broken.yaml` of `aws/nginx` can't be read as YAML and is compared as text"
    );
}

#[test]
fn a_new_chart_is_one_group_of_noise_and_a_change_all_the_same() {
    let service = |index: usize, chart: &str| {
        let labels = format!("helm.sh/chart: {chart}, app.kubernetes.io/version: \"{chart}\"");
        file(
            &format!("{index}.yaml"),
            format!("{{apiVersion: v1, kind: Service, metadata: {{name: s{index}, labels: {{{labels}}}}}}}\n"),
        )
    };
    let all = |chart: &str| set((0..48).map(|index| service(index, chart)).collect());
    let report = diff(&all("web-1"), &all("web-2"), &DiffOptions::default());
    let objects = &report.units[0].objects;
    assert!(objects.len() == 48 && objects.iter().all(|object| object.noise == Some(Noise::ChartLabels)));
    assert!(report.is_changed());
    assert_eq!((report.counts().modified, report.counts().noise), (48, 48));
}

#[test]
fn threads_make_no_difference() {
    let configs = |value: &str| {
        set((0..400)
            .map(|index| file(&format!("{index}.yaml"), config(&format!("c{index}"), &value.repeat(400))))
            .collect())
    };
    let (old, new) = (configs("x"), configs("z"));
    let by = |threads| {
        let options =
            DiffOptions { threads: std::num::NonZeroUsize::new(threads), files: true, ..DiffOptions::default() };
        format!("{:?}", diff(&old, &new, &options))
    };
    assert_eq!(by(1), by(4));
}
