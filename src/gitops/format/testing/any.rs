//! Reports of any shape, with texts that mean something to somebody.

use proptest::prelude::*;

use super::{hunk_of, id, object, unit};
use crate::error::{Error, ErrorKind};
use crate::gitops::diff::{
    Change, Failure, FieldChange, FieldOperation, HunkLine, IgnoredField, LineKind, Noise, ObjectChange, Report,
    RuleUse, TextDiff, UnitReport, UnitStatus,
};

/// Texts that mean something to Markdown, HTML, GitHub, terminals or people who write from right to left.
pub(in crate::gitops::format) fn hostile() -> impl Strategy<Value = String> {
    let words = [
        "",
        "a",
        "web",
        "`",
        "```",
        "`````",
        "~~~",
        "|",
        "\\|",
        "\\",
        "<b>",
        "</details>",
        "</summary>",
        "<!--",
        "-->",
        "]]>",
        "&amp;",
        "&",
        "\"",
        "'",
        "@alice",
        "#123",
        "GH-1",
        "5d4c3b2a1f00112233445566778899aabbccddee",
        "$x$",
        "*x*",
        "_x_",
        "[x](y)",
        "![x](y)",
        "https://e.org",
        "www.e.org",
        "\n",
        "\r",
        "\t",
        "\u{1b}[31m",
        "\0",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{2028}",
        "🚀",
        "👩‍👩‍👧",
        "é",
        "日本",
        "- ",
        "# ",
        "> ",
        "    ",
        " ",
        "1. ",
        "</script>",
        "+",
        "@@",
    ];
    prop::collection::vec(
        prop_oneof![4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => any::<String>()],
        0..6,
    )
    .prop_map(|words| words.concat())
}

/// A line, now and then a very long one.
fn line() -> impl Strategy<Value = HunkLine> {
    let kind = prop::sample::select(vec![LineKind::Context, LineKind::Removed, LineKind::Added]);
    (kind, hostile(), prop_oneof![30 => Just(1_usize), 1 => 1..9_000_usize], prop::bool::weighted(0.1)).prop_map(
        |(kind, text, times, no_newline)| HunkLine {
            kind,
            text: text.repeat(times.min(9_000 / text.len().max(1) + 1)),
            no_newline,
        },
    )
}

fn text() -> impl Strategy<Value = TextDiff> {
    let hunk = prop::collection::vec(line(), 1..30).prop_map(|lines| hunk_of(1, lines));
    prop_oneof![
        8 => prop::collection::vec(hunk, 0..4).prop_map(TextDiff::Hunks),
        1 => Just(TextDiff::Replaced { old_lines: 30_000, new_lines: 1 }),
        1 => hostile().prop_map(|old| TextDiff::Binary { old_sha256: Some(old), new_sha256: None }),
    ]
}

fn field() -> impl Strategy<Value = FieldChange> {
    let operations = [FieldOperation::Add, FieldOperation::Remove, FieldOperation::Replace, FieldOperation::Reorder];
    let value = || prop::option::of(hostile().prop_map(serde_json::Value::from));
    (hostile(), prop::sample::select(operations.to_vec()), value(), value(), any::<bool>())
        .prop_map(|(pointer, operation, old, new, is_masked)| FieldChange { pointer, operation, old, new, is_masked })
}

fn changed_object() -> impl Strategy<Value = ObjectChange> {
    let changes = [Change::Removed, Change::Added, Change::Modified, Change::Renamed, Change::Reordered, Change::Moved];
    let noise = prop::option::weighted(0.2, prop::sample::select(vec![Noise::Checksums, Noise::CaBundles]));
    let names = (hostile(), hostile(), hostile(), hostile());
    let paths = prop::option::of((hostile(), hostile()));
    let fields = prop::collection::vec(field(), 0..3);
    let ignored = prop::collection::vec(hostile(), 0..2);
    (names, prop::sample::select(changes.to_vec()), noise, text(), paths, fields, ignored).prop_map(
        |((group, kind, namespace, name), change, noise, text, paths, fields, ignored)| ObjectChange {
            ignored: ignored.into_iter().map(|pointer| IgnoredField { pointer, rule: 0 }).collect(),
            is_masked: fields.iter().any(|field| field.is_masked),
            fields,
            noise,
            text,
            old_id: (change == Change::Renamed).then(|| id(&name, &kind, &group, &namespace)),
            old_path: paths.as_ref().map(|paths| paths.0.clone()),
            new_path: paths.map(|paths| paths.1),
            ..object(id(&group, &kind, &namespace, &name), change, Vec::new())
        },
    )
}

fn unit_report() -> impl Strategy<Value = UnitReport> {
    let statuses = [UnitStatus::Changed, UnitStatus::Removed, UnitStatus::Failed, UnitStatus::Ignored];
    let failures = prop::collection::vec(hostile(), 0..2);
    let objects = prop::collection::vec(changed_object(), 0..6);
    (hostile(), hostile(), prop::sample::select(statuses.to_vec()), failures, objects).prop_map(
        |(site, app, status, failures, objects)| UnitReport {
            failures: failures
                .into_iter()
                .map(|text| Failure { on_base: text.len() % 2 == 0, error: Error::new(ErrorKind::Patch, text) })
                .collect(),
            ..unit(&site, &app, status, objects)
        },
    )
}

fn rule() -> impl Strategy<Value = RuleUse> {
    (hostile(), hostile(), 0..3_usize).prop_map(|(rule, reason, used)| RuleUse { rule, reason, used })
}

pub(in crate::gitops::format) fn any_report() -> impl Strategy<Value = Report> {
    let rules = prop::collection::vec(rule(), 0..3);
    (hostile(), hostile(), prop::collection::vec(unit_report(), 0..6), rules)
        .prop_map(|(base, head, units, rules)| Report { base, head, units, rules, unaffected: 1, warnings: Vec::new() })
}
