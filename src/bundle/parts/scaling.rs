//! How many pods there are: HorizontalPodAutoscalers.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::api::autoscaling;
use crate::bundle::bundle::Bundle;
use crate::bundle::version::Version;
use crate::error::Result;

/// How many pods there are, and upon what it depends.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Scaling {
    /// At least so many.
    #[serde(default = "one")]
    min: u32,
    /// At most so many.
    max: u32,
    /// How busy processors should be, in percent of what containers request.
    cpu: Option<u32>,
    /// How full memory should be, in percent of what containers request.
    memory: Option<u32>,
    /// Further metrics, as Kubernetes has them.
    #[serde(default)]
    metrics: Vec<Map<String, Value>>,
    /// How fast it goes up and down, as Kubernetes has it.
    behavior: Option<Map<String, Value>>,
    /// The version of the API, if `v1` is wanted, which knows processors only.
    hpa_version: Option<HpaVersion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum HpaVersion {
    V1,
    V2,
}

const fn one() -> u32 {
    1
}

/// What is scaled.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub api_version: &'a str,
    pub kind: &'a str,
    /// Its name as the author calls it.
    pub name: &'a str,
}

impl Scaling {
    /// The autoscaler `name` of `target`; `body` is what else it says; the scaling stands at `path` of the spec.
    pub(crate) fn write(
        &self,
        name: &str,
        target: &Target<'_>,
        metadata: Value,
        kubernetes: Option<Version>,
        bundle: &Bundle<'_>,
        path: &[&str],
    ) -> Result<Value> {
        if self.min == 0 || self.min > self.max {
            let message = format!("from {} to {} pods is no range; it begins at 1 or more", self.min, self.max);
            return Err(bundle.refuse(path, message));
        }
        let reference = json!({"apiVersion": target.api_version, "kind": target.kind, "name": bundle.own(target.name)});
        let mut spec = json!({"minReplicas": self.min, "maxReplicas": self.max, "scaleTargetRef": reference});
        if self.hpa_version == Some(HpaVersion::V1) {
            if self.memory.is_some() || !self.metrics.is_empty() || self.behavior.is_some() {
                return Err(bundle.refuse(path, "autoscaling/v1 knows `cpu` only"));
            }
            spec["targetCPUUtilizationPercentage"] = json!(self.cpu);
            let body = json!({"metadata": metadata, "spec": spec});
            return Ok(bundle.object("autoscaling/v1", "HorizontalPodAutoscaler", name, body));
        }
        let metrics = self.all_metrics();
        if metrics.is_empty() {
            return Err(bundle.refuse(path, "say upon what it depends: `cpu`, `memory` or `metrics`"));
        }
        spec["metrics"] = Value::Array(metrics);
        spec["behavior"] = json!(self.behavior);
        let body = json!({"metadata": metadata, "spec": spec});
        Ok(bundle.object(autoscaling(kubernetes), "HorizontalPodAutoscaler", name, body))
    }

    fn all_metrics(&self) -> Vec<Value> {
        let usage = |name: &str, percent: Option<u32>| {
            percent.map(|percent| {
                let target = json!({"type": "Utilization", "averageUtilization": percent});
                json!({"type": "Resource", "resource": {"name": name, "target": target}})
            })
        };
        let built_in = [usage("cpu", self.cpu), usage("memory", self.memory)];
        built_in.into_iter().flatten().chain(self.metrics.iter().cloned().map(Value::Object)).collect()
    }
}
