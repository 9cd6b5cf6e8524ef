//! `crustomize bundle`: what there is, in words, as an example, as a schema.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::bundle::{KINDS, Kind};
use crate::cli::deferred::Deferred;
use crate::cli::{FAILED, finish};
use crate::diagnostic::error_text;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem};
use crate::template;

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
    /// Write a kind as templates to start from, for a kind of one's own
    Eject(Deferred<EjectArgs>),
}

#[derive(Debug, clap::Args)]
pub(super) struct KindArgs {
    /// The kind
    kind: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct EjectArgs {
    /// The kind
    kind: String,
    /// What the new kind is called; `My` and the old name unless given
    #[arg(long)]
    name: Option<String>,
    /// The folder to write to
    #[arg(short, long, default_value = "definitions")]
    output: PathBuf,
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
        BundleCommand::Eject(Deferred(args)) => eject(args)?,
        BundleCommand::Schema(Deferred(args)) => format!("{:#}\n", Kind::of_name(&args.kind)?.schema()),
    })
}

/// Writes the files; what is there is not overwritten.
fn eject(args: &EjectArgs) -> Result<String> {
    let kind = Kind::of_name(&args.kind)?;
    let name = args.name.clone().unwrap_or_else(|| format!("My{}", kind.name));
    let files = DiskFs::new();
    let ejected = template::eject(kind, &name)?.files;
    let paths: Vec<PathBuf> = ejected.iter().map(|(name, _)| args.output.join(name)).collect();
    if let Some(path) = paths.iter().find(|path| files.is_file(path)) {
        let error = Error::new(ErrorKind::Output, format!("`{}` is there already", path.display()));
        return Err(error.hint("choose another `--name`, or another folder with `--output`"));
    }
    files.create_dir_all(&args.output)?;
    for (path, (_, text)) in paths.iter().zip(&ejected) {
        files.write(path, text.as_bytes())?;
    }
    Ok(paths.iter().map(|path| format!("created {}\n", path.display())).collect())
}

fn list() -> String {
    let width = KINDS.iter().map(|kind| kind.name.len()).max().unwrap_or_default();
    KINDS.iter().map(|kind| format!("{:width$}  {}\n", kind.name, kind.about())).collect()
}
