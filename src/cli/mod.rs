//! The command line: a thin layer over the public library, and the only room that prints.

mod build;
mod bundle;
mod deferred;
mod diff;
mod diff_output;
mod diff_sides;
mod flag;
mod inflate_args;
mod kustomize_args;
mod layout_args;
mod output;
mod pack;
mod plugin;
mod progress;
mod publish;
mod publish_args;
mod publish_report;
mod render;
mod render_report;
mod shelf;
mod site;
mod vendor;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use self::deferred::Deferred;

/// The exit code of a render that failed.
const FAILED: u8 = 1;
/// The exit code of a command line that makes no sense.
const USAGE: u8 = 2;
/// The exit code of `--check` where something would change.
const CHANGED: u8 = 3;

/// Renders Kubernetes manifests as kustomize does, byte for byte.
#[derive(Debug, Parser)]
#[command(name = "crustomize", version, propagate_version = false)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the resources that a kustomization makes
    Build(Deferred<build::BuildArgs>),
    /// Render every unit of a fleet: each application of each site
    Render(Deferred<render::RenderArgs>),
    /// Show what a change does to every rendered manifest
    Diff(Box<Deferred<diff::DiffArgs>>),
    /// Render a commit and publish it as one commit on a branch
    Publish(Box<Deferred<publish::PublishArgs>>),
    /// List sites, or make a new one
    #[command(subcommand)]
    Site(site::SiteCommand),
    /// Tell of bundles: objects that stand for others
    #[command(subcommand)]
    Bundle(bundle::BundleCommand),
    /// What kustomize has to be told of other systems
    #[command(subcommand)]
    Pack(pack::PackCommand),
    /// Fetch what `vendor.yaml` lists into the bases, or check what is there
    Vendor(Deferred<vendor::VendorArgs>),
    /// Work as a KRM function: a ResourceList on standard input, one on standard output
    Fn(Deferred<plugin::FunctionArgs>),
    /// Work as plugins of kustomize
    #[command(subcommand)]
    Plugin(plugin::PluginCommand),
    /// Print the version
    Version(Deferred<VersionArgs>),
    /// Print a completion script for a shell
    Completion(Deferred<CompletionArgs>),
}

#[derive(Debug, clap::Args)]
struct VersionArgs {
    /// Print the version as `yaml` or `json`
    #[arg(short, long, value_parser = ["yaml", "json"])]
    output: Option<String>,
}

#[derive(Debug, clap::Args)]
struct CompletionArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Runs the command with these arguments, the program's name first.
///
/// Exit codes: 0 done, 1 the work failed, 2 the arguments make no sense, 3 `--check` found changes; `publish` has its own. A reader that went
/// away is no failure.
pub fn run<I: IntoIterator<Item = OsString>>(args: I, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(launcher) = plugin::called_as(&args) {
        return plugin::run_as(launcher, args, stdout, stderr);
    }
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error, stdout, stderr),
    };
    match arguments.command {
        Command::Build(Deferred(args)) => build::build(&args, stdout, stderr),
        Command::Render(Deferred(args)) => render::render(&args, stdout, stderr),
        Command::Diff(args) => diff::diff_command(&args.0, stdout, stderr),
        Command::Publish(args) => publish::publish_units(&args.0, stdout, stderr),
        Command::Site(command) => site::site(&command, stdout, stderr),
        Command::Bundle(command) => bundle::bundle(&command, stdout, stderr),
        Command::Pack(command) => pack::pack(&command, stdout, stderr),
        Command::Vendor(Deferred(args)) => vendor::vendor(&args, stdout, stderr),
        Command::Fn(Deferred(args)) => plugin::function(&args, stdout, stderr),
        Command::Plugin(command) => plugin::plugin(&command, stdout, stderr),
        Command::Version(Deferred(args)) => finish(stdout.write_all(version(&args).as_bytes()), stderr),
        Command::Completion(Deferred(args)) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Arguments::command(), "crustomize", &mut script);
            finish(stdout.write_all(&script), stderr)
        }
    }
}

fn version(args: &VersionArgs) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match args.output.as_deref() {
        Some("json") => format!("{{\"version\":\"{version}\"}}\n"),
        Some(_) => format!("version: {version}\n"),
        None => format!("{version}\n"),
    }
}

/// Help and version go to the one stream, complaints to the other.
fn usage(error: &clap::Error, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let text = error.render().to_string();
    if error.use_stderr() {
        let _ = stderr.write_all(text.as_bytes());
        return ExitCode::from(USAGE);
    }
    finish(stdout.write_all(text.as_bytes()), stderr)
}

/// The exit code after the last write.
fn finish(written: std::io::Result<()>, stderr: &mut dyn Write) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr, "error: can't write the output: {error}");
            ExitCode::from(FAILED)
        }
    }
}
