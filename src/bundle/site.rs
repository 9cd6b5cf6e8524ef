//! `SiteValues`: what a site says once for all its bundles and charts.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::bundle::expand::kind_of;
use crate::bundle::site_defaults::defaults;
use crate::bundle::version::Version;
use crate::bundle::{API_VERSION, IngressWorkload, de};
use crate::decode::suggestion;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::site_values::{Globals, Rules, Substitution, ValuePath, merge};
use crate::source::Span;
use crate::warning::Warnings;
use crate::yaml::json::to_json;
use crate::yaml::{Entry, Mapping, Node, Text};

/// The kind of such documents.
pub const KIND: &str = "SiteValues";

/// Fields of bundles that hold texts of files, in which nothing is replaced.
const TEXTS: [&str; 2] = ["templates", "schema"];

/// What a site says once for all its bundles and charts. It is named under `transformers:`, and is read before the
/// generators run and before patches: a bundle's own values go before what follows from `global`, overrides go before
/// the bundle's own values, and patches go before overrides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code, reason = "read for what is wrong with it, and for the schema; values are merged as trees")]
pub(super) struct Document {
    /// `crustomize.dev/v1alpha1`
    api_version: String,
    /// `SiteValues`
    kind: String,
    /// Its name.
    metadata: Json,
    /// Values that `$(NAME)` stands for in bundles and charts; some of them are defaults of all bundles.
    #[serde(default)]
    global: Global,
    /// Bundles by name.
    #[serde(default)]
    bundles: IndexMap<String, OfBundle>,
    /// Charts, as `HelmValuesTransformer` has them.
    #[serde(default)]
    charts: Vec<Json>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[allow(dead_code, reason = "as above")]
struct Global {
    /// The domain of the site: that of `KnativeServingConfig`.
    domain: Option<String>,
    /// The region: that of `TFServing`.
    region: Option<String>,
    /// The versions that run there: those of all bundles.
    versions: Option<SiteVersions>,
    /// The pods that take the traffic: those of `IstioGateway` and `KnativeServingConfig`.
    ingress: Option<IngressWorkload>,
    /// Further values.
    #[serde(flatten)]
    others: IndexMap<String, Json>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as above")]
struct SiteVersions {
    /// Kubernetes
    kubernetes: Option<Version>,
    /// Istio
    istio: Option<Version>,
    /// Knative Serving
    knative: Option<Version>,
    /// KServe
    kserve: Option<Version>,
    /// Argo Rollouts
    rollouts: Option<Version>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as above")]
struct OfBundle {
    /// What goes over the bundle's spec: mappings are merged, everything else is replaced, null removes.
    #[serde(rename = "override", default)]
    over: IndexMap<String, Json>,
}

/// What a site says of bundles.
#[derive(Debug)]
pub(crate) struct SiteBundles {
    globals: Globals,
    overrides: Mapping,
    /// The document's name.
    pub(crate) name: Text,
    /// Where the document was written.
    pub(crate) span: Span,
}

/// Whether `config` is such a document.
pub(crate) fn is_site_values(config: &Resource) -> bool {
    config.api_version() == API_VERSION && config.kind() == KIND
}

impl SiteBundles {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it, at its place.
    pub(crate) fn read(config: &Resource) -> Result<Self> {
        let node = &config.node;
        to_json(node)?;
        let _: Document = de::from_node(node, KIND)?;
        let mapping = |field: &str| node.get(field).and_then(Node::as_mapping).cloned().unwrap_or_default();
        let (globals, overrides) = (Globals::new(mapping("global")), mapping("bundles"));
        Ok(Self { globals, overrides, name: config.org_id().name, span: node.span })
    }

    /// Puts what follows from `global` below the values of `bundle`, and what is said of it over them.
    ///
    /// # Errors
    /// An override with a reference to nothing.
    pub(crate) fn apply(&self, bundle: &mut Resource, warnings: &Warnings) -> Result<()> {
        // Kinds of users have no defaults; whether there is such a kind is found out when it is to make something.
        let kind = kind_of(bundle).ok();
        let own = bundle.node.get("spec").filter(|spec| spec.as_mapping().is_some()).cloned();
        let mut own = own.unwrap_or_else(|| Node::mapping().at(bundle.node.span));
        let texts: Vec<Entry> =
            TEXTS.iter().filter_map(|text| own.as_mapping_mut().and_then(|own| own.remove(text))).collect();
        self.substitute_known(&mut own, warnings);
        for entry in texts {
            own.as_mapping_mut().into_iter().for_each(|own| own.push(entry.key.clone(), entry.value.clone()));
        }
        let mut spec = kind.map_or_else(Node::mapping, |kind| defaults(kind, &own, &self.globals));
        spec.span = own.span;
        let none = Globals::default();
        merge(&mut spec, own, &none);
        if let Some(over) = self.override_of(bundle) {
            merge(&mut spec, self.substituted(over, warnings)?, &none);
        }
        if let Some(object) = bundle.node.as_mapping_mut() {
            object.set("spec", spec);
        }
        Ok(())
    }

    fn override_of(&self, bundle: &Resource) -> Option<&Node> {
        let names = [bundle.org_id().name, bundle.name()];
        let name = names.iter().find(|name| self.overrides.contains(name.as_str()))?;
        self.overrides.get(name)?.get("override").filter(|over| over.as_mapping().is_some())
    }

    /// References in a bundle to what no global defines stay: Kubernetes has the same signs for variables.
    fn substitute_known(&self, spec: &mut Node, warnings: &Warnings) {
        let observer = &mut |_: crate::site_values::Seen<'_>| {};
        let mut substitution = Substitution::new(&self.globals, Rules::Plugin, warnings, observer);
        substitution.apply(spec, &mut ValuePath::new("spec"));
        for fault in substitution.faults {
            warnings.add(format!("`{}`: {}, so it stays", fault.path, fault.error.message()), fault.error.span());
        }
    }

    fn substituted(&self, over: &Node, warnings: &Warnings) -> Result<Node> {
        let observer = &mut |_: crate::site_values::Seen<'_>| {};
        let mut substitution = Substitution::new(&self.globals, Rules::Plugin, warnings, observer);
        let mut over = over.clone();
        substitution.apply(&mut over, &mut ValuePath::new("override"));
        let faults = substitution.faults.into_iter().map(|fault| fault.error);
        match faults.reduce(Error::also) {
            Some(error) => Err(error),
            None => Ok(over),
        }
    }

    /// Fails if there is an override of a bundle that is not there; `known` are those that are.
    ///
    /// # Errors
    /// The first such override, at its place.
    pub(crate) fn check_known(&self, known: &[Text]) -> Result<()> {
        let Some(entry) = self.overrides.iter().find(|entry| !known.contains(entry.key.text())) else {
            return Ok(());
        };
        let name = entry.key.text();
        let error = Error::new(ErrorKind::Bundle, format!("there is no bundle `{name}` to override"));
        let error = error.at(entry.key.span);
        let names: Vec<&str> = known.iter().map(Text::as_str).collect();
        Err(error.hint(suggestion(name, &names, || match names.as_slice() {
            [] => "the kustomization that names these values has no bundles".to_owned(),
            names => format!("there are `{}`", names.join("`, `")),
        })))
    }
}
