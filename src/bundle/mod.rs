//! Bundles: objects that say in a few typed values what a site wants, and become the Kubernetes objects that say so
//! to Istio, Knative, KServe and Argo Rollouts of the versions that run there. Pure: no files, no cluster, no clock.
//!
//! One kind a file. A kind is a struct that serde reads strictly (`de`: unknown fields are refused with a
//! suggestion and their place) and that writes its objects as JSON; the schema for editors comes from the same struct.
//! What a site may want to change one of is a mapping by name, never a list: stock merging keeps the others then.

mod api;
mod blue_green_service;
#[expect(clippy::module_inception, reason = "the room is named after its main type")]
mod bundle;
mod configuration;
mod de;
mod ebs_storage;
mod expand;
mod explain;
mod go_template;
mod hosts;
mod ingress_workload;
mod istio_gateway;
mod knative_serving_config;
mod kserve_inference;
mod late;
mod model_sync;
mod names;
mod parts;
mod pod_peers;
mod progressive_app;
mod schema;
mod site;
mod site_defaults;
mod tf_serving;
mod version;
mod versions;
mod web_service;

use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::decode::suggestion;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResMap, Resource};
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use bundle::Bundle;
pub(crate) use configuration::configuration;
pub(crate) use expand::{generate, is_bundle, is_generator, transformer_for};
pub use hosts::{Host, hosts};
use ingress_workload::IngressWorkload;
pub(crate) use late::expand_late;
pub use site::KIND as SITE_VALUES;
pub(crate) use site::{SiteBundles, is_site_values};
pub use version::Version;

/// The `apiVersion` of bundles.
pub const API_VERSION: &str = "crustomize.dev/v1alpha1";

const VERSION: &str = "v1alpha1";

/// A kind of bundle.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// A bundle to start from.
    pub example: &'static str,
    /// What it does.
    work: Work,
    spec: fn() -> Schema,
}

impl Kind {
    /// The kind called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_name(name: &str) -> Result<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            let error = Error::new(ErrorKind::Bundle, format!("there is no bundle `{name}`"));
            error.hint(suggestion(name, &names, || format!("there are {}", names.join(", "))))
        })
    }

    /// How it is used.
    const fn sort(&self) -> &'static str {
        match self.work {
            Work::Generator(_) => "a generator",
            Work::Transformer(..) | Work::Site => "a transformer",
        }
    }

    /// Whether its fields stand in the document itself, and not under `spec`.
    const fn is_whole(&self) -> bool {
        matches!(self.work, Work::Site)
    }

    /// Whether its spec has the field `name`.
    fn has_field(&self, name: &str) -> bool {
        (self.spec)().get("properties").is_some_and(|properties| properties.get(name).is_some())
    }
}

/// What a kind does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// It makes objects.
    Generator(Generate),
    /// It changes other objects; as a generator it makes what is to be merged into them.
    Transformer(Generate, fn(Resource) -> Result<Box<dyn Transformer>>),
    /// It says what holds for all bundles of a site.
    Site,
}

/// Makes the objects of a bundle.
type Generate = fn(&Resource, &Warnings) -> Result<Vec<Resource>>;

/// A kind that makes objects.
trait Generator {
    /// The objects; fields that are null are not written.
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>>;
}

/// A kind that changes other objects.
trait Change {
    /// Changes them.
    fn change(&self, resources: &mut ResMap, bundle: &Bundle<'_>, context: &Context<'_>) -> Result<()>;
}

const fn generator_kind<T: Generator + serde::de::DeserializeOwned + JsonSchema>(
    name: &'static str,
    example: &'static str,
) -> Kind {
    Kind { name, example, work: Work::Generator(expand::run::<T>), spec: || schema::of::<T>() }
}

const fn transformer_kind<T: Generator + Change + serde::de::DeserializeOwned + JsonSchema + 'static>(
    name: &'static str,
    example: &'static str,
) -> Kind {
    let work = Work::Transformer(expand::run_merged::<T>, expand::transformer_of::<T>);
    Kind { name, example, work, spec: || schema::of::<T>() }
}

/// All kinds.
pub static KINDS: [Kind; 9] = [
    generator_kind::<blue_green_service::BlueGreenService>(
        "BlueGreenService",
        include_str!("examples/BlueGreenService.yaml"),
    ),
    generator_kind::<ebs_storage::EbsStorage>("EbsStorage", include_str!("examples/EbsStorage.yaml")),
    generator_kind::<istio_gateway::IstioGateway>("IstioGateway", include_str!("examples/IstioGateway.yaml")),
    transformer_kind::<knative_serving_config::KnativeServingConfig>(
        "KnativeServingConfig",
        include_str!("examples/KnativeServingConfig.yaml"),
    ),
    generator_kind::<kserve_inference::KServeInference>(
        "KServeInference",
        include_str!("examples/KServeInference.yaml"),
    ),
    generator_kind::<progressive_app::ProgressiveApp>("ProgressiveApp", include_str!("examples/ProgressiveApp.yaml")),
    Kind {
        name: SITE_VALUES,
        example: include_str!("examples/SiteValues.yaml"),
        work: Work::Site,
        spec: || schema::of::<site::Document>(),
    },
    generator_kind::<tf_serving::TfServing>("TFServing", include_str!("examples/TFServing.yaml")),
    generator_kind::<web_service::WebService>("WebService", include_str!("examples/WebService.yaml")),
];
