//! Whatever is in a report: no text of it opens a tag, and everything that is opened is closed.

use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::gitops::diff::TextDiff;
use crate::gitops::format::html::escape::line;
use crate::gitops::format::testing::any_report;

/// The tags of a page's body, without its script.
fn tags(page: &str) -> (Vec<String>, String) {
    let (body, script) = page.split_once("<body>").unwrap().1.rsplit_once("<script>").unwrap();
    assert_eq!(script, format!("{SCRIPT}</script>\n</body>\n</html>\n"));
    // What our own tags look like: lower-case names, values without anything that markup means.
    let tag = Regex::new(r#"<(/?[a-z][a-z0-9]*)(?: [a-z-]+(?:="[A-Za-z0-9 :,./#~-]*")?)*>"#).unwrap();
    let names = tag.captures_iter(body).map(|found| found[1].to_owned()).collect();
    (names, tag.replace_all(body, "").into_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_the_report_is_markup(report in any_report(), title in ".{0,9}") {
        for noise in [NoiseMode::Show, NoiseMode::Group, NoiseMode::Hide] {
            let page = html(&report, &HtmlOptions { title: title.clone(), noise });
            let (names, text) = tags(&page);
            prop_assert!(!text.contains(['<', '>', '"', '\'']), "{}", text);
            let hidden = |c: char| c.is_control() && c != '\n' && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c);
            prop_assert!(!text.contains(hidden), "{}", text);
            let mut open: Vec<&str> = Vec::new();
            for name in &names {
                match name.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.pop(), Some(name)),
                    None if name == "input" => {}
                    None => open.push(name),
                }
            }
            prop_assert!(open.is_empty(), "open: {:?}", open);
        }
    }

    #[test]
    fn every_line_is_on_the_page(report in any_report()) {
        let page = html(&report, &HtmlOptions { noise: NoiseMode::Show, ..HtmlOptions::default() });
        // Of ignored objects only the names are shown.
        for object in report.units.iter().flat_map(|unit| &unit.objects).filter(|object| !object.is_ignored()) {
            let TextDiff::Hunks(hunks) = &object.text else { continue };
            for hunk_line in hunks.iter().flat_map(|hunk| &hunk.lines) {
                prop_assert!(page.contains(&*line(&hunk_line.text)));
            }
        }
    }
}
