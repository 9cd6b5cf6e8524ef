//! `ProgressiveApp`: an application that Argo Rollouts brings out step by step, blue and green or as a canary.

mod analysis;
mod blue_green;
mod canary;
mod istio;
mod step;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::Generator;
use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::parts::{Ingress, Scaling, ServicePort, ServicePorts, ServiceType, Target, Texts, Workload};
use crate::bundle::version::Version;
use crate::bundle::versions::Versions;
use crate::decode::suggestion;
use crate::error::Result;
use analysis::Analysis;
use blue_green::BlueGreen;
use canary::Canary;

const API: &str = "argoproj.io/v1alpha1";

/// An application that Argo Rollouts brings out step by step, blue and green or as a canary. The controller changes
/// the weights of the VirtualService and the selectors of the Services: where Argo CD compares them, it should ignore
/// `/spec/http` and `/spec/selector/rollouts-pod-template-hash`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ProgressiveApp {
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// The version of Istio, where it shares out the traffic.
    istio: Option<Version>,
    /// The Rollout.
    #[serde(default)]
    rollout: Rollout,
    /// The pods.
    workload: Workload,
    /// The Service, or what the Services for the strategy have in common.
    service: Service,
    /// How a new version comes out.
    strategy: Strategy,
    /// What is measured on the way, by name.
    #[serde(default)]
    analyses: IndexMap<String, Analysis>,
    /// How many pods there are; the Rollout then says nothing of it.
    hpa: Option<Scaling>,
    /// How the application is reached from outside.
    ingress: Option<Ingress>,
}

/// The Rollout.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Rollout {
    /// Its name; the bundle's unless given.
    name: Option<String>,
    /// How many pods.
    replicas: Option<u32>,
    /// How many old versions are kept.
    revision_history_limit: Option<u32>,
    /// Seconds that a pod must have been ready.
    min_ready_seconds: Option<u32>,
    /// Seconds until a rollout without progress has failed.
    progress_deadline_seconds: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Service {
    /// Its name; the bundle's unless given.
    name: Option<String>,
    /// How it is reached.
    #[serde(rename = "type")]
    service_type: Option<ServiceType>,
    /// Its ports.
    ports: ServicePorts,
}

/// How a new version comes out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Strategy {
    /// The new version stands beside the old one, and then takes over.
    BlueGreen(Box<BlueGreen>),
    /// The new version gets more and more of the traffic.
    Canary(Box<Canary>),
}

/// What the parts of the bundle have to know of one another.
struct Names {
    rollout: String,
    service: String,
    /// The labels of the pods.
    labels: Texts,
    /// Those of them that objects carry.
    carried: Value,
}

impl Generator for ProgressiveApp {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        let versions = Versions { kubernetes: self.kubernetes, istio: self.istio, ..Versions::default() };
        versions.check(bundle)?;
        let labels = self.workload.labels(bundle);
        let selected = self.selected(&labels, bundle)?;
        let carried = if self.workload.selector.is_some() { json!(selected) } else { Value::Null };
        let names = Names {
            rollout: self.rollout.name.clone().unwrap_or_else(|| bundle.name.clone()),
            service: self.service.name.clone().unwrap_or_else(|| bundle.name.clone()),
            labels,
            carried,
        };
        let mut made = Vec::new();
        let (strategy, public) = match &self.strategy {
            Strategy::BlueGreen(blue_green) => blue_green.write(self, &names, bundle, &mut made)?,
            Strategy::Canary(canary) => canary.write(self, &names, bundle, &mut made)?,
        };
        let template = self.workload.template(&names.labels, self.kubernetes, bundle, &["workload"])?;
        let workload_ref = self
            .workload
            .by_reference
            .then(|| json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": bundle.own(&bundle.name)}));
        if self.workload.by_reference {
            let body = json!({
                "metadata": {"labels": names.carried},
                "spec": {"replicas": 0, "selector": {"matchLabels": names.labels}, "template": template},
            });
            made.push(bundle.object("apps/v1", "Deployment", &bundle.name, body));
        }
        for (name, analysis) in &self.analyses {
            made.push(analysis.write(name, bundle)?);
        }
        made.push(bundle.object(
            API,
            "Rollout",
            &names.rollout,
            json!({"spec": {
                "replicas": self.rollout.replicas.filter(|_| self.hpa.is_none()),
                "revisionHistoryLimit": self.rollout.revision_history_limit,
                "minReadySeconds": self.rollout.min_ready_seconds,
                "progressDeadlineSeconds": self.rollout.progress_deadline_seconds,
                "selector": {"matchLabels": selected},
                "strategy": strategy,
                "workloadRef": workload_ref,
                "template": (!self.workload.by_reference).then_some(template),
            }}),
        ));
        if let Some(hpa) = &self.hpa {
            let target = Target { api_version: API, kind: "Rollout", name: &names.rollout };
            made.push(hpa.write(&bundle.name, &target, json!({}), self.kubernetes, bundle, &["hpa"])?);
        }
        if let Some(ingress) = &self.ingress {
            made.push(ingress.write(&public, self.first_port(bundle)?, bundle)?);
        }
        self.check_deadline(bundle)?;
        Ok(made)
    }
}

impl ProgressiveApp {
    /// The labels that the Rollout selects its pods by.
    fn selected(&self, labels: &Texts, bundle: &Bundle<'_>) -> Result<Texts> {
        let Some(keys) = &self.workload.selector else { return Ok(labels.clone()) };
        let find = |key: &String| {
            let value = labels.get(key).cloned();
            let missing = || bundle.refuse(&["workload", "selector"], format!("the pods have no label `{key}`"));
            Ok((key.clone(), value.ok_or_else(missing)?))
        };
        let selected = keys.iter().map(find).collect::<Result<Texts>>()?;
        if selected.is_empty() {
            return Err(bundle.refuse(&["workload", "selector"], "a Rollout selects its pods by one label at least"));
        }
        Ok(selected)
    }

    /// A Service for the pods.
    fn service(
        &self,
        name: &str,
        service_type: Option<ServiceType>,
        names: &Names,
        bundle: &Bundle<'_>,
    ) -> Result<Value> {
        let ports = ServicePort::list(&self.service.ports, service_type, bundle, &["service", "ports"])?;
        let body = json!({
            "metadata": {"labels": names.carried},
            "spec": {"type": service_type, "selector": names.labels, "ports": ports},
        });
        Ok(bundle.object("v1", "Service", name, body))
    }

    fn first_port(&self, bundle: &Bundle<'_>) -> Result<u16> {
        ServicePort::first_number(&self.service.ports)
            .ok_or_else(|| bundle.refuse(&["service", "ports"], "a Service needs at least one port"))
    }

    fn check_deadline(&self, bundle: &Bundle<'_>) -> Result<()> {
        let (ready, deadline) =
            (self.rollout.min_ready_seconds.unwrap_or(0), self.rollout.progress_deadline_seconds.unwrap_or(600));
        if deadline <= ready {
            let message = format!("pods must have been ready for {ready} seconds, but {deadline} are all they have");
            return Err(bundle.refuse(&["rollout", "progressDeadlineSeconds"], message));
        }
        Ok(())
    }

    /// Fails unless there is an analysis `name`, and unless it comes to an end where it must.
    fn check_analysis(&self, name: &str, must_end: bool, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        let Some(analysis) = self.analyses.get(name) else {
            let names: Vec<&str> = self.analyses.keys().map(String::as_str).collect();
            let error = bundle.refuse(path, format!("there is no analysis `{name}`"));
            return Err(error.hint(suggestion(name, &names, || "say under `analyses` what is measured".to_owned())));
        };
        if let Some(metric) = analysis.endless().filter(|_| must_end) {
            let message = format!("the metric `{metric}` of the analysis `{name}` is measured for ever here");
            return Err(bundle.refuse(path, message).hint("say `count`: how often"));
        }
        Ok(())
    }

    /// How a Rollout names the analysis `name`.
    fn analysis_reference(&self, name: &str, bundle: &Bundle<'_>) -> Value {
        let args = self.analyses.get(name).map_or(Value::Null, Analysis::arguments);
        unless_empty(json!({"templates": [{"templateName": bundle.own(name)}], "args": unless_empty(args)}))
    }
}
