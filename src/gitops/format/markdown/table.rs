//! The table of all that changed: by object, by unit or by site, whichever fits.

use crate::gitops::format::markdown::block::{Block, Piece};
use crate::gitops::format::markdown::escape::{OBJECT, UNIT, code};
use crate::gitops::format::view::{Entry, View};
use crate::gitops::format::words::{Extent, change_word, count, object_name};

/// What a row of the table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Objects,
    Units,
    Sites,
}

/// How much of an object's diff is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Whole,
    Part,
    Nothing,
}

/// A table with its head.
pub(super) fn table(before: &str, heads: &[&str], columns: &str, rows: Vec<Piece>, close: &str) -> Block {
    let open = format!("{before}| {} |\n|{columns}|\n", heads.join(" | "));
    let again = open.replacen("</summary>", " (continued)</summary>", 1);
    Block { open, again, pieces: rows, close: close.to_owned() }
}

/// The table; with `shown`, for each object how much of its diff is below, a column says so.
pub(super) fn changes(view: &View<'_>, level: Level, shown: Option<&[Shown]>) -> Block {
    let mut heads = match level {
        Level::Objects => vec!["Unit", "Object", "Change", "Lines"],
        Level::Units => vec!["Unit", "Objects", "Change"],
        Level::Sites => vec!["Site", "Objects", "Change"],
    };
    let mut columns = if level == Level::Objects { ":--|:--|:--|--:" } else { ":--|--:|:--" }.to_owned();
    if shown.is_some() {
        heads.push("Diff");
        columns += "|:--";
    }
    let rows = match level {
        Level::Objects => object_rows(view, shown),
        Level::Units => group_rows(view, shown, |entry| entry.unit.unit.to_string()),
        Level::Sites => group_rows(view, shown, |entry| entry.unit.unit.site.clone()),
    };
    table("", &heads, &columns, rows, "")
}

fn object_rows(view: &View<'_>, shown: Option<&[Shown]>) -> Vec<Piece> {
    let row = |(place, entry): (usize, &Entry<'_>)| {
        let Entry { unit, object } = entry;
        let change = change_word(object.change);
        let mut row = format!("| {} | ", code(&unit.unit.to_string(), UNIT));
        row += &format!("{} | {change} | {} |", code(&object_name(&object.id), OBJECT), Extent::of(&object.text));
        if let Some(shown) = shown {
            row += match shown[place] {
                Shown::Whole => " below |",
                Shown::Part => " in part |",
                Shown::Nothing => " left out |",
            };
        }
        Piece::new(row + "\n")
    };
    view.listed.iter().enumerate().map(row).collect()
}

fn group_rows(view: &View<'_>, shown: Option<&[Shown]>, name: impl Fn(&Entry<'_>) -> String) -> Vec<Piece> {
    let mut rows = Vec::new();
    let mut start = 0;
    while let Some(first) = view.listed.get(start) {
        let group = name(first);
        let number = view.listed[start..].iter().take_while(|entry| name(entry) == group).count();
        let entries = start..start + number;
        start += number;
        let changes = changes_in(&view.listed[entries.clone()]);
        let mut row = format!("| {} | {number} | {changes} |", code(&group, UNIT));
        if let Some(shown) = shown {
            let below = shown[entries].iter().filter(|shown| **shown == Shown::Whole).count();
            row += &format!(" {below} of {number} below |");
        }
        rows.push(Piece::new(row + "\n"));
    }
    rows
}

/// `1 removed, 2 modified`.
fn changes_in(entries: &[Entry<'_>]) -> String {
    let mut words: Vec<_> = entries.iter().map(|entry| entry.object.change).collect();
    words.sort_unstable();
    let runs = words.chunk_by(|one, other| one == other);
    runs.map(|run| format!("{} {}", run.len(), change_word(run[0]))).collect::<Vec<_>>().join(", ")
}

impl Level {
    /// What is left out, in words.
    pub(super) fn loss(self, view: &View<'_>) -> Option<String> {
        let objects = || count(view.listed.len(), "object");
        match self {
            Self::Objects => None,
            Self::Units => Some(format!("the table's rows of {}, for rows of units", objects())),
            Self::Sites => Some(format!("the table's rows of {}, for rows of sites", objects())),
        }
    }
}
