//! Overrides values and chart sources of Helm releases (`openinfradev.github.com/v1` `HelmValuesTransformer`, the
//! plugin of `kustomize-helm-transformer` that Decapod sites are made with).
//!
//! Overrides are substituted, put together in the order of the file, and merged into the release's values as a
//! strategic merge patch: lists are replaced, null deletes. What is wrong is told all at once, in one error.

mod application;
mod flux;
mod instances;
mod patch;
mod target;

use crate::error::{Error, Result};
use crate::resource::ResMap;
use crate::site_values::{ChartValues, DottedKeys, Fault, Field, Rules, SiteValues, Substitution, ValuePath, tree};
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::Node;

/// Overrides values and chart sources of Helm releases.
#[derive(Debug, Clone)]
pub struct HelmValuesTransformer {
    values: SiteValues,
}

/// What is to be done to one release, with all references replaced.
struct Change<'a> {
    chart: &'a ChartValues,
    source: Source,
    values: Node,
}

/// The source of a chart, with all references replaced.
#[derive(Debug, Default)]
struct Source {
    repository: Option<Node>,
    version: Option<Node>,
    name: Option<Node>,
    source_type: Option<Node>,
}

impl HelmValuesTransformer {
    /// The transformer that the document `config` configures.
    ///
    /// # Errors
    /// What can't be read of it, and a document without `charts`.
    pub fn from_config(config: &Node, warnings: &Warnings) -> Result<Self> {
        let mut faults = Vec::new();
        let values = SiteValues::read(config, warnings, &mut faults);
        if !values.lists_charts {
            faults.push(crate::site_values::no_charts(config.span));
        }
        match all(faults) {
            Some(error) => Err(error),
            None => Ok(Self { values }),
        }
    }

    /// Replaces the references in everything that is said of `chart`.
    fn change<'a>(&self, chart: &'a ChartValues, warnings: &Warnings, faults: &mut Vec<Error>) -> Change<'a> {
        let globals = &self.values.globals;
        let observer = &mut |_: crate::site_values::Seen<'_>| {};
        let mut substitution = Substitution::new(globals, Rules::Plugin, warnings, observer);
        let mut field = |field: &Option<Field>, name: &str| {
            field.as_ref().map(|field| {
                let mut node = field.to_node();
                substitution.apply(&mut node, &mut ValuePath::new(format!("source.{name}")));
                node
            })
        };
        let source = Source {
            repository: field(&chart.source.repository, "repository"),
            version: field(&chart.source.version, "version"),
            name: field(&chart.source.name, "name"),
            source_type: field(&chart.source.source_type, "type"),
        };
        let prepare = |value: &mut Node, key: &str| substitution.apply(value, &mut ValuePath::new(key));
        let values = tree(&chart.overrides, DottedKeys::Escaped, globals, prepare).at(chart.span);
        let of_chart =
            |fault: Fault| fault.error.frame(format!("in `{}` of chart `{}`", fault.path, chart.name.text), chart.span);
        faults.extend(substitution.faults.into_iter().map(of_chart));
        Change { chart, source, values }
    }
}

impl Transformer for HelmValuesTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let mut faults = Vec::new();
        instances::make(&self.values.charts, resources, context.schema, &mut faults);
        for chart in &self.values.charts {
            let change = self.change(chart, context.warnings, &mut faults);
            match target::find(resources, &chart.name) {
                Ok(target) if faults.is_empty() => target.apply(&change, resources, context.schema)?,
                Ok(_) => {}
                // That there is no instance was said already, if its base is missing.
                Err(_) if chart.base.is_some() && !faults.is_empty() => {}
                Err(error) => faults.push(error),
            }
        }
        all(faults).map_or(Ok(()), Err)
    }
}

/// One error that tells of all.
fn all(errors: Vec<Error>) -> Option<Error> {
    let mut errors = errors.into_iter();
    let first = errors.next()?;
    Some(errors.fold(first, |first, other| first.also(other)))
}
