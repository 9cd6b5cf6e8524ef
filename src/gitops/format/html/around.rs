//! What stands around the objects of a page: failures, warnings, units, noise, ignore rules.

use std::fmt::Write as _;

use crate::diagnostic;
use crate::gitops::diff::{Change, UnitReport, UnitStatus};
use crate::gitops::format::html::escape::{line, name};
use crate::gitops::format::html::object::object;
use crate::gitops::format::view::{Entry, View};
use crate::gitops::format::words::{change_word, count, noise_words, object_name, status_word};

/// What happened, in one line.
pub(super) fn counts(view: &View<'_>) -> String {
    let counts = view.counts;
    let mut out = Vec::new();
    if counts.failed > 0 {
        out.push(format!("<b class=\"failed\">{} failed</b>", count(counts.failed, "unit")));
    }
    if counts.removed > 0 {
        out.push(format!("<b class=\"removed\">{} removed</b>", counts.removed));
    }
    let rest = [(counts.added, "added"), (counts.modified, "modified"), (counts.renamed, "renamed")];
    out.extend(rest.iter().filter(|rest| rest.0 > 0).map(|(number, word)| format!("<b>{number} {word}</b>")));
    if counts.removed + counts.added + counts.modified + counts.renamed == 0 {
        out.push("<b>no differences</b>".to_owned());
    }
    if counts.noise > 0 {
        out.push(format!("{} noise only{}", counts.noise, if view.hidden > 0 { ", not shown" } else { "" }));
    }
    if counts.ignored > 0 {
        out.push(format!("{} ignored by rules", count(counts.ignored, "difference")));
    }
    let same = view.units(UnitStatus::Unchanged) + view.units(UnitStatus::Ignored);
    if same > 0 {
        out.push(format!("{} the same", count(same, "unit")));
    }
    if view.report.unaffected > 0 {
        out.push(format!("{} unaffected", count(view.report.unaffected, "unit")));
    }
    out.join(" · ")
}

/// A button for each sort of change that occurs, to show and hide it.
pub(super) fn switches(view: &View<'_>) -> String {
    use Change::{Added, Modified, Moved, Removed, Renamed, Reordered};
    let button = |what: &str, number: usize| {
        format!("<button type=\"button\" data-change=\"{what}\" aria-pressed=\"true\">{what} {number}</button>")
    };
    let mut out = String::new();
    for change in [Removed, Added, Modified, Renamed, Reordered, Moved] {
        let is_one = |entry: &&Entry<'_>| entry.object.change == change && entry.noise().is_none();
        let number = view.listed.iter().filter(is_one).count();
        if number > 0 {
            out += &button(change_word(change), number);
        }
    }
    let shown = view.listed.iter().filter(|entry| entry.noise().is_some()).count();
    let noise = shown + view.grouped.iter().map(|(_, entries)| entries.len()).sum::<usize>();
    if noise > 0 {
        out += &button("noise", noise);
    }
    out
}

/// What is wrong.
pub(super) fn failures(view: &View<'_>) -> String {
    let mut out = String::new();
    for unit in view.failed() {
        let _ = writeln!(out, "<article class=\"failure\"><h3>{}</h3>", name(&unit.unit.to_string()));
        for failure in &unit.failures {
            let side = if failure.on_base { "<p>on the old side:</p>" } else { "" };
            let _ = writeln!(out, "{side}<pre>{}</pre>", lines(&diagnostic::error_text(&failure.error)));
        }
        out += "</article>\n";
    }
    section("failed", "Failed", &out)
}

/// What a person should know.
pub(super) fn warnings(view: &View<'_>) -> String {
    let warning = |warning| format!("<pre class=\"warning\">{}</pre>\n", lines(&diagnostic::warning_text(warning)));
    section("warnings", "Warnings", &view.report.warnings.iter().map(warning).collect::<String>())
}

fn section(id: &str, title: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>\n{content}</section>\n"
    )
}

fn lines(text: &str) -> String {
    text.lines().map(|text| line(text).into_owned() + "\n").collect()
}

/// How a unit's objects begin.
pub(super) fn unit_head(unit: &UnitReport) -> String {
    let [site, app] = [&unit.unit.site, &unit.unit.app].map(|part| name(part));
    let status = status_word(unit.status);
    let same =
        if unit.unchanged > 0 { format!(", {} the same", count(unit.unchanged, "object")) } else { String::new() };
    format!(
        "<section class=\"unit\"><h2>{site} / {app} <small><span class=\"word {status}\">{status}</span>, \
         {} changed{same}</small></h2>\n",
        count(unit.objects.iter().filter(|object| !object.is_ignored()).count(), "object"),
    )
}

/// Objects that are noise only, by the sort of it; the first has the number `number`.
pub(super) fn noise(view: &View<'_>, mut number: usize) -> String {
    let mut out = String::new();
    for (noise, entries) in &view.grouped {
        let objects = count(entries.len(), "object");
        let _ = writeln!(out, "<details><summary>{} <small>{objects}</small></summary>", noise_words(*noise));
        for entry in entries {
            object(&mut out, number, entry);
            number += 1;
        }
        out += "</details>\n";
    }
    section("noise", "Noise", &out).replacen("<section ", "<section class=\"together\" ", 1)
}

/// Objects of which all that differs is ignored by rules.
pub(super) fn ignored(view: &View<'_>) -> String {
    let item = |entry: &Entry<'_>| {
        let pointers = entry.object.ignored.iter().map(|field| format!("<code>{}</code>", name(&field.pointer)));
        let pointers = pointers.collect::<Vec<_>>().join(", ");
        let (object, unit) = (object_name(&entry.object.id), entry.unit.unit.to_string());
        format!("<li>{} <span class=\"whose\">{}</span> {pointers}</li>\n", name(&object), name(&unit))
    };
    let items: String = view.ignored.iter().map(item).collect();
    let list = if items.is_empty() { items } else { format!("<ul>\n{items}</ul>\n") };
    section("ignored", "Ignored", &list)
}

/// Ignore rules, with why they are there and what they did.
pub(super) fn rules(view: &View<'_>) -> String {
    let mut rows = String::new();
    for rule in &view.report.rules {
        let used = match rule.used {
            0 => "<td class=\"unused\">unused</td>".to_owned(),
            used => format!("<td>{used}</td>"),
        };
        let _ =
            writeln!(rows, "<tr><td><code>{}</code></td><td>{}</td>{used}</tr>", name(&rule.rule), name(&rule.reason));
    }
    if rows.is_empty() {
        return rows;
    }
    let head = "<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">Reason</th><th scope=\"col\">Ignored</th></tr></thead>";
    section("rules", "Ignore rules", &format!("<table class=\"rules\">{head}\n<tbody>\n{rows}</tbody></table>\n"))
}

/// Units that were looked at and are the same.
pub(super) fn same(view: &View<'_>) -> String {
    let is_same = |unit: &&UnitReport| matches!(unit.status, UnitStatus::Unchanged | UnitStatus::Ignored);
    let item = |unit: &UnitReport| {
        let ignored = if unit.status == UnitStatus::Ignored { " (differences ignored)" } else { "" };
        format!("{}{ignored}", name(&unit.unit.to_string()))
    };
    let names: Vec<String> = view.report.units.iter().filter(is_same).map(item).collect();
    let text = if names.is_empty() { String::new() } else { format!("<p class=\"same\">{}</p>\n", names.join(", ")) };
    section("same", "The same", &text)
}
