//! A base and a site to charts. Touches no files.

use std::collections::BTreeMap;

use crate::decapod::read::missing_charts;
use crate::decapod::{
    BaseCharts, Placeholders, Problem, ResolvedChart, ResolvedUnit, Severity, SiteFile, SourceType, Unit,
};
use crate::error::{Error, ErrorKind};
use crate::site_values::{
    ChartValues, DottedKeys, Fault, Field, Rules, Seen, SiteValues, Substitution, ValuePath, merge, tree,
};
use crate::source::{SourceMap, Span};
use crate::warning::Warnings;
use crate::yaml::Node;

/// How charts are resolved. The default is what `helm2yaml` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartsOptions {
    /// Values that must not be left.
    pub placeholders: Placeholders,
    /// What `\.` means in the keys of overrides.
    pub keys: DottedKeys,
}

impl Default for ChartsOptions {
    fn default() -> Self {
        Self { placeholders: Placeholders::default(), keys: DottedKeys::Plain }
    }
}

/// What one unit is resolved to; places are spans still.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The charts without problems, in the site's order.
    pub charts: Vec<ResolvedChart>,
    /// All that is wrong.
    pub problems: Vec<Problem>,
    /// What a person should know.
    pub warnings: Warnings,
}

/// Resolves the charts that `site` names. Base and site may be shared with other units.
#[must_use]
pub fn resolve(base: &BaseCharts, site: &SiteFile, options: &ChartsOptions) -> Resolved {
    let mut resolved = Resolved::default();
    let whole = |error: &Error| Problem { chart: None, path: None, error: error.clone() };
    resolved.problems.extend(base.errors.iter().chain(&site.errors).map(whole));
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    for document in &site.documents {
        if site.errors.is_empty() {
            resolved.problems.extend(missing_charts(document).as_ref().map(whole));
        }
        for chart in &document.charts {
            let fail = |error: Error| Problem { chart: Some(chart.name.text.clone()), path: None, error };
            if let Some(first) = names.insert(&chart.name.text, chart.name.span) {
                let message = format!("the chart `{}` is named twice", chart.name.text);
                let error = Error::new(ErrorKind::Identity, message).at(chart.name.span).frame("first named at", first);
                resolved
                    .problems
                    .push(fail(error.hint("make it one entry, or give one of them another name and `base`")));
                continue;
            }
            let base_name = chart.base.as_ref().unwrap_or(&chart.name);
            match base.get(base_name) {
                Ok(found) => {
                    let pattern = ResolvedChart {
                        release: chart.name.clone(),
                        source: found.source.clone(),
                        namespace: found.namespace.clone(),
                        values: found.values.clone(),
                    };
                    resolved.chart(pattern, chart, document, options);
                }
                // A base that could not be read lacks releases, which is said already.
                Err(_) if !base.errors.is_empty() => {}
                Err(error) => resolved.problems.push(fail(error)),
            }
        }
    }
    resolved
}

impl Resolved {
    /// What became of `unit`, with files and lines in place of spans. `base`, `site` and `sources` are those that
    /// it was resolved with; what there is to know of the two is among the warnings.
    #[must_use]
    pub fn into_unit(self, unit: Unit, base: &BaseCharts, site: &SiteFile, sources: &SourceMap) -> ResolvedUnit {
        let located = |problem: Problem| Problem { error: problem.error.resolve(sources), ..problem };
        let lists = std::iter::once(&base.warnings).chain(&site.warnings).chain([&self.warnings]);
        ResolvedUnit {
            unit,
            charts: self.charts,
            problems: self.problems.into_iter().map(located).collect(),
            warnings: lists.flat_map(|list| list.resolve(sources)).collect(),
        }
    }

    /// Puts the site's overrides over the base's values, then replaces references and looks for placeholders.
    fn chart(&mut self, mut made: ResolvedChart, chart: &ChartValues, site: &SiteValues, options: &ChartsOptions) {
        let globals = &site.globals;
        if options.keys == DottedKeys::Plain {
            self.warn_of_escapes(chart);
        }
        if !chart.overrides.is_empty() {
            merge(&mut made.values, tree(&chart.overrides, options.keys, globals, |_, _| {}), globals);
        }
        let mut left = Vec::new();
        let mut note = |seen: Seen<'_>| {
            if let Some(severity) = options.placeholders.severity(seen.text) {
                left.push((severity, placeholder(&seen)));
            }
        };
        let mut substitution = Substitution::new(globals, Rules::Helm2yaml, &self.warnings, &mut note);
        substitution.apply(&mut made.values, &mut ValuePath::default());
        set_source(&mut made, chart, &mut substitution);
        let mut faults = std::mem::take(&mut substitution.faults);
        for (severity, fault) in left {
            match severity {
                Severity::Error => faults.push(fault),
                Severity::Warning => {
                    let message = format!("`{}` of chart `{}`: {}", fault.path, chart.name.text, fault.error.message());
                    self.warnings.add(message, fault.error.span());
                }
            }
        }
        if faults.is_empty() {
            self.charts.push(made);
        }
        let name = &chart.name.text;
        self.problems.extend(faults.into_iter().map(|Fault { path, error }| {
            let error = error.frame(format!("in `{path}` of chart `{name}`, named at"), chart.span);
            Problem { chart: Some(name.clone()), path: Some(path), error }
        }));
    }

    fn warn_of_escapes(&self, chart: &ChartValues) {
        for entry in chart.overrides.iter().filter(|entry| entry.key.text().contains("\\.")) {
            let message = format!(
                "`{}` of chart `{}`: charts mode takes `\\.` as `helm2yaml` does, a backslash and a separator",
                entry.key.text(),
                chart.name.text
            );
            self.warnings.add(message, entry.key.span);
        }
    }
}

/// Puts the site's `source` in place of the base's, and looks at what is there then.
fn set_source(made: &mut ResolvedChart, chart: &ChartValues, substitution: &mut Substitution<'_>) {
    let mut expand = |field: &Field, name: &str| {
        let mut node = field.to_node();
        substitution.apply(&mut node, &mut ValuePath::new(name));
        read(&node, name, substitution)
    };
    let said = &chart.source;
    if let Some(source_type) = said.source_type.as_ref().and_then(|field| expand(field, "source.type")) {
        made.source.source_type = SourceType::parse(&source_type.text);
    }
    for (name, field) in made.source.fields_mut() {
        let said = said.fields().find(|(other, _)| *other == name).map(|(_, said)| said);
        if let Some(value) = expand(said.unwrap_or(field), &format!("source.{name}")) {
            *field = value;
        }
    }
    if let Some(namespace) = expand(&made.namespace, "targetNamespace") {
        made.namespace = namespace;
    }
}

/// The text that a field has become.
fn read(node: &Node, name: &str, substitution: &mut Substitution<'_>) -> Option<Field> {
    match Field::read(node, name) {
        Ok(field) => Some(field),
        Err(error) => {
            substitution.faults.push(Fault { path: name.to_owned(), error });
            None
        }
    }
}

/// What is wrong with a value that is a placeholder still.
fn placeholder(seen: &Seen<'_>) -> Fault {
    let error = Error::new(ErrorKind::Transform, format!("the value is still `{}`", seen.text)).at(seen.span);
    let error = match seen.via {
        Some(via) => error.frame("referred to at", via).hint("give the global a value"),
        None => error.hint(format!("override `{}` in the site's values", seen.path)),
    };
    Fault { path: seen.path.to_owned(), error }
}
