//! `crustomize build`: arguments to options, one render, output.

use std::io::{BufWriter, Write};
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, ValueEnum};

use crate::cli::flag::switch;
use crate::cli::{FAILED, finish, output};
use crate::diagnostic;
use crate::error::Error;
use crate::fs::DiskFs;
use crate::loader::LoadRestriction;
use crate::plugin::PluginOptions;
use crate::render::{RenderOptions, Rendered, Reorder, render};
use crate::timings::{Phase, Timings};
use crate::warning::Warning;

/// The environment variable that, set to `on`, does what `--enable-managedby-label` does.
const MANAGED_BY_VARIABLE: &str = "KUSTOMIZE_ENABLE_MANAGEDBY_LABEL";

/// Arguments of `crustomize build`; the names are kustomize's.
#[derive(Debug, clap::Args)]
pub(super) struct BuildArgs {
    /// The directory of the kustomization, or a repository's address
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Write the output to this file, or one file a resource into this directory
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Whether files outside of a kustomization's directory may be loaded
    #[arg(long, default_value = "LoadRestrictionsRootOnly")]
    load_restrictor: LoadRestrictor,
    /// Run exec plugins and functions
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_alpha_plugins: bool,
    /// Run functions that are executables; not for kustomizations you don't trust
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_exec: bool,
    /// Inflate Helm charts
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_helm: bool,
    /// The `helm` program
    #[arg(long, default_value = "helm")]
    helm_command: String,
    /// An API version that charts may ask for; may be given several times
    #[arg(long)]
    helm_api_versions: Vec<String>,
    /// The Kubernetes version that charts may ask for
    #[arg(long, default_value = "")]
    helm_kube_version: String,
    /// Let `helm` print debug output
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    helm_debug: bool,
    /// An environment variable for functions, `NAME` or `NAME=VALUE`; may be given several times
    #[arg(short, long)]
    env: Vec<String>,
    /// A mount for container functions; may be given several times
    #[arg(long)]
    mount: Vec<String>,
    /// Let functions that ask for it use the network
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    network: bool,
    /// The network of container functions that may use one; the host's unless named
    #[arg(long)]
    network_name: Option<String>,
    /// Run container functions as the current user
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    as_current_user: bool,
    /// Sort the output; deprecated, use `sortOptions`
    #[arg(long, hide = true)]
    reorder: Option<ReorderFlag>,
    /// Label every resource with `app.kubernetes.io/managed-by`
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_managedby_label: bool,
    /// How many threads may work at once; as many as there are cores unless given, one where there is little to do
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "PascalCase")]
enum LoadRestrictor {
    /// Only files in or below the kustomization's directory
    LoadRestrictionsRootOnly,
    /// Any file
    LoadRestrictionsNone,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReorderFlag {
    Legacy,
    None,
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

impl BuildArgs {
    fn options(&self) -> RenderOptions {
        let variable = std::env::var(MANAGED_BY_VARIABLE).is_ok_and(|value| value == "on");
        RenderOptions::default()
            .with_load_restriction(match self.load_restrictor {
                LoadRestrictor::LoadRestrictionsRootOnly => LoadRestriction::RootOnly,
                LoadRestrictor::LoadRestrictionsNone => LoadRestriction::None,
            })
            .with_reorder(match self.reorder {
                None => Reorder::Unspecified,
                Some(ReorderFlag::Legacy) => Reorder::Legacy,
                Some(ReorderFlag::None) => Reorder::None,
            })
            .with_threads(self.threads.map_or(0, NonZeroUsize::get))
            .with_managed_by_label(self.enable_managedby_label || variable)
            .with_plugins(PluginOptions {
                enable_plugins: self.enable_alpha_plugins,
                enable_exec: self.enable_exec,
                // Upstream's switch for plugins switches charts on, too.
                enable_helm: self.enable_helm || self.enable_alpha_plugins,
                helm_command: self.helm_command.clone(),
                helm_api_versions: self.helm_api_versions.clone(),
                helm_kube_version: self.helm_kube_version.clone(),
                helm_debug: self.helm_debug,
                env: self.env.clone(),
                mounts: self.mount.clone(),
                network: self.network,
                network_name: self.network_name.clone(),
                as_current_user: self.as_current_user,
                ..PluginOptions::default()
            })
            .with_timings(if self.timings.is_some() { Timings::on() } else { Timings::off() })
    }
}

/// Renders and writes, then tells where the time went, if that was asked for.
pub(super) fn build(args: &BuildArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let options = args.options();
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
