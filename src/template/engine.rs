//! `tera` as it is used here: texts in, text out, errors with their places in our files.

use std::io::Write;

use tera::{Context, ErrorKind as TeraErrorKind, Tera};

use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::source::Span;
use crate::template::filters;
use crate::template::naming::Naming;
use crate::template::spec::{Template, Templates};
use crate::yaml::Node;
use crate::yaml::json::to_json;

/// How much one template may write: far more than any manifest has.
const OUTPUT_LIMIT: usize = 64 << 20;

/// The templates of a bundle, ready to be rendered.
pub(super) struct Engine<'a> {
    tera: Tera,
    templates: &'a Templates,
}

impl<'a> Engine<'a> {
    /// Reads the templates. They see one another, and no other file.
    pub(super) fn new(templates: &'a Templates) -> Result<Self> {
        let mut tera = Tera::new();
        tera.autoescape_on(Vec::<&'static str>::new());
        filters::register(&mut tera);
        let mut engine = Self { tera: Tera::new(), templates };
        let delimiters = tera.set_delimiters(templates.delimiters.clone());
        delimiters.map_err(|error| engine.error(&error, &templates.templates[0]))?;
        let texts = templates.templates.iter().map(|template| (template.name.clone(), template.text.as_str()));
        tera.add_raw_templates(texts).map_err(|error| engine.error(&error, &templates.templates[0]))?;
        engine.tera = tera;
        Ok(engine)
    }

    /// What templates see of the bundle: its values, and what it is called.
    pub(super) fn context(&self, config: &Resource, values: &Node) -> Result<Context> {
        let mut context = Context::new();
        context.insert("values", &to_json(values)?);
        let entries = |entries: Vec<(crate::yaml::Text, crate::yaml::Text)>| {
            let entry =
                |(key, value): (crate::yaml::Text, crate::yaml::Text)| (key.to_string(), value.to_string().into());
            serde_json::Value::Object(entries.into_iter().map(entry).collect())
        };
        let metadata = serde_json::json!({
            "name": Naming::of(config).name,
            "namespace": config.namespace().as_str(),
            "labels": entries(config.labels()),
            "annotations": entries(config.annotations()),
        });
        context.insert("metadata", &metadata);
        Ok(context)
    }

    /// The text that a template makes.
    pub(super) fn render(&self, template: &Template, context: &Context) -> Result<String> {
        let mut output = Limited(Vec::new());
        match self.tera.render_to(&template.name, context, &mut output) {
            Ok(()) => String::from_utf8(output.0).map_err(|_| {
                Error::new(ErrorKind::Bundle, "the template makes something that is no text").at(template.span)
            }),
            Err(_) if output.0.len() >= OUTPUT_LIMIT => {
                let message = format!("the template writes more than {} MiB", OUTPUT_LIMIT >> 20);
                Err(Error::new(ErrorKind::Limit, message).at(template.span))
            }
            Err(error) => Err(self.error(&error, template)),
        }
    }

    /// Whether `expression` holds.
    pub(super) fn holds(&self, expression: &str, context: &Context) -> std::result::Result<bool, String> {
        let mut tera = Tera::new();
        filters::register(&mut tera);
        let text = format!("{{% if {expression} %}}yes{{% endif %}}");
        match tera.render_str(&text, context, false) {
            Ok(text) => Ok(text == "yes"),
            Err(error) => Err(plain(&error).0),
        }
    }

    /// The error with its place; `template` is where it is unless the error knows better.
    fn error(&self, error: &tera::Error, template: &Template) -> Error {
        let (message, place) = plain(error);
        let Some((name, line, column)) = place else {
            return Error::new(ErrorKind::Bundle, message).at(template.span);
        };
        let template = self.templates.templates.iter().find(|known| known.name == name).unwrap_or(template);
        let span = Span::new(template.span.source(), line, column);
        let error = Error::new(ErrorKind::Bundle, message).at(span);
        let index = usize::try_from(line).unwrap_or(1).saturating_sub(1);
        match self.hint(template.text.lines().nth(index).unwrap_or_default()) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// What the line of a fault looks like, if it is meant for somebody else.
    fn hint(&self, line: &str) -> Option<String> {
        let start = &*self.templates.delimiters.variable_start;
        let after = |sign: &str| {
            line.match_indices(start).any(|(at, _)| line[at + start.len()..].trim_start().starts_with(sign))
        };
        let whose = if after(".") {
            "Knative and KServe fill in such texts of Go's themselves"
        } else if after("args.") {
            "Argo Rollouts fills in arguments of analyses itself"
        } else if line.contains(&format!("${start}")) {
            "GitHub fills in such texts itself"
        } else {
            return None;
        };
        Some(format!("{whose}: put them between `{{% raw %}}` and `{{% endraw %}}`, or choose other `delimiters`"))
    }
}

/// What is wrong, and the template, line and column from 1 if they are known.
fn plain(error: &tera::Error) -> (String, Option<(String, u32, u32)>) {
    match error.kind() {
        TeraErrorKind::SyntaxError(report) | TeraErrorKind::RenderingError(report) => {
            let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let span = report.span();
            let place = (report.filename().to_owned(), place(span.start_line), place(span.start_col).saturating_add(1));
            (lower(report.message()), Some(place))
        }
        kind => {
            // Some errors hold the report as a text only.
            let text = kind.to_string();
            let mut lines = text.lines();
            let message = lines.next().unwrap_or_default();
            let place = lines.next().and_then(|line| line.trim().strip_prefix("--> ")).and_then(|place| {
                let mut parts = place.rsplitn(3, ':');
                let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                Some((parts.next()?.to_owned(), line, column))
            });
            (lower(message.strip_prefix("error: ").unwrap_or(message)), place)
        }
    }
}

/// As our errors are written: lower case, without a stop at the end.
fn lower(message: &str) -> String {
    let message =
        message.lines().next().unwrap_or_default().trim_end_matches('.').replace(". Available", "; available");
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Takes so much and no more.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        if self.0.len() >= OUTPUT_LIMIT { Err(std::io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
