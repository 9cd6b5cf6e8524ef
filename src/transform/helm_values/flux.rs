//! Flux: the chart is named in the release, its repository is an object of its own.

use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResMap, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::transform::helm_values::Change;
use crate::transform::helm_values::patch::{mapping, merge_at};
use crate::yaml::{Node, Text, Value};

const REFERENCE: [&str; 4] = ["spec", "chart", "spec", "sourceRef"];

/// Changes chart, version and values of a release, and which repository object it refers to.
///
/// # Errors
/// When the release has a shape that can't hold what the site says.
pub(super) fn release(object: &mut Node, change: &Change<'_>, schema: &Schema) -> Result<()> {
    let source = &change.source;
    let mut chart = mapping([("chart", &source.name), ("version", &source.version)]);
    let name = source.repository.clone().filter(|repository| !is_address(repository));
    let kind = source.source_type.as_ref().map(reference_kind).transpose()?;
    let reference = mapping([("name", &name), ("kind", &kind)]);
    if let (Value::Mapping(chart), Value::Mapping(fields)) = (&mut chart.value, &reference.value)
        && !fields.is_empty()
    {
        chart.push("sourceRef", reference);
    }
    if chart.as_mapping().is_some_and(|chart| !chart.is_empty()) {
        refuse_chart_ref(object, change.chart.span)?;
        merge_at(object, &["spec", "chart", "spec"], chart.at(change.chart.span), schema)?;
    }
    if change.chart.overrides.is_empty() {
        return Ok(());
    }
    merge_at(object, &["spec", "values"], change.values.clone(), schema)
}

/// Gives the repository object of the release at `index` the address that the site says.
///
/// # Errors
/// When there is no such object here, or other releases use it and would change their repository, too.
pub(super) fn repository(resources: &mut ResMap, index: usize, change: &Change<'_>) -> Result<()> {
    let Some(address) = change.source.repository.clone().filter(is_address) else { return Ok(()) };
    let Some(release) = resources.get(index) else { return Ok(()) };
    refuse_chart_ref(&release.node, address.span)?;
    let name = release.node.lookup(&REFERENCE).and_then(|reference| reference.get("name")).and_then(Node::text);
    let Some(wanted) = name.and(Referred::by(release)) else {
        let error = Error::new(ErrorKind::Transform, format!("the release `{}` has no `sourceRef`", release.name()));
        return Err(error.at(address.span).hint("name the repository's object in `spec.chart.spec.sourceRef`"));
    };
    let is_it = |resource: &Resource| {
        let gvk = resource.gvk();
        gvk.group == "source.toolkit.fluxcd.io" && wanted.is(&gvk.kind, &resource.name(), &resource.namespace())
    };
    let Some(at) = resources.iter().position(is_it) else {
        let message = format!("the {} `{}` is not among the resources", wanted.kind, wanted.name);
        let error = Error::new(ErrorKind::Transform, message).at(address.span);
        return Err(error.hint("list it here, or let `source.repository` name another repository object"));
    };
    let is_release = |resource: &&Resource| resource.gvk().group == "helm.toolkit.fluxcd.io";
    let same = |resource: &&Resource| Referred::by(resource).is_some_and(|other| other == wanted);
    let mut others = resources.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, resource)| resource);
    let url = resources.get(at).and_then(|resource| resource.node.lookup(&["spec", "url"])).and_then(Node::text);
    if url != address.text()
        && let Some(other) = others.find(|resource| is_release(resource) && same(resource))
    {
        let message = format!("the {} `{}` also serves the release `{}`", wanted.kind, wanted.name, other.name());
        let error =
            Error::new(ErrorKind::Transform, message).at(address.span).frame("that release is at", other.node.span);
        return Err(
            error.hint("give this release a repository object of its own, and name that in `source.repository`")
        );
    }
    resources.update(at, |resource| {
        if let Some(spec) = resource.node.get_mut("spec").and_then(Node::as_mapping_mut) {
            spec.set("url", address);
        }
    });
    Ok(())
}

/// The repository object that a release refers to.
#[derive(PartialEq, Eq)]
struct Referred {
    kind: Text,
    name: Text,
    namespace: Text,
}

impl Referred {
    fn by(release: &Resource) -> Option<Self> {
        let reference = release.node.lookup(&REFERENCE)?;
        let text = |field| reference.get(field).and_then(Node::text).cloned();
        let kind = text("kind").unwrap_or_else(|| Text::from("HelmRepository"));
        Some(Self { kind, name: text("name")?, namespace: text("namespace").unwrap_or_else(|| release.namespace()) })
    }

    fn is(&self, kind: &str, name: &str, namespace: &str) -> bool {
        self.kind == kind && self.name == name && self.namespace == namespace
    }
}

/// Whether a repository is an address, and not the name of an object.
fn is_address(repository: &Node) -> bool {
    repository.as_str().is_some_and(|text| text.contains("://") || text.starts_with("git@"))
}

fn reference_kind(source_type: &Node) -> Result<Node> {
    let kind = match source_type.as_str().unwrap_or_default() {
        "helmrepo" | "HelmRepository" => "HelmRepository",
        "git" | "GitRepository" => "GitRepository",
        "Bucket" => "Bucket",
        _ => {
            let error = Error::new(ErrorKind::Transform, "a Flux release knows no chart source of this `type`");
            return Err(error.at(source_type.span).hint("the types are `helmrepo`, `git` and `Bucket`"));
        }
    };
    Ok(Node::string(kind).at(source_type.span))
}

fn refuse_chart_ref(object: &Node, span: Span) -> Result<()> {
    let Some(reference) = object.lookup(&["spec", "chartRef"]).filter(|reference| !reference.is_null()) else {
        return Ok(());
    };
    let error =
        Error::new(ErrorKind::Transform, "the release takes its chart from a `chartRef`, which has no `source`");
    Err(error.at(span).frame("the reference is at", reference.span).hint("patch the object that it refers to"))
}
