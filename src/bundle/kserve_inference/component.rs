//! What stands before and beside a model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::kserve_inference::mode::Mode;
use crate::bundle::kserve_inference::scaling::ModelScaling;
use crate::bundle::parts::Container;
use crate::bundle::version::Version;
use crate::error::Result;

/// A container of one's own before or beside the model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Component {
    /// The container.
    container: Container,
    /// How many pods there are.
    #[serde(default)]
    scaling: ModelScaling,
    /// The ServiceAccount of the pods.
    service_account: Option<String>,
}

impl Component {
    pub(super) fn write(
        &self,
        name: &str,
        mode: Mode,
        kserve: Option<Version>,
        bundle: &Bundle<'_>,
        path: &[&str],
    ) -> Result<Value> {
        let container = self.container.write(name, None, bundle, &[path, &["container"]].concat())?;
        let mut component = json!({"containers": [container], "serviceAccountName": self.service_account});
        if let Some(component) = component.as_object_mut() {
            let path = [path, &["scaling"]].concat();
            component.extend(self.scaling.write(mode, kserve, bundle, &path)?);
        }
        Ok(component)
    }
}

/// Where requests and answers are told of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Logger {
    /// What is told of.
    mode: LoggerMode,
    /// Who is told.
    pub url: Option<String>,
    /// Headers that are told of, too.
    #[serde(default)]
    headers: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum LoggerMode {
    All,
    Request,
    Response,
}

impl Logger {
    pub(super) fn write(&self) -> Value {
        json!({"mode": self.mode, "url": self.url, "metadataHeaders": unless_empty(json!(self.headers))})
    }

    pub(super) fn warn(&self, bundle: &Bundle<'_>) {
        let message = "without a `url` they go to `http://default-broker`, unless `inferenceservice-config` says \
                       otherwise, and hardly any cluster has a Service of that name";
        bundle.warn(&["logger"], message);
    }
}

/// How requests are put together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Batcher {
    /// So many at most.
    max_batch_size: Option<u32>,
    /// Milliseconds that a request waits for others.
    max_latency: Option<u32>,
}

impl Batcher {
    pub(super) fn write(&self) -> Value {
        json!({"maxBatchSize": self.max_batch_size, "maxLatency": self.max_latency})
    }
}
