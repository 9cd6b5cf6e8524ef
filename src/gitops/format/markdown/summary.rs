//! The first lines of a comment: what it is of, and what happened in one sentence.

use crate::gitops::diff::UnitStatus;
use crate::gitops::format::NoiseMode;
use crate::gitops::format::markdown::MarkdownOptions;
use crate::gitops::format::markdown::escape::{UNIT, code, link, marker_word};
use crate::gitops::format::view::View;
use crate::gitops::format::words::count;

/// The line by which a comment is found again, to be replaced or removed.
pub(super) fn marker(options: &MarkdownOptions, part: usize, parts: usize) -> String {
    let [key, head] = [&options.key, &options.head_sha].map(|word| marker_word(word));
    format!("<!-- crustomize:diff:{key} part={part}/{parts} head={head} -->\n")
}

/// The sides.
fn sides(view: &View<'_>) -> String {
    format!("{} → {}", code(&view.report.base, UNIT), code(&view.report.head, UNIT))
}

/// What happened, in one paragraph.
pub(super) fn summary(view: &View<'_>, options: &MarkdownOptions) -> String {
    let mut out = format!("{}: {}", sides(view), changes(view));
    let counts = view.counts;
    let shown = match view.noise_mode {
        NoiseMode::Show => "",
        NoiseMode::Group => ", listed together",
        NoiseMode::Hide => ", not shown",
    };
    let verb = |number| if number == 1 { "is" } else { "are" };
    if counts.noise > 0 {
        out += &format!(" {} {} noise only{shown}.", counts.noise, verb(counts.noise));
    }
    if counts.ignored > 0 {
        out += &format!(" {} {} ignored by rules.", count(counts.ignored, "difference"), verb(counts.ignored));
    }
    let same = view.units(UnitStatus::Unchanged) + view.units(UnitStatus::Ignored);
    if same > 0 {
        out += &format!(" {} {} the same.", count(same, "unit"), verb(same));
    }
    if view.report.unaffected > 0 {
        let unaffected = view.report.unaffected;
        out += &format!(" {} {} unaffected.", count(unaffected, "unit"), verb(unaffected));
    }
    if let Some(link) = options.full_url.as_deref().and_then(|url| link("The full diff", url)) {
        out += &format!(" {link}.");
    }
    out.push('\n');
    out
}

/// What changed and what failed, with what is dangerous in bold.
fn changes(view: &View<'_>) -> String {
    let counts = view.counts;
    let mut words = Vec::new();
    if counts.failed > 0 {
        words.push(format!("**{} failed**", count(counts.failed, "unit")));
    }
    if counts.removed > 0 {
        words.push(format!("**{} removed**", counts.removed));
    }
    let rest = [(counts.added, "added"), (counts.modified, "modified"), (counts.renamed, "renamed")];
    words.extend(rest.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")));
    let objects = counts.removed + counts.added + counts.modified + counts.renamed;
    match (objects, counts.failed) {
        (0, 0) => "no differences.".to_owned(),
        (0, _) => format!("{}.", words.join(", ")),
        _ => {
            let units = count(view.changed_units(), "unit");
            format!("{} ({} in {units}).", words.join(", "), count(objects, "object"))
        }
    }
}

/// The first paragraph of every part but the first.
pub(super) fn continued(view: &View<'_>, part: usize, parts: usize) -> String {
    format!("{}, part {part} of {parts}.\n", sides(view))
}
