//! All units of a run: in parallel, with what they share done once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::decapod::{self, ChartsOptions, ResolvedUnit, is_charts_base, resolve_units};
use crate::error::{Error, Result};
use crate::fs::{FileSystem, RecordingFs, RememberingFs, clean};
use crate::inflate::Inflater;
use crate::parallel::{Threads, Workers};
use crate::render::{RenderOptions, Rendered, render};
use crate::sites::project::SITE_VALUES;
use crate::sites::release::release;
use crate::sites::settle::settle;
use crate::sites::{Applied, GraftedFs, Outcome, Project, RenderedUnit, Rule, Unit};
use crate::source::SourceMap;
use crate::timings::Timings;
use crate::warning::Warning;

/// Runs of units per thread: few units each, so that no thread waits long for another at the end.
const RUNS: usize = 32;

/// How a run goes.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// How each unit is rendered. The threads are for all units together.
    pub render: RenderOptions,
    /// Whether the units are all that there are: a rule for units that do not exist is worth a warning then.
    pub whole: bool,
    /// Makes objects of Helm releases; they stay as they are without it.
    pub inflater: Option<Arc<dyn Inflater>>,
    /// Whether each outcome says what its unit read. Nothing is shared between units then.
    pub record: bool,
}

/// What a run made: outcomes in the order of the units, and what there is to say about the rules.
type Run<T> = (Vec<Outcome<T>>, Vec<Warning>);

/// Renders `units` of `project` and makes something of each with `finish`, on the thread that rendered it.
/// `done` is told of every unit, in whatever order they come.
///
/// What comes out depends on neither the number of threads nor on which units are rendered together.
pub fn render_units<T: Send>(
    files: &dyn FileSystem,
    project: &Project,
    units: &[Unit],
    options: &RunOptions,
    finish: impl Fn(&RenderedUnit<'_>) -> Result<T> + Sync,
    done: impl Fn(&Outcome<T>) + Sync,
) -> Run<T> {
    let files = &RememberingFs::new(files);
    let threads = Threads { limit: options.render.threads, share: 0 };
    let cache = options.render.cache.clone().unwrap_or_default();
    let definitions = project.config.definitions.iter().map(PathBuf::from).chain(options.render.definitions.clone());
    let render = options.render.clone().with_definitions(definitions.collect());
    let render = render.with_packs(options.render.packs | project.config.packs);
    let inner = if units.len() > 1 { render.with_threads(1) } else { render };
    let recording = RecordingFs::new(files);
    let chart_files: &dyn FileSystem = if options.record { &recording } else { files };
    let (charts, sources) = resolve_charts(chart_files, project, units);
    let chart_reads = recording.into_reads();
    let current = files.current_dir().unwrap_or_default();
    let one = |unit: &Unit, inner: &RenderOptions| {
        let timings = Timings::on();
        let span = timings.build();
        let recording = options.record.then(|| RecordingFs::new(files));
        let made = match charts.get(&unit.directory.as_path()) {
            Some(resolved) => releases(resolved, &sources, inner),
            None => kustomization(recording.as_ref().map_or(files, |recording| recording), unit, inner),
        };
        let reads = recording.map(|recording| {
            let mut reads = recording.into_reads();
            let folders = [&unit.base, &unit.directory].map(|folder| clean(&current.join(folder)));
            reads.extend(&chart_reads.of_folders(&folders));
            reads
        });
        let (made, mut warnings) = made;
        let rules = &project.config.rules;
        let mut matched = vec![false; rules.len()];
        let mut resources = 0;
        let result = made.and_then(|mut rendered| {
            let workers = Workers::new(Threads { limit: inner.threads, share: 0 }, Timings::off());
            let settled = settle(rules, unit, &mut rendered, options.inflater.as_deref(), &workers)?;
            let (Applied { folders, matched: found }, releases) = (settled.applied, settled.releases);
            matched = found;
            resources = rendered.resources().len();
            warnings.extend_from_slice(rendered.warnings());
            finish(&RenderedUnit { unit, rendered, folders, releases }).map_err(|error| vec![error])
        });
        drop(span);
        let resources = if result.is_ok() { resources } else { 0 };
        let elapsed = timings.report().total;
        let outcome = Outcome { unit: unit.clone(), result, warnings, resources, elapsed, reads };
        done(&outcome);
        (outcome, matched)
    };
    // Threads hand these on: there are no more of them than threads, and one thread at a time uses each.
    let beside = Mutex::new(Vec::new());
    let free = || beside.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || if options.record { inner.clone() } else { inner.clone().with_cache(cache.beside()) };
    let several = |units: &[Unit]| {
        let own = free().pop().unwrap_or_else(make);
        let made = units.iter().map(|unit| one(unit, &own)).collect::<Vec<_>>();
        free().push(own);
        made
    };
    let made = Workers::new(threads, Timings::off()).map_runs_of(units, |_| 1, RUNS, several);
    let (outcomes, matched): (Vec<_>, Vec<_>) = made.into_iter().flatten().unzip();
    let failed = outcomes.iter().any(|outcome| outcome.result.is_err());
    // What failed might have been what a rule is for.
    let warnings = if failed { Vec::new() } else { unmatched(&project.config.rules, units, &matched, options.whole) };
    (outcomes, warnings)
}

/// The problems of a unit, or what was rendered; and warnings that came before.
type Made = (std::result::Result<Rendered, Vec<Error>>, Vec<Warning>);

fn kustomization(files: &dyn FileSystem, unit: &Unit, options: &RenderOptions) -> Made {
    let grafted = GraftedFs::new(files, unit);
    (render(&grafted, &unit.directory, options).map_err(|error| vec![error]), Vec::new())
}

fn releases(resolved: &ResolvedUnit, sources: &SourceMap, options: &RenderOptions) -> Made {
    if !resolved.problems.is_empty() {
        let errors = resolved.problems.iter().map(|problem| problem.error.clone()).collect();
        return (Err(errors), resolved.warnings.clone());
    }
    let resources = resolved.charts.iter().map(release).collect();
    (Ok(Rendered::of(resources, sources.clone(), options)), resolved.warnings.clone())
}

/// The units, by folder, whose base is Helm releases without a kustomization.
fn resolve_charts<'u>(
    files: &dyn FileSystem,
    project: &Project,
    units: &'u [Unit],
) -> (BTreeMap<&'u Path, ResolvedUnit>, SourceMap) {
    let mut bases: BTreeMap<&Path, bool> = BTreeMap::new();
    let mut chosen: Vec<&Unit> = Vec::new();
    for unit in units {
        let base = unit.base.as_path();
        let is_charts = *bases.entry(base).or_insert_with(|| is_charts_base(files, base));
        if is_charts && files.is_file(&unit.directory.join(SITE_VALUES)) {
            chosen.push(unit);
        }
    }
    let located = |unit: &&Unit| {
        let common = project.sites.join(&unit.site).join(SITE_VALUES);
        decapod::Unit {
            site: unit.site.clone(),
            app: unit.app.clone(),
            base: unit.base.clone(),
            site_values: unit.directory.join(SITE_VALUES),
            common_values: files.is_file(&common).then_some(common),
        }
    };
    let wanted: Vec<decapod::Unit> = chosen.iter().map(located).collect();
    let options = ChartsOptions { placeholders: project.config.placeholders.clone(), ..ChartsOptions::default() };
    let resolution = resolve_units(files, &wanted, &options);
    let directories = chosen.into_iter().map(|unit| unit.directory.as_path());
    (directories.zip(resolution.units).collect(), resolution.sources)
}

/// The rules that found nothing to do in any unit.
fn unmatched(rules: &[Rule], units: &[Unit], matched: &[Vec<bool>], whole: bool) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let found = matched.iter().any(|matched| matched.get(index).is_some_and(|matched| *matched));
        let is_for_any = units.iter().any(|unit| rule.is_for(unit));
        if !is_for_any && whole {
            warnings.push(rule.warning(format!("`rules[{index}]` is for units that do not exist")));
        } else if is_for_any && !found {
            warnings.push(rule.warning(format!("`rules[{index}]` found nothing to do in any unit it is for")));
        }
    }
    warnings
}
