//! References in one text.

use crate::decode::suggestion;
use crate::error::{Error, ErrorKind, Result};
use crate::site_values::Substitution;
use crate::source::Span;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Node, number};

const START: &str = "$(";

/// How long one text may become.
const MAX_TEXT: usize = 1 << 20;

/// The first reference of a text: `$(`, a name without parentheses, `)`. So the innermost comes first.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'a> {
    written: &'a str,
    name: &'a str,
}

/// Whether a text could hold a reference.
pub(super) fn has_reference(text: &str) -> bool {
    text.contains(START)
}

fn first(text: &str) -> Option<Reference<'_>> {
    let mut from = 0;
    while let Some(found) = text[from..].find(START) {
        let at = from + found;
        let inside = &text[at + START.len()..];
        if let Some(end) = inside.find(['(', ')'])
            && end > 0
            && inside[end..].starts_with(')')
        {
            return Some(Reference { written: &text[at..=at + START.len() + end], name: inside[..end].trim() });
        }
        from = at + START.len();
    }
    None
}

/// The name that a text refers to, if the text is a reference and nothing else.
pub(crate) fn whole(text: &str) -> Option<&str> {
    first(text).filter(|reference| reference.written.len() == text.len()).map(|reference| reference.name)
}

/// Why a text could not be substituted.
pub(super) enum Failure {
    /// No global has the name.
    Undefined(Error),
    /// Anything else.
    Other(Error),
}

impl Substitution<'_> {
    /// The text with every reference replaced; `span` is its place, `names` the globals on the way to it.
    ///
    /// As in the Go plugin, what was put in is looked at again: names may be put together from others.
    pub(super) fn expand(
        &mut self,
        text: &str,
        span: Span,
        path: &str,
        names: &mut Vec<String>,
    ) -> std::result::Result<String, Failure> {
        let mut text = text.to_owned();
        while let Some(Reference { written, name }) = first(&text) {
            let value = self.text_of(name, span, path, names)?;
            text = text.replace(written, &value);
            if text.len() > MAX_TEXT || !self.step() {
                return Err(Failure::Other(too_much(span)));
            }
        }
        if has_reference(&text) && self.rules.refuses_open_references() {
            let error = Error::new(ErrorKind::Transform, "`$(` begins a reference that is malformed").at(span);
            return Err(Failure::Other(error.hint("a reference is `$(name)`, without further parentheses")));
        }
        Ok(text)
    }

    /// The global `name` as a part of a longer text.
    fn text_of(
        &mut self,
        name: &str,
        span: Span,
        path: &str,
        names: &mut Vec<String>,
    ) -> std::result::Result<String, Failure> {
        let globals = self.globals;
        let global = globals.get(name).ok_or_else(|| Failure::Undefined(self.undefined(name, span)))?;
        circle(name, names, span).map_err(Failure::Other)?;
        match plain_text(name, global, span).map_err(Failure::Other)? {
            Some(text) => Ok(text),
            None => {
                let text = global.as_str().unwrap_or_default();
                self.see(text, global.span, Some(span), path);
                names.push(name.to_owned());
                let expanded = self.expand(text, global.span, path, names);
                names.pop();
                expanded
            }
        }
    }

    /// The error for a name that no global has.
    pub(super) fn undefined(&self, name: &str, span: Span) -> Error {
        let known: Vec<&str> = self.globals.names().collect();
        let error = Error::new(ErrorKind::Transform, format!("there is no global `{name}`")).at(span);
        error.hint(suggestion(name, &known, || format!("define it under `global:`, as in `{name}: …`")))
    }
}

/// The text of a value that is no string; `None` for strings.
fn plain_text(name: &str, global: &Node, span: Span) -> Result<Option<String>> {
    let refuse = || {
        let message = format!("the global `{name}` is {} and can't be a part of a text", global.sort_name());
        let error = Error::new(ErrorKind::Transform, message).at(span).frame("it is defined at", global.span);
        error.hint(format!("let the whole value be `$({name})`, or define a text"))
    };
    let Some(scalar) = global.as_scalar() else { return Err(refuse()) };
    match resolve(scalar).map_err(|error| error.at(global.span))? {
        Resolved::Null => Err(null(name, global, span)),
        Resolved::Bool(value) => Ok(Some(value.to_string())),
        Resolved::Int(value) => Ok(Some(value.to_string())),
        Resolved::Float(value) => Ok(Some(number::json_float(value))),
        // Dates, which are longer in the output than in the file.
        Resolved::Str(text) if !crate::yaml::value::is_string(scalar) => Ok(Some(text.into_owned())),
        Resolved::Str(_) => Ok(None),
    }
}

/// The error for a global without a value.
pub(super) fn null(name: &str, global: &Node, span: Span) -> Error {
    let error = Error::new(ErrorKind::Transform, format!("the global `{name}` has no value")).at(span);
    error.frame("it is defined at", global.span).hint("give it one, `\"\"` for an empty text")
}

/// Fails if `name` is among the names on the way to it.
pub(super) fn circle(name: &str, names: &[String], span: Span) -> Result<()> {
    let Some(at) = names.iter().position(|earlier| earlier == name) else { return Ok(()) };
    let way: Vec<String> =
        names[at..].iter().map(String::as_str).chain([name]).map(|name| format!("`{name}`")).collect();
    let message = format!("globals refer to one another in a circle: {}", way.join(", "));
    Err(Error::new(ErrorKind::Transform, message).at(span).hint("give one of them a value of its own"))
}

/// The error for values that grow without end.
pub(super) fn too_much(span: Span) -> Error {
    Error::new(ErrorKind::Limit, "references make too much of this value").at(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_as_the_go_plugin_finds_them() {
        let found = |text| first(text).map(|reference| (reference.written, reference.name));
        assert_eq!(found("a$(b)c$(d)"), Some(("$(b)", "b")));
        assert_eq!(found("$($(b)c)"), Some(("$(b)", "b")));
        assert_eq!(found("$( b )"), Some(("$( b )", "b")));
        for text in ["$()", "$(a", "$(a(b))", "$a", "$ (a)", ""] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(whole("$(a)"), Some("a"));
        assert_eq!(whole("$(a)$(b)"), None);
    }
}
