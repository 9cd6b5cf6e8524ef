//! `crustomize diff`: what a change does to every rendered manifest.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use crate::cli::diff_output::OutputArgs;
use crate::cli::diff_sides::{Against, Sides, sides};
use crate::cli::finish;
use crate::cli::inflate_args::InflateArgs;
use crate::cli::kustomize_args::KustomizeArgs;
use crate::cli::layout_args::LayoutArgs;
use crate::cli::render::{Format, fail};
use crate::diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, DiskFs, FileSystem, clean};
use crate::gitops::diff::{DiffOptions, Mask, Report, UnitStatus, diff, parse_rules};
use crate::gitops::{UnitManifests, UnitName, chain};
use crate::sites::{GraftedFs, RunOptions, Unit};

/// Arguments of `crustomize diff`.
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// The units: `SITE` or `SITE/APP`; all unless named
    #[arg(value_name = "SITE[/APP]")]
    pub(super) units: Vec<String>,
    /// The old side, a commit; where the new one left the default branch unless given
    #[arg(long, value_name = "REF", conflicts_with = "against")]
    pub(super) base: Option<String>,
    /// The new side: a commit, or `worktree`, which it is unless given
    #[arg(long, value_name = "REF")]
    pub(super) head: Option<String>,
    /// The old side is what was published, `published` or `published=REMOTE/BRANCH`, or what lies in a folder
    #[arg(long, value_name = "DIR|published[=REMOTE/BRANCH]", value_parser = |text: &str| Ok::<_, String>(Against::parse(text)))]
    pub(super) against: Option<Against>,
    /// Compare all units, not just those that the change may have an effect on
    #[arg(long, conflicts_with = "against")]
    pub(super) all: bool,
    /// Compare the units that the change may have an effect on; so it is unless `--all` is said
    #[arg(long, conflicts_with_all = ["all", "against"])]
    affected: bool,
    /// Say why the change may have an effect on a unit, and print no diff
    #[arg(long, value_name = "SITE/APP", conflicts_with_all = ["all", "against"])]
    explain: Option<String>,
    /// The folder of the bases; `base` unless `crustomize.yaml` says otherwise
    #[arg(long, value_name = "DIR")]
    pub(super) base_folder: Option<PathBuf>,
    /// The folder of the sites; `sites` unless `crustomize.yaml` says otherwise
    #[arg(long, value_name = "DIR")]
    pub(super) sites: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    /// Lines of context around a difference
    #[arg(long, value_name = "N", default_value_t = 3)]
    context: usize,
    /// Rules for differences that don't count, each with a reason
    #[arg(long, value_name = "FILE")]
    ignore_file: Option<PathBuf>,
    /// A secret value besides those of Secrets: `KIND[.GROUP]:/json/pointer`, `*` for any part; may be given several times
    #[arg(long, value_name = "KIND:POINTER")]
    mask: Vec<Mask>,
    /// Show secrets as they are; refused where `CI` is set, unless forced
    #[arg(long, value_name = "force", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = ["", "force"])]
    show_secrets: Option<String>,
    /// What the exit code says: 0 nothing differs, 1 something does, 2 failure (`kubectl`); 0, 2 and 1 (`terraform`);
    /// 0, 0 and 2 (`zero`)
    #[arg(long, value_name = "CODES", default_value = "kubectl")]
    exit_code: ExitCodes,
    /// Print what differs even if some units can't be rendered; the exit code is that of a failure all the same
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    pub(super) layout: LayoutArgs,
    #[command(flatten)]
    inflate: InflateArgs,
    #[command(flatten)]
    kustomize: KustomizeArgs,
}

/// What exit codes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExitCodes {
    /// As `diff` and `kubectl diff`
    Kubectl,
    /// As `terraform plan -detailed-exitcode`
    Terraform,
    /// Differences are no matter
    Zero,
}

impl ExitCodes {
    const fn failed(self) -> u8 {
        match self {
            Self::Kubectl | Self::Zero => 2,
            Self::Terraform => 1,
        }
    }

    const fn changed(self) -> u8 {
        match self {
            Self::Kubectl => 1,
            Self::Terraform => 2,
            Self::Zero => 0,
        }
    }
}

/// Compares.
pub(super) fn diff_command(args: &DiffArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    match compared(args, stdout, stderr) {
        Ok(code) => code,
        Err(error) => fail(Format::Text, &[error], args.exit_code.failed(), stderr),
    }
}

fn compared(args: &DiffArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<ExitCode> {
    args.output.check()?;
    let mut options = diff_options(args)?;
    options.files = args.output.needs_files();
    let render = args.kustomize.options();
    let inflater = args.inflate.inflater(&render.plugins)?;
    let run = RunOptions { render, whole: args.units.is_empty(), inflater, record: false };
    let sides = sides(args, &run)?;
    for warning in &sides.comparison.warnings {
        let _ = stderr.write_all(diagnostic::warning_text(warning).as_bytes());
    }
    if let Some(unit) = &args.explain {
        return explain(unit, &sides, stdout, stderr);
    }
    let mut report = diff(&sides.comparison.base, &sides.comparison.head, &options);
    (report.base, report.head) = (sides.base, sides.head);
    report.unaffected = sides.comparison.unaffected;
    for warning in &report.warnings {
        let _ = stderr.write_all(diagnostic::warning_text(warning).as_bytes());
    }
    let failed = report.units.iter().any(|unit| unit.status == UnitStatus::Failed);
    if failed {
        failures(&report, stderr);
    }
    if failed && !args.keep_going {
        let _ = stderr.write_all(b"nothing was compared; `--keep-going` compares the units that can be rendered\n");
        return Ok(ExitCode::from(args.exit_code.failed()));
    }
    let printed = args.output.write(&report, &sides.commit, stdout)?;
    let code = match (failed, report.is_changed()) {
        (true, _) => args.exit_code.failed(),
        (false, true) => args.exit_code.changed(),
        (false, false) => 0,
    };
    let printed = finish(printed, stderr);
    Ok(if printed == ExitCode::SUCCESS { ExitCode::from(code) } else { printed })
}

fn diff_options(args: &DiffArgs) -> Result<DiffOptions> {
    let is_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    let show_secrets = match args.show_secrets.as_deref() {
        None => false,
        Some("") if is_ci => {
            let error = Error::new(ErrorKind::Usage, "secrets are not shown where `CI` is set: logs keep them");
            return Err(error.hint("`--show-secrets=force` shows them all the same"));
        }
        Some(_) => true,
    };
    let rules = match &args.ignore_file {
        Some(path) => parse_rules(path, DiskFs::new().read(path, DEFAULT_FILE_LIMIT)?)?,
        None => Vec::new(),
    };
    Ok(DiffOptions {
        context: args.context,
        show_secrets,
        masks: args.mask.clone(),
        rules,
        threads: args.kustomize.threads(),
        ..DiffOptions::default()
    })
}

/// What is wrong with units, on either side.
fn failures(report: &Report, stderr: &mut dyn Write) {
    for unit in report.units.iter().filter(|unit| unit.status == UnitStatus::Failed) {
        for failure in &unit.failures {
            let side = if failure.on_base { &report.base } else { &report.head };
            let text = format!("{} ({side}): {}", unit.unit, diagnostic::error_text(&failure.error));
            let _ = stderr.write_all(text.as_bytes());
        }
    }
}

/// Prints the ways from a unit to what has changed.
fn explain(name: &str, sides: &Sides, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<ExitCode> {
    let (comparison, known) = (&sides.comparison, sides.project.units.iter().find(|known| known.to_string() == name));
    let unit = name.split_once('/').map(|(site, app)| UnitName { site: site.into(), app: app.into() });
    let affected = unit.and_then(|unit| Some((comparison.affected.units.get(&unit)?, unit)));
    let lines = match (affected, known) {
        (None, None) => {
            let message = format!("there is no unit `{name}` on either side");
            return Err(Error::new(ErrorKind::Usage, message).hint("`crustomize site list` shows what there is"));
        }
        (None, Some(_)) => vec![format!("nothing that {name} reads has changed")],
        (Some(_), None) => vec![format!("{name} is gone")],
        (Some((_, unit)), Some(_)) if !comparison.base.units.contains_key(&unit) => vec![format!("{name} is new")],
        (Some((changed, unit)), Some(_)) if changed.is_empty() => match comparison.head.units.get(&unit) {
            Some(UnitManifests::Failed(_)) => vec![format!("{name} can't be rendered")],
            _ => vec![format!("{name} lets other programs read files, and nobody knows which")],
        },
        (Some((changed, _)), Some(known)) => ways(known, changed, sides)?,
    };
    let text = lines.join("\n") + "\n";
    Ok(finish(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()), stderr))
}

fn ways(unit: &Unit, changed: &BTreeSet<PathBuf>, sides: &Sides) -> Result<Vec<String>> {
    let shown = |path: &Path| path.strip_prefix(&sides.root).unwrap_or(path).display().to_string();
    let grafted = GraftedFs::new(sides.files.files.as_ref(), unit);
    let directory = clean(&grafted.current_dir()?.join(&unit.directory));
    let mut lines = Vec::new();
    for path in changed {
        lines.push(format!("{unit} depends on {}, which has changed", shown(path)));
        match chain(&grafted, &directory, path) {
            Some(links) => lines.extend(links.into_iter().map(|mut link| {
                link.file = shown(&link.file).into();
                format!("  {link}")
            })),
            None => lines.push("  a render looks for it by itself".to_owned()),
        }
    }
    Ok(lines)
}
