//! The page's left side: sites, units and objects, with what happened to them.

use std::fmt::Write as _;

use crate::gitops::diff::{Change, ObjectId, UnitStatus};
use crate::gitops::format::html::Numbered;
use crate::gitops::format::html::escape::name;
use crate::gitops::format::view::{Entry, View};
use crate::gitops::format::words::{change_word, noise_words, status_word};

/// With more objects, units are folded up at first.
const OPEN_UP_TO: usize = 500;

/// The tree.
pub(super) fn tree(view: &View<'_>, objects: &Numbered<'_, '_>) -> String {
    let mut out = String::new();
    let failed = view.failed().count();
    if failed > 0 {
        let _ = writeln!(out, "<a href=\"#failed\"><span class=\"word failed\">Failed</span> {}</a>", small(failed));
    }
    let open = if view.listed.len() > OPEN_UP_TO { "" } else { " open" };
    let mut number = 0;
    for units in objects.units.chunk_by(|one, other| one.0.unit.site == other.0.unit.site) {
        let changed: usize = units.iter().map(|(_, entries)| entries.len()).sum();
        let site = name(&units[0].0.unit.site);
        let _ = writeln!(out, "<details class=\"site\" open><summary>{site} {}</summary>", small(changed));
        for (unit, entries) in units {
            let app = name(&unit.unit.app);
            let word = word_of(unit.status);
            let _ = writeln!(out, "<details{open}><summary>{app} {}{word}</summary>\n<ul>", small(entries.len()));
            for entry in *entries {
                out += &item(number, entry, "");
                number += 1;
            }
            out += "</ul></details>\n";
        }
        out += "</details>\n";
    }
    for (noise, entries) in &view.grouped {
        let words = noise_words(*noise);
        let _ =
            writeln!(out, "<details class=\"site\"><summary>Noise: {words} {}</summary>\n<ul>", small(entries.len()));
        for entry in entries {
            out +=
                &item(number, entry, &format!("<span class=\"group\">{}</span> ", name(&entry.unit.unit.to_string())));
            number += 1;
        }
        out += "</ul></details>\n";
    }
    out
}

/// The status of a unit, if it is a rare one.
fn word_of(status: UnitStatus) -> String {
    match status {
        UnitStatus::Added | UnitStatus::Removed | UnitStatus::Failed => {
            let word = status_word(status);
            format!(" <span class=\"word {word}\">{word}</span>")
        }
        UnitStatus::Unchanged | UnitStatus::Changed | UnitStatus::Ignored => String::new(),
    }
}

fn small(number: usize) -> String {
    format!("<span class=\"number\">{number}</span>")
}

fn item(number: usize, entry: &Entry<'_>, before: &str) -> String {
    let ObjectId { kind, namespace, name: object, .. } = &entry.object.id;
    let word = change_word(entry.object.change);
    let mark = mark(entry.object.change);
    let namespace = namespace.as_ref().map(|namespace| format!("{}/", name(namespace))).unwrap_or_default();
    format!(
        "<li><a class=\"{word}\" href=\"#o{number}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span>\
         <span class=\"unseen\">{word} </span>{before}<span class=\"kind\">{}</span> {namespace}{}</a></li>\n",
        name(if kind.is_empty() { "file" } else { kind }),
        name(object),
    )
}

const fn mark(change: Change) -> char {
    match change {
        Change::Removed => '−',
        Change::Added => '+',
        Change::Modified => '~',
        Change::Renamed => '→',
        Change::Reordered => '⇅',
        Change::Moved => '↷',
    }
}
