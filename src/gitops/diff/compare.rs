//! The comparison of two rendered sets.

use std::collections::BTreeSet;

use super::report::{Failure, Report, RuleUse, UnitReport, UnitStatus};
use super::{DiffOptions, IgnoreRule, unit};
use crate::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};
use crate::parallel::{DEFAULT_SHARE, Threads, Workers};
use crate::source::Span;
use crate::timings::Timings;
use crate::warning::Warning;

/// What differs between two sets.
///
/// Files of one path with the same bytes are the same and are not read. [`Report::base`], [`Report::head`] and
/// [`Report::unaffected`] are for the caller to fill: where the sets come from is not known here.
#[must_use]
pub fn diff(base: &RenderedSet, head: &RenderedSet, options: &DiffOptions) -> Report {
    let workers = Workers::new(Threads { limit: options.threads, share: DEFAULT_SHARE }, Timings::off());
    let names: Vec<&UnitName> =
        base.units.keys().chain(head.units.keys()).collect::<BTreeSet<_>>().into_iter().collect();
    let size = |set: &RenderedSet, name: &UnitName| -> usize {
        files(set.units.get(name)).unwrap_or_default().iter().map(|file| file.content.len()).sum()
    };
    let cost = |name: &&UnitName| size(base, name) + size(head, name);
    let compared = workers.map(&names, cost, |name| of_unit(name, base, head, options, &workers));
    let mut report = Report { rules: options.rules.iter().map(IgnoreRule::unused).collect(), ..Report::default() };
    for (unit, warnings) in compared {
        for used in unit.objects.iter().flat_map(|object| &object.ignored) {
            if let Some(rule) = report.rules.get_mut(used.rule) {
                rule.used += 1;
            }
        }
        report.units.push(unit);
        report.warnings.extend(warnings);
    }
    let unused = report.rules.iter().filter(|rule| rule.used == 0).map(unused).collect::<Vec<_>>();
    report.warnings.extend(unused);
    report
}

fn unused(rule: &RuleUse) -> Warning {
    Warning { message: format!("the ignore rule `{}` was not used", rule.rule), location: None, span: Span::NONE }
}

fn of_unit(
    name: &UnitName,
    base: &RenderedSet,
    head: &RenderedSet,
    options: &DiffOptions,
    workers: &Workers,
) -> (UnitReport, Vec<Warning>) {
    let (old, new) = (base.units.get(name), head.units.get(name));
    let failed = |side: Option<&UnitManifests>, on_base: bool| match side {
        Some(UnitManifests::Failed(errors)) => {
            errors.iter().map(|error| Failure { on_base, error: error.clone() }).collect()
        }
        _ => Vec::new(),
    };
    let is_failed = |side: Option<&UnitManifests>| matches!(side, Some(UnitManifests::Failed(_)));
    if is_failed(old) || is_failed(new) {
        let failures = failed(old, true).into_iter().chain(failed(new, false)).collect();
        let report = UnitReport {
            unit: name.clone(),
            status: UnitStatus::Failed,
            objects: Vec::new(),
            unchanged: 0,
            files: Vec::new(),
            failures,
        };
        return (report, Vec::new());
    }
    unit::compare(name, files(old), files(new), options, workers)
}

fn files(side: Option<&UnitManifests>) -> Option<&[ManifestFile]> {
    match side {
        Some(UnitManifests::Files(files)) => Some(files.as_slice()),
        _ => None,
    }
}
