//! Whatever is in a report and whatever the budget: a valid comment that is not longer.

use proptest::prelude::*;

use super::escape::fenced_line;
use super::tests::check;
use super::*;
use crate::gitops::diff::TextDiff;
use crate::gitops::format::hunk_text::sign;
use crate::gitops::format::testing::{any_report, hostile};
use crate::gitops::format::view::View;

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
    let view = View::new(report, options.noise);
    let mut lines = Vec::new();
    for entry in &view.listed {
        if let TextDiff::Hunks(hunks) = &entry.object.text {
            for line in hunks.iter().flat_map(|hunk| &hunk.lines) {
                lines.push(format!("{}{}", sign(line), fenced_line(&line.text)));
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
            let listed = View::new(&report, options.noise).listed.len();
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
        let listed = View::new(&report, options.noise).listed.len();
        prop_assert_eq!(rows, listed + report.rules.len());
    }
}
