//! The program that is right by definition: kustomize, if there is one.

use std::path::Path;
use std::process::Command;

/// A command that takes `build DIR`, or `kustomize DIR`, and prints manifests.
#[derive(Debug, Clone)]
pub struct Oracle {
    program: String,
    arguments: Vec<String>,
    /// Whether it is of 5.8 or later.
    pub newest: bool,
}

impl Oracle {
    /// The command in `CRUSTOMIZE_ORACLE`, else `kustomize`, else `kubectl`.
    pub fn find() -> Option<Self> {
        if let Ok(command) = std::env::var("CRUSTOMIZE_ORACLE") {
            let mut words = command.split_whitespace().map(str::to_owned);
            let program = words.next()?;
            let arguments = words.chain(["build".to_owned()]).collect();
            return Some(Self { program, arguments, newest: true });
        }
        let by_version = |program: &str, verb: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output().ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            // `v5.8.1`, or with a label before it in kubectl's list of versions.
            let version = text.lines().rev().find(|line| line.contains("v5."))?.split("v5.").nth(1)?;
            let minor: u32 = version.split('.').next()?.trim().parse().ok()?;
            let oracle = Self { program: program.to_owned(), arguments: vec![verb.to_owned()], newest: minor >= 8 };
            (minor >= 5).then_some(oracle)
        };
        by_version("kustomize", "build", &["version"])
            .or_else(|| by_version("kubectl", "kustomize", &["version", "--client"]))
    }

    /// What it makes of a directory: the output, or the complaint.
    pub fn build(&self, directory: &Path) -> Result<String, String> {
        let output = Command::new(&self.program).args(&self.arguments).arg(directory).output();
        let output = output.unwrap_or_else(|error| panic!("can't run `{}`: {error}", self.program));
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}
