//! The `crustomize` command: everything is in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    crustomize::cli::run(std::env::args_os(), &mut std::io::stdout(), &mut std::io::stderr())
}
