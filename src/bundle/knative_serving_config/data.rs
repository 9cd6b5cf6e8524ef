//! What is set, as entries of ConfigMaps.

use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::knative_serving_config::{Data, Domain, KnativeServingConfig, istio};
use crate::bundle::version::is_at_least;
use crate::source::Span;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::json::from_json;

impl KnativeServingConfig {
    /// The entries of all ConfigMaps that have any.
    pub(super) fn data(&self, bundle: &Bundle<'_>) -> Data {
        let mut data = Data::new();
        let mut set = |map: &'static str, key: &str, value: Value| {
            data.entry(map).or_default().insert(key.to_owned(), value);
        };
        for (name, domain) in &self.domains {
            set("config-domain", name, json!(domain.text()));
        }
        let network = &self.network;
        for (key, value) in &network.data {
            set("config-network", key, json!(value));
        }
        let texts = [("domain-template", &self.domain_template), ("tag-template", &self.tag_template)];
        for (key, text) in texts {
            if let Some(text) = text {
                set("config-network", key, json!(text));
            }
        }
        if let Some(protocol) = network.http_protocol {
            set("config-network", "http-protocol", json!(protocol));
        }
        if let Some(tls) = network.external_domain_tls {
            // The name that it has had since 1.12.
            let key = if is_at_least(self.knative, 1, 12) { "external-domain-tls" } else { "auto-tls" };
            set("config-network", key, json!(tls));
        }
        if let Some(autocreate) = network.autocreate_cluster_domain_claims {
            set("config-network", "autocreate-cluster-domain-claims", json!(autocreate.to_string()));
        }
        for (key, feature) in &self.features {
            set("config-features", key, json!(feature));
        }
        for (key, value) in &self.autoscaler {
            set("config-autoscaler", key, json!(value));
        }
        for (key, value) in &self.defaults {
            set("config-defaults", key, json!(value));
        }
        if let Some(image) = &self.queue_sidecar_image {
            set("config-deployment", "queue-sidecar-image", json!(image));
        }
        if let Some(ingress) = &self.ingress {
            for (key, value) in istio::entries(ingress, self.knative, bundle) {
                set("config-istio", &key, value);
            }
        }
        data
    }
}

impl Domain {
    /// What stands under the domain: nothing, or the selector.
    fn text(&self) -> String {
        if self.selector.is_empty() {
            return String::new();
        }
        let selector = from_json(json!({"selector": self.selector}), Span::NONE);
        to_yaml_string(&selector).unwrap_or_default()
    }
}
