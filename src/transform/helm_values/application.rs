//! Argo CD: the chart and its values are in a source of the application.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::Schema;
use crate::transform::helm_values::Change;
use crate::transform::helm_values::patch::{mapping, merge_at};
use crate::yaml::Node;

/// Changes repository, chart, version and values of an application.
///
/// # Errors
/// When it is not clear which of several sources is meant, or the values are a text.
pub(super) fn application(object: &mut Node, change: &Change<'_>, schema: &Schema) -> Result<()> {
    let source = source(object, change)?;
    let is_git = match change.source.source_type.as_ref().and_then(Node::as_str) {
        Some(source_type) => source_type == "git",
        None => source.get("chart").is_none() && source.get("path").is_some(),
    };
    let name = if is_git { "path" } else { "chart" };
    let said = &change.source;
    let fields = [("repoURL", &said.repository), ("targetRevision", &said.version), (name, &said.name)];
    merge_at(source, &[], mapping(fields).at(change.chart.span), schema)?;
    if change.chart.overrides.is_empty() {
        return Ok(());
    }
    let helm = source.get("helm");
    let text = helm
        .and_then(|helm| helm.get("values"))
        .filter(|text| text.as_str().is_some_and(|text| !text.trim().is_empty()));
    if let Some(text) = text.filter(|_| helm.is_none_or(|helm| helm.get("valuesObject").is_none())) {
        let message = "the application has its values as text, which overrides would hide";
        let error = Error::new(ErrorKind::Transform, message).at(change.chart.span).frame("the text is at", text.span);
        return Err(error.hint("make it a mapping under `helm.valuesObject`"));
    }
    merge_at(source, &["helm", "valuesObject"], change.values.clone(), schema)
}

/// The source with the chart: the only one, or the only one that has a chart or Helm values.
fn source<'a>(object: &'a mut Node, change: &Change<'_>) -> Result<&'a mut Node> {
    let fail = |message: &str, hint: &str| {
        let message = format!("the application `{}` {message}", change.chart.name.text);
        Err(Error::new(ErrorKind::Transform, message).at(change.chart.name.span).hint(hint.to_owned()))
    };
    let Some(spec) = object.get_mut("spec") else { return fail("has no `spec`", "give it a source") };
    let is_list = spec.get("sources").and_then(Node::as_sequence).is_some_and(|sources| !sources.is_empty());
    if !is_list {
        return match spec.get_mut("source") {
            Some(source) if source.as_mapping().is_some() => Ok(source),
            _ => fail("has no `source`", "a chart's application has `spec.source` or `spec.sources`"),
        };
    }
    let sources =
        spec.get_mut("sources").and_then(Node::as_sequence_mut).map_or(&mut [][..], |items| items.as_mut_slice());
    let only = sources.len() == 1;
    let mut meant =
        sources.iter_mut().filter(|source| only || source.get("chart").is_some() || source.get("helm").is_some());
    match (meant.next(), meant.next()) {
        (Some(source), None) => Ok(source),
        (None, _) => fail("has several sources and none with a chart", "give one of them `chart` or `helm`"),
        _ => fail("has several sources with charts", "make it one application for each chart"),
    }
}
