//! `config-istio`: which Gateway, and which Service behind it, takes which traffic.

use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::knative_serving_config::{Ingress, namespace};
use crate::bundle::version::{Version, is_at_least};

/// The address of the Service for traffic from inside: it is where the pods are.
pub(super) fn local_host(ingress: &Ingress) -> String {
    format!("{}.{}.svc.cluster.local", ingress.local_gateway, ingress.workload.namespace)
}

/// The entries. From net-istio 1.14 on there are lists; either form excludes the other, so the other one goes.
pub(super) fn entries(ingress: &Ingress, knative: Option<Version>, bundle: &Bundle<'_>) -> Vec<(String, Value)> {
    let own = namespace(bundle);
    let (external, local) = (&ingress.external_gateway, &ingress.local_gateway);
    let old = [
        (format!("gateway.{own}.{external}"), ingress.workload.host()),
        (format!("local-gateway.{own}.{local}"), local_host(ingress)),
    ];
    let new = [
        ("external-gateways".to_owned(), list(external, own, &ingress.workload.host())),
        ("local-gateways".to_owned(), list(local, own, &local_host(ingress))),
    ];
    let (kept, gone) = if is_at_least(knative, 1, 14) { (new, old) } else { (old, new) };
    let kept = kept.into_iter().map(|(key, value)| (key, json!(value)));
    gone.into_iter().map(|(key, _)| (key, Value::Null)).chain(kept).collect()
}

fn list(name: &str, namespace: &str, service: &str) -> String {
    format!("- name: {name}\n  namespace: {namespace}\n  service: {service}\n")
}
