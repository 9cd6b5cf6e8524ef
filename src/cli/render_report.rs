//! What a run made, unit by unit: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::render::Format;
use crate::diagnostic;
use crate::error::Error;
use crate::output::{Change, OutputUnit, UnitPlan};
use crate::sites::{Outcome, Unit};
use crate::warning::Warning;

/// The version of the JSON report; a field that changes its meaning makes a new one.
const VERSION: u32 = 1;

/// One unit's row.
#[derive(Default)]
pub(super) struct UnitReport {
    site: String,
    app: String,
    status: Status,
    resources: usize,
    /// The files that change, where files are written.
    changes: Option<Vec<Change>>,
    elapsed: Duration,
    warnings: Vec<Warning>,
    errors: Vec<Error>,
}

/// What became of a unit.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Status {
    #[default]
    Rendered,
    Failed,
    /// It was written once, and there is no such unit any more.
    Removed,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Rendered => "rendered",
            Self::Failed => "failed",
            Self::Removed => "removed",
        }
    }
}

impl UnitReport {
    /// The row of `outcome`.
    pub(super) fn of<T>(outcome: Outcome<T>, changes: Option<Vec<Change>>) -> Self {
        let Outcome { unit: Unit { site, app, .. }, result, warnings, resources, elapsed, .. } = outcome;
        let errors = result.err().unwrap_or_default();
        let status = if errors.is_empty() { Status::Rendered } else { Status::Failed };
        Self { site, app, status, resources, changes, elapsed, warnings, errors }
    }

    /// The row of a unit that is no more.
    pub(super) fn removed(plan: &UnitPlan) -> Self {
        let OutputUnit { site, app, .. } = plan.unit().clone();
        Self { site, app, status: Status::Removed, changes: Some(plan.changes().to_vec()), ..Self::default() }
    }

    fn name(&self) -> String {
        format!("{}/{}", self.site, self.app)
    }

    /// How many files change.
    fn changed(&self) -> Option<usize> {
        self.changes.as_ref().map(Vec::len)
    }

    fn json(&self) -> Value {
        let change = |change: &Change| json!({ "change": change.kind.name(), "path": change.path });
        json!({
            "site": self.site,
            "app": self.app,
            "status": self.status.name(),
            "resources": self.resources,
            "changed": self.changed(),
            "changes": self.changes.as_ref().map(|changes| changes.iter().map(change).collect::<Vec<_>>()),
            "seconds": self.elapsed.as_secs_f64(),
            "warnings": self.warnings.iter().map(diagnostic::warning_value).collect::<Vec<_>>(),
            "errors": self.errors.iter().map(diagnostic::error_value).collect::<Vec<_>>(),
        })
    }
}

/// All rows, in the order of the units; those that are no more come last.
pub(super) struct Report {
    pub units: Vec<UnitReport>,
    /// Warnings about rules.
    pub rules: Vec<Warning>,
    /// How long everything took: less than all units together if there were several threads.
    pub elapsed: Duration,
}

/// What all units come to.
struct Totals {
    units: usize,
    failed: usize,
    removed: usize,
    resources: usize,
    changed: Option<usize>,
    warnings: usize,
}

impl Report {
    /// Writes the report to one stream, what is wrong before the table.
    pub(super) fn write_all(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        let text = match format {
            Format::Json => format!("{}\n", self.json()),
            Format::Text => self.messages() + &self.table(),
        };
        out.write_all(text.as_bytes())
    }

    /// Writes the report to `out`; as text, what is wrong goes to `err`.
    pub(super) fn write(&self, format: Format, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Json => out.write_all(format!("{}\n", self.json()).as_bytes()),
            Format::Text => {
                err.write_all(self.messages().as_bytes())?;
                out.write_all(self.table().as_bytes())
            }
        }
    }

    fn totals(&self) -> Totals {
        let units = &self.units;
        let number = |status: Status| units.iter().filter(|unit| unit.status == status).count();
        let removed = number(Status::Removed);
        Totals {
            units: units.len() - removed,
            failed: number(Status::Failed),
            removed,
            resources: units.iter().map(|unit| unit.resources).sum(),
            changed: units.iter().filter_map(UnitReport::changed).reduce(|one, other| one + other),
            warnings: units.iter().map(|unit| unit.warnings.len()).sum::<usize>() + self.rules.len(),
        }
    }

    fn json(&self) -> Value {
        let totals = self.totals();
        json!({
            "version": VERSION,
            "units": self.units.iter().map(UnitReport::json).collect::<Vec<_>>(),
            "warnings": self.rules.iter().map(diagnostic::warning_value).collect::<Vec<_>>(),
            "totals": {
                "units": totals.units,
                "failed": totals.failed,
                "removed": totals.removed,
                "resources": totals.resources,
                "changed": totals.changed,
                "seconds": self.elapsed.as_secs_f64(),
                "warnings": totals.warnings,
            },
        })
    }

    /// Warnings and errors of every unit, as a build of it alone says them.
    fn messages(&self) -> String {
        let mut text = String::new();
        for unit in self.units.iter().filter(|unit| !unit.warnings.is_empty() || !unit.errors.is_empty()) {
            let _ = writeln!(text, "in unit {}:", unit.name());
            unit.warnings.iter().for_each(|warning| text.push_str(&diagnostic::warning_text(warning)));
            unit.errors.iter().for_each(|error| text.push_str(&diagnostic::error_text(error)));
        }
        self.rules.iter().for_each(|warning| text.push_str(&diagnostic::warning_text(warning)));
        text
    }

    fn table(&self) -> String {
        let Totals { units, failed, removed, resources, changed, warnings } = self.totals();
        let total = match units {
            1 => "1 unit".to_owned(),
            units => format!("{units} units"),
        };
        let names = self.units.iter().map(|unit| unit.name().chars().count());
        let width = names.chain([total.len(), "unit".len()]).max().unwrap_or_default();
        let mut text = String::new();
        let mut row = |name: &str, cells: [&str; 4], end: &str| {
            let [resources, changed, seconds, warnings] = cells;
            let _ = writeln!(text, "{name:width$} {resources:>10} {changed:>8} {seconds:>8} {warnings:>9}{end}");
        };
        row("unit", ["resources", "changed", "seconds", "warnings"], "");
        let number = |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let seconds = |elapsed: Duration| format!("{:.3}", elapsed.as_secs_f64());
        for unit in &self.units {
            let (resources, warnings) = (unit.resources.to_string(), unit.warnings.len().to_string());
            let cells = [&*resources, &*number(unit.changed()), &*seconds(unit.elapsed), &*warnings];
            let end = match unit.status {
                Status::Rendered => "",
                Status::Failed => "  failed",
                Status::Removed => "  removed",
            };
            row(&unit.name(), cells, end);
        }
        let some = |number: usize, what: &str| if number == 0 { String::new() } else { format!("  {number} {what}") };
        let end = some(failed, "failed") + &some(removed, "removed");
        let cells = [&*resources.to_string(), &*number(changed), &*seconds(self.elapsed), &*warnings.to_string()];
        row(&total, cells, &end);
        text
    }
}
