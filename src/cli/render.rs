//! `crustomize render`: all units of a fleet, printed or written.

use std::io::{BufWriter, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use crate::cli::inflate_args::InflateArgs;
use crate::cli::kustomize_args::KustomizeArgs;
use crate::cli::layout_args::LayoutArgs;
use crate::cli::progress::Progress;
use crate::cli::render_report::{Report, UnitReport};
use crate::cli::shelf::{Held, Shelf};
use crate::cli::{CHANGED, FAILED, USAGE, finish};
use crate::diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem};
use crate::layout::LayoutOptions;
use crate::output::{Change, OutputFolder, OutputUnit, UnitPlan, WriteOptions};
use crate::sites::{Outcome, Project, ProjectPaths, RenderedUnit, RunOptions, Shard, Unit, costs, render_units};
use crate::timings::Timings;
use crate::warning::Warning;

/// Arguments of `crustomize render`.
#[derive(Debug, clap::Args)]
pub(super) struct RenderArgs {
    /// The units: `SITE` or `SITE/APP`; all unless named
    #[arg(value_name = "SITE[/APP]")]
    units: Vec<String>,
    #[command(flatten)]
    folders: FolderArgs,
    /// Write each unit to `DIR/<site>/<app>/`; printed as one YAML stream otherwise
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    layout: LayoutArgs,
    /// Write nothing, list what would change, and exit with 3 if anything would
    #[arg(long, requires = "output")]
    check: bool,
    /// Overwrite files that others wrote, or changed since
    #[arg(long, requires = "output")]
    force: bool,
    /// Print or write the units that can be rendered even if others can't; the exit code is 1 all the same
    #[arg(long)]
    keep_going: bool,
    /// Render only part `i` of `n` parts that cost about the same: for several machines, each with another `i`
    #[arg(long, value_name = "i/n")]
    shard: Option<Shard>,
    /// Print the report as text or JSON
    #[arg(long, default_value = "text")]
    format: Format,
    #[command(flatten)]
    inflate: InflateArgs,
    #[command(flatten)]
    kustomize: KustomizeArgs,
}

/// Where the project's folders are.
#[derive(Debug, clap::Args)]
pub(super) struct FolderArgs {
    /// The folder of the bases; `base` unless `crustomize.yaml` says otherwise
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
    /// The folder of the sites; `sites` unless `crustomize.yaml` says otherwise
    #[arg(long, value_name = "DIR")]
    sites: Option<PathBuf>,
}

impl FolderArgs {
    /// The project in the working directory, found by as many threads, or as many as there are cores.
    pub(super) fn open(&self, threads: Option<NonZero<usize>>) -> Result<Project> {
        self.open_in(&DiskFs::new(), threads)
    }

    /// The project in the working directory of `files`.
    pub(super) fn open_in(&self, files: &dyn FileSystem, threads: Option<NonZero<usize>>) -> Result<Project> {
        let paths = ProjectPaths { base: self.base.clone(), sites: self.sites.clone() };
        Project::open_with(files, Path::new(""), &paths, threads.map_or(0, NonZero::get))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Renders what was asked for.
pub(super) fn render(args: &RenderArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let project = match args.folders.open(args.kustomize.threads()) {
        Ok(project) => project,
        Err(error) => return fail(args.format, &[error], FAILED, stderr),
    };
    let units = match project.select(&args.units) {
        Ok(units) => units,
        Err(errors) => return fail(args.format, &errors, USAGE, stderr),
    };
    let units = match args.shard {
        Some(shard) => {
            let costs = costs(&DiskFs::new(), &units);
            shard.of(units, &costs)
        }
        None => units,
    };
    let options = match run_options(args) {
        Ok(options) => options,
        Err(error) => return fail(args.format, &[error], FAILED, stderr),
    };
    if args.output.is_none() && args.layout.is_given() {
        let error = Error::new(ErrorKind::Usage, "`--layout` and `--crds` are about files, and none are written");
        return fail(args.format, &[error.hint("name a folder with `-o`")], USAGE, stderr);
    }
    match &args.output {
        None => print(args, &project, &units, &options, stdout, stderr),
        Some(directory) => write(args, &project, &units, &options, directory, stdout, stderr),
    }
}

fn run_options(args: &RenderArgs) -> Result<RunOptions> {
    let render = args.kustomize.options();
    let inflater = args.inflate.inflater(&render.plugins)?;
    Ok(RunOptions { render, whole: args.units.is_empty() && args.shard.is_none(), inflater, record: false })
}

/// Tells of what can't even begin.
pub(super) fn fail(format: Format, errors: &[Error], code: u8, stderr: &mut dyn Write) -> ExitCode {
    for error in errors {
        let text = match format {
            Format::Text => diagnostic::error_text(error),
            Format::Json => diagnostic::error_json(error),
        };
        let _ = stderr.write_all(text.as_bytes());
    }
    ExitCode::from(code)
}

/// Prints all units as one YAML stream, each behind a comment that names it. The report goes to standard error.
fn print(
    args: &RenderArgs,
    project: &Project,
    units: &[Unit],
    options: &RunOptions,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> ExitCode {
    let clock = Timings::on();
    let span = clock.build();
    let shelf = Shelf::default();
    let (outcomes, rules) =
        run(args, project, units, options, |unit| Ok(shelf.put(&unit.unit.app, unit.rendered.to_yaml()?)));
    let failed = outcomes.iter().any(|outcome| outcome.result.is_err());
    let mut code = if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
    if !failed || args.keep_going {
        let mut out = BufWriter::with_capacity(1 << 16, stdout);
        let mut separator = "";
        let rendered = outcomes.iter().filter_map(|outcome| Some((&outcome.unit, outcome.result.as_ref().ok()?)));
        let mut print = |(unit, held): (&Unit, &Held)| {
            writeln!(out, "{}# unit: {unit}", std::mem::replace(&mut separator, "---\n"))?;
            held.write_to(&mut out)
        };
        let written = rendered.into_iter().try_for_each(&mut print);
        let printed = finish(written.and_then(|()| out.flush()), stderr);
        if !failed {
            code = printed;
        }
    }
    let report = |outcome: Outcome<Held>| {
        let (outcome, text) = outcome.split();
        // The end of the process frees it sooner.
        std::mem::forget(text);
        UnitReport::of(outcome, None)
    };
    let units = outcomes.into_iter().map(report).collect();
    drop(span);
    let _ = Report { units, rules, elapsed: clock.report().total }.write_all(args.format, stderr);
    code
}

/// Writes all units, or says what would be written. The report goes to standard output, what is wrong beside it.
fn write(
    args: &RenderArgs,
    project: &Project,
    units: &[Unit],
    options: &RunOptions,
    directory: &Path,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> ExitCode {
    let clock = Timings::on();
    let span = clock.build();
    let files = DiskFs::new();
    let folder = OutputFolder::new(&files, directory);
    let layout = args.layout.over(project.config.layout);
    let plan = |unit: &RenderedUnit<'_>| {
        let plan = folder.plan(laid_out(unit, layout)?)?;
        plan.check(args.force)?;
        Ok(plan)
    };
    let (outcomes, rules) = run(args, project, units, options, plan);
    let failed = outcomes.iter().any(|outcome| outcome.result.is_err());
    // Only a run over all units knows which ones are gone.
    let gone = match args.units.is_empty() && args.shard.is_none() && !failed {
        true => gone(&folder, project),
        false => Ok(Vec::new()),
    };
    let gone = match gone {
        Ok(gone) => gone,
        Err(error) => return fail(args.format, &[error], FAILED, stderr),
    };
    let (mut rows, mut plans) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        let (outcome, plan) = outcome.split();
        rows.push(UnitReport::of(outcome, plan.as_ref().map(|plan| plan.changes().to_vec())));
        plans.extend(plan);
    }
    rows.extend(gone.iter().map(UnitReport::removed));
    plans.extend(gone);
    let report = |stdout: &mut dyn Write, stderr: &mut dyn Write| {
        drop(span);
        let _ = Report { units: rows, rules, elapsed: clock.report().total }.write(args.format, stdout, stderr);
    };
    if args.check {
        let lines = plans.iter().flat_map(change_lines).collect::<String>();
        let is_changed = plans.iter().any(UnitPlan::is_changed);
        if args.format == Format::Text {
            let _ = stdout.write_all(lines.as_bytes());
        }
        report(stdout, stderr);
        return ExitCode::from(if failed {
            FAILED
        } else if is_changed {
            CHANGED
        } else {
            0
        });
    }
    if !failed || args.keep_going {
        let threads = args.kustomize.threads().or_else(|| std::thread::available_parallelism().ok());
        let options =
            WriteOptions { force: args.force, durable: false, threads: threads.unwrap_or(NonZero::<usize>::MIN) };
        if let Err(error) = folder.apply(plans, options) {
            return fail(args.format, &[error], FAILED, stderr);
        }
    }
    report(stdout, stderr);
    if !failed {
        return ExitCode::SUCCESS;
    }
    if !args.keep_going && args.format == Format::Text {
        let _ = stderr.write_all(b"nothing was written; `--keep-going` writes the units that can be rendered\n");
    }
    ExitCode::from(FAILED)
}

fn run<T: Send>(
    args: &RenderArgs,
    project: &Project,
    units: &[Unit],
    options: &RunOptions,
    finish: impl Fn(&RenderedUnit<'_>) -> Result<T> + Sync,
) -> (Vec<Outcome<T>>, Vec<Warning>) {
    let progress = Progress::new(units.len(), args.format == Format::Text);
    let done = |outcome: &Outcome<T>| progress.step(|| outcome.unit.to_string());
    let made = render_units(&DiskFs::new(), project, units, options, finish, done);
    progress.finish();
    made
}

/// The unit's files.
fn laid_out(unit: &RenderedUnit<'_>, layout: LayoutOptions) -> Result<OutputUnit> {
    Ok(OutputUnit { site: unit.unit.site.clone(), app: unit.unit.app.clone(), files: unit.lay_out(layout)? })
}

/// Plans for units that were written once and are no more.
fn gone(folder: &OutputFolder<'_>, project: &Project) -> Result<Vec<UnitPlan>> {
    let is_there = |site: &str, app: &str| project.units.iter().any(|unit| unit.site == site && unit.app == app);
    let gone = folder.units()?.into_iter().filter(|(site, app)| !is_there(site, app));
    gone.map(|(site, app)| folder.plan(OutputUnit { site, app, files: Vec::new() })).collect()
}

fn change_lines(plan: &UnitPlan) -> Vec<String> {
    let OutputUnit { site, app, .. } = plan.unit();
    let line = |change: &Change| format!("{} {site}/{app}/{}\n", change.kind.name(), change.path);
    plan.changes().iter().map(line).collect()
}
