//! Secrets in all sorts of disguise never reach a report, whatever they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::tests::{file, lines, set};
use super::*;
use crate::gitops::ManifestFile;

/// Manifests that hold `secret` and are masked without being told to.
pub(super) fn disguises(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let encoded = STANDARD.encode(secret);
    let head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n";
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";
    let applied = "kubectl.kubernetes.io/last-applied-configuration";
    let json = format!(
        r#"{{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"a"}},"data":{{"p":"{encoded}"}},"stringData":{{"q":"{secret}"}}}}"#
    );
    let indented = |text: &str, by: usize| text.trim_end().replace('\n', &format!("\n{}", " ".repeat(by)));
    let quoted = json.replace('\'', "''");
    let texts = vec![
        ("a.yaml", format!("{head}data:\n  p: {encoded}\n")),
        ("a.yaml", format!("{head}stringData:\n  p: {secret}\ntype: Opaque\n")),
        ("a.yaml", format!("{head}stringData:\n  key: |\n    -----BEGIN\n    {secret}\n    -----END\n")),
        ("a.yaml", format!("{head}data:\n  p: {encoded}\nextra:\n  p: {secret}\n")),
        ("a.yaml", format!("{head}data: {secret}\n")),
        ("a.yaml", format!("{head}data:\n- {secret}\n")),
        ("a.yaml", format!("{head}data:\n  p: {{deep: [{secret}]}}\n")),
        ("a.yaml", format!("{head}# the password is {secret}\ndata:\n  p: {encoded} # {secret}\n")),
        ("a.yaml", format!("{head}  annotations:\n    {applied}: '{quoted}'\ndata: {{}}\n")),
        ("a.yaml", format!("{head}  annotations:\n    note: &p {secret}\nstringData:\n  p: *p\n")),
        ("a.yaml", format!("x: &p {{p: {encoded}}}\n{head}data:\n  <<: *p\n")),
        ("a.yaml", format!("{head}data:\n  p: !!binary {encoded}\n")),
        ("a.yaml", format!("apiVersion: v1\nkind: !!binary U2VjcmV0\nmetadata:\n  name: a\ndata:\n  p: {encoded}\n")),
        ("a.yaml", format!("apiVersion: v1\nkind: SECRET\nmetadata:\n  name: a\ndata:\n  p: {encoded}\n")),
        ("a.yaml", format!("apiVersion: v1\nkind: secret\nstringData:\n  p: {secret}\n")),
        (
            "a.yaml",
            format!("a: &k Secret\napiVersion: v1\nkind: *k\nmetadata: {{name: a}}\nstringData:\n  p: {secret}\n"),
        ),
        ("a.yaml", format!("{config}---\n{head}stringData:\n  p: {secret}\n---\n{config}")),
        (
            "a.yaml",
            format!(
                "kind: List\napiVersion: v1\nitems:\n- {}\n- {}\n",
                indented(&format!("{head}data:\n  p: {encoded}\n"), 2),
                indented(config, 2)
            ),
        ),
        (
            "a.yaml",
            format!(
                "kind: List\nitems:\n- kind: List\n  items:\n  - {}\n",
                indented(&format!("{head}data:\n  p: {encoded}\n"), 4)
            ),
        ),
        (
            "a.yaml",
            format!(
                "kind: SecretList\napiVersion: v1\nitems:\n- metadata: {{name: a}}\n  data: {{p: {encoded}}}\n- data: {{p: {encoded}}}\n"
            ),
        ),
        ("a.yaml", format!("{json}\n")),
        ("a.json", json.replace("Secret", "\\u0053ecret")),
        ("a.json", json[..json.len() - 1].to_owned()),
        ("a.yaml", format!("{head}data:\n  p: {encoded}\n bad: [\n")),
        ("a.yaml", format!("\"kind\" : 'Secret'\nstringData: {{p: {secret}\n")),
        ("a.yaml", format!("\"kind\": \"\\x53ecret\"\nstringData: {{p: {secret}\n")),
        ("a.yaml", format!("{head}stringData:\n  p: {secret}\n--- {secret}\na: 1\n")),
        ("a.yaml", format!("{head}stringData:\n  p: *{secret}\n")),
        ("a.yaml", format!("{head}stringData:\n  p: {secret}\n  p: {secret}\n")),
        ("a.yaml", format!("{head}stringData:\n  p: {secret}\nkind: ConfigMap\n")),
        (
            "a.yaml",
            format!("{config}data:\n  m.yaml: |\n    {}\n", indented(&format!("{head}data:\n  p: {encoded}\n"), 4)),
        ),
        ("a.yaml", format!("{config}data:\n  m.json: '{quoted}'\n")),
        ("a.yaml", format!("{config}  annotations:\n    {applied}: '{quoted}'\n")),
        ("a.yaml", format!("# kind: Secret\n# data: {secret}\n{config}")),
        (
            "a.yaml",
            format!(
                "apiVersion: a/v1\nkind: Object\nmetadata:\n  name: o\nspec:\n  manifest:\n    {}\n",
                indented(&format!("{head}data:\n  p: {encoded}\n"), 4)
            ),
        ),
        (
            "a.yaml",
            format!(
                "apiVersion: a/v1\nkind: Object\nmetadata:\n  name: o\nspec:\n  list:\n    kind: SecretList\n    items:\n    - data: {{p: {encoded}}}\n"
            ),
        ),
        ("secret.txt", format!("{head}data:\n  p: {encoded}\n")),
        ("README.md", format!("Apply this: \n```\n{head}stringData:\n  p: {secret}\n```\n")),
    ];
    let mut all: Vec<(&'static str, Vec<u8>)> =
        texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let wide: Vec<u8> =
        format!("\u{feff}{head}stringData:\n  p: {secret}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    all.push(("a.yaml", wide));
    let mut bytes = format!("{head}data:\n  p: {encoded}\n").into_bytes();
    bytes.push(0xff);
    all.push(("a.yaml", bytes));
    all
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9]{8,24}", "[a-z]{3}[-_.+/=][a-zA-Z0-9]{6,9}"]
        .prop_filter("a word that manifests are full of", |text| !text.starts_with("Secret"))
}

/// Sets in which a file holds the one secret and then the other; or does not, on one of the sides.
pub(super) fn changes(one: &str, other: &str) -> Vec<[Vec<ManifestFile>; 2]> {
    let mut all = Vec::new();
    for ((path, old), (_, new)) in disguises(one).into_iter().zip(disguises(other)) {
        let (old, new) = (file(path, old), file(path, new));
        let moved = file("moved.yaml", &new.content);
        all.push([vec![old.clone()], vec![new.clone()]]);
        all.push([vec![old.clone()], vec![]]);
        all.push([vec![], vec![new.clone()]]);
        all.push([vec![old.clone()], vec![moved]]);
        // The surroundings of another change.
        let more = [b"a: 1\n---\n", old.content.as_slice()].concat();
        all.push([vec![old], vec![file(path, more)]]);
    }
    all
}

pub(super) fn assert_hidden(shown: &str, secrets: &[&str], of: &[Vec<ManifestFile>; 2]) {
    for secret in secrets {
        let encoded = STANDARD.encode(secret);
        let old =
            of.iter().flatten().map(|file| String::from_utf8_lossy(&file.content)).collect::<Vec<_>>().join("\n=>\n");
        assert!(
            !shown.contains(secret) && !shown.contains(encoded.trim_end_matches('=')),
            "{secret} of\n{old}\nis seen in\n{shown}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_secret_reaches_a_report(one in secret(), other in secret()) {
        for files in [false, true] {
            let options = DiffOptions { files, ..DiffOptions::default() };
            for change in changes(&one, &other) {
                let report = diff(&set(change[0].clone()), &set(change[1].clone()), &options);
                assert_hidden(&format!("{report:?}"), &[&one, &other], &change);
            }
        }
    }

    #[test]
    fn masks_of_other_kinds_hide(one in secret(), other in secret()) {
        let object = |secret: &str| file("a.yaml", format!("apiVersion: a.b/v1\nkind: Database\nmetadata:\n  name: a\n  annotations: {{kubectl.kubernetes.io/last-applied-configuration: '{{\"spec\":\"{secret}\"}}'}}\nspec:\n  users:\n  - {{name: x, password: {secret}}}\n  - {{name: \"y\", password: \"\"}}\n  deep: {{password: [{secret}]}}\n"));
        let broken = |secret: &str| file("a.yaml", format!("apiVersion: a.b/v1\nkind: Database\nspec: {{users: [{{password: {secret}\n"));
        let masks = ["Database.a.b:/spec/users/*/password", "/spec/deep/password"];
        let masks = masks.map(|mask| mask.parse::<Mask>().unwrap()).to_vec();
        let options = DiffOptions { files: true, masks, ..DiffOptions::default() };
        for (old, new) in [(object(&one), object(&other)), (broken(&one), broken(&other)), (object(&one), broken(&one))] {
            let change = [vec![old], vec![new]];
            let report = diff(&set(change[0].clone()), &set(change[1].clone()), &options);
            prop_assert!(report.is_changed() || one == other);
            assert_hidden(&format!("{report:?}"), &[&one, &other], &change);
        }
    }

    #[test]
    fn a_set_is_the_same_as_itself(one in secret()) {
        for (path, content) in disguises(&one) {
            let set = set(vec![file(path, content)]);
            let report = diff(&set, &set, &DiffOptions { files: true, ..DiffOptions::default() });
            prop_assert!(!report.is_changed() && report.units[0].files.is_empty());
        }
    }
}

#[test]
fn masks_tell_that_something_differs_and_nothing_else() {
    let secret =
        |data: &str| vec![file("a.yaml", format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{data}\n"))];
    let old = secret("data: {same: c2FtZQ==, other: b2xk, gone: eA==}\nstringData: {moved: hunter2, swapped: a}");
    let new =
        secret("data: {moved: aHVudGVyMg==, come: eA==}\nstringData: {same: same, other: new and longer, swapped: b}");
    let report = diff(&set(old.clone()), &set(new.clone()), &DiffOptions::default());
    assert_eq!(
        lines(&report),
        [
            "Modified Secret a",
            "  Add /data/come - \"***\"",
            "  Remove /data/gone \"***\" -",
            "  Replace /stringData/other \"*** (before)\" \"*** (after)\"",
            "  Replace /stringData/swapped \"*** (before)\" \"*** (after)\"",
        ]
    );
    assert!(
        report.units[0].objects[0].is_masked && report.units[0].objects[0].fields.iter().all(|field| field.is_masked)
    );
    let shown = diff(&set(old), &set(new), &DiffOptions { show_secrets: true, ..DiffOptions::default() });
    assert_eq!(lines(&shown)[3], "  Replace /stringData/other \"old\" \"new and longer\"");
    let moved = diff(
        &set(secret("data: {a: aHVudGVyMg==}")),
        &set(secret("stringData: {a: hunter2}")),
        &DiffOptions::default(),
    );
    assert_eq!(lines(&moved), [""; 0]);
}

#[test]
fn values_that_change_places_are_seen() {
    let object = |one: &str, other: &str| {
        vec![file("a.yaml", format!("{{kind: A, metadata: {{name: a}}, x: {one}, z: {other}}}\n"))]
    };
    let masks = vec!["/x".parse::<Mask>().unwrap(), "A:/z".parse::<Mask>().unwrap()];
    let options = DiffOptions { masks, ..DiffOptions::default() };
    let report = diff(&set(object("one", "two")), &set(object("two", "one")), &options);
    assert_eq!(
        lines(&report)[1..],
        ["  Replace /x \"*** (before)\" \"*** (after)\"", "  Replace /z \"*** (before)\" \"*** (after)\""]
    );
}

#[test]
fn no_text_passes_for_a_mask() {
    let forged = "\"\\uf8fe\\0secret 0\"";
    let object = |x: &str| vec![file("a.yaml", format!("{{kind: A, metadata: {{name: a}}, a: {x}, b: p}}\n"))];
    let options = DiffOptions { masks: vec!["/b".parse::<Mask>().unwrap()], ..DiffOptions::default() };
    let manifest = "\"kind: Secret\"";
    assert!(diff(&set(object(manifest)), &set(object(forged)), &options).is_changed());
}
