//! Whatever is in a report and whatever the budget: a valid comment that is not longer.

use proptest::prelude::*;

use super::escape::fenced_line;
use super::tests::check;
use super::*;
use crate::error::{Error, ErrorKind};
use crate::gitops::diff::{
    Change, Failure, HunkLine, LineKind, Noise, ObjectChange, RuleUse, TextDiff, UnitReport, UnitStatus,
};
use crate::gitops::format::testing::{hunk_of, id, object, unit};

/// Texts that mean something to Markdown, HTML, GitHub, terminals or people who write from right to left.
pub(super) fn hostile() -> impl Strategy<Value = String> {
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

fn changed_object() -> impl Strategy<Value = ObjectChange> {
    let changes = [Change::Removed, Change::Added, Change::Modified, Change::Renamed, Change::Reordered, Change::Moved];
    let noise = prop::option::weighted(0.2, prop::sample::select(vec![Noise::Checksums, Noise::CaBundles]));
    let names = (hostile(), hostile(), hostile(), hostile());
    (names, prop::sample::select(changes.to_vec()), noise, text(), prop::option::of((hostile(), hostile()))).prop_map(
        |((group, kind, namespace, name), change, noise, text, paths)| ObjectChange {
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

pub(super) fn any_report() -> impl Strategy<Value = Report> {
    let rules = prop::collection::vec(rule(), 0..3);
    (hostile(), hostile(), prop::collection::vec(unit_report(), 0..6), rules)
        .prop_map(|(base, head, units, rules)| Report { base, head, units, rules, unaffected: 1, warnings: Vec::new() })
}

fn any_options() -> impl Strategy<Value = MarkdownOptions> {
    let noise = prop::sample::select(vec![NoiseMode::Show, NoiseMode::Group, NoiseMode::Hide]);
    let budget = prop_oneof![MINIMUM_BUDGET..9_000, 9_000..DEFAULT_BUDGET];
    let url = prop::option::of(hostile().prop_map(|path| format!("https://ci.example/{path}")));
    (hostile(), hostile(), budget, noise, url).prop_map(|(key, head_sha, budget, noise, full_url)| MarkdownOptions {
        key,
        head_sha,
        budget,
        noise,
        full_url,
    })
}

/// Every line of every diff that is shown one by one, as it must stand in a fence.
fn expected_lines(report: &Report, options: &MarkdownOptions) -> Vec<String> {
    let view = crate::gitops::format::view::View::new(report, options.noise);
    let mut lines = Vec::new();
    for entry in &view.listed {
        if let TextDiff::Hunks(hunks) = &entry.object.text {
            for line in hunks.iter().flat_map(|hunk| &hunk.lines) {
                let sign = match line.kind {
                    LineKind::Context => ' ',
                    LineKind::Removed => '-',
                    LineKind::Added => '+',
                };
                lines.push(format!("{sign}{}", fenced_line(&line.text)));
            }
        }
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_comment_is_valid_and_within_its_budget(report in any_report(), options in any_options()) {
        let comment = markdown(&report, &options);
        let seen = check(&comment, options.budget);
        if !comment.contains("**Left out, to be short enough:**") {
            let shown: Vec<&str> = seen.fences.iter().flat_map(|(_, text)| text.split('\n')).collect();
            for line in expected_lines(&report, &options) {
                prop_assert!(shown.contains(&line.as_str()), "{line:?} is not in\n{comment}");
            }
            let listed = crate::gitops::format::view::View::new(&report, options.noise).listed.len();
            prop_assert_eq!(seen.rows.len(), listed + report.rules.len());
        }
    }

    #[test]
    fn parts_are_valid_within_the_budget_and_leave_out_nothing_but_long_lines(
        report in any_report(),
        options in any_options(),
    ) {
        let parts = markdown_parts(&report, &options);
        let mut shown = Vec::new();
        let mut rows = 0;
        for part in &parts {
            let seen = check(part, options.budget);
            rows += seen.rows.len();
            shown.extend(seen.fences.iter().flat_map(|(_, text)| text.split('\n')).map(str::to_owned));
        }
        for line in expected_lines(&report, &options) {
            let told = line.chars().count() > options.budget - 4_500;
            prop_assert!(told || shown.contains(&line), "{line:?} is not in\n{}", parts.concat());
        }
        let listed = crate::gitops::format::view::View::new(&report, options.noise).listed.len();
        prop_assert_eq!(rows, listed + report.rules.len());
    }
}
