//! Lines for a terminal, in colours or without.

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Nothing in particular.
    Plain,
    /// A heading.
    Bold,
    /// The heading of what is gone.
    RemovedHead,
    /// The heading of what is new.
    AddedHead,
    /// What could not be compared.
    Failure,
    /// Where a hunk is.
    Place,
    /// A line or a field that is gone.
    Removed,
    /// A line or a field that is new.
    Added,
    /// A field that has another value.
    Changed,
}

impl Paint {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::RemovedHead | Self::Failure => "1;31",
            Self::AddedHead => "1;32",
            Self::Place => "36",
            Self::Removed => "31",
            Self::Added => "32",
            Self::Changed => "33",
        }
    }
}

/// Lines one after the other.
#[derive(Debug, Default)]
pub(super) struct Paper {
    out: String,
    color: bool,
}

impl Paper {
    pub(super) const fn new(color: bool) -> Self {
        Self { out: String::new(), color }
    }

    /// Adds a line; nothing in it may act on a terminal.
    pub(super) fn line(&mut self, paint: Paint, text: &str) {
        let code = if self.color { paint.code() } else { "" };
        if code.is_empty() {
            self.out.push_str(text);
        } else {
            for part in ["\u{1b}[", code, "m", text, "\u{1b}[0m"] {
                self.out.push_str(part);
            }
        }
        self.out.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}
