//! Ingresses.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::names::is_host;
use crate::bundle::parts::Texts;
use crate::error::Result;

/// How a Service is reached from outside.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Ingress {
    /// The Ingress's name; the bundle's unless given.
    pub name: Option<String>,
    /// Its IngressClass; the cluster's default unless given.
    class: Option<String>,
    /// The host.
    host: String,
    /// The path below which all belongs to the Service; all paths unless given.
    path: Option<String>,
    /// How the path is compared.
    path_type: Option<PathType>,
    /// The Secret with the host's certificate.
    tls_secret: Option<String>,
    /// Annotations, for the controller.
    #[serde(default)]
    annotations: Texts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
pub(crate) enum PathType {
    Exact,
    Prefix,
    ImplementationSpecific,
}

impl Ingress {
    /// The Ingress's name as the author calls it.
    pub(crate) fn name<'a>(&'a self, bundle: &'a Bundle<'_>) -> &'a str {
        self.name.as_deref().unwrap_or(&bundle.name)
    }

    /// The Ingress for the port `port` of the Service that its author calls `service`.
    pub(crate) fn write(&self, service: &str, port: u16, bundle: &Bundle<'_>) -> Result<Value> {
        if !is_host(&self.host) || self.host == "*" {
            return Err(bundle.refuse(&["ingress", "host"], format!("`{}` is no host", self.host)));
        }
        let path_type = self.path_type.or(self.path.is_some().then_some(PathType::Prefix));
        let backend = json!({"service": {"name": bundle.own(service), "port": {"number": port}}});
        let path = json!({
            "path": self.path,
            "pathType": path_type.unwrap_or(PathType::ImplementationSpecific),
            "backend": backend,
        });
        let tls = self.tls_secret.as_ref().map(|secret| json!([{"hosts": [self.host], "secretName": secret}]));
        let body = json!({
            "metadata": {"annotations": unless_empty(json!(self.annotations))},
            "spec": {
                "ingressClassName": self.class,
                "rules": [{"host": self.host, "http": {"paths": [path]}}],
                "tls": tls,
            },
        });
        Ok(bundle.object("networking.k8s.io/v1", "Ingress", self.name(bundle), body))
    }
}
