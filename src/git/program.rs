//! Runs the `git` program.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::git::without_password;
use crate::plugin::process::{Fault, Finished, Limits, Process};

/// Variables that would send git to another repository, index or history than the one we mean; hooks and aliases set
/// them.
const REPOSITORY_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The program, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    /// A path, or a name that is looked up in `PATH`.
    pub program: PathBuf,
    /// Whether it may ask the user for names and passwords at the terminal.
    pub interactive: bool,
    /// How long one command may take.
    pub time_limit: Duration,
}

/// A command that ended, well or badly.
#[derive(Debug)]
pub struct Said {
    finished: Finished,
    line: String,
}

impl Default for Git {
    fn default() -> Self {
        Self { program: PathBuf::from("git"), interactive: false, time_limit: Duration::from_secs(3600) }
    }
}

impl Git {
    /// `git` with these arguments in `directory`, in an environment that says nothing of repositories.
    pub(super) fn process(&self, directory: &Path, arguments: &[&OsStr]) -> Process {
        let mut process = Process::new(&self.program).arguments(arguments);
        process.directory = Some(directory.to_owned());
        process.environment_removed = REPOSITORY_VARIABLES.map(OsString::from).to_vec();
        let mut set = |name: &str, value: &str| process.environment.push((name.into(), value.into()));
        // What it says is read by us, too.
        set("LC_ALL", "C");
        // What a commit holds must not depend on what somebody replaced locally.
        set("GIT_NO_REPLACE_OBJECTS", "1");
        // Looking must not write an index.
        set("GIT_OPTIONAL_LOCKS", "0");
        set("GIT_LITERAL_PATHSPECS", "1");
        if !self.interactive {
            set("GIT_TERMINAL_PROMPT", "0");
        }
        // At the terminal it may ask for a passphrase, and an interrupt is for it, too.
        process.own_group = false;
        process
    }

    /// Runs a command to its end, however it ends.
    ///
    /// # Errors
    /// When it can't be started, takes too long or writes too much.
    pub fn run<A: AsRef<OsStr>>(&self, directory: &Path, arguments: &[A]) -> Result<Said> {
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        self.finish(&self.process(directory, &arguments), Vec::new())
    }

    /// Runs a process of ours to its end with an input, however it ends.
    pub(super) fn finish(&self, process: &Process, input: Vec<u8>) -> Result<Said> {
        let line = without_password(&process.line());
        let limits = Limits { time: self.time_limit, output: usize::MAX >> 1 };
        match process.run(input, &limits) {
            Ok(finished) => Ok(Said { finished, line }),
            Err(fault) => {
                let directory = process.directory.as_deref().unwrap_or(Path::new("."));
                Err(self.not_run(&line, fault, directory))
            }
        }
    }

    pub(super) fn not_run(&self, line: &str, fault: Fault, directory: &Path) -> Error {
        let fail = |message: String| Error::new(ErrorKind::Plugin, message);
        match fault {
            // The same is said of a directory that does not exist.
            Fault::NotStarted(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let (program, directory) = (self.program.display(), directory.display());
                fail(format!("can't run `{program}` in `{directory}`: the program or the directory is not there"))
                    .hint("install git and make sure that it is in `PATH`")
            }
            Fault::NotStarted(error) => fail(format!("can't run `{line}`: {error}")),
            Fault::TimedOut => fail(format!("`{line}` ran longer than {:?}, the time limit", self.time_limit)),
            Fault::TooMuchOutput => fail(format!("`{line}` wrote too much output")),
        }
    }
}

impl Said {
    /// The exit code; `None` if a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.finished.status.code()
    }

    /// Whether it ended well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.finished.status.success()
    }

    /// What it wrote to its output.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        &self.finished.output
    }

    /// What it wrote to its error output, without passwords.
    #[must_use]
    pub fn complaint(&self) -> String {
        without_password(&self.finished.error_output)
    }

    /// What it wrote to its output.
    ///
    /// # Errors
    /// When it failed, with its own words.
    pub fn bytes(self) -> Result<Vec<u8>> {
        if self.is_success() { Ok(self.finished.output) } else { Err(self.error()) }
    }

    /// What it wrote to its output, as text without spaces around it.
    ///
    /// # Errors
    /// When it failed, with its own words.
    pub fn text(self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes()?).trim().to_owned())
    }

    /// The command's failure with its own words.
    #[must_use]
    pub fn error(&self) -> Error {
        let said = without_password(&self.finished.said());
        Error::new(ErrorKind::Plugin, format!("`{}` failed ({}){said}", self.line, self.finished.status))
    }
}
