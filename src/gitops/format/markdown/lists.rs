//! What stands around the diffs: failures, deletions, noise, ignore rules, warnings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic;
use crate::gitops::diff::{Change, RuleUse, UnitStatus};
use crate::gitops::format::markdown::block::{Block, Piece};
use crate::gitops::format::markdown::document::Section;
use crate::gitops::format::markdown::escape::{OBJECT, SENTENCE, UNIT, code, fence, fenced_line};
use crate::gitops::format::markdown::table::table;
use crate::gitops::format::view::{Entry, View};
use crate::gitops::format::words::{change_word, count, noise_words, object_name};

/// Longer lines of errors are broken.
const LONGEST_LINE: usize = 1_000;

/// The longest value that is shown whole.
const VALUE: usize = 60;

/// How many units are named before they are only counted.
const NAMED_UNITS: usize = 5;

/// Lines as a fenced text, which `open` introduces and `close` follows.
pub(super) fn fenced(open: &str, language: &str, lines: Vec<Piece>, close: &str) -> Block {
    let fence = fence(lines.iter().map(|line| line.text.as_str()));
    let open = format!("{open}{fence}{language}\n");
    Block { again: open.clone(), open, pieces: lines, close: format!("{fence}\n{close}") }
}

/// Lines of words as pieces.
fn lines(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in text.lines() {
        let line: Vec<char> = fenced_line(line).chars().collect();
        for run in line.chunks(LONGEST_LINE).chain(line.is_empty().then_some(&[][..])) {
            pieces.push(Piece::new(run.iter().chain(&['\n']).collect()));
        }
    }
    pieces
}

/// Names of units, the first few of many.
pub(super) fn unit_names(names: &[String]) -> String {
    let named: Vec<String> = names.iter().take(NAMED_UNITS).map(|name| code(name, UNIT)).collect();
    match names.len().saturating_sub(NAMED_UNITS) {
        0 => named.join(", "),
        more => format!("{} and {}", named.join(", "), count(more, "more unit")),
    }
}

/// What is wrong, and where; what is wrong in the same way in many units is told once.
pub(super) fn failures(view: &View<'_>) -> Section {
    let mut units: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for unit in view.failed() {
        let mut texts: Vec<String> = Vec::new();
        for failure in &unit.failures {
            let side = if failure.on_base { "on the old side:\n" } else { "" };
            texts.push(format!("{side}{}", diagnostic::error_text(&failure.error)));
        }
        let text = texts.concat();
        let place = *places.entry(text.clone()).or_insert_with(|| {
            units.push((text, Vec::new()));
            units.len() - 1
        });
        units[place].1.push(unit.unit.to_string());
    }
    let block = |(text, names): &(String, Vec<String>)| {
        let names = unit_names(names);
        match text.as_str() {
            "" => Block::paragraph(format!("Failed: {names}\n")),
            text => fenced(&format!("Failed: {names}\n\n"), "text", lines(text), ""),
        }
    };
    Section { what: "lines of errors", blocks: units.iter().map(block).collect() }
}

/// What is gone: first of all, since nothing else is as hard to undo. Units that are gone are one item each.
pub(super) fn deletions(view: &View<'_>) -> Section {
    let mut items = Vec::new();
    for unit in &view.report.units {
        let removed = unit.objects.iter().filter(|object| object.change == Change::Removed);
        let name = code(&unit.unit.to_string(), UNIT);
        if unit.status == UnitStatus::Removed {
            let objects = count(removed.count(), "object");
            items.push(Piece::new(format!("- the whole unit {name}, {objects}\n")));
        } else {
            let object = |id| code(&object_name(id), OBJECT);
            items.extend(removed.map(|gone| Piece::new(format!("- {} in {name}\n", object(&gone.id)))));
        }
    }
    if items.is_empty() {
        return Section::default();
    }
    let open = "**Removed:**\n\n".to_owned();
    Section { what: "deletions", blocks: vec![Block { again: open.clone(), open, pieces: items, ..Block::default() }] }
}

/// Objects that are noise only, by the sort of it.
pub(super) fn noise(view: &View<'_>) -> Section {
    let group = |(noise, entries): &(_, Vec<Entry<'_>>)| {
        let objects = count(entries.len(), "object");
        let verb = if entries.len() == 1 { "changes" } else { "change" };
        let words = format!("{objects} {verb} in {} only", noise_words(*noise));
        let item = |entry: &Entry<'_>| {
            let change = match entry.object.change {
                Change::Modified => String::new(),
                change => format!(", {}", change_word(change)),
            };
            let (object, unit) = (object_name(&entry.object.id), entry.unit.unit.to_string());
            Piece::new(format!("- {} in {}{change}\n", code(&object, OBJECT), code(&unit, UNIT)))
        };
        Block {
            open: format!("<details>\n<summary>{words}</summary>\n\n{}", common_fields(entries)),
            again: format!("<details>\n<summary>{words} (continued)</summary>\n\n"),
            pieces: entries.iter().map(item).collect(),
            close: "\n</details>\n".to_owned(),
        }
    };
    Section { what: "objects that are noise only", blocks: view.grouped.iter().map(group).collect() }
}

/// How many changes of fields are told of a group.
const NAMED_FIELDS: usize = 3;

/// The most frequent changes of fields, as sentences.
fn common_fields(entries: &[Entry<'_>]) -> String {
    let value = |value: &Option<Value>| match value {
        Some(Value::String(text)) => code(text, VALUE),
        Some(value) => code(&value.to_string(), VALUE),
        None => "nothing".to_owned(),
    };
    let mut changes: BTreeMap<String, usize> = BTreeMap::new();
    for field in entries.iter().flat_map(|entry| &entry.object.fields) {
        let words = format!("{}: {} → {}", code(&field.pointer, UNIT), value(&field.old), value(&field.new));
        *changes.entry(words).or_default() += 1;
    }
    let number = changes.len();
    let mut changes: Vec<(String, usize)> = changes.into_iter().collect();
    changes.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let sentence = |(words, times): &(String, usize)| format!("{words} ({times}×).\n\n");
    let mut out: String = changes.iter().take(NAMED_FIELDS).map(sentence).collect();
    if number > NAMED_FIELDS {
        out += &format!("And {}.\n\n", count(number - NAMED_FIELDS, "other change"));
    }
    out
}

/// Objects of which all that differs is ignored by rules.
pub(super) fn ignored(view: &View<'_>) -> Section {
    if view.ignored.is_empty() {
        return Section::default();
    }
    let item = |entry: &Entry<'_>| {
        let (object, unit) = (object_name(&entry.object.id), entry.unit.unit.to_string());
        Piece::new(format!("- {} in {}\n", code(&object, OBJECT), code(&unit, UNIT)))
    };
    let words = format!("{} with nothing but what rules ignore", count(view.ignored.len(), "object"));
    let block = Block {
        open: format!("<details>\n<summary>{words}</summary>\n\n"),
        again: format!("<details>\n<summary>{words} (continued)</summary>\n\n"),
        pieces: view.ignored.iter().map(item).collect(),
        close: "\n</details>\n".to_owned(),
    };
    Section { what: "objects with nothing but what rules ignore", blocks: vec![block] }
}

/// Ignore rules, with why they are there and what they did.
pub(super) fn rules(view: &View<'_>) -> Section {
    let rules = &view.report.rules;
    if rules.is_empty() {
        return Section::default();
    }
    let row = |rule: &RuleUse| {
        let used = if rule.used == 0 { "unused".to_owned() } else { rule.used.to_string() };
        format!("| {} | {} | {used} |\n", code(&rule.rule, SENTENCE), code(&rule.reason, SENTENCE))
    };
    let open = format!("<details>\n<summary>{}</summary>\n\n", count(rules.len(), "ignore rule"));
    let rows = rules.iter().map(row).map(Piece::new).collect();
    let block = table(&open, &["Rule", "Reason", "Ignored"], ":--|:--|--:", rows, "\n</details>\n");
    Section { what: "ignore rules", blocks: vec![block] }
}

/// What a person should know.
pub(super) fn warnings(view: &View<'_>) -> Section {
    let warnings = &view.report.warnings;
    if warnings.is_empty() {
        return Section::default();
    }
    let text: String = warnings.iter().map(diagnostic::warning_text).collect();
    let open = format!("<details>\n<summary>{}</summary>\n\n", count(warnings.len(), "warning"));
    let block = fenced(&open, "text", lines(&text), "\n</details>\n");
    Section { what: "lines of warnings", blocks: vec![block] }
}
