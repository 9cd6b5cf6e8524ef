//! How many pods serve a model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::kserve_inference::mode::Mode;
use crate::bundle::version::{Version, is_at_least};
use crate::error::Result;

/// How many pods serve a model.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ModelScaling {
    /// At least so many; 0 lets them go when nobody asks.
    min: Option<u32>,
    /// At most so many; 0 is without bound.
    max: Option<u32>,
    /// Upon what it depends: `concurrency` or `rps` in Knative mode, `cpu` or `memory` in Standard mode.
    metric: Option<Metric>,
    /// How much of it each pod should have.
    target: Option<u32>,
    /// Who scales, in Standard mode.
    class: Option<Class>,
    /// Requests that a pod takes at once at most.
    concurrency: Option<u32>,
    /// Seconds that a request may take.
    timeout: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Metric {
    Concurrency,
    Rps,
    Cpu,
    Memory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Class {
    Hpa,
    External,
    Keda,
    None,
}

impl Class {
    const fn name(self) -> &'static str {
        match self {
            Self::Hpa => "hpa",
            Self::External => "external",
            Self::Keda => "keda",
            Self::None => "none",
        }
    }
}

impl ModelScaling {
    /// What the InferenceService says of who scales.
    pub(super) fn class_annotation(&self) -> (&'static str, Option<&'static str>) {
        ("serving.kserve.io/autoscalerClass", self.class.map(Class::name))
    }

    /// The fields of a component: never annotations, which KServe would not take from here.
    pub(super) fn write(
        &self,
        mode: Mode,
        kserve: Option<Version>,
        bundle: &Bundle<'_>,
        path: &[&str],
    ) -> Result<Map<String, Value>> {
        self.check(mode, kserve, bundle, path)?;
        let fields = [
            ("minReplicas", json!(self.min)),
            ("maxReplicas", json!(self.max)),
            ("scaleMetric", json!(self.metric)),
            ("scaleTarget", json!(self.target)),
            ("containerConcurrency", json!(self.concurrency)),
            ("timeout", json!(self.timeout)),
        ];
        Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn check(&self, mode: Mode, kserve: Option<Version>, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        use Metric::{Concurrency, Cpu, Memory, Rps};
        let within = |field| [path, &[field]].concat();
        let (min, max) = (self.min.unwrap_or(1), self.max.unwrap_or(0));
        if max != 0 && min > max {
            return Err(bundle.refuse(path, format!("from {min} to {max} pods is no range")));
        }
        if (self.metric.is_some() || self.target.is_some()) && !is_at_least(kserve, 0, 9) {
            return Err(bundle.refuse(path, "`metric` and `target` are newer than KServe 0.8"));
        }
        if mode.is_knative() {
            if self.class.is_some() {
                return Err(bundle.refuse(&within("class"), "in Knative mode, Knative scales"));
            }
            if matches!(self.metric, Some(Cpu | Memory)) {
                return Err(bundle.refuse(&within("metric"), "in Knative mode it is `concurrency` or `rps`"));
            }
            if self.metric == Some(Rps) && self.target == Some(0) {
                return Err(bundle.refuse(&within("target"), "it is 1 or more"));
            }
            return Ok(());
        }
        if matches!(self.metric, Some(Concurrency | Rps)) {
            return Err(bundle.refuse(&within("metric"), "in Standard mode it is `cpu` or `memory`"));
        }
        if self.class == Some(Class::Keda) && self.metric.is_some() {
            return Err(bundle.refuse(&within("metric"), "KEDA has metrics of its own"));
        }
        if !is_at_least(kserve, 0, 9) && self.class.is_some_and(|class| class != Class::Hpa) {
            return Err(bundle.refuse(&within("class"), "KServe 0.8 knows `hpa` only"));
        }
        let percent = self.metric != Some(Memory);
        if self.target.is_some_and(|target| target == 0 || (percent && target > 100)) {
            return Err(bundle.refuse(&within("target"), "it is from 1, of `cpu` to 100"));
        }
        Ok(())
    }
}
