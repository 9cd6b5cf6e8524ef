//! Small reports for tests.

mod any;

use serde_json::json;

use crate::error::{Error, ErrorKind};
use crate::gitops::UnitName;
use crate::gitops::diff::{
    Change, Failure, FieldChange, FieldOperation, Hunk, HunkLine, IgnoredField, LineKind, Noise, ObjectChange,
    ObjectId, Report, RuleUse, TextDiff, UnitReport, UnitStatus,
};
use crate::source::Span;
use crate::warning::Warning;

pub(super) use any::{any_report, hostile};

/// A hunk from lines that begin with their sign.
pub(super) fn hunk(start: usize, lines: &[&str]) -> Hunk {
    let line = |line: &&str| {
        let kind = match line.as_bytes()[0] {
            b'-' => LineKind::Removed,
            b'+' => LineKind::Added,
            _ => LineKind::Context,
        };
        HunkLine { kind, text: line[1..].to_owned(), no_newline: false }
    };
    hunk_of(start, lines.iter().map(line).collect())
}

/// A hunk that begins at line `start` on both sides.
pub(super) fn hunk_of(start: usize, lines: Vec<HunkLine>) -> Hunk {
    let without = |kind| lines.iter().filter(|line| line.kind != kind).count();
    let (old_lines, new_lines) = (without(LineKind::Added), without(LineKind::Removed));
    let from = |number| if number == 0 { 0 } else { start };
    Hunk { old_start: from(old_lines), old_lines, new_start: from(new_lines), new_lines, lines }
}

pub(super) fn id(group: &str, kind: &str, namespace: &str, name: &str) -> ObjectId {
    let namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
    ObjectId { group: group.to_owned(), kind: kind.to_owned(), namespace, name: name.to_owned() }
}

pub(super) fn object(id: ObjectId, change: Change, hunks: Vec<Hunk>) -> ObjectChange {
    ObjectChange {
        id,
        old_id: None,
        change,
        old_path: None,
        new_path: None,
        fields: Vec::new(),
        ignored: Vec::new(),
        noise: None,
        is_masked: false,
        text: TextDiff::Hunks(hunks),
    }
}

pub(super) fn unit(site: &str, app: &str, status: UnitStatus, objects: Vec<ObjectChange>) -> UnitReport {
    let unit = UnitName { site: site.to_owned(), app: app.to_owned() };
    UnitReport { unit, status, objects, unchanged: 3, files: Vec::new(), failures: Vec::new() }
}

fn replaced(pointer: &str, old: serde_json::Value, new: serde_json::Value) -> FieldChange {
    let operation = FieldOperation::Replace;
    FieldChange { pointer: pointer.to_owned(), operation, old: Some(old), new: Some(new), is_masked: false }
}

/// A report with one of everything.
pub(super) fn report() -> Report {
    let image = hunk(19, &["   spec:", "-    image: web:1", "+    image: web:2", "     name: web"]);
    let scale = hunk(7, &[" spec:", "-  replicas: 2", "+  replicas: 3"]);
    let mut deployment = object(id("apps", "Deployment", "web", "front"), Change::Modified, vec![scale, image]);
    deployment.fields = vec![
        replaced("/spec/replicas", json!(2), json!(3)),
        replaced("/spec/template/spec/containers/[name=web]/image", json!("web:1"), json!("web:2")),
    ];
    deployment.ignored = vec![IgnoredField { pointer: "/metadata/annotations/build".to_owned(), rule: 0 }];

    let gone = hunk(1, &["-apiVersion: v1", "-kind: Service", "-metadata:", "-  name: old"]);
    let service = object(id("", "Service", "web", "old"), Change::Removed, vec![gone]);
    let new = hunk(1, &["+apiVersion: v1", "+kind: Namespace", "+metadata:", "+  name: web"]);
    let namespace = object(id("", "Namespace", "", "web"), Change::Added, vec![new]);

    let data = hunk(2, &[" data:", "-  password: '*** (before)'", "+  password: '*** (after)'"]);
    let mut secret = object(id("", "Secret", "web", "login-7g2"), Change::Renamed, vec![data]);
    secret.old_id = Some(id("", "Secret", "web", "login-4f9"));
    secret.is_masked = true;
    secret.fields = vec![FieldChange {
        is_masked: true,
        ..replaced("/data/password", json!("*** (before)"), json!("*** (after)"))
    }];

    let checksum = |name: &str| {
        let lines = ["   annotations:", "-    checksum/config: 1", "+    checksum/config: 2"];
        let mut noisy = object(id("apps", "StatefulSet", "db", name), Change::Modified, vec![hunk(5, &lines)]);
        noisy.noise = Some(Noise::Checksums);
        noisy
    };
    let mut failed = unit("edge", "web", UnitStatus::Failed, Vec::new());
    let error = Error::new(ErrorKind::Patch, "no match for `Deployment front`").hint("name the target");
    failed.failures = vec![Failure { on_base: false, error }];

    let mut ignored = object(id("apps", "Deployment", "web", "same"), Change::Modified, Vec::new());
    ignored.ignored = vec![IgnoredField { pointer: "/metadata/annotations/build".to_owned(), rule: 0 }];

    let front = || deployment.clone();
    Report {
        base: "main (1f2e3d4)".to_owned(),
        head: "work tree".to_owned(),
        units: vec![
            failed,
            unit("prod", "db", UnitStatus::Changed, vec![checksum("one"), checksum("two")]),
            unit("prod", "web", UnitStatus::Changed, vec![service, namespace, front(), secret]),
            unit(
                "stage",
                "gone",
                UnitStatus::Removed,
                vec![object(id("", "ConfigMap", "x", "x"), Change::Removed, vec![hunk(1, &["-kind: ConfigMap"])])],
            ),
            unit("stage", "same", UnitStatus::Unchanged, Vec::new()),
            unit("stage", "web", UnitStatus::Changed, vec![front(), ignored]),
        ],
        unaffected: 40,
        rules: vec![
            RuleUse {
                rule: "Deployment /metadata/annotations/build (ignore.yaml:3)".to_owned(),
                reason: "set by CI, see #12".to_owned(),
                used: 3,
            },
            RuleUse {
                rule: "Service /spec/clusterIP (ignore.yaml:9)".to_owned(),
                reason: "@ops want it".to_owned(),
                used: 0,
            },
        ],
        warnings: vec![Warning {
            message: "the rule at ignore.yaml:9 is never used".to_owned(),
            location: None,
            span: Span::NONE,
        }],
    }
}

/// A report with one changed object.
pub(super) fn report_of(object: ObjectChange) -> Report {
    Report { units: vec![unit("prod", "web", UnitStatus::Changed, vec![object])], ..Report::default() }
}
