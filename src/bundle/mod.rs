//! Bundles: objects that say in a few typed values what a site wants, and become the Kubernetes objects that say so
//! to Istio, Knative, KServe and Argo Rollouts of the versions that run there. Pure: no files, no cluster, no clock.
//!
//! One kind a file. A kind is a struct that serde reads strictly (`de`: unknown fields are refused with a
//! suggestion and their place) and that writes its objects as JSON; the schema for editors comes from the same struct.
//! What a site may want to change one of is a mapping by name, never a list: stock merging keeps the others then.

mod api;
mod bundle;
mod de;
mod expand;
mod ingress_workload;
mod istio_gateway;
mod names;
mod parts;
mod progressive_app;
mod version;
mod versions;

use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::error::Result;
use crate::resource::Resource;
use crate::warning::Warnings;
use bundle::Bundle;
pub(crate) use expand::{generate, is_bundle, kind_of};
use ingress_workload::IngressWorkload;

/// The `apiVersion` of bundles.
pub const API_VERSION: &str = "crustomize.dev/v1alpha1";

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

/// What a kind does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// It makes objects.
    Generator(fn(&Resource, &Warnings) -> Result<Vec<Resource>>),
}

/// A kind that makes objects.
trait Generator {
    /// The objects; fields that are null are not written.
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>>;
}

const fn generator<T: Generator + serde::de::DeserializeOwned + JsonSchema>(
    name: &'static str,
    example: &'static str,
) -> Kind {
    Kind { name, example, work: Work::Generator(expand::run::<T>), spec: || schemars::schema_for!(T) }
}

/// All kinds.
pub static KINDS: [Kind; 2] = [
    generator::<istio_gateway::IstioGateway>("IstioGateway", include_str!("examples/IstioGateway.yaml")),
    generator::<progressive_app::ProgressiveApp>("ProgressiveApp", include_str!("examples/ProgressiveApp.yaml")),
];
