//! `KServeInference`: a model served by KServe, with what stands before and beside it.

mod component;
mod graph;
mod mode;
mod model;
mod names;
mod runtime;
mod scaling;
mod storage;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::Generator;
use crate::bundle::api::DOMAIN_MAPPING;
use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::names::is_domain;
use crate::bundle::parts::{Placement, Texts};
use crate::bundle::version::{Version, is_at_least};
use crate::bundle::versions::Versions;
use crate::error::Result;
use component::{Batcher, Component, Logger};
use graph::Graph;
use mode::Mode;
use model::Model;
pub(crate) use names::component_service;
use names::is_service_name;
use runtime::Runtime;
use scaling::ModelScaling;

const V1BETA1: &str = "serving.kserve.io/v1beta1";
const V1ALPHA1: &str = "serving.kserve.io/v1alpha1";

/// A model served by KServe. To bring out another one little by little, change `model.uri` and say `canary`; to end it,
/// take `canary` away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct KServeInference {
    /// The version of KServe.
    kserve: Option<Version>,
    /// The version of Knative.
    knative: Option<Version>,
    /// The version of Istio.
    istio: Option<Version>,
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// What KServe makes of it: Knative Services, or Deployments.
    mode: Option<Mode>,
    /// The model.
    model: Model,
    /// How KServe may read the model.
    credentials: Option<Credentials>,
    /// How many pods there are, and upon what it depends.
    #[serde(default)]
    scaling: ModelScaling,
    /// The share of the traffic that goes to the latest model, in Knative mode.
    canary: Option<Canary>,
    /// Further models by name, each with a share of the traffic, in Standard mode of KServe 0.20 and later.
    #[serde(default)]
    canaries: IndexMap<String, OtherModel>,
    /// Where requests and answers are told of.
    logger: Option<Logger>,
    /// How requests are put together.
    batcher: Option<Batcher>,
    /// What is done to requests before and to answers after the model.
    transformer: Option<Component>,
    /// What explains answers.
    explainer: Option<Component>,
    /// Where the pods may run.
    #[serde(default)]
    placement: Placement,
    /// A host of its own, in Knative mode.
    expose: Option<Expose>,
    /// A runtime of its own for the model.
    runtime_spec: Option<Runtime>,
    /// How requests go through several models.
    graph: Option<Graph>,
    /// Annotations of the InferenceService.
    #[serde(default)]
    annotations: Texts,
}

/// One of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Credentials {
    /// A ServiceAccount that has them.
    ServiceAccount(String),
    /// A Secret with them; a ServiceAccount is made that has it.
    SecretName(String),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Canary {
    /// The share, from 0 to 100.
    percent: u8,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OtherModel {
    /// The share of the traffic, from 0 to 100.
    percent: u8,
    /// The model.
    model: Model,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expose {
    /// The host.
    host: String,
    /// The Secret with the host's certificate.
    tls_secret: Option<String>,
}

impl Generator for KServeInference {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        self.check_versions(bundle)?;
        self.check(bundle)?;
        let (account, mut made) = self.account(bundle);
        let runtime = self.runtime_spec.as_ref().map(|runtime| runtime.name(bundle));
        if let Some(runtime) = &self.runtime_spec {
            made.push(runtime.write(self.kserve, bundle)?);
        }
        let mut predictor = json!({
            "model": self.model.write(runtime.as_deref(), self.kserve, bundle, &["model"], &self.placement)?,
            "serviceAccountName": account,
            "canaryTrafficPercent": self.canary.as_ref().map(|canary| canary.percent),
            "logger": self.logger.as_ref().map(Logger::write),
            "batcher": self.batcher.as_ref().map(Batcher::write),
        });
        if let Some(predictor) = predictor.as_object_mut() {
            predictor.extend(self.scaling.write(self.mode(), self.kserve, bundle, &["scaling"])?);
            predictor.extend(self.placement.write(&Texts::new()));
        }
        let component = |field: &str, name: &str, component: &Option<Component>| -> Result<Option<Value>> {
            let Some(component) = component else { return Ok(None) };
            component.write(name, self.mode(), self.kserve, bundle, &[field]).map(Some)
        };
        let canaries = self.canaries.iter().map(|(name, other)| {
            let path = ["canaries", name, "model"];
            let model = other.model.write(runtime.as_deref(), self.kserve, bundle, &path, &self.placement)?;
            Ok(json!({"predictor": {"name": name, "model": model}, "trafficPercent": other.percent}))
        });
        let spec = json!({
            "predictor": predictor,
            "transformer": component("transformer", "kserve-container", &self.transformer)?,
            "explainer": component("explainer", "kserve-container", &self.explainer)?,
            "canary": unless_empty(canaries.collect::<Result<Value>>()?),
        });
        let metadata = json!({"annotations": unless_empty(Value::Object(self.all_annotations()))});
        let body = json!({"metadata": metadata, "spec": spec});
        made.push(bundle.object(V1BETA1, "InferenceService", &bundle.name, body));
        made.extend(self.expose.as_ref().map(|expose| self.domain_mapping(expose, bundle)).transpose()?);
        if let Some(graph) = &self.graph {
            made.push(graph.write(bundle)?);
        }
        Ok(made)
    }
}

impl KServeInference {
    fn mode(&self) -> Mode {
        self.mode.unwrap_or_default()
    }

    /// The account that pods are, and what is made for it.
    fn account(&self, bundle: &Bundle<'_>) -> (Option<String>, Vec<Value>) {
        match &self.credentials {
            None => (None, Vec::new()),
            Some(Credentials::ServiceAccount(name)) => (Some(name.clone()), Vec::new()),
            Some(Credentials::SecretName(secret)) => {
                let name = format!("{}-sa", bundle.name);
                let body = json!({"secrets": [{"name": secret}]});
                let account = bundle.object("v1", "ServiceAccount", &name, body);
                (Some(bundle.own(&name)), vec![account])
            }
        }
    }

    fn all_annotations(&self) -> Map<String, Value> {
        let mode = self.mode.and_then(|mode| mode.annotation(self.kserve));
        let said = [("serving.kserve.io/deploymentMode", mode), self.scaling.class_annotation()];
        let said = said.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value?))));
        let own = self.annotations.iter().map(|(key, value)| (key.clone(), json!(value)));
        said.chain(own).collect()
    }

    /// A host of its own leads to what requests come to first.
    fn domain_mapping(&self, expose: &Expose, bundle: &Bundle<'_>) -> Result<Value> {
        let path = ["expose", "host"];
        if !self.mode().is_knative() {
            return Err(bundle.refuse(&path, "hosts of their own need Knative mode"));
        }
        if !is_domain(&expose.host) || !expose.host.contains('.') {
            return Err(bundle.refuse(&path, format!("`{}` is no full host", expose.host)));
        }
        let name = bundle.own(&bundle.name);
        let first = if self.transformer.is_some() { "transformer" } else { "predictor" };
        let service = component_service(&name, first, self.kserve);
        let mut mapping = bundle.object(
            DOMAIN_MAPPING,
            "DomainMapping",
            &expose.host,
            json!({"spec": {
                "ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": service},
                "tls": expose.tls_secret.as_ref().map(|secret| json!({"secretName": secret})),
            }}),
        );
        // Its name is the host itself.
        mapping["metadata"]["name"] = json!(expose.host);
        Ok(mapping)
    }

    fn check_versions(&self, bundle: &Bundle<'_>) -> Result<()> {
        let all =
            Versions { kubernetes: self.kubernetes, istio: self.istio, knative: self.knative, kserve: self.kserve };
        if self.mode().is_knative() {
            return all.check(bundle);
        }
        if is_at_least(self.kserve, 0, 16) && !is_at_least(self.istio, 1, 22) {
            let error = bundle.refuse(&["istio"], "Standard mode needs Istio 1.22 or later");
            return Err(error.hint("KServe 0.16 to 0.20, Standard mode: Istio 1.22 or later (documentation)"));
        }
        Versions { istio: None, knative: None, ..all }.check(bundle)?;
        Versions { istio: self.istio, kubernetes: self.kubernetes, ..Versions::default() }.check(bundle)
    }

    fn check(&self, bundle: &Bundle<'_>) -> Result<()> {
        if !is_service_name(&bundle.name) {
            let message = format!("`{}` is no name of an InferenceService: small letters, digits, `-`", bundle.name);
            return Err(bundle.refuse(&[], message));
        }
        names::check_length(bundle, self.kserve);
        if let Some(logger) = self.logger.as_ref().filter(|logger| logger.url.is_none()) {
            logger.warn(bundle);
        }
        let knative = self.mode().is_knative();
        if let Some(canary) = &self.canary {
            if canary.percent > 100 {
                return Err(bundle.refuse(&["canary", "percent"], "a share is from 0 to 100"));
            }
            if !knative {
                let error = bundle.refuse(&["canary"], "shares for the latest model need Knative mode");
                return Err(error.hint("from KServe 0.20 on, Standard mode has `canaries`"));
            }
        }
        self.check_canaries(bundle)?;
        if knative && self.places() {
            let message = "Knative refuses it unless `config-features` allows it; say so in the \
                           `KnativeServingConfig`: `features: {kubernetes.podspec-nodeselector: enabled, \
                           kubernetes.podspec-affinity: enabled, kubernetes.podspec-tolerations: enabled}`";
            bundle.warn(&["placement"], message);
        }
        Ok(())
    }

    fn places(&self) -> bool {
        self.placement.write(&Texts::new()).values().any(|value| !value.is_null())
    }

    fn check_canaries(&self, bundle: &Bundle<'_>) -> Result<()> {
        let path = &["canaries"];
        if self.canaries.is_empty() {
            return Ok(());
        }
        if !is_at_least(self.kserve, 0, 20) {
            return Err(bundle.refuse(path, "several models are new in KServe 0.20"));
        }
        if self.mode().is_knative() {
            let error = bundle.refuse(path, "several models need Standard mode");
            return Err(error.hint("say `mode: Standard`; Knative mode has `canary: {percent: …}`"));
        }
        let sum: u32 = self.canaries.values().map(|other| u32::from(other.percent)).sum();
        if sum > 100 {
            return Err(bundle.refuse(path, format!("{sum} percent are more than all of the traffic")));
        }
        Ok(())
    }
}
