//! Values that a site must not leave as the base has them.

/// Texts that stand for a value that is still to be given. A value counts as left when it is such a text as a
/// whole, or when a global that it refers to is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholders {
    /// Texts that are errors.
    pub forbidden: Vec<String>,
    /// Texts that are warnings, and errors if [`Placeholders::strict`] says so.
    pub suspected: Vec<String>,
    /// Whether suspected texts are errors, too.
    pub strict: bool,
}

/// How bad a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The unit can be rendered.
    Warning,
    /// The unit can't be rendered.
    Error,
}

impl Default for Placeholders {
    fn default() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Self { forbidden: texts(&["CHANGEME", "FIXME", "TODO"]), suspected: texts(&["TO_BE_FIXED"]), strict: false }
    }
}

impl Placeholders {
    /// How bad the value `text` is, if it is a placeholder.
    #[must_use]
    pub fn severity(&self, text: &str) -> Option<Severity> {
        let is_in = |texts: &[String]| texts.iter().any(|placeholder| placeholder == text);
        if is_in(&self.forbidden) {
            Some(Severity::Error)
        } else if is_in(&self.suspected) {
            Some(if self.strict { Severity::Error } else { Severity::Warning })
        } else {
            None
        }
    }
}
