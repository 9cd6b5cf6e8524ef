//! Comments on small reports.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::gitops::diff::{Change, Report, UnitStatus};
use crate::gitops::format::testing::{hunk, id, object, report, report_of, unit};

/// What a Markdown parser sees in a comment.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Texts in fences, with what their fences say they are.
    pub fences: Vec<(String, String)>,
    /// The cells of rows, without the heads.
    pub rows: Vec<Vec<String>>,
    /// HTML, block by block and element by element.
    pub html: Vec<String>,
    /// What is neither code nor HTML.
    pub prose: String,
}

pub(super) fn seen(comment: &str) -> Seen {
    let mut seen = Seen::default();
    let (mut in_fence, mut in_row, mut is_html_code) = (false, false, false);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH;
    for event in Parser::new_ext(comment, options) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(word))) => {
                in_fence = true;
                seen.fences.push((word.to_string(), String::new()));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => panic!("an indented block in\n{comment}"),
            Event::End(TagEnd::CodeBlock) => in_fence = false,
            Event::Start(Tag::TableRow) => {
                in_row = true;
                seen.rows.push(Vec::new());
            }
            Event::End(TagEnd::TableRow) => in_row = false,
            Event::Start(Tag::TableCell) if in_row => seen.rows.last_mut().unwrap().push(String::new()),
            Event::Text(text) if in_fence => seen.fences.last_mut().unwrap().1.push_str(&text),
            Event::Text(text) | Event::Code(text) if in_row => {
                seen.rows.last_mut().unwrap().last_mut().unwrap().push_str(&text);
            }
            Event::Text(text) if !is_html_code => seen.prose.push_str(&text),
            Event::InlineHtml(html) => {
                is_html_code = &*html == "<code>";
                seen.html.push(html.to_string());
            }
            Event::Html(html) => seen.html.push(html.to_string()),
            Event::Start(Tag::Image { .. }) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                panic!("{event:?} in\n{comment}")
            }
            _ => {}
        }
    }
    seen
}

/// What holds for every comment, whatever it is of.
pub(super) fn check(comment: &str, budget: usize) -> Seen {
    assert!(comment.chars().count() <= budget, "{} of {budget} characters", comment.chars().count());
    assert!(comment.starts_with("<!-- crustomize:diff:"), "{comment}");
    let seen = seen(comment);
    let html = seen.html.concat();
    let count = |word: &str| html.matches(word).count();
    for name in ["details", "summary", "code"] {
        assert_eq!(count(&format!("<{name}>")), count(&format!("</{name}>")), "{name} in\n{comment}");
    }
    let known = ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"];
    let rest = known.iter().fold(html.clone(), |rest, tag| rest.replace(tag, ""));
    let (marker, rest) = rest.split_once("-->").unwrap();
    assert!(!rest.contains(['<', '>']), "HTML from the input: {rest}\nin\n{comment}");
    assert!(!marker[4..].contains(['<', '>', '\n']), "{marker}");
    let fences = comment.lines().filter(|line| line.starts_with("```")).count();
    assert!(fences >= 2 * seen.fences.len(), "an open fence in\n{comment}");
    let hidden = |c: char| c.is_control() && c != '\n' && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!comment.contains(hidden), "a character that acts in\n{comment}");
    assert!(!seen.prose.contains(['@', '#']), "a mention or a reference in: {}", seen.prose);
    seen
}

fn options(budget: usize) -> MarkdownOptions {
    MarkdownOptions {
        key: "fleet".to_owned(),
        head_sha: "5d4c3b2".to_owned(),
        budget,
        full_url: Some("https://ci.example/runs/7#diff".to_owned()),
        ..MarkdownOptions::default()
    }
}

#[test]
fn a_comment_with_everything() {
    let comment = markdown(&report(), &options(DEFAULT_BUDGET));
    check(&comment, DEFAULT_BUDGET);
    insta::assert_snapshot!(comment);
}

#[test]
fn no_differences_are_one_sentence() {
    let report = Report { base: "main".to_owned(), head: "HEAD".to_owned(), unaffected: 3, ..Report::default() };
    insta::assert_snapshot!(markdown(&report, &MarkdownOptions::default()), @r"
    <!-- crustomize:diff:default part=1/1 head= -->

    `main` → `HEAD`: no differences. 3 units are unaffected.
    ");
}

#[test]
fn noise_is_shown_grouped_or_only_counted() {
    let with = |noise| markdown(&report(), &MarkdownOptions { noise, ..options(DEFAULT_BUDGET) });
    assert!(with(NoiseMode::Show).contains("+    checksum/config: 2"));
    let grouped = with(NoiseMode::Group);
    assert!(grouped.contains("2 objects change in checksum annotations only") && !grouped.contains("checksum/config"));
    assert!(grouped.contains("- `apps/StatefulSet db/one` in `prod/db`\n"));
    let hidden = with(NoiseMode::Hide);
    assert!(hidden.contains("2 are noise only, not shown.") && !hidden.contains("StatefulSet"));
}

/// The acceptance test of the reference (4.5, 8).
#[test]
fn fences_emoji_and_bidi_marks_make_a_valid_comment() {
    let lines = ["+data:", "+  doc: |", "+    `````", "+    \u{202e}evil\u{202c} \u{1b}[31m </details>", "+    `````"];
    let emoji = format!("+    {}", "🚀".repeat(1_000));
    let mut all = lines.to_vec();
    all.extend(std::iter::repeat_n(emoji.as_str(), 10));
    let report =
        report_of(object(id("", "ConfigMap", "web", "``x` | @me #1 <b>\n"), Change::Added, vec![hunk(1, &all)]));
    for budget in (MINIMUM_BUDGET..16_000).step_by(97) {
        let comment = markdown(&report, &options(budget));
        let seen = check(&comment, budget);
        assert_eq!(seen.rows.len(), 1);
        assert_eq!(seen.rows[0][1], "ConfigMap web/``x` | @me #1 <b>␊");
        let [(language, text)] = seen.fences.as_slice() else { panic!("{comment}") };
        let expected =
            "@@ -0,0 +1,15 @@\n+data:\n+  doc: |\n+    `````\n+    ⟨U+202E⟩evil⟨U+202C⟩ ␛[31m </details>\n+    `````\n";
        assert_eq!(language, "diff");
        let rest = text.strip_prefix(expected).unwrap();
        assert_eq!(rest, format!("{emoji}\n").repeat(rest.lines().count()));
        let left = 10 - rest.lines().count();
        let note = format!("Left out here: {left} of 15 lines, 0 of 1 hunks as a whole.");
        assert_eq!(comment.contains(&note), left > 0, "{comment}");
    }
}

#[test]
fn hunks_are_left_out_before_lines_and_objects_before_hunks() {
    let lines: Vec<String> = (0..40).map(|number| format!("+{number:060}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let named = |name: &str, hunks: usize| {
        object(id("", "ConfigMap", "web", name), Change::Modified, vec![hunk(1, &lines); hunks])
    };
    let objects = vec![named("large", 3), named("small", 1), named("huge", 9)];
    let report = Report { units: vec![unit("a", "b", UnitStatus::Changed, objects)], ..Report::default() };
    let comment = markdown(&report, &options(10_000));
    let seen = check(&comment, 10_000);
    let below: Vec<&str> = seen.rows.iter().map(|row| row[4].as_str()).collect();
    assert_eq!(below, ["in part", "below", "in part"]);
    assert!(comment.contains("Left out here: 40 of 120 lines, 1 of 3 hunks as a whole."), "{comment}");
    let shown = seen.fences[2].1.lines().count() - 1;
    let note = format!("Left out here: {} of 360 lines, 8 of 9 hunks as a whole.", 360 - shown);
    assert!((1..40).contains(&shown) && comment.contains(&note), "{comment}");
    let left = format!("parts of those of 2 (9 of 13 hunks, {} of 520 lines)", 400 - shown);
    assert!(comment.contains(&format!("the diffs of 0 of 3 objects and {left}")), "{comment}");
}

#[test]
fn a_table_that_does_not_fit_is_by_unit_and_then_by_site() {
    let objects = |number| {
        (0..number)
            .map(|n| object(id("", "Service", "web", &format!("s{n}")), Change::Added, vec![hunk(1, &["+x: 1"])]))
            .collect()
    };
    let with = |sites: usize, units: usize, number: usize| {
        let names =
            (0..sites).flat_map(|site| (0..units).map(move |app| (format!("site-{site:03}"), format!("app-{app:03}"))));
        let units = names.map(|(site, app)| unit(&site, &app, UnitStatus::Changed, objects(number))).collect();
        let comment = markdown(&Report { units, ..Report::default() }, &options(8_000));
        (check(&comment, 8_000), comment)
    };
    let (seen, comment) = with(2, 2, 200);
    assert_eq!(seen.rows.len(), 4);
    assert_eq!(seen.rows[0][..3], ["site-000/app-000", "200", "200 added"]);
    assert!(comment.contains("the table's rows of 800 objects, for rows of units"), "{comment}");
    let (seen, comment) = with(4, 100, 3);
    assert_eq!(seen.rows.len(), 4);
    assert_eq!(seen.rows[0][..3], ["site-000", "300", "300 added"]);
    assert!(comment.contains("for rows of sites"), "{comment}");
    let (seen, comment) = with(400, 1, 1);
    assert!(seen.rows.len() < 400);
    assert!(comment.contains(&format!("{} of 400 rows of the table", 400 - seen.rows.len())), "{comment}");
}

#[test]
fn parts_leave_out_nothing() {
    let lines: Vec<String> = (0..400).map(|number| format!("+{number:060}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut report = report();
    let big = object(
        id("", "ConfigMap", "web", "big"),
        Change::Modified,
        lines.chunks(90).map(|lines| hunk(1, lines)).collect(),
    );
    report.units[2].objects.push(big);
    let parts = markdown_parts(&report, &options(8_000));
    assert!(parts.len() > 3, "{}", parts.len());
    let mut text = String::new();
    for (place, part) in parts.iter().enumerate() {
        let seen = check(part, 8_000);
        assert!(part.starts_with(&format!(
            "<!-- crustomize:diff:fleet part={}/{} head=5d4c3b2 -->\n",
            place + 1,
            parts.len()
        )));
        seen.fences.iter().for_each(|(_, fence)| text.push_str(fence));
    }
    assert!(lines.iter().all(|line| text.contains(&format!("{line}\n"))));
    let whole = seen(&markdown(&report, &options(DEFAULT_BUDGET)));
    let mut lines: Vec<&str> = whole.fences.iter().flat_map(|(_, fence)| fence.lines()).collect();
    let mut in_parts: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    in_parts.sort_unstable();
    assert_eq!(lines, in_parts);
}

#[test]
fn a_line_longer_than_a_part_is_told_of() {
    let long = format!("+{}", "x".repeat(9_000));
    let report = report_of(object(id("", "ConfigMap", "web", "x"), Change::Added, vec![hunk(1, &["+a", &long, "+b"])]));
    let parts = markdown_parts(&report, &options(8_000));
    assert_eq!(parts.len(), 1);
    let seen = check(&parts[0], 8_000);
    assert_eq!(seen.fences[0].1, "@@ -0,0 +1,3 @@\n+a\n\\ a line of 9002 characters is left out\n+b\n");
}
