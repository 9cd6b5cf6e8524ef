//! `crustomize build`: arguments to options, one render, output.

use std::io::{BufWriter, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, ValueEnum};

use crate::cli::flag::switch;
use crate::cli::kustomize_args::KustomizeArgs;
use crate::cli::{FAILED, finish, output};
use crate::diagnostic;
use crate::error::Error;
use crate::fs::DiskFs;
use crate::render::{RenderOptions, Rendered, render};
use crate::timings::{Phase, Timings};
use crate::warning::Warning;

/// Arguments of `crustomize build`; the names are kustomize's.
#[derive(Debug, clap::Args)]
pub(super) struct BuildArgs {
    /// The directory of the kustomization, or a repository's address
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Write the output to this file, or one file a resource into this directory
    #[arg(short, long)]
    output: Option<PathBuf>,
    #[command(flatten)]
    kustomize: KustomizeArgs,
    /// Print errors and warnings as text or JSON
    #[arg(long, default_value = "text")]
    error_format: ErrorFormat,
    /// Print on standard error where the time went, as text or JSON
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "text", value_name = "FORMAT")]
    timings: Option<TimingsFormat>,
    /// Say which line of crustomize's own source found the error
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    stack_trace: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ErrorFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TimingsFormat {
    /// A table
    Text,
    /// One object
    Json,
}

/// Renders and writes, then tells where the time went, if that was asked for.
pub(super) fn build(args: &BuildArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let timings = if args.timings.is_some() { Timings::on() } else { Timings::off() };
    let options = args.kustomize.options().with_timings(timings);
    let code = render_and_write(args, &options, stdout, stderr);
    if let Some(format) = args.timings {
        let report = options.timings.report();
        let text = match format {
            TimingsFormat::Text => report.to_text(),
            TimingsFormat::Json => report.to_json(),
        };
        let _ = stderr.write_all(text.as_bytes());
    }
    code
}

/// Prints warnings first, and the error if there is one.
fn render_and_write(
    args: &BuildArgs,
    options: &RenderOptions,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> ExitCode {
    let timings = &options.timings;
    let _span = timings.build();
    let files = DiskFs::new();
    let rendered = match render(&files, &args.dir, options) {
        // The process ends soon, so nobody takes the trees apart.
        Ok(rendered) => ManuallyDrop::new(rendered),
        Err(error) => return fail(args, &error, stderr),
    };
    print_warnings(args.error_format, rendered.warnings(), stderr);
    match &args.output {
        None => print(args, &rendered, timings, stdout, stderr),
        Some(path) => match write_files(&files, path, &rendered, timings) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(args, &error, stderr),
        },
    }
}

fn print(
    args: &BuildArgs,
    rendered: &Rendered,
    timings: &Timings,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> ExitCode {
    let parts = match rendered.yaml_parts() {
        Ok(parts) => parts,
        Err(error) => return fail(args, &error, stderr),
    };
    let _span = timings.span(Phase::Write);
    timings.count_written(parts.iter().map(String::len).sum());
    let mut stdout = BufWriter::with_capacity(1 << 16, stdout);
    let written = parts.into_iter().try_for_each(|part| stdout.write_all(part.as_bytes()));
    finish(written.and_then(|()| stdout.flush()), stderr)
}

fn write_files(files: &DiskFs, path: &Path, rendered: &Rendered, timings: &Timings) -> crate::error::Result<()> {
    use crate::fs::FileSystem;
    if files.is_dir(path) {
        return output::write_directory(files, path, rendered, timings);
    }
    let text = rendered.to_yaml()?;
    let _span = timings.span(Phase::Write);
    files.write(path, text.as_bytes())?;
    timings.count_written(text.len());
    Ok(())
}

fn fail(args: &BuildArgs, error: &Error, stderr: &mut dyn Write) -> ExitCode {
    let mut text = match args.error_format {
        ErrorFormat::Text => diagnostic::error_text(error),
        ErrorFormat::Json => diagnostic::error_json(error),
    };
    if args.stack_trace && args.error_format == ErrorFormat::Text {
        text.push_str(&format!("raised by crustomize {} at {}\n", env!("CARGO_PKG_VERSION"), error.raised_at()));
    }
    let _ = stderr.write_all(text.as_bytes());
    ExitCode::from(FAILED)
}

fn print_warnings(format: ErrorFormat, warnings: &[Warning], stderr: &mut dyn Write) {
    for warning in warnings {
        let text = match format {
            ErrorFormat::Text => diagnostic::warning_text(warning),
            ErrorFormat::Json => diagnostic::warning_json(warning),
        };
        let _ = stderr.write_all(text.as_bytes());
    }
}
