//! The document as a whole.

use crate::decode::nearest;
use crate::error::{Error, ErrorKind};
use crate::site_values::chart_values::{given, wrong};
use crate::site_values::{ChartValues, Globals};
use crate::source::Span;
use crate::warning::Warnings;
use crate::yaml::Node;

/// The `apiVersion` of such documents.
pub const API_VERSION: &str = "openinfradev.github.com/v1";

/// The kind of such documents.
pub const KIND: &str = "HelmValuesTransformer";

/// Globals, and what is said of each chart.
#[derive(Debug, Clone)]
pub struct SiteValues {
    /// What overrides may refer to.
    pub globals: Globals,
    /// The charts in the file's order.
    pub charts: Vec<ChartValues>,
    /// Whether the document says which charts there are; none is an answer, too.
    pub(crate) lists_charts: bool,
    /// Where the document begins.
    pub span: Span,
}

impl SiteValues {
    /// Reads a document whose keys are known to be texts, each once. All that is wrong goes to `faults`, and what
    /// is right is read all the same.
    ///
    /// The Go plugin takes no notice of what it can't read; that is an error here.
    pub(crate) fn read(node: &Node, warnings: &Warnings, faults: &mut Vec<Error>) -> Self {
        let known = ["apiVersion", "kind", "metadata", "global", "charts"];
        warn_of_unknown_fields(node, &known, "a site's values", warnings);
        let globals = match given(node, "global") {
            Ok(globals) => globals.and_then(Node::as_mapping).cloned().unwrap_or_default(),
            Err(error) => {
                faults.push(error);
                crate::yaml::Mapping::new()
            }
        };
        let mut charts = Vec::new();
        let list = node.get("charts").filter(|charts| !charts.is_null());
        match list {
            None => {}
            Some(list) => match list.as_sequence() {
                None => faults.push(wrong("charts", "a list", list)),
                Some(items) => {
                    for item in items {
                        match ChartValues::read(item, warnings) {
                            Ok(chart) => charts.push(chart),
                            Err(error) => faults.push(error.at(item.span)),
                        }
                    }
                }
            },
        }
        Self { globals: Globals::new(globals), charts, lists_charts: list.is_some(), span: node.span }
    }

    /// These values, with those that are common to all of a site's applications put below them: own globals win,
    /// and common overrides come before the own ones of charts that are named here.
    #[must_use]
    pub fn over(&self, common: &Self) -> Self {
        let chart = |own: &ChartValues| {
            let below = common.charts.iter().find(|chart| chart.name.text == own.name.text);
            below.map_or_else(|| own.clone(), |below| own.over(below))
        };
        let charts = self.charts.iter().map(chart).collect();
        Self { globals: self.globals.over(&common.globals), charts, ..*self }
    }
}

/// The error for a document that names no charts.
pub(crate) fn no_charts(span: Span) -> Error {
    let error = Error::new(ErrorKind::Transform, "the site's values have no `charts`").at(span);
    error.hint("list the charts: `charts: [{name: …, override: {…}}]`")
}

/// The originals take no notice of fields they don't know; a slip of the hand should not pass like that.
pub(super) fn warn_of_unknown_fields(node: &Node, known: &[&str], owner: &str, warnings: &Warnings) {
    for entry in node.as_mapping().into_iter().flatten() {
        let name = entry.key.text();
        if known.contains(&name.as_str()) {
            continue;
        }
        let hint = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        warnings.add(format!("{owner} has no field `{name}`, so it is ignored{hint}"), entry.key.span);
    }
}
