//! Which version of an API says the same thing to which cluster.

use crate::bundle::version::{Version, is_at_least};

/// Gateways, VirtualServices and DestinationRules: `v1` came with Istio 1.22, `v1alpha3` all versions have.
pub(crate) fn istio_networking(istio: Option<Version>) -> &'static str {
    if is_at_least(istio, 1, 22) { "networking.istio.io/v1" } else { "networking.istio.io/v1alpha3" }
}

/// HorizontalPodAutoscalers of more than one metric: `v2` came with Kubernetes 1.23, `v2beta2` went with 1.26.
pub(crate) fn autoscaling(kubernetes: Option<Version>) -> &'static str {
    if is_at_least(kubernetes, 1, 23) { "autoscaling/v2" } else { "autoscaling/v2beta2" }
}

/// DomainMappings: `v1beta1` came with Knative 1.1 or so and is the only one now.
pub(crate) const DOMAIN_MAPPING: &str = "serving.knative.dev/v1beta1";
