//! Reports to open in a browser.

use crustomize::error::{Error, ErrorKind};
use crustomize::gitops::UnitName;
use crustomize::gitops::diff::{
    Change, Failure, FieldChange, FieldOperation, Hunk, HunkLine, LineKind, Noise, ObjectChange, ObjectId, Report,
    RuleUse, TextDiff, UnitReport, UnitStatus,
};
use serde_json::json;

/// Text that would run or show if it were taken for markup.
pub const HOSTILE: &str = "</script></pre><img src=x onerror=\"window.hacked=1\"><b>'\u{202e}";

pub fn hunk(start: usize, text: &str) -> Hunk {
    let line = |line: &str| {
        let kind = match line.as_bytes()[0] {
            b'-' => LineKind::Removed,
            b'+' => LineKind::Added,
            _ => LineKind::Context,
        };
        HunkLine { kind, text: line[1..].to_owned(), no_newline: false }
    };
    let lines: Vec<HunkLine> = text.lines().map(line).collect();
    let without = |kind| lines.iter().filter(|line| line.kind != kind).count();
    let (old_lines, new_lines) = (without(LineKind::Added), without(LineKind::Removed));
    Hunk { old_start: start, old_lines, new_start: start, new_lines, lines }
}

pub fn object(kind: &str, name: &str, change: Change, hunks: Vec<Hunk>) -> ObjectChange {
    let id = ObjectId {
        group: String::new(),
        kind: kind.to_owned(),
        namespace: Some("web".to_owned()),
        name: name.to_owned(),
    };
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

pub fn unit(site: &str, app: &str, status: UnitStatus, objects: Vec<ObjectChange>) -> UnitReport {
    let unit = UnitName { site: site.to_owned(), app: app.to_owned() };
    UnitReport { unit, status, objects, unchanged: 0, files: Vec::new(), failures: Vec::new() }
}

fn deployment() -> ObjectChange {
    let hunks = vec![
        hunk(7, " spec:\n-  replicas: 2\n+  replicas: 3\n   selector: {}"),
        hunk(19, "   spec:\n-    image: web:1\n+    image: web:2\n+    imagePullPolicy: Always\n     name: web"),
    ];
    let field = |pointer: &str, operation, old, new| FieldChange {
        pointer: pointer.to_owned(),
        operation,
        old,
        new,
        is_masked: false,
    };
    let container = "/spec/template/spec/containers/[name=web]";
    ObjectChange {
        fields: vec![
            field("/spec/replicas", FieldOperation::Replace, Some(json!(2)), Some(json!(3))),
            field(&format!("{container}/image"), FieldOperation::Replace, Some(json!("web:1")), Some(json!("web:2"))),
            field(&format!("{container}/imagePullPolicy"), FieldOperation::Add, None, Some(json!("Always"))),
        ],
        ..object("Deployment", "front", Change::Modified, hunks)
    }
}

/// One of everything, some of it hostile.
pub fn small() -> Report {
    let gone = object("Service", "old", Change::Removed, vec![hunk(1, "-kind: Service\n-metadata:\n-  name: old")]);
    let hostile =
        object("ConfigMap", HOSTILE, Change::Added, vec![hunk(1, &format!("+kind: ConfigMap\n+{HOSTILE}\n+\t`x`"))]);
    let secret = ObjectChange {
        is_masked: true,
        fields: vec![FieldChange {
            pointer: "/data/password".to_owned(),
            operation: FieldOperation::Replace,
            old: Some(json!("*** (before)")),
            new: Some(json!("*** (after)")),
            is_masked: true,
        }],
        ..object(
            "Secret",
            "login",
            Change::Modified,
            vec![hunk(3, "-  password: '*** (before)'\n+  password: '*** (after)'")],
        )
    };
    let noisy = |name: &str| ObjectChange {
        noise: Some(Noise::ChartLabels),
        ..object("StatefulSet", name, Change::Modified, vec![hunk(5, "-    chart: db-1\n+    chart: db-2")])
    };
    let mut failed = unit("edge", "web", UnitStatus::Failed, Vec::new());
    let error = Error::new(ErrorKind::Patch, format!("no match for `{HOSTILE}`"));
    failed.failures = vec![Failure { on_base: false, error }];
    Report {
        base: "main".to_owned(),
        head: HOSTILE.to_owned(),
        units: vec![
            failed,
            unit("prod", "db", UnitStatus::Changed, vec![noisy("one"), noisy("two")]),
            unit("prod", "web", UnitStatus::Changed, vec![gone, hostile, deployment(), secret]),
            unit("stage", "web", UnitStatus::Changed, vec![deployment()]),
        ],
        unaffected: 2,
        rules: vec![RuleUse { rule: HOSTILE.to_owned(), reason: HOSTILE.to_owned(), used: 1 }],
        warnings: Vec::new(),
    }
}

/// Ten thousand changed objects of a hundred sites.
pub fn large() -> Report {
    let units = (0..100).map(|site| {
        let objects = (0..100).map(|number| ObjectChange {
            id: ObjectId { name: format!("front-{number}"), ..deployment().id },
            ..deployment()
        });
        unit(&format!("site-{site:03}"), "web", UnitStatus::Changed, objects.collect())
    });
    Report { base: "main".to_owned(), head: "work tree".to_owned(), units: units.collect(), ..Report::default() }
}
