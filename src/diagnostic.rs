//! The only place that turns errors and warnings into text a person reads, or JSON.
//!
//! It prints nothing itself.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::error::Error;
use crate::source::Location;
use crate::warning::Warning;

/// An error as lines of text, with a line break at the end.
#[must_use]
pub fn error_text(error: &Error) -> String {
    let mut out = format!("error: {}\n", error.message());
    if let Some(location) = error.location() {
        place(&mut out, location);
    }
    for frame in error.frames() {
        match &frame.location {
            Some(location) => {
                let _ = writeln!(out, "  {} {}", frame.message, position(location));
            }
            None => {
                let _ = writeln!(out, "  {}", frame.message.strip_suffix(" at").unwrap_or(&frame.message));
            }
        }
    }
    for hint in error.hints() {
        let _ = writeln!(out, "hint: {hint}");
    }
    out
}

/// An error as one JSON object on one line, with a line break at the end.
#[must_use]
pub fn error_json(error: &Error) -> String {
    format!("{}\n", error_value(error))
}

/// An error as JSON.
#[must_use]
pub fn error_value(error: &Error) -> Value {
    let frame = |frame: &crate::error::Frame| json!({ "message": frame.message, "location": frame.location.as_ref().map(location_json) });
    json!({
        "level": "error",
        "kind": error.kind().name(),
        "message": error.message(),
        "location": error.location().map(location_json),
        "frames": error.frames().iter().map(frame).collect::<Vec<_>>(),
        "hints": error.hints(),
    })
}

/// A warning as lines of text, with a line break at the end.
#[must_use]
pub fn warning_text(warning: &Warning) -> String {
    let mut out = format!("warning: {}\n", warning.message);
    if let Some(location) = &warning.location {
        let _ = writeln!(out, "  --> {}", position(location));
    }
    out
}

/// A warning as one JSON object on one line, with a line break at the end.
#[must_use]
pub fn warning_json(warning: &Warning) -> String {
    format!("{}\n", warning_value(warning))
}

/// A warning as JSON.
#[must_use]
pub fn warning_value(warning: &Warning) -> Value {
    let location = warning.location.as_ref().map(location_json);
    json!({ "level": "warning", "message": warning.message, "location": location })
}

fn place(out: &mut String, location: &Location) {
    let _ = writeln!(out, "  --> {}", position(location));
    if let Some(text) = &location.text
        && !text.trim().is_empty()
    {
        let _ = writeln!(out, "   | {}", shorten(text));
    }
}

/// A source line that fits a terminal.
fn shorten(line: &str) -> String {
    const LONGEST: usize = 160;
    let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line,
    }
}

fn position(location: &Location) -> String {
    let path = location.path.display();
    if location.line == 0 { path.to_string() } else { format!("{path}:{}:{}", location.line, location.column) }
}

fn location_json(location: &Location) -> Value {
    let number = |value: u32| (value > 0).then_some(value);
    json!({
        "path": location.path.to_string_lossy(),
        "line": number(location.line),
        "column": number(location.column),
        "text": location.text.as_deref().map(shorten),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arcstr::ArcStr;

    use super::*;
    use crate::error::ErrorKind;
    use crate::source::{SourceMap, Span};

    fn error() -> Error {
        let sources = SourceMap::default();
        let web =
            sources.add(Path::new("sites/prod/web.yaml"), ArcStr::from("kind: Deployment\nmetadata:\n  name: web\n"));
        let base = sources.add(Path::new("base/web.yaml"), ArcStr::from("name: web\n"));
        Error::new(ErrorKind::Identity, "duplicate resource `apps/v1 Deployment default/web`")
            .at(Span::new(web, 3, 9))
            .frame("first defined at", Span::new(base, 1, 7))
            .frame("while reading `resources[1]` at", Span::NONE)
            .hint("rename one of them, or change it with a patch")
            .resolve(&sources)
    }

    #[test]
    fn an_error_as_text() {
        insta::assert_snapshot!(error_text(&error()), @r"
        error: duplicate resource `apps/v1 Deployment default/web`
          --> sites/prod/web.yaml:3:9
           |   name: web
          first defined at base/web.yaml:1:7
          while reading `resources[1]`
        hint: rename one of them, or change it with a patch
        ");
    }

    #[test]
    fn an_error_as_json_is_one_line() {
        insta::assert_snapshot!(error_json(&error()), @r#"{"level":"error","kind":"identity","message":"duplicate resource `apps/v1 Deployment default/web`","location":{"path":"sites/prod/web.yaml","line":3,"column":9,"text":"  name: web"},"frames":[{"message":"first defined at","location":{"path":"base/web.yaml","line":1,"column":7,"text":"name: web"}},{"message":"while reading `resources[1]` at","location":null}],"hints":["rename one of them, or change it with a patch"]}"#);
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let cut = shorten(&"ä".repeat(200));
        assert_eq!(cut.chars().count(), 162);
        assert!(cut.ends_with(" …"));
    }
}
