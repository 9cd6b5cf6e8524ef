//! `crustomize bundle`: what there is, in words, as an example, as a schema.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use crate::bundle::{KINDS, Kind};
use crate::cli::deferred::Deferred;
use crate::cli::{FAILED, finish};
use crate::diagnostic::error_text;
use crate::error::Result;

#[derive(Debug, Subcommand)]
pub(super) enum BundleCommand {
    /// List the kinds of bundles
    List,
    /// Tell of a kind and its fields
    Explain(Deferred<ExplainArgs>),
    /// Print a bundle to start from
    Example(Deferred<KindArgs>),
    /// Print the JSON Schema of a kind, for editors
    Schema(Deferred<KindArgs>),
}

#[derive(Debug, clap::Args)]
pub(super) struct KindArgs {
    /// The kind
    kind: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The kind
    kind: String,
    /// A field, `gateways.listeners`, say; all unless given
    #[arg(default_value = "")]
    field: String,
}

/// Does what was asked for.
pub(super) fn bundle(command: &BundleCommand, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    match text(command) {
        Ok(text) => finish(stdout.write_all(text.as_bytes()), stderr),
        Err(error) => {
            let _ = stderr.write_all(error_text(&error).as_bytes());
            ExitCode::from(FAILED)
        }
    }
}

fn text(command: &BundleCommand) -> Result<String> {
    Ok(match command {
        BundleCommand::List => list(),
        BundleCommand::Explain(Deferred(args)) => Kind::of_name(&args.kind)?.explain(&args.field)?,
        BundleCommand::Example(Deferred(args)) => Kind::of_name(&args.kind)?.example.to_owned(),
        BundleCommand::Schema(Deferred(args)) => format!("{:#}\n", Kind::of_name(&args.kind)?.schema()),
    })
}

fn list() -> String {
    let width = KINDS.iter().map(|kind| kind.name.len()).max().unwrap_or_default();
    KINDS.iter().map(|kind| format!("{:width$}  {}\n", kind.name, kind.about())).collect()
}
