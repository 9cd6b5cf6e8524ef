//! What charts mode makes of units.

use crate::decapod::{ChartSource, Unit};
use crate::error::Error;
use crate::site_values::Field;
use crate::source::SourceMap;
use crate::warning::Warning;
use crate::yaml::Node;

/// A chart as it is to be rendered. Every text and every value has the place of the line that wrote it.
#[derive(Debug, Clone)]
pub struct ResolvedChart {
    /// The name of the release.
    pub release: Field,
    /// Where the chart comes from.
    pub source: ChartSource,
    /// The namespace that it is installed in.
    pub namespace: Field,
    /// All values: the base's, and the site's over them.
    pub values: Node,
}

/// Why a unit can't be rendered.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The chart, if it is one chart's problem.
    pub chart: Option<String>,
    /// The path of the value, as an override would write it. Those of the chart itself begin with `source.`.
    pub path: Option<String>,
    /// What is wrong, with file, line and column.
    pub error: Error,
}

/// One unit: its charts in the site's order, or its problems.
#[derive(Debug, Clone)]
pub struct ResolvedUnit {
    /// Which one.
    pub unit: Unit,
    /// The charts. If there are problems, those charts that have none.
    pub charts: Vec<ResolvedChart>,
    /// All that is wrong.
    pub problems: Vec<Problem>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

/// All units of a run, in the order in which they were asked for.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// The units.
    pub units: Vec<ResolvedUnit>,
    /// Every text that was read; turns the spans of values into files and lines.
    pub sources: SourceMap,
}

impl Resolution {
    /// Whether no unit has a problem.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.units.iter().all(|unit| unit.problems.is_empty())
    }
}
