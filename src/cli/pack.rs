//! `crustomize pack`: which packs there are, and what they tell kustomize.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use crate::cli::deferred::Deferred;
use crate::cli::finish;
use crate::pack::Pack;

/// What to do with packs.
#[derive(Debug, Subcommand)]
pub(super) enum PackCommand {
    /// List the packs
    List,
    /// Print a pack as a file that stock kustomize takes under `configurations`
    Show(Deferred<ShowArgs>),
}

#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// The pack
    #[arg(value_parser = PossibleValuesParser::new(Pack::ALL.map(Pack::name)))]
    name: String,
}

/// Does it.
pub(super) fn pack(command: &PackCommand, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let text = match command {
        PackCommand::List => {
            let line = |pack: Pack| format!("{:<14} {}\n", pack.name(), pack.description());
            Pack::ALL.map(line).concat()
        }
        PackCommand::Show(Deferred(args)) => {
            Pack::parse(&args.name).map(|pack| pack.configuration().to_owned()).unwrap_or_default()
        }
    };
    finish(stdout.write_all(text.as_bytes()), stderr)
}
