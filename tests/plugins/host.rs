//! The programs that run us.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::command::{CRUSTOMIZE, command, outcome};
use crate::support::Tree;

/// A program that renders kustomizations with plugins.
#[derive(Debug)]
pub struct Host {
    program: String,
    arguments: Vec<String>,
}

impl Host {
    /// `kubectl kustomize` of kustomize 5.
    pub fn kubectl() -> Option<Self> {
        let output = Command::new("kubectl").args(["version", "--client"]).output();
        let found = output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("Version: v5."));
        if !found {
            println!("skipped, there is no kubectl with kustomize 5 to run us");
            return None;
        }
        Some(Self::new("kubectl", &["kustomize", "--enable-alpha-plugins"]))
    }

    /// `kustomize build`, which runs functions that are programs.
    pub fn kustomize() -> Option<Self> {
        let flags = ["build", "--enable-alpha-plugins", "--enable-exec"];
        if let Ok(command) = std::env::var("CRUSTOMIZE_ORACLE") {
            let mut words = command.split_whitespace();
            let program = words.next()?;
            return Some(Self::new(program, &words.chain(flags).collect::<Vec<_>>()));
        }
        if Command::new("kustomize").arg("version").output().is_err() {
            println!("skipped, there is no kustomize to run us");
            return None;
        }
        Some(Self::new("kustomize", &flags))
    }

    /// Ourselves as host of programs.
    pub fn ourselves() -> Self {
        Self::new(CRUSTOMIZE, &["build", "--enable-alpha-plugins", "--enable-exec"])
    }

    fn new(program: &str, arguments: &[&str]) -> Self {
        Self { program: program.to_owned(), arguments: arguments.iter().map(|&argument| argument.to_owned()).collect() }
    }

    /// What it makes of a directory with these plugins and programs: the output, or the complaint.
    pub fn build(&self, directory: &Path, plugins: &Path, programs: &Tree) -> Result<String, String> {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let mut command = command(&self.program, directory, &arguments);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", programs.path().display()));
        outcome(command.arg(".").env("KUSTOMIZE_PLUGIN_HOME", plugins))
    }
}

/// Programs in front of all others: `docker` as if the image `crustomize` were this program.
pub fn programs() -> Tree {
    let tree = Tree::new().with("docker", "#!/bin/sh\nexec \"$CRUSTOMIZE\" fn\n");
    std::fs::set_permissions(tree.at("docker"), std::fs::Permissions::from_mode(0o755)).expect("a program");
    tree
}

/// What we make of a directory by ourselves.
pub fn natively(directory: &Path) -> Result<String, String> {
    outcome(&mut command(CRUSTOMIZE, directory, &["build"]))
}
