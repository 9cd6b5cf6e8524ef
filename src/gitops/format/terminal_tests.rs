//! Reports as a terminal shows them.

use insta::assert_snapshot;

use crate::gitops::format::testing::report;
use crate::gitops::format::{NoiseMode, TextOptions, json, semantic, text, unified};

#[test]
fn what_failed_is_first_and_what_is_gone_next() {
    assert_snapshot!(text(&report(), &TextOptions::default()));
}

#[test]
fn fields_below_their_objects() {
    assert_snapshot!(semantic(&report(), &TextOptions { noise: NoiseMode::Hide, color: false }));
}

#[test]
fn colours_are_only_where_they_are_asked_for() {
    let plain = text(&report(), &TextOptions::default());
    let coloured = text(&report(), &TextOptions { color: true, noise: NoiseMode::Group });
    assert!(!plain.contains('\u{1b}') && coloured.contains("\u{1b}[31m-  replicas: 2\u{1b}[0m\n"));
    let bare: String = coloured
        .split('\u{1b}')
        .map(|part| part.split_once('m').map_or(part, |(code, rest)| if code.starts_with('[') { rest } else { part }))
        .collect();
    assert_eq!(bare, plain);
}

#[test]
fn failed_is_never_unchanged() {
    let read: serde_json::Value = serde_json::from_str(&json(&report())).expect("JSON");
    assert_eq!(read["schema"], "crustomize.dev/diff/v1");
    assert_eq!(read["units"][0]["status"], "failed");
    assert_eq!(read["failures"][0]["unit"], "edge/web");
    assert_eq!(read["failures"][0]["side"], "head");
    assert_eq!(read["counts"]["failed"], 1);
    assert_eq!(unified(&report()), "# failed: edge/web (new side): no match for `Deployment front`\n");
}
