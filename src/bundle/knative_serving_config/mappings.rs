//! Hosts of their own for Services.

use serde_json::{Value, json};

use crate::bundle::api::DOMAIN_MAPPING;
use crate::bundle::bundle::Bundle;
use crate::bundle::knative_serving_config::KnativeServingConfig;
use crate::bundle::names::{is_domain, is_label};
use crate::error::Result;

impl KnativeServingConfig {
    /// The DomainMappings, and the claims where Knative makes none by itself.
    pub(super) fn mapping_objects(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        let mut made = Vec::new();
        for (host, mapping) in &self.mappings {
            let path = ["mappings", host];
            if !is_domain(host) || !host.contains('.') || host.ends_with("cluster.local") {
                return Err(bundle.refuse(&path, format!("`{host}` is no host that the world could know")));
            }
            if !is_label(&mapping.namespace) {
                return Err(bundle.refuse(&path, format!("`{}` is no namespace", mapping.namespace)));
            }
            let reference = json!({"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": mapping.service});
            let body = json!({
                "metadata": {"name": host, "namespace": mapping.namespace},
                "spec": {
                    "ref": reference,
                    "tls": mapping.tls_secret.as_ref().map(|secret| json!({"secretName": secret})),
                },
            });
            made.push(bundle.object(DOMAIN_MAPPING, "DomainMapping", host, body));
            if self.network.autocreate_cluster_domain_claims != Some(true) {
                let body = json!({"metadata": {"name": host}, "spec": {"namespace": mapping.namespace}});
                let api = "networking.internal.knative.dev/v1alpha1";
                made.push(bundle.cluster_object(api, "ClusterDomainClaim", host, body));
            }
        }
        Ok(made)
    }
}
