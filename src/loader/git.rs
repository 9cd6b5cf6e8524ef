//! Fetches repositories with the `git` program, as upstream does (`api/internal/git/cloner.go`).

use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::TemporaryDirectory;
use crate::git::without_password;
use crate::loader::RepoSpec;
use crate::plugin::process::{Fault, Limits, Process};

/// How much `git` may say; nothing that it says is used.
const OUTPUT_LIMIT: usize = 64 << 20;

/// Fetches one commit of a repository, with its submodules, into a new directory.
///
/// # Errors
/// When `git` is missing, fails, or takes longer than the address allows.
pub fn fetch(spec: &RepoSpec, git: &Path) -> Result<TemporaryDirectory> {
    if spec.reference.starts_with('-') {
        // Would be an option of git's, not a reference.
        let message = format!("`{}` is no git reference", spec.reference);
        return Err(Error::new(ErrorKind::Load, message).hint("references can't begin with `-`"));
    }
    let directory = TemporaryDirectory::new("crustomize-")?;
    let url = spec.clone_url();
    let reference = if spec.reference.is_empty() { "HEAD" } else { &spec.reference };
    let run = |arguments: &[&str]| run(git, arguments, &directory, spec);
    run(&["init"])?;
    // Submodules with relative addresses need a remote.
    run(&["remote", "add", "origin", &url])?;
    run(&["fetch", "--depth=1", &url, reference])?;
    run(&["checkout", "FETCH_HEAD"])?;
    if spec.submodules {
        run(&["submodule", "update", "--init", "--recursive"])?;
    }
    Ok(directory)
}

fn run(git: &Path, arguments: &[&str], directory: &TemporaryDirectory, spec: &RepoSpec) -> Result<()> {
    let mut process = Process::new(git).arguments(arguments);
    process.directory = Some(directory.path().to_owned());
    // It may ask for a passphrase.
    process.own_group = false;
    let command = without_password(&process.line());
    let fail = |message: String| Error::new(ErrorKind::Load, message);
    match process.run(Vec::new(), &Limits { time: spec.timeout, output: OUTPUT_LIMIT }) {
        Ok(finished) if finished.status.success() => Ok(()),
        Ok(mut finished) => {
            if finished.error_output.is_empty() {
                finished.error_output = String::from_utf8_lossy(&finished.output).trim().to_owned();
            }
            Err(fail(format!("`{command}` failed ({}){}", finished.status, without_password(&finished.said()))))
        }
        Err(Fault::NotStarted(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            let message = format!("`{}` needs the program `git`, which is not there", without_password(&spec.raw));
            Err(fail(message).hint("install git and make sure that it is in `PATH`"))
        }
        Err(Fault::NotStarted(error)) => Err(fail(format!("can't run `{command}`: {error}"))),
        Err(Fault::TimedOut) => {
            Err(fail(format!("`{command}` ran longer than {:?}, the time limit for git commands", spec.timeout))
                .hint("allow more time with `?timeout=2m` at the end of the address"))
        }
        Err(Fault::TooMuchOutput) => Err(fail(format!("`{command}` wrote too much output"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_no_options_for_references() {
        let spec = RepoSpec::parse("https://host/a/b?ref=--upload-pack%3Dtouch").unwrap();
        let error = fetch(&spec, Path::new("git")).unwrap_err();
        assert_eq!(error.message(), "`--upload-pack=touch` is no git reference");
    }

    #[test]
    fn asks_for_git() {
        let spec = RepoSpec::parse("https://me:pass@host/a/b").unwrap();
        let error = fetch(&spec, Path::new("/no/git")).unwrap_err();
        assert_eq!(error.message(), "`https://me:***@host/a/b` needs the program `git`, which is not there");
    }
}
