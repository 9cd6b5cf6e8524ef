//! One comment within a budget.
//!
//! Sections share the room by weight; those that need less leave the rest to the others. What is decided first gets
//! its share, and what it leaves over goes to those after it, the diffs last of all.

use crate::gitops::format::markdown::block::{Block, chars};
use crate::gitops::format::markdown::details::Details;
use crate::gitops::format::markdown::document::{Document, Section};
use crate::gitops::format::markdown::summary::marker;
use crate::gitops::format::markdown::table::{Level, Shown, changes};

/// A diff is cut to show something of it only if there is this much room.
const WORTH_A_CUT: usize = 400;

/// A section's need.
#[derive(Clone, Copy)]
struct Want {
    chars: usize,
    weight: usize,
}

/// The document in at most `budget` characters.
pub(super) fn within(document: &Document<'_>, budget: usize) -> String {
    let marker = marker(document.options, 1, 1);
    let head = format!("{marker}\n{}", document.summary);
    let blocks = document.blocks();
    let whole = chars(&head) + blocks.iter().map(|block| block.chars() + 1).sum::<usize>();
    if whole > budget {
        return shortened(document, &marker, budget);
    }
    std::iter::once(head).chain(blocks.into_iter().map(Block::text)).collect::<Vec<_>>().join("\n")
}

fn shortened(document: &Document<'_>, marker: &str, budget: usize) -> String {
    let view = &document.view;
    let Document { failures, deletions, noise, ignored, rules, warnings, .. } = document;
    let sections = [failures, warnings, rules, deletions, noise, ignored];
    let table_chars = table_size(document, Level::Objects);
    let details_chars = document.details.iter().map(|details| details.block.chars() + 1).sum();
    let weights = [6, 1, 1, 4, 2, 1];
    let mut wants: Vec<Want> =
        sections.iter().zip(weights).map(|(section, weight)| Want { chars: section.chars(), weight }).collect();
    wants.push(Want { chars: table_chars, weight: 6 });
    wants.push(Want { chars: details_chars, weight: 8 });

    // Every section is followed by an empty line.
    let spent = chars(marker) + chars(&document.summary) + chars(&worst_notice(document, &sections)) + wants.len() + 4;
    let mut room = budget.saturating_sub(spent);
    let mut losses = Vec::new();
    let mut cuts = Vec::new();
    for (place, section) in sections.iter().enumerate() {
        let cut = section.cut(share_of_first(room, &wants[place..]));
        room -= chars(&cut.text);
        losses.extend(cut.loss);
        cuts.push(cut.text);
    }

    let share = share_of_first(room, &wants[sections.len()..]);
    let levels = [Level::Objects, Level::Units, Level::Sites];
    let level = levels.into_iter().find(|level| table_size(document, *level) <= share).unwrap_or(Level::Sites);
    let worst = changes(view, level, Some(&worst_shown(document, level)));
    let rows = if view.listed.is_empty() { None } else { worst.fitting(share) };
    room -= rows.map(|rows| chars(&worst.first(rows))).unwrap_or_default();

    let (details, shown, details_loss) = some_details(document, room);
    let table = changes(view, level, Some(&shown));
    losses.extend(details_loss);
    losses.extend(level.loss(view));
    let left_rows = table.pieces.len() - rows.unwrap_or_default();
    if left_rows > 0 {
        losses.push(format!("{left_rows} of {} rows of the table", table.pieces.len()));
    }

    let [failures, warnings, rules, deletions, noise, ignored] = cuts.try_into().unwrap_or_default();
    let table = rows.map(|rows| table.first(rows)).unwrap_or_default();
    let mut texts = vec![marker.to_owned(), document.summary.clone(), notice(&losses), failures, deletions, table];
    texts.extend(details);
    texts.extend([noise, ignored, rules, warnings]);
    texts.retain(|text| !text.is_empty());
    texts.join("\n")
}

/// Diffs within `room`, how much of each object's is shown, and what is left out.
fn some_details(document: &Document<'_>, mut room: usize) -> (Vec<String>, Vec<Shown>, Option<String>) {
    let mut texts = Vec::new();
    let mut shown = vec![Shown::Nothing; document.view.listed.len()];
    let (mut partly, mut hunks, mut lines) = (0, 0, 0);
    for details in &document.details {
        let size = details.block.chars() + 1;
        let (text, state) = if size <= room {
            (details.block.text(), Shown::Whole)
        } else if let Some(part) = (room > WORTH_A_CUT).then(|| details.cut(room - 1)).flatten() {
            partly += details.entries.len();
            hunks += part.hunks;
            lines += part.lines;
            (part.text, Shown::Part)
        } else {
            hunks += details.hunks();
            lines += details.lines();
            continue;
        };
        room -= chars(&text) + 1;
        texts.push(text);
        details.entries.iter().for_each(|place| shown[*place] = state);
    }
    let left = shown.iter().filter(|shown| **shown == Shown::Nothing).count();
    let is_lossy = left + partly > 0;
    (texts, shown, is_lossy.then(|| details_loss(document, left, partly, hunks, lines)))
}

fn details_loss(document: &Document<'_>, left: usize, partly: usize, hunks: usize, lines: usize) -> String {
    let objects = document.view.listed.len();
    let all = |number: fn(&Details) -> usize| document.details.iter().map(number).sum::<usize>();
    let [all_hunks, all_lines] = [all(Details::hunks), all(Details::lines)];
    let parts = if partly > 0 { format!(" and parts of those of {partly}") } else { String::new() };
    format!(
        "the diffs of {left} of {objects} objects{parts} ({hunks} of {all_hunks} hunks, {lines} of {all_lines} lines)"
    )
}

/// What is left out, in one sentence; nothing if nothing is.
fn notice(losses: &[String]) -> String {
    if losses.is_empty() {
        String::new()
    } else {
        format!("**Left out, to be short enough:** {}.\n", losses.join("; "))
    }
}

/// The longest that the notice can become.
fn worst_notice(document: &Document<'_>, sections: &[&Section]) -> String {
    let full = sections.iter().filter(|section| !section.blocks.is_empty());
    let mut losses: Vec<String> = full.map(|section| section.worst_loss()).collect();
    let objects = document.view.listed.len();
    losses.push(details_loss(document, objects, objects, usize::MAX, usize::MAX));
    losses.extend(Level::Sites.loss(&document.view));
    losses.push(format!("{objects} of {objects} rows of the table"));
    notice(&losses)
}

fn worst_shown(document: &Document<'_>, level: Level) -> Vec<Shown> {
    let worst = if level == Level::Objects { Shown::Nothing } else { Shown::Whole };
    vec![worst; document.view.listed.len()]
}

fn table_size(document: &Document<'_>, level: Level) -> usize {
    match document.view.listed.len() {
        0 => 0,
        _ => changes(&document.view, level, Some(&worst_shown(document, level))).chars(),
    }
}

/// What the first of `wants` may take of `room`: all it wants, or its share by weight of what those leave who want
/// less than theirs.
fn share_of_first(mut room: usize, wants: &[Want]) -> usize {
    let mut open: Vec<(usize, Want)> = wants.iter().copied().enumerate().collect();
    loop {
        let weights: usize = open.iter().map(|(_, want)| want.weight).sum();
        let content = |want: &Want| want.chars * weights <= room * want.weight;
        let (served, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, want)| content(want));
        if let Some((0, want)) = served.first() {
            return want.chars;
        }
        if served.is_empty() {
            return rest.first().map(|(_, want)| room * want.weight / weights).unwrap_or_default();
        }
        room -= served.iter().map(|(_, want)| want.chars).sum::<usize>();
        open = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(room: usize, wants: &[(usize, usize)]) -> usize {
        let wants: Vec<Want> = wants.iter().map(|(chars, weight)| Want { chars: *chars, weight: *weight }).collect();
        share_of_first(room, &wants)
    }

    #[test]
    fn those_who_need_less_leave_the_rest_to_the_others() {
        assert_eq!(share(100, &[(10, 1), (200, 1)]), 10);
        assert_eq!(share(100, &[(200, 1), (10, 1)]), 90);
        assert_eq!(share(100, &[(200, 1), (200, 3)]), 25);
        assert_eq!(share(100, &[(200, 1), (0, 3), (30, 1)]), 70);
        assert_eq!(share(100, &[(0, 1), (200, 3)]), 0);
        assert_eq!(share(0, &[(5, 1)]), 0);
    }
}
