//! The one error of the library: a kind, one root cause, where, how we got there, what to do.
//!
//! Nothing here formats for a terminal (see `diagnostic`) and nothing here knows
//! Kubernetes. Messages are lower case, name things in backticks and have no stop
//! at the end.

use std::fmt;
use std::path::Path;

use crate::source::{Location, SourceMap, Span};

/// The library's result.
pub type Result<T> = std::result::Result<T, Error>;

/// What sort of fault an [`Error`] reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or directory could not be read or written.
    Io,
    /// A path that leaves the root it must stay in, or is of the wrong sort.
    Load,
    /// Bases that include one another.
    Cycle,
    /// Text that is not YAML or JSON.
    Syntax,
    /// Input beyond a limit that protects against hostile files.
    Limit,
    /// A kustomization that says something kustomizations can't say.
    Kustomization,
    /// A resource that is not a Kubernetes object.
    Resource,
    /// Two resources with one identity, or none where one is needed.
    Identity,
    /// A patch that can't be read or applied.
    Patch,
    /// A transformer or generator that can't be configured or can't run.
    Transform,
    /// A bundle that says something bundles can't say.
    Bundle,
    /// An external program (plugin, function, `helm`, `git`) that is missing or failed.
    Plugin,
    /// A value that can't be printed as kustomize prints it.
    Emit,
    /// A file of the output that can't be: two resources want it, or somebody else's file has the place.
    Output,
    /// A request that contradicts itself or asks for what is refused.
    Usage,
}

impl ErrorKind {
    /// The kind's name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Load => "load",
            Self::Cycle => "cycle",
            Self::Syntax => "syntax",
            Self::Limit => "limit",
            Self::Kustomization => "kustomization",
            Self::Resource => "resource",
            Self::Identity => "identity",
            Self::Patch => "patch",
            Self::Transform => "transform",
            Self::Bundle => "bundle",
            Self::Plugin => "plugin",
            Self::Emit => "emit",
            Self::Output => "output",
            Self::Usage => "usage",
        }
    }
}

/// One step on the way to the fault: words, and a place where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// For example `first defined at` or ``while reading `resources[1]` at``.
    pub message: String,
    /// The place as a span, before the error leaves the library.
    pub(crate) span: Span,
    /// The place in words.
    pub location: Option<Location>,
}

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    span: Span,
    location: Option<Location>,
    frames: Vec<Frame>,
    hints: Vec<String>,
    raised_at: &'static std::panic::Location<'static>,
}

/// An error with one root cause. One pointer wide.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

impl Error {
    /// An error of `kind`; `message` is lower case, without a stop at the end.
    #[must_use]
    #[track_caller]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            span: Span::NONE,
            location: None,
            frames: Vec::new(),
            hints: Vec::new(),
            raised_at: std::panic::Location::caller(),
        }))
    }

    /// Says where, unless a more precise place is known already.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        if self.0.span.is_none() && self.0.location.is_none() {
            self.0.span = span;
        }
        self
    }

    /// Says in which file, unless a place is known already.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        if self.0.span.is_none() && self.0.location.is_none() {
            self.0.location = Some(Location { path: path.to_owned(), line: 0, column: 0, text: None });
        }
        self
    }

    /// Adds a step of the way to the fault; the innermost comes first.
    #[must_use]
    pub fn frame(mut self, message: impl Into<String>, span: Span) -> Self {
        self.0.frames.push(Frame { message: message.into(), span, location: None });
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Tells of another error, too: where several things are wrong at once, none hides the others.
    #[must_use]
    pub fn also(mut self, other: Self) -> Self {
        let Inner { message, span, location, frames, hints, .. } = *other.0;
        let hint = hints.first().map(|hint| format!(" ({hint})")).unwrap_or_default();
        self.0.frames.push(Frame { message: format!("also: {message}{hint} at"), span, location });
        self.0.frames.extend(frames);
        self
    }

    /// Turns spans into paths, lines and columns, once the texts are at hand.
    #[must_use]
    pub(crate) fn resolve(mut self, sources: &SourceMap) -> Self {
        let inner = &mut *self.0;
        if inner.location.is_none() {
            inner.location = sources.locate(inner.span);
        }
        for frame in &mut inner.frames {
            if frame.location.is_none() {
                frame.location = sources.locate(frame.span);
            }
        }
        // The same words at the same place twice: no file is wrong, it is read once too often.
        if inner.location.is_some() && inner.frames.iter().any(|frame| frame.location == inner.location) {
            let twice = inner.frames.iter().any(|frame| frame.message == "first defined at");
            if twice && inner.kind == ErrorKind::Identity {
                inner.hints = vec!["the file is read twice: leave one of the ways to it out".to_owned()];
            }
        }
        self
    }

    /// The place as a span, while it is one.
    pub(crate) fn span(&self) -> Span {
        self.0.span
    }

    /// What sort of fault this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The root cause, one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where the fault is, if a file is at fault.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.0.location.as_ref()
    }

    /// How we got there, innermost first.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.0.frames
    }

    /// The line of crustomize's own source that found the fault, for bug reports.
    #[must_use]
    pub fn raised_at(&self) -> &'static std::panic::Location<'static> {
        self.0.raised_at
    }

    /// What to do next.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.0.location {
            write!(f, "{}", location.path.display())?;
            if location.line > 0 {
                write!(f, ":{}:{}", location.line, location.column)?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

/// Adds context to results on their way up.
pub trait ResultExt<T> {
    /// Says where, unless a more precise place is known already.
    ///
    /// # Errors
    /// The same error, with a place.
    fn at(self, span: Span) -> Result<T>;

    /// Adds a step of the way to the fault.
    ///
    /// # Errors
    /// The same error, with one more frame.
    fn frame(self, message: impl FnOnce() -> String, span: Span) -> Result<T>;
}

impl<T> ResultExt<T> for Result<T> {
    fn at(self, span: Span) -> Self {
        self.map_err(|error| error.at(span))
    }

    fn frame(self, message: impl FnOnce() -> String, span: Span) -> Self {
        self.map_err(|error| error.frame(message(), span))
    }
}
