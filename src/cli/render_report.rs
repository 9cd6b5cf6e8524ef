//! What a run made, unit by unit: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::render::Format;
use crate::diagnostic;
use crate::error::Error;
use crate::sites::{Outcome, Unit};
use crate::warning::Warning;

/// The version of the JSON report; a field that changes its meaning makes a new one.
const VERSION: u32 = 1;

/// One unit's row.
pub(super) struct UnitReport {
    unit: Unit,
    resources: usize,
    /// How many files change, where files are written.
    changed: Option<usize>,
    elapsed: Duration,
    warnings: Vec<Warning>,
    errors: Vec<Error>,
}

impl UnitReport {
    /// The row of `outcome`.
    pub(super) fn of<T>(outcome: Outcome<T>, changed: Option<usize>) -> Self {
        let Outcome { unit, result, warnings, resources, elapsed } = outcome;
        Self { unit, resources, changed, elapsed, warnings, errors: result.err().unwrap_or_default() }
    }

    fn json(&self) -> Value {
        json!({
            "site": self.unit.site,
            "app": self.unit.app,
            "status": if self.errors.is_empty() { "rendered" } else { "failed" },
            "resources": self.resources,
            "changed": self.changed,
            "seconds": self.elapsed.as_secs_f64(),
            "warnings": self.warnings.iter().map(diagnostic::warning_value).collect::<Vec<_>>(),
            "errors": self.errors.iter().map(diagnostic::error_value).collect::<Vec<_>>(),
        })
    }
}

/// All rows, in the order of the units.
pub(super) struct Report {
    pub units: Vec<UnitReport>,
    /// Warnings about rules.
    pub rules: Vec<Warning>,
}

/// What all units come to.
struct Totals {
    failed: usize,
    resources: usize,
    changed: Option<usize>,
    seconds: f64,
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
        Totals {
            failed: units.iter().filter(|unit| !unit.errors.is_empty()).count(),
            resources: units.iter().map(|unit| unit.resources).sum(),
            changed: units.iter().filter_map(|unit| unit.changed).reduce(|one, other| one + other),
            seconds: units.iter().map(|unit| unit.elapsed.as_secs_f64()).sum(),
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
                "units": self.units.len(),
                "failed": totals.failed,
                "resources": totals.resources,
                "changed": totals.changed,
                "seconds": totals.seconds,
                "warnings": totals.warnings,
            },
        })
    }

    /// Warnings and errors of every unit, as a build of it alone says them.
    fn messages(&self) -> String {
        let mut text = String::new();
        for unit in self.units.iter().filter(|unit| !unit.warnings.is_empty() || !unit.errors.is_empty()) {
            let _ = writeln!(text, "in unit {}:", unit.unit);
            unit.warnings.iter().for_each(|warning| text.push_str(&diagnostic::warning_text(warning)));
            unit.errors.iter().for_each(|error| text.push_str(&diagnostic::error_text(error)));
        }
        self.rules.iter().for_each(|warning| text.push_str(&diagnostic::warning_text(warning)));
        text
    }

    fn table(&self) -> String {
        let name = |unit: &UnitReport| unit.unit.to_string();
        let total = match self.units.len() {
            1 => "1 unit".to_owned(),
            units => format!("{units} units"),
        };
        let names = self.units.iter().map(|unit| name(unit).chars().count());
        let width = names.chain([total.len(), "unit".len()]).max().unwrap_or_default();
        let mut text = String::new();
        let mut row = |name: &str, cells: [&str; 4], end: &str| {
            let [resources, changed, seconds, warnings] = cells;
            let _ = writeln!(text, "{name:width$} {resources:>10} {changed:>8} {seconds:>8} {warnings:>9}{end}");
        };
        row("unit", ["resources", "changed", "seconds", "warnings"], "");
        let number = |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        for unit in &self.units {
            let (changed, seconds) = (number(unit.changed), format!("{:.3}", unit.elapsed.as_secs_f64()));
            let (resources, warnings) = (unit.resources.to_string(), unit.warnings.len().to_string());
            let end = if unit.errors.is_empty() { "" } else { "  failed" };
            row(&name(unit), [&resources, &changed, &seconds, &warnings], end);
        }
        let Totals { failed, resources, changed, seconds, warnings } = self.totals();
        let end = if failed == 0 { String::new() } else { format!("  {failed} failed") };
        let cells = [resources.to_string(), number(changed), format!("{seconds:.3}"), warnings.to_string()];
        row(&total, [&cells[0], &cells[1], &cells[2], &cells[3]], &end);
        text
    }
}
