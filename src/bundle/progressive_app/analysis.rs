//! What is measured while a new version comes out.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::parts::Texts;
use crate::bundle::progressive_app::API;
use crate::bundle::progressive_app::step::is_duration;
use crate::error::Result;

/// Something that is measured: an AnalysisTemplate.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Analysis {
    /// Arguments by name, and their values.
    #[serde(default)]
    args: Texts,
    /// Metrics by name.
    metrics: IndexMap<String, Metric>,
}

/// A metric, from one of `prometheus`, `web`, `job` and `provider`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Metric {
    /// How long from one measurement to the next: `1m`.
    interval: Option<String>,
    /// How long until the first.
    initial_delay: Option<String>,
    /// How many measurements.
    count: Option<u32>,
    /// How many of them may fail.
    failure_limit: Option<u32>,
    /// How many of them may be neither good nor bad.
    inconclusive_limit: Option<u32>,
    /// How many errors in a row end it.
    consecutive_error_limit: Option<u32>,
    /// When a measurement is good: `result[0] >= 0.95`.
    success_condition: Option<String>,
    /// When a measurement is bad.
    failure_condition: Option<String>,
    /// Asks Prometheus.
    prometheus: Option<Prometheus>,
    /// Asks over HTTP, as Argo Rollouts has it.
    web: Option<Map<String, Value>>,
    /// Runs a Job, as Argo Rollouts has it.
    job: Option<Map<String, Value>>,
    /// Any other provider by its name, as Argo Rollouts has it.
    provider: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Prometheus {
    /// Where it is.
    address: String,
    /// What it is asked. `{{args.NAME}}` stands for an argument.
    query: String,
}

impl Analysis {
    /// The values of the arguments, as a Rollout gives them.
    pub(super) fn arguments(&self) -> Value {
        self.args.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
    }

    /// A metric that is measured until somebody ends it.
    pub(super) fn endless(&self) -> Option<&str> {
        let endless = |metric: &Metric| metric.interval.is_some() && metric.count.is_none_or(|count| count == 0);
        self.metrics.iter().find(|(_, metric)| endless(metric)).map(|(name, _)| name.as_str())
    }

    /// The AnalysisTemplate `name`.
    pub(super) fn write(&self, name: &str, bundle: &Bundle<'_>) -> Result<Value> {
        let path = ["analyses", name];
        if self.metrics.is_empty() {
            return Err(bundle.refuse(&path, "an analysis needs at least one metric"));
        }
        let args = self.args.keys().map(|name| json!({"name": name})).collect();
        let metric = |(metric_name, metric): (&String, &Metric)| {
            let path = [&path as &[&str], &["metrics", metric_name]].concat();
            metric.write(metric_name, bundle, &path)
        };
        let metrics = self.metrics.iter().map(metric).collect::<Result<Value>>()?;
        let body = json!({"spec": {"args": unless_empty(args), "metrics": metrics}});
        Ok(bundle.object(API, "AnalysisTemplate", name, body))
    }
}

impl Metric {
    fn write(&self, name: &str, bundle: &Bundle<'_>, path: &[&str]) -> Result<Value> {
        self.check(bundle, path)?;
        Ok(json!({
            "name": name,
            "interval": self.interval,
            "initialDelay": self.initial_delay,
            "count": self.count,
            "failureLimit": self.failure_limit,
            "inconclusiveLimit": self.inconclusive_limit,
            "consecutiveErrorLimit": self.consecutive_error_limit,
            "successCondition": self.success_condition,
            "failureCondition": self.failure_condition,
            "provider": self.provider(bundle, path)?,
        }))
    }

    fn provider(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<Value> {
        let prometheus = self.prometheus.as_ref().map(|p| json!({"address": p.address, "query": p.query}));
        let named = |name: &str, value: Option<Value>| value.map(|value| json!({name: value}));
        let raw = |value: &Option<Map<String, Value>>| value.clone().map(Value::Object);
        let said = [
            named("prometheus", prometheus),
            named("web", raw(&self.web)),
            named("job", raw(&self.job)),
            raw(&self.provider).filter(|provider| provider.as_object().is_some_and(|map| map.len() == 1)),
        ];
        let mut said = said.into_iter().flatten();
        match (said.next(), said.next()) {
            (Some(provider), None) => Ok(provider),
            _ => Err(bundle.refuse(path, "a metric has exactly one of `prometheus`, `web`, `job` and `provider`")),
        }
    }

    fn check(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        for (field, duration) in [("interval", &self.interval), ("initialDelay", &self.initial_delay)] {
            if let Some(text) = duration.as_ref().filter(|text| !is_duration(text)) {
                return Err(bundle.refuse(&[path, &[field]].concat(), format!("`{text}` is no duration such as `1m`")));
            }
        }
        if self.count.is_some_and(|count| count > 1) && self.interval.is_none() {
            return Err(bundle.refuse(path, "more than one measurement needs an `interval`"));
        }
        if let Some(count) = self.count.filter(|count| *count > 0) {
            for (field, limit) in [("failureLimit", self.failure_limit), ("inconclusiveLimit", self.inconclusive_limit)]
            {
                if limit.is_some_and(|limit| limit > count) {
                    let message = format!("of {count} measurements no more than {count} can be so");
                    return Err(bundle.refuse(&[path, &[field]].concat(), message));
                }
            }
        }
        Ok(())
    }
}
