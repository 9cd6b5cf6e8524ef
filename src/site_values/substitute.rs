//! References in a tree.

use crate::site_values::substitute_text::{Failure, circle, has_reference, null, too_much, whole};
use crate::site_values::{Fault, Globals, ValuePath};
use crate::source::Span;
use crate::warning::Warnings;
use crate::yaml::{Node, Scalar, Style, Tag, Text, Value, value};

/// How many references one substitution may follow, and how many values they may bring.
const MAX_STEPS: usize = 1 << 17;

/// Where the two readers of references differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// The Go plugin: a global without a value is an error, `$(` without an end is text.
    Plugin,
    /// `helm2yaml`: a whole value may become null, `$(` without an end is an error, and without globals nothing
    /// is a reference.
    Helm2yaml,
}

impl Rules {
    pub(super) const fn refuses_open_references(self) -> bool {
        matches!(self, Self::Helm2yaml)
    }
}

/// A text among the values, or one that a reference put into a longer one.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// The text.
    pub text: &'a str,
    /// Where it was written.
    pub span: Span,
    /// The value that refers to it, if it is a global's.
    pub via: Option<Span>,
    /// The path of the value.
    pub path: &'a str,
}

/// One substitution: the globals, and what was found wrong on the way.
pub(crate) struct Substitution<'a> {
    pub(super) globals: &'a Globals,
    pub(super) rules: Rules,
    warnings: &'a Warnings,
    /// Sees every text as it ends up.
    observer: &'a mut dyn FnMut(Seen<'_>),
    /// All that is wrong.
    pub faults: Vec<Fault>,
    steps: usize,
}

impl<'a> Substitution<'a> {
    /// A substitution of `globals`; `observer` sees every text.
    pub(crate) fn new(
        globals: &'a Globals,
        rules: Rules,
        warnings: &'a Warnings,
        observer: &'a mut dyn FnMut(Seen<'_>),
    ) -> Self {
        Self { globals, rules, warnings, observer, faults: Vec::new(), steps: 0 }
    }

    /// Replaces every reference in `node`. A value that a whole reference brings has the global's place.
    pub(crate) fn apply(&mut self, node: &mut Node, path: &mut ValuePath) {
        self.walk(node, None, path, &mut Vec::new());
    }

    fn walk(&mut self, node: &mut Node, via: Option<Span>, path: &mut ValuePath, names: &mut Vec<String>) {
        if via.is_some() && !self.step() {
            return self.exhausted(node.span, path);
        }
        match &mut node.value {
            Value::Mapping(mapping) => {
                for entry in mapping {
                    let value = &mut entry.value;
                    path.in_key(entry.key.text(), |path| self.walk(value, via, path, names));
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    path.in_item(index, |path| self.walk(item, via, path, names));
                }
            }
            Value::Scalar(scalar) if value::is_string(scalar) => self.text(node, via, path, names),
            Value::Scalar(_) => {}
        }
    }

    fn text(&mut self, node: &mut Node, via: Option<Span>, path: &mut ValuePath, names: &mut Vec<String>) {
        let Some(text) = node.text().cloned() else { return };
        if !has_reference(&text) {
            return self.see(&text, node.span, via, path.as_str());
        }
        if self.rules == Rules::Helm2yaml && self.globals.is_empty() {
            let message = format!("`{}` holds `$(`, but the site has no globals, so it stays", path.as_str());
            self.warnings.add(message, node.span);
            return self.see(&text, node.span, via, path.as_str());
        }
        match whole(&text) {
            Some(name) => self.whole(name, node, via, path, names),
            None => match self.expand(&text, node.span, path.as_str(), names) {
                Ok(expanded) => {
                    self.see(&expanded, node.span, via, path.as_str());
                    let style = node.as_scalar().map_or(Style::Plain, |scalar| scalar.style);
                    node.value = Value::Scalar(Scalar { text: Text::from(expanded), tag: Tag::Str, style });
                }
                Err(failure) => self.fail(failure, node.span, via, path),
            },
        }
    }

    /// A value that is a reference and nothing else becomes what it refers to.
    fn whole(&mut self, name: &str, node: &mut Node, via: Option<Span>, path: &mut ValuePath, names: &mut Vec<String>) {
        let globals = self.globals;
        let span = node.span;
        let Some(global) = globals.get(name) else {
            let error = self.undefined(name, span);
            return self.fail(Failure::Undefined(error), span, via, path);
        };
        if global.is_null() && self.rules == Rules::Plugin {
            return self.fail(Failure::Other(null(name, global, span)), span, via, path);
        }
        if let Err(error) = circle(name, names, span) {
            return self.fail(Failure::Other(error), span, via, path);
        }
        *node = global.clone();
        names.push(name.to_owned());
        self.walk(node, via.or(Some(span)), path, names);
        names.pop();
    }

    /// Notes a failure. A value that a reference brought stays as it is where it names no global: that is the one
    /// way to write a `$(NAME)` that is meant for Kubernetes, and the originals leave it.
    fn fail(&mut self, failure: Failure, span: Span, via: Option<Span>, path: &ValuePath) {
        match (failure, via) {
            (Failure::Undefined(error), Some(_)) => {
                self.warnings.add(format!("{}, so `{}` keeps the reference", error.message(), path.as_str()), span);
            }
            (Failure::Undefined(error) | Failure::Other(error), _) => {
                let error = via.into_iter().fold(error, |error, via| error.frame("referred to at", via));
                self.faults.push(Fault { path: path.as_str().to_owned(), error });
            }
        }
    }

    fn exhausted(&mut self, span: Span, path: &ValuePath) {
        if self.steps == MAX_STEPS {
            self.steps += 1;
            self.faults.push(Fault { path: path.as_str().to_owned(), error: too_much(span) });
        }
    }

    /// Counts a step; `false` when there were too many.
    pub(super) fn step(&mut self) -> bool {
        if self.steps >= MAX_STEPS {
            return false;
        }
        self.steps += 1;
        self.steps < MAX_STEPS
    }

    pub(super) fn see(&mut self, text: &str, span: Span, via: Option<Span>, path: &str) {
        (self.observer)(Seen { text, span, via, path });
    }
}
