//! The diff of an object, folded up. The same diff in several units is shown once.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::gitops::diff::{Hunk, HunkLine, ObjectChange, TextDiff};
use crate::gitops::format::hunk_text::{NO_NEWLINE, hunk_head, sign};
use crate::gitops::format::markdown::block::{Block, Piece, chars};
use crate::gitops::format::markdown::escape::{OBJECT, UNIT, code, fenced_line, html_code};
use crate::gitops::format::markdown::lists::{fenced, unit_names};
use crate::gitops::format::view::View;
use crate::gitops::format::words::{Extent, change_word, count, object_name};

/// How a folded part ends.
const END: &str = "\n</details>\n";

/// One diff.
pub(super) struct Details {
    pub block: Block,
    /// Objects with just this diff, by their places in the view.
    pub entries: Vec<usize>,
}

/// As much of a diff as fits.
pub(super) struct PartOfDetails {
    pub text: String,
    /// Hunks that are left out as a whole.
    pub hunks: usize,
    pub lines: usize,
}

/// The diffs, the shortest first. A reviewer reads what was changed by hand, which is mostly short, and skims what
/// tools made, which is mostly long; and if something must be left out, the longest, the fewest objects are. Equal
/// lengths stay in the order of the units.
pub(super) fn details(view: &View<'_>) -> Vec<Details> {
    let mut places = BTreeMap::new();
    let mut same: Vec<(Vec<Piece>, Vec<usize>)> = Vec::new();
    for (place, entry) in view.listed.iter().enumerate() {
        let lines = pieces(&entry.object.text);
        let mut hash = Sha256::new();
        [heading(entry.object), remarks(entry.object)].iter().for_each(|words| hash.update(format!("{words}\n")));
        lines.iter().for_each(|line| hash.update(&line.text));
        let first = *places.entry(hash.finalize()).or_insert(same.len());
        match same.get_mut(first) {
            Some((_, entries)) => entries.push(place),
            None => same.push((lines, vec![place])),
        }
    }
    let mut all: Vec<Details> = same.into_iter().map(|(lines, entries)| one(view, lines, entries)).collect();
    all.sort_by_cached_key(|details| details.block.chars());
    all
}

fn one(view: &View<'_>, lines: Vec<Piece>, entries: Vec<usize>) -> Details {
    let object = view.listed[entries[0]].object;
    let mut units: Vec<String> = entries.iter().map(|place| view.listed[*place].unit.unit.to_string()).collect();
    units.dedup();
    let place = match units.as_slice() {
        [unit] => html_code(unit, UNIT),
        units => count(units.len(), "unit"),
    };
    let summary = format!("{} in {place}: {}", html_code(&object_name(&object.id), OBJECT), heading(object));
    let mut open = format!("<details>\n<summary>{summary}</summary>\n\n");
    let again = format!("<details>\n<summary>{summary} (continued)</summary>\n\n");
    if units.len() > 1 {
        open += &format!("The same in {}.\n\n", unit_names(&units));
    }
    open += &remarks(object);
    let block = if lines.is_empty() {
        Block::paragraph(open.trim_end().to_owned() + "\n" + END)
    } else {
        let block = fenced(&open, "diff", lines, END);
        Block { again: again + block.open.trim_start_matches(open.as_str()), ..block }
    };
    Details { block, entries }
}

/// What happened, in a few words.
fn heading(object: &ObjectChange) -> String {
    format!("{}, {}", change_word(object.change), Extent::of(&object.text))
}

/// What the lines don't say, as paragraphs.
fn remarks(object: &ObjectChange) -> String {
    let mut out = String::new();
    if let Some(old) = &object.old_id {
        out += &format!("It was {}.\n\n", code(&object_name(old), OBJECT));
    }
    if let (Some(old), Some(new)) = (&object.old_path, &object.new_path)
        && old != new
    {
        out += &format!("Its file was {} and is {}.\n\n", code(old, UNIT), code(new, UNIT));
    }
    match &object.text {
        TextDiff::Hunks(hunks) if hunks.is_empty() => out += "Its text is the same.\n\n",
        TextDiff::Hunks(_) => {}
        TextDiff::Replaced { old_lines, new_lines } => {
            let old = count(*old_lines, "line");
            out += &format!("Too much differs to show it: {old} became {new_lines}.\n\n");
        }
        TextDiff::Binary { old_sha256, new_sha256 } => {
            let hash = |hash: &Option<String>| hash.as_ref().map_or("nothing".to_owned(), |hash| code(hash, UNIT));
            out += &format!("It is no text. SHA-256: {} → {}.\n\n", hash(old_sha256), hash(new_sha256));
        }
    }
    if object.is_masked {
        out += "Values of secrets are masked.\n\n";
    }
    if !object.ignored.is_empty() {
        out += &format!("Ignored by rules: {}.\n\n", count(object.ignored.len(), "difference"));
    }
    out
}

/// The lines of a diff, each hunk after its head.
fn pieces(text: &TextDiff) -> Vec<Piece> {
    let TextDiff::Hunks(hunks) = text else { return Vec::new() };
    hunks.iter().flat_map(|hunk| std::iter::once(head(hunk)).chain(hunk.lines.iter().map(line))).collect()
}

fn head(hunk: &Hunk) -> Piece {
    Piece { begins: true, ..Piece::new(hunk_head(hunk)) }
}

fn line(line: &HunkLine) -> Piece {
    let end = if line.no_newline { NO_NEWLINE } else { "" };
    Piece::new(format!("{}{}\n{end}", sign(line), fenced_line(&line.text)))
}

impl Details {
    pub(super) fn hunks(&self) -> usize {
        self.block.pieces.iter().filter(|piece| piece.begins).count()
    }

    pub(super) fn lines(&self) -> usize {
        self.block.pieces.len() - self.hunks()
    }

    /// As much as fits into `room` characters: whole hunks; if not even the first fits, its first lines.
    pub(super) fn cut(&self, room: usize) -> Option<PartOfDetails> {
        let pieces = &self.block.pieces;
        let worst = chars(&self.note(self.hunks(), self.lines()));
        let fitting = self.block.fitting(room.checked_sub(worst)?)?;
        let whole = (0..=fitting).rev().find(|end| pieces.get(*end).is_some_and(|piece| piece.begins));
        let shown = whole.filter(|end| *end > 0).unwrap_or(fitting);
        let hunks = pieces[shown..].iter().filter(|piece| piece.begins).count();
        let lines = pieces.len() - shown - hunks;
        if lines == self.lines() {
            return None;
        }
        let text = self.block.first(shown);
        let text = text.strip_suffix(END).map(|text| format!("{text}{}{END}", self.note(hunks, lines)))?;
        Some(PartOfDetails { text, hunks, lines })
    }

    fn note(&self, hunks: usize, lines: usize) -> String {
        let of = [self.lines(), self.hunks()];
        format!("\nLeft out here: {lines} of {} lines, {hunks} of {} hunks as a whole.\n", of[0], of[1])
    }
}
