//! Pages of small reports.

use super::*;
use crate::gitops::format::testing::report;

/// The page without its style and script.
fn page(noise: NoiseMode) -> String {
    let page = html(&report(), &HtmlOptions { noise, ..HtmlOptions::default() });
    page.replace(STYLE, "…").replace(SCRIPT, "…")
}

#[test]
fn a_page_with_everything() {
    let page = page(NoiseMode::Group);
    let (_, body) = page.split_once("<body>").unwrap();
    let (body, _) = body.split_once("<dialog").unwrap();
    insta::assert_snapshot!(body);
}

#[test]
fn noise_is_shown_grouped_or_only_counted() {
    assert!(page(NoiseMode::Show).contains("data-noise") && !page(NoiseMode::Show).contains("id=\"noise\""));
    assert!(page(NoiseMode::Group).contains("data-noise") && page(NoiseMode::Group).contains("id=\"noise\""));
    assert!(
        !page(NoiseMode::Hide).contains("StatefulSet") && page(NoiseMode::Hide).contains("2 noise only, not shown")
    );
}

#[test]
fn the_policy_lets_only_this_style_and_this_script_run() {
    let page = html(&report(), &HtmlOptions::default());
    let policy = page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
    let count = |word: &str| page.matches(word).count();
    assert_eq!(
        [count("<script"), count("<style"), count(" style=\""), count(" on")],
        [1, 1, 0, count(" on ") + count(" one") + count(" only")]
    );
    let addresses = page.matches("http://").count() + page.matches("https://").count();
    assert_eq!(addresses, 1, "only the name of the icon's format");
}
