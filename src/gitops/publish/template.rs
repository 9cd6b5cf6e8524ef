//! A message with places to fill: `{{name}}`.

use crate::error::{Error, ErrorKind, Result};

/// The names that a template may use.
pub(super) const NAMES: [&str; 14] = [
    "sha",
    "sha7",
    "subject",
    "body",
    "author",
    "date",
    "repository",
    "branch",
    "sites",
    "units",
    "added",
    "modified",
    "deleted",
    "summary",
];

/// A commit message with names to fill in, `{{subject}}`. Spaces around a name don't matter; there is nothing else to
/// it, no conditions and no loops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(&'static str),
}

impl MessageTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// A name that means nothing, or braces that are never closed, with line.
    pub fn parse(text: &str) -> Result<Self> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(at) = rest.find("{{") {
            let line = text[..text.len() - rest.len() + at].matches('\n').count() + 1;
            let (before, after) = (&rest[..at], &rest[at + 2..]);
            let Some(end) = after.find("}}") else {
                let message = format!("`{{{{` in line {line} of the message template is never closed");
                return Err(Error::new(ErrorKind::Usage, message));
            };
            let name = after[..end].trim();
            let Some(known) = NAMES.iter().find(|known| **known == name) else {
                let message = format!("`{{{{{name}}}}}` in line {line} of the message template means nothing");
                let error = Error::new(ErrorKind::Usage, message);
                return Err(error.hint(format!("names are `{}`", NAMES.join("`, `"))));
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Name(known));
            rest = &after[end + 2..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The text with what `value` says in the places of names.
    pub(super) fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => value(name),
        };
        self.0.iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_names_in() {
        let template = MessageTemplate::parse("{{sha7}}: {{ subject }}\n\n{x} {{body}}\n").unwrap();
        assert_eq!(template.fill(str::to_uppercase), "SHA7: SUBJECT\n\n{x} BODY\n");
    }

    #[test]
    fn refuses_what_means_nothing() {
        let error = MessageTemplate::parse("a\n{{ nmae }}").unwrap_err();
        assert_eq!(error.message(), "`{{nmae}}` in line 2 of the message template means nothing");
        assert!(MessageTemplate::parse("{{sha").is_err());
    }
}
