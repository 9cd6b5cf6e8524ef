//! `KnativeServingConfig`: what a site sets in Knative Serving, written into upstream's release manifests.

mod check;
mod config_map;
mod data;
mod gateways;
mod inference;
mod istio;
mod mappings;

pub(crate) use check::DEFAULT_TEMPLATE;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bundle::bundle::Bundle;
use crate::bundle::parts::Texts;
use crate::bundle::version::Version;
use crate::bundle::versions::Versions;
use crate::bundle::{Change, Generator, IngressWorkload};
use crate::error::Result;
use crate::resource::ResMap;
use crate::transform::Context;

/// What a site sets in Knative Serving: ConfigMaps, and what belongs to the pods that take the traffic. As a transformer
/// it changes upstream's release manifests; as a generator it writes ConfigMaps only, to be merged into them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct KnativeServingConfig {
    /// The version of Knative.
    knative: Option<Version>,
    /// The version of Istio.
    istio: Option<Version>,
    /// The version of KServe, if it is there, too.
    kserve: Option<Version>,
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// Domains by name; one without a selector is for all.
    #[serde(default)]
    domains: IndexMap<String, Domain>,
    /// How hosts are made: `{{.Name}}-{{.Namespace}}.{{.Domain}}`.
    domain_template: Option<String>,
    /// How names are made of traffic with a tag.
    tag_template: Option<String>,
    /// Features by name, as `config-features` has them.
    #[serde(default)]
    features: IndexMap<String, Feature>,
    /// Entries of `config-autoscaler`.
    #[serde(default)]
    autoscaler: Texts,
    /// Entries of `config-defaults`.
    #[serde(default)]
    defaults: Texts,
    /// The network.
    #[serde(default)]
    network: Network,
    /// The pods that take the traffic, and what leads to them.
    ingress: Option<Ingress>,
    /// Hosts of their own, by name.
    #[serde(default)]
    mappings: IndexMap<String, Mapping>,
    /// The image of the container beside each revision.
    queue_sidecar_image: Option<String>,
}

/// A domain.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Domain {
    /// Labels of the Services that it is for.
    #[serde(default)]
    selector: Texts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Feature {
    Enabled,
    Disabled,
    Allowed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Switch {
    Enabled,
    Disabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum HttpProtocol {
    Enabled,
    Disabled,
    Redirected,
}

/// The network.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Network {
    /// Whether HTTP is spoken, or clients are sent to HTTPS.
    http_protocol: Option<HttpProtocol>,
    /// Whether Knative gets certificates for hosts.
    #[serde(rename = "externalDomainTLS")]
    external_domain_tls: Option<Switch>,
    /// Whether a namespace may take any host for its own.
    autocreate_cluster_domain_claims: Option<bool>,
    /// Further entries of `config-network`.
    #[serde(default)]
    data: Texts,
}

/// The pods that take the traffic, and what leads to them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Ingress {
    /// The pods.
    workload: IngressWorkload,
    /// The Gateway for traffic from outside.
    #[serde(default = "external_gateway")]
    external_gateway: String,
    /// The Gateway, and the Service, for traffic from inside.
    #[serde(default = "local_gateway")]
    local_gateway: String,
    /// TLS for traffic from outside.
    tls: Option<Tls>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Tls {
    /// The hosts: `*.` and each domain unless given.
    #[serde(default)]
    hosts: Vec<String>,
    /// The Secret with the certificate, in the namespace of the pods that take the traffic.
    credential_name: String,
}

/// A host of its own for a Service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Mapping {
    /// The Knative Service.
    service: String,
    /// Its namespace.
    namespace: String,
    /// The Secret with the host's certificate.
    tls_secret: Option<String>,
}

fn external_gateway() -> String {
    "knative-ingress-gateway".to_owned()
}

fn local_gateway() -> String {
    "knative-local-gateway".to_owned()
}

/// The namespace of Knative Serving.
fn namespace<'a>(bundle: &'a Bundle<'_>) -> &'a str {
    if bundle.namespace.is_empty() { "knative-serving" } else { &bundle.namespace }
}

impl KnativeServingConfig {
    fn check_all(&self, bundle: &Bundle<'_>) -> Result<()> {
        let versions =
            Versions { kubernetes: self.kubernetes, istio: self.istio, knative: self.knative, kserve: self.kserve };
        versions.check(bundle)?;
        if let Some(ingress) = &self.ingress {
            ingress.workload.check(bundle, &["ingress", "workload"])?;
        }
        self.check(bundle)
    }
}

/// Entries of ConfigMaps, by the ConfigMaps' names. Null takes one away.
type Data = IndexMap<&'static str, Map<String, Value>>;

impl Generator for KnativeServingConfig {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        self.check_all(bundle)?;
        if self.ingress.is_some() {
            let message = "as a generator this writes `config-istio` only; name the bundle under `transformers:` to have \
                           the Gateways and the Service changed, too";
            bundle.warn(&["ingress"], message);
        }
        let mut made = config_map::objects(&self.data(bundle), bundle);
        made.extend(self.mapping_objects(bundle)?);
        Ok(made)
    }
}

impl Change for KnativeServingConfig {
    fn change(&self, resources: &mut ResMap, bundle: &Bundle<'_>, context: &Context<'_>) -> Result<()> {
        self.check_all(bundle)?;
        config_map::write(&self.data(bundle), resources, bundle, context)?;
        if let Some(ingress) = &self.ingress {
            gateways::change(ingress, self, resources, bundle, context)?;
            inference::change(ingress, self, resources, bundle)?;
        }
        if let Some(image) = &self.queue_sidecar_image {
            gateways::set_queue_image(image, resources, bundle);
        }
        for object in self.mapping_objects(bundle)? {
            resources.append(bundle.resource(object), context.schema)?;
        }
        Ok(())
    }
}
