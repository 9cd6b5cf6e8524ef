//! Why a file could not be read or written: a cause that callers can ask about, and a path.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// A file operation that did not work. Becomes an [`Error`] with `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The path as it is to be shown.
    pub path: PathBuf,
    /// What was wrong.
    pub cause: Cause,
    /// What was tried: `read`, `write`, ...
    action: &'static str,
}

/// What was wrong with a path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Nothing is there.
    NotFound,
    /// A file was wanted, a directory is there.
    IsDirectory,
    /// A directory was wanted, something else is there.
    NotDirectory,
    /// The user may not do that.
    PermissionDenied,
    /// The file is larger than this many bytes.
    TooLarge(u64),
    /// Anything else, in the operating system's words.
    Other(String),
}

impl Failure {
    /// A failure to do `action` (an English verb) with `path`.
    #[must_use]
    pub fn new(action: &'static str, path: &Path, cause: Cause) -> Self {
        Self { path: path.to_owned(), cause, action }
    }

    /// The operating system's failure in our words.
    pub(crate) fn from_io(action: &'static str, path: &Path, error: &io::Error) -> Self {
        let cause = match error.kind() {
            io::ErrorKind::NotFound => Cause::NotFound,
            io::ErrorKind::IsADirectory => Cause::IsDirectory,
            io::ErrorKind::NotADirectory => Cause::NotDirectory,
            io::ErrorKind::PermissionDenied => Cause::PermissionDenied,
            _ => Cause::Other(plain_words(error)),
        };
        Self::new(action, path, cause)
    }

    /// Whether nothing is at the path (a path through a file counts).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.cause, Cause::NotFound) || (self.action == "read" && self.cause == Cause::NotDirectory)
    }

    /// Whether a directory is where a file was wanted.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.cause == Cause::IsDirectory
    }

    /// The same failure, shown with another path.
    #[must_use]
    pub fn shown_as(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

/// The operating system's text without Rust's `(os error 5)`, in lower case.
pub(crate) fn plain_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A number of bytes as people write it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, action) = (self.path.display(), self.action);
        match &self.cause {
            Cause::NotFound => write!(f, "`{path}` does not exist"),
            Cause::IsDirectory => write!(f, "`{path}` is a directory, not a file"),
            Cause::NotDirectory => write!(f, "`{path}` is not a directory, or goes through a file"),
            Cause::PermissionDenied => write!(f, "can't {action} `{path}`: permission denied"),
            Cause::TooLarge(limit) => write!(f, "`{path}` is larger than {}, the limit for one file", size(*limit)),
            Cause::Other(words) => write!(f, "can't {action} `{path}`: {words}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let kind = if matches!(failure.cause, Cause::TooLarge(_)) { ErrorKind::Limit } else { ErrorKind::Io };
        Self::new(kind, failure.to_string())
    }
}
