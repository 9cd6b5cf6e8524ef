//! `crustomize fn` and `crustomize plugin`: what is built in, under other programs.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::deferred::Deferred;
use crate::cli::kustomize_args::KustomizeArgs;
use crate::cli::{FAILED, finish, usage};
use crate::diagnostic::{error_text, warning_text};
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, DiskFs, plain_words, size};
use crate::function::{self, Change, Launcher, PluginInput};
use crate::plugin::Environment;
use crate::warning::Warning;

/// The directory of the kustomization that a plugin works for.
const ROOT_VARIABLE: &str = "KUSTOMIZE_PLUGIN_CONFIG_ROOT";

#[derive(Debug, clap::Args)]
pub(super) struct FunctionArgs {
    #[command(flatten)]
    kustomize: KustomizeArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum PluginCommand {
    /// Put launchers of our plugins where kustomize looks for plugins
    Install(Deferred<InstallArgs>),
    /// Work as a plugin: what kustomize's exec plugins do, called by the launchers
    Exec(Deferred<ExecArgs>),
}

#[derive(Debug, clap::Args)]
pub(super) struct InstallArgs {
    /// The directory for plugins; where kustomize looks unless given
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Replace files that are not ours
    #[arg(long)]
    force: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExecArgs {
    /// The file of the plugin's configuration
    config: PathBuf,
    #[command(flatten)]
    kustomize: KustomizeArgs,
}

/// The command line of this program under the name of a plugin.
#[derive(Debug, Parser)]
#[command(version)]
struct NamedPlugin {
    #[command(flatten)]
    args: ExecArgs,
}

/// A `ResourceList` in, a `ResourceList` out.
pub(super) fn function(args: &FunctionArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let input = match read_input() {
        Ok(input) => input,
        Err(error) => return fail(&error, stderr),
    };
    let outcome = function::run(&DiskFs::new(), Path::new("."), input, &args.kustomize.options());
    // Programs such as kustomize keep the results to themselves.
    print_warnings(&outcome.warnings, stderr);
    let written = stdout.write_all(outcome.list.as_bytes()).and_then(|()| stdout.flush());
    match &outcome.error {
        None => finish(written, stderr),
        Some(error) => fail(error, stderr),
    }
}

/// Does what was asked for.
pub(super) fn plugin(command: &PluginCommand, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    match command {
        PluginCommand::Exec(Deferred(args)) => exec(args, None, stdout, stderr),
        PluginCommand::Install(Deferred(args)) => match install(args) {
            Ok(text) => finish(stdout.write_all(text.as_bytes()), stderr),
            Err(error) => fail(&error, stderr),
        },
    }
}

/// The plugin that this program is, if it was called by the name of one.
pub(super) fn called_as(args: &[OsString]) -> Option<Launcher> {
    Launcher::of_kind(Path::new(args.first()?).file_stem()?.to_str()?)
}

/// Works as the plugin `launcher`.
pub(super) fn run_as(
    launcher: Launcher,
    args: Vec<OsString>,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> ExitCode {
    match NamedPlugin::try_parse_from(args) {
        Ok(NamedPlugin { args }) => exec(&args, Some(launcher.kind), stdout, stderr),
        Err(error) => usage(&error, stdout, stderr),
    }
}

fn exec(args: &ExecArgs, kind: Option<&str>, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let root = std::env::var_os(ROOT_VARIABLE).filter(|root| !root.is_empty());
    let root = root.map_or_else(|| PathBuf::from("."), PathBuf::from);
    let made = read_input().and_then(|resources| {
        let input = PluginInput { kind, config: &args.config, root: &root, resources };
        function::run_plugin(&DiskFs::new(), input, &args.kustomize.options())
    });
    match made {
        Ok((text, warnings)) => {
            print_warnings(&warnings, stderr);
            finish(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()), stderr)
        }
        Err(error) => fail(&error, stderr),
    }
}

fn install(args: &InstallArgs) -> Result<String> {
    let home = args.dir.clone().map_or_else(|| function::plugin_home(&Environment::of_process()), Ok)?;
    let installed = function::install(&DiskFs::new(), &home, args.force)?;
    let line = |installed: &function::Installed| {
        let what = match installed.change {
            Change::Written => "wrote",
            Change::Unchanged => "unchanged",
        };
        format!("{what} {}\n", installed.path.display())
    };
    Ok(installed.iter().map(line).collect())
}

fn read_input() -> Result<Vec<u8>> {
    let mut input = Vec::new();
    let read = std::io::stdin().lock().take(DEFAULT_FILE_LIMIT + 1).read_to_end(&mut input);
    read.map_err(|error| Error::new(ErrorKind::Io, format!("can't read standard input: {}", plain_words(&error))))?;
    if input.len() as u64 > DEFAULT_FILE_LIMIT {
        let message = format!("standard input is larger than {}, the limit for one file", size(DEFAULT_FILE_LIMIT));
        return Err(Error::new(ErrorKind::Limit, message));
    }
    Ok(input)
}

fn print_warnings(warnings: &[Warning], stderr: &mut dyn Write) {
    for warning in warnings {
        let _ = stderr.write_all(warning_text(warning).as_bytes());
    }
}

fn fail(error: &Error, stderr: &mut dyn Write) -> ExitCode {
    let _ = stderr.write_all(error_text(error).as_bytes());
    ExitCode::from(FAILED)
}
