//! What texts for a terminal say beside the differences: what failed, what is noise, what was ignored, how much it is.

use std::fmt::Write as _;

use crate::diagnostic::error_text;
use crate::gitops::diff::{Change, Noise, ObjectChange, Report, UnitStatus};
use crate::gitops::format::NoiseMode;
use crate::gitops::format::paint::{Paint, Paper};
use crate::gitops::format::view::{Entry, View};
use crate::gitops::format::visible::{visible_line, visible_name};
use crate::gitops::format::words::{count, noise_words, object_name};

/// Both sides, and units that failed.
pub(super) fn before(report: &Report, paper: &mut Paper) {
    if !report.base.is_empty() || !report.head.is_empty() {
        paper.line(Paint::Bold, &format!("{} → {}", visible_name(&report.base), visible_name(&report.head)));
    }
    for unit in &report.units {
        for failure in &unit.failures {
            let side = if failure.on_base { "old" } else { "new" };
            paper
                .line(Paint::Failure, &format!("! {} failed on the {side} side", visible_name(&unit.unit.to_string())));
            error_text(&failure.error)
                .lines()
                .for_each(|line| paper.line(Paint::Plain, &format!("  {}", visible_line(line))));
        }
    }
}

/// Noise, what was ignored, and the numbers.
pub(super) fn after(view: &View<'_>, paper: &mut Paper) {
    for (noise, entries) in &view.grouped {
        group(*noise, entries, paper);
    }
    if view.noise_mode == NoiseMode::Hide && view.hidden > 0 {
        paper.line(Paint::Plain, &format!("{} not shown: only noise changed", count(view.hidden, "object")));
    }
    for rule in view.report.rules.iter().filter(|rule| rule.used > 0) {
        let (what, by, why) = (count(rule.used, "change"), visible_name(&rule.rule), visible_name(&rule.reason));
        paper.line(Paint::Plain, &format!("{what} ignored by {by}: {why}"));
    }
    paper.line(Paint::Bold, &numbers(view));
}

/// `48 objects: only labels of chart and version changed`, and which.
fn group(noise: Noise, entries: &[Entry<'_>], paper: &mut Paper) {
    paper.line(Paint::Bold, &format!("{}: only {} changed", count(entries.len(), "object"), noise_words(noise)));
    for same_unit in entries.chunk_by(|one, other| one.unit.unit == other.unit.unit) {
        let names: Vec<String> =
            same_unit.iter().map(|entry| visible_name(&object_name(&entry.object.id)).into_owned()).collect();
        let unit = visible_name(&same_unit[0].unit.unit.to_string()).into_owned();
        paper.line(Paint::Plain, &format!("  {unit}: {}", names.join(", ")));
    }
}

/// The last line.
fn numbers(view: &View<'_>) -> String {
    let counts = view.counts;
    let mut out = String::new();
    let mut add = |number: usize, words: String| {
        if number > 0 {
            let _ = write!(out, "{}{words}", if out.is_empty() { "" } else { ", " });
        }
    };
    add(counts.failed, format!("{} failed", count(counts.failed, "unit")));
    for (number, word) in [
        (counts.removed, "removed"),
        (counts.added, "added"),
        (counts.modified, "modified"),
        (counts.renamed, "renamed"),
    ] {
        add(number, format!("{number} {word}"));
    }
    if out.is_empty() {
        out.push_str("no differences");
    }
    let mut also = |number: usize, words: String| {
        if number > 0 {
            let _ = write!(out, "; {words}");
        }
    };
    also(counts.noise, format!("{} of them noise only", counts.noise));
    also(counts.ignored, format!("{} ignored", counts.ignored));
    let same = view.units(UnitStatus::Unchanged) + view.units(UnitStatus::Ignored);
    also(same, format!("{} the same", count(same, "unit")));
    also(view.report.unaffected, format!("{} unaffected", count(view.report.unaffected, "unit")));
    out
}

/// The line over an object: `~ apps/Deployment web/front (prod/web)`.
pub(super) fn head(entry: &Entry<'_>, paper: &mut Paper) {
    let ObjectChange { id, old_id, change, old_path, new_path, is_masked, .. } = entry.object;
    let (sign, paint) = match change {
        Change::Removed => ('-', Paint::RemovedHead),
        Change::Added => ('+', Paint::AddedHead),
        Change::Modified | Change::Reordered => ('~', Paint::Bold),
        Change::Renamed | Change::Moved => ('>', Paint::Bold),
    };
    let mut line =
        format!("{sign} {} ({})", visible_name(&object_name(id)), visible_name(&entry.unit.unit.to_string()));
    if let Some(old) = old_id {
        let _ = write!(line, ", was {}", visible_name(&object_name(old)));
    }
    if let (Some(old), Some(new)) = (old_path, new_path)
        && old != new
    {
        let _ = write!(line, ", moved from {} to {}", visible_name(old), visible_name(new));
    }
    if *change == Change::Reordered {
        line.push_str(", only the order of lists changed");
    }
    if *is_masked {
        line.push_str(", secrets are masked");
    }
    paper.line(paint, &line);
}
