//! The pods that take traffic from outside, and their Services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::names::is_label;
use crate::error::Result;

/// The pods that take the traffic, and their Service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct IngressWorkload {
    /// The namespace of the pods and of their Service.
    pub namespace: String,
    /// The Service's name.
    pub service: String,
    /// Labels of the pods. The chart `gateway` gives a release `istio-ingress` the label `istio: ingress`.
    pub selector: BTreeMap<String, String>,
}

impl IngressWorkload {
    /// Fails if no pods can be meant.
    pub(crate) fn check(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        let within = |field| [path, &[field]].concat();
        if self.selector.is_empty() {
            return Err(bundle.refuse(&within("selector"), "labels are needed, or every pod takes the traffic"));
        }
        if !is_label(&self.namespace) {
            return Err(bundle.refuse(&within("namespace"), format!("`{}` is no namespace", self.namespace)));
        }
        if !is_label(&self.service) {
            return Err(bundle.refuse(&within("service"), format!("`{}` is no name of a Service", self.service)));
        }
        Ok(())
    }

    /// The address of the Service.
    pub(crate) fn host(&self) -> String {
        format!("{}.{}.svc.cluster.local", self.service, self.namespace)
    }

    /// A Service for traffic from inside the cluster, where the pods are: anywhere else it selects none.
    pub(crate) fn local_service(&self, name: &str, port: u16, bundle: &Bundle<'_>) -> Value {
        let body = json!({
            "metadata": {
                "namespace": self.namespace,
                "labels": {"experimental.istio.io/disable-gateway-port-translation": "true"},
            },
            "spec": {
                "type": "ClusterIP",
                "selector": self.selector,
                "ports": [{"name": "http2", "port": 80, "targetPort": port}],
            },
        });
        bundle.object("v1", "Service", name, body)
    }
}
