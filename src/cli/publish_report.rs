//! How a publish ended: lines for people, JSON for programs, a text for a pull request.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::render::Format;
use crate::diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::DiskFs;
use crate::git::ObjectId;
use crate::gitops::RenderedSet;
use crate::gitops::diff::{DiffOptions, diff};
use crate::gitops::format::{MarkdownOptions, markdown};
use crate::gitops::publish::{Counts, PublishOptions, Published, PublishedUnitResult, Status, UnitChange, Violation};
use crate::warning::Warning;

/// The version of the JSON report; a field that changes its meaning makes a new one.
const VERSION: u32 = 1;

/// The file that GitHub reads a step's outputs from.
const GITHUB_OUTPUT: &str = "GITHUB_OUTPUT";

/// How a publish ended.
pub(super) struct Report<'a> {
    pub(super) result: &'a Published,
    pub(super) options: &'a PublishOptions,
    /// What there was to say while rendering.
    pub(super) rendering: &'a [Warning],
}

impl Report<'_> {
    /// Prints the report, with the text of the pull request if there is one.
    pub(super) fn write(
        &self,
        format: Format,
        body: Option<&str>,
        with_files: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<()> {
        if format == Format::Json {
            return out.write_all(format!("{}\n", self.json(body)).as_bytes());
        }
        let _ = err.write_all(self.messages().as_bytes());
        out.write_all(self.text(with_files).as_bytes())?;
        match body {
            Some(body) => out.write_all(format!("\n{body}").as_bytes()),
            None => Ok(()),
        }
    }

    fn text(&self, with_files: bool) -> String {
        let Published { status, branch, new, old, retries, .. } = self.result;
        let mut text = String::new();
        for unit in self.result.units.iter().filter(|unit| unit.change != UnitChange::Unchanged) {
            let _ = writeln!(text, "{} {}: {}", unit.change.name(), unit.unit, counts(unit.counts));
            for file in unit.files.iter().filter(|_| with_files) {
                let _ = writeln!(text, "  {} {}/{}", file.kind.name(), unit.folder, file.path);
            }
        }
        let commit = new.as_ref().or(old.as_ref()).map(ObjectId::short).unwrap_or("nothing");
        let all = counts(self.result.counts());
        let _ = match status {
            Status::Published => writeln!(text, "published to `{branch}` as {commit}: {all}"),
            Status::Unchanged => writeln!(text, "unchanged: `{branch}` has it already"),
            Status::Superseded => writeln!(text, "superseded: what is in `{branch}` was rendered from a newer commit"),
            Status::Planned => writeln!(text, "would be published to `{branch}`: {all}"),
            Status::Refused => writeln!(text, "refused: nothing was published to `{branch}`"),
            Status::Failed => writeln!(text, "failed: nothing was published to `{branch}`"),
        };
        if *retries > 0 {
            let _ = writeln!(text, "others pushed first, so it was tried again {retries} times");
        }
        text
    }

    fn messages(&self) -> String {
        let mut text = String::new();
        self.rendering.iter().for_each(|warning| text.push_str(&diagnostic::warning_text(warning)));
        for warning in &self.result.warnings {
            let _ = writeln!(text, "warning: {warning}");
        }
        let mut guards = BTreeSet::new();
        for violation in &self.result.violations {
            let unit = violation.unit.as_ref().map(|unit| format!(" (unit {unit})")).unwrap_or_default();
            let _ = writeln!(text, "error: {violation}{unit}");
            guards.insert(violation.guard);
        }
        for guard in guards {
            let _ = writeln!(text, "hint: {}", guard.hint());
        }
        self.errors().iter().for_each(|error| text.push_str(&diagnostic::error_text(error)));
        text
    }

    fn errors(&self) -> &[Error] {
        self.result.failure.as_ref().map_or(&[], |(_, errors)| errors)
    }

    fn json(&self, body: Option<&str>) -> Value {
        let result = self.result;
        let request = self.options.pull_request.as_ref();
        let request =
            request.map(|request| json!({ "branch": request.branch, "base": self.options.branch, "body": body }));
        json!({
            "version": VERSION,
            "status": result.status.name(),
            "branch": result.branch,
            "oldCommit": result.old.as_ref().map(ObjectId::as_str),
            "newCommit": result.new.as_ref().map(ObjectId::as_str),
            "source": self.options.plan.provenance.dry_sha(),
            "totals": counts_json(result.counts()),
            "units": result.units.iter().map(unit_json).collect::<Vec<_>>(),
            "violations": result.violations.iter().map(violation_json).collect::<Vec<_>>(),
            "errors": self.errors().iter().map(diagnostic::error_value).collect::<Vec<_>>(),
            "warnings": self.warnings(),
            "retries": result.retries,
            "pullRequest": request,
        })
    }

    fn warnings(&self) -> Vec<Value> {
        let rendering = self.rendering.iter().map(diagnostic::warning_value);
        let plain = |message: &String| json!({ "level": "warning", "message": message, "location": null });
        rendering.chain(self.result.warnings.iter().map(plain)).collect()
    }

    /// The text of the pull request: what changes, within the size of a comment. Secrets are masked.
    pub(super) fn body(&self, set: &RenderedSet) -> String {
        let changed = self.result.units.iter().filter(|unit| unit.change.is_change());
        let made = |unit: &PublishedUnitResult| Some((unit.unit.clone(), set.units.get(&unit.unit)?.clone()));
        let after = RenderedSet { units: changed.filter_map(made).collect() };
        let mut report = diff(&self.result.before, &after, &DiffOptions::default());
        let provenance = &self.options.plan.provenance;
        report.base.clone_from(&self.options.branch);
        report.head = provenance.commit.as_ref().map(|commit| commit.short().to_owned()).unwrap_or_default();
        let head_sha = provenance.dry_sha().unwrap_or_default();
        let key = self.result.branch.clone();
        markdown(&report, &MarkdownOptions { key, head_sha, ..MarkdownOptions::default() })
    }
}

/// Says to GitHub how it ended, if a step of an action runs.
pub(super) fn github_output(report: &Report<'_>, body_file: Option<&Path>) -> Result<()> {
    let Some(path) = std::env::var_os(GITHUB_OUTPUT).filter(|path| !path.is_empty()) else { return Ok(()) };
    let result = report.result;
    let id = |id: &Option<ObjectId>| id.as_ref().map(ToString::to_string).unwrap_or_default();
    let request = report.options.pull_request.as_ref().map(|request| request.branch.clone()).unwrap_or_default();
    let outputs = [
        ("status", result.status.name().to_owned()),
        ("branch", result.branch.clone()),
        ("old-commit", id(&result.old)),
        ("new-commit", id(&result.new)),
        ("pull-request-branch", request),
        ("body-file", body_file.map(|path| path.display().to_string()).unwrap_or_default()),
    ];
    let mut text = String::new();
    for (name, value) in outputs {
        if value.contains(['\n', '\r']) {
            return Err(Error::new(ErrorKind::Usage, format!("the output `{name}` has more than one line")));
        }
        let _ = writeln!(text, "{name}={value}");
    }
    Ok(DiskFs::new().append(Path::new(&path), text.as_bytes())?)
}

fn counts(counts: Counts) -> String {
    let Counts { added, modified, deleted } = counts;
    format!("+{added} ~{modified} -{deleted}")
}

fn counts_json(counts: Counts) -> Value {
    json!({ "added": counts.added, "modified": counts.modified, "deleted": counts.deleted })
}

fn unit_json(unit: &PublishedUnitResult) -> Value {
    let files: Vec<Value> =
        unit.files.iter().map(|file| json!({ "path": file.path, "change": file.kind.name() })).collect();
    json!({
        "site": unit.unit.site,
        "app": unit.unit.app,
        "folder": unit.folder,
        "status": unit.change.name(),
        "counts": counts_json(unit.counts),
        "files": files,
    })
}

fn violation_json(violation: &Violation) -> Value {
    json!({
        "guard": violation.guard.name(),
        "unit": violation.unit.as_ref().map(ToString::to_string),
        "subject": violation.subject,
        "message": violation.to_string(),
        "hint": violation.guard.hint(),
    })
}
