//! A runtime for models of one namespace.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::kserve_inference::V1ALPHA1;
use crate::bundle::parts::Container;
use crate::bundle::version::{Version, is_at_least};
use crate::error::Result;

/// A runtime of the bundle's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Runtime {
    /// Its name; that of the bundle, and `-runtime`, unless given.
    name: Option<String>,
    /// The formats that it takes, by name.
    formats: IndexMap<String, Format>,
    /// How it is spoken to, newer than KServe 0.8.
    #[serde(default)]
    protocols: Vec<String>,
    /// Containers by name; the one with the model is `kserve-container`. `{{.Name}}` stands for the InferenceService.
    containers: IndexMap<String, Container>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Format {
    /// The format's version.
    version: Option<String>,
    /// Whether models that name no runtime may get it.
    auto_select: Option<bool>,
    /// Which of several goes before, newer than KServe 0.8.
    priority: Option<u32>,
}

impl Runtime {
    /// Its name in the cluster.
    pub(super) fn name(&self, bundle: &Bundle<'_>) -> String {
        bundle.own(&self.plain_name(bundle))
    }

    fn plain_name(&self, bundle: &Bundle<'_>) -> String {
        self.name.clone().unwrap_or_else(|| format!("{}-runtime", bundle.name))
    }

    pub(super) fn write(&self, kserve: Option<Version>, bundle: &Bundle<'_>) -> Result<Value> {
        let path = |field| ["runtimeSpec", field];
        if !self.containers.contains_key("kserve-container") {
            return Err(bundle.refuse(&path("containers"), "the container `kserve-container` is missing"));
        }
        let new = !self.protocols.is_empty() || self.formats.values().any(|format| format.priority.is_some());
        if new && !is_at_least(kserve, 0, 9) {
            let message = "`protocols` and `priority` are newer than KServe 0.8";
            return Err(bundle.refuse(&path("formats")[..1], message));
        }
        if self.formats.is_empty() {
            return Err(bundle.refuse(&path("formats"), "a runtime takes one format at least"));
        }
        let format = |(name, format): (&String, &Format)| {
            json!({
                "name": name,
                "version": format.version,
                "autoSelect": format.auto_select,
                "priority": format.priority,
            })
        };
        let container = |(name, container): (&String, &Container)| {
            container.write(name, None, bundle, &["runtimeSpec", "containers", name])
        };
        let body = json!({"spec": {
            "supportedModelFormats": self.formats.iter().map(format).collect::<Value>(),
            "protocolVersions": unless_empty(json!(self.protocols)),
            "containers": self.containers.iter().map(container).collect::<Result<Value>>()?,
        }});
        Ok(bundle.object(V1ALPHA1, "ServingRuntime", &self.plain_name(bundle), body))
    }
}
