//! Runs the `helm` program, and finds out whether it is one that we know.

use std::ffi::OsString;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::git::without_password;
use crate::plugin::exchange;
use crate::plugin::process::{Fault, Limits, Process};

/// The `helm` program.
#[derive(Debug, Clone)]
pub(crate) struct Program<'a> {
    /// A path, or a name that is looked up in `PATH`.
    pub(crate) command: &'a str,
    /// Variables added to our own environment.
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// The directory to run in, ours if there is none.
    pub(crate) directory: Option<&'a Path>,
    /// How long it may run, and how much it may print.
    pub(crate) limits: &'a Limits,
}

impl Program<'_> {
    /// What `helm` prints. What it complains of is told in an error only after `mask` has seen it.
    ///
    /// # Errors
    /// When `helm` is missing, fails, or goes beyond a limit.
    pub(crate) fn run(&self, arguments: Vec<String>, input: Vec<u8>, mask: impl Fn(&str) -> String) -> Result<Vec<u8>> {
        let mut process = Process::new(self.command).arguments(arguments);
        process.environment.clone_from(&self.environment);
        process.directory = self.directory.map(Path::to_owned);
        let mut result = process.run(input, self.limits);
        match &mut result {
            Ok(finished) => finished.error_output = without_password(&mask(&finished.error_output)),
            Err(Fault::NotStarted(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = format!("there is no program `{}` to render charts with", self.command);
                let error = Error::new(ErrorKind::Plugin, message);
                return Err(error.hint("install helm (https://helm.sh), or name it with `--helm-command`"));
            }
            Err(_) => {}
        }
        Ok(exchange::check(&without_password(&process.line()), result, self.limits)?.output)
    }

    /// Asks for the version.
    ///
    /// # Errors
    /// When `helm` is missing, or of a version that has other commands.
    pub(crate) fn check_version(&self) -> Result<()> {
        let arguments = vec!["version".to_owned(), "--short".to_owned()];
        let output = self.run(arguments, Vec::new(), str::to_owned)?;
        let output = String::from_utf8_lossy(&output).into_owned();
        let helm = self.command;
        let version = find_version(&output).ok_or_else(|| {
            Error::new(ErrorKind::Plugin, format!("`{helm} version --short` prints no version: {}", output.trim()))
        })?;
        match version.split('.').next() {
            Some("3" | "4") => Ok(()),
            _ => Err(Error::new(ErrorKind::Plugin, format!("`{helm}` is helm {version}, but helm 3 or 4 is needed"))),
        }
    }
}

/// The first `3.14.2` in a text.
fn find_version(text: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
    text.split(|letter| !is_part(letter)).find_map(|word| {
        let word = word.trim_matches('.');
        let numbers = word.split('.').take_while(|number| !number.is_empty()).count();
        (numbers >= 2).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_versions() {
        assert_eq!(find_version("v3.14.2+gc309b6f\n"), Some("3.14.2"));
        assert_eq!(find_version("WARNING: 1 thing\nClient: v2.16.1+g"), Some("2.16.1"));
        assert_eq!(find_version("version 4"), None);
    }
}
