//! The Gateways of net-istio and their Service: they must meet the pods that take the traffic.

use serde_json::json;

use crate::bundle::bundle::Bundle;
use crate::bundle::knative_serving_config::{Ingress, KnativeServingConfig, namespace};
use crate::error::{Error, Result};
use crate::resource::{ResMap, Resource};
use crate::transform::Context;
use crate::yaml::json::from_json;
use crate::yaml::{Key, Node};

/// The port for HTTPS.
const HTTPS: u16 = 443;

/// Changes both Gateways and the Service for traffic from inside.
pub(super) fn change(
    ingress: &Ingress,
    config: &KnativeServingConfig,
    resources: &mut ResMap,
    bundle: &Bundle<'_>,
    context: &Context<'_>,
) -> Result<()> {
    let gateways = [("externalGateway", &ingress.external_gateway), ("localGateway", &ingress.local_gateway)];
    for (field, name) in gateways {
        let index = find(resources, "networking.istio.io", "Gateway", name);
        let index = index.ok_or_else(|| missing("Gateway", name, &["ingress", field], bundle))?;
        resources.update(index, |gateway| {
            set(&mut gateway.node, "selector", json!(ingress.workload.selector), bundle);
            if field == "externalGateway" {
                add_tls(ingress, config, gateway, bundle);
            }
        });
    }
    let name = &ingress.local_gateway;
    let index = find(resources, "", "Service", name);
    let index = index.ok_or_else(|| missing("Service", name, &["ingress", "localGateway"], bundle))?;
    resources.update(index, |service| {
        set(&mut service.node, "selector", json!(ingress.workload.selector), bundle);
        // Anywhere but where the pods are it would select none.
        if service.namespace() != ingress.workload.namespace.as_str() {
            service.store_previous_id(context.schema);
            service.set_namespace(ingress.workload.namespace.as_str());
        }
    });
    Ok(())
}

/// Sets the image of the container beside each revision, where it is fetched beforehand.
pub(super) fn set_queue_image(image: &str, resources: &mut ResMap, bundle: &Bundle<'_>) {
    if let Some(index) = find(resources, "caching.internal.knative.dev", "Image", "queue-proxy") {
        resources.update(index, |resource| set(&mut resource.node, "image", json!(image), bundle));
    }
}

fn find(resources: &ResMap, group: &str, kind: &str, name: &str) -> Option<usize> {
    let is_it = |resource: &Resource| {
        let id = resource.org_id();
        id.gvk.group == group && id.gvk.kind == kind && (id.name == name || resource.name() == name)
    };
    resources.iter().position(is_it)
}

fn missing(kind: &str, name: &str, path: &[&str], bundle: &Bundle<'_>) -> Error {
    let error = bundle.refuse(path, format!("there is no {kind} `{name}` among the resources"));
    error.hint("name the release manifest of net-istio under `resources:`, or the bundle under `generators:`")
}

/// Sets a field of the spec.
fn set(node: &mut Node, field: &str, value: serde_json::Value, bundle: &Bundle<'_>) {
    let span = bundle.place(&[]);
    let Some(map) = node.as_mapping_mut() else { return };
    let spec = map.get_or_insert_with("spec", Node::mapping);
    if let Some(spec) = spec.as_mapping_mut() {
        spec.set(Key { span, ..Key::from(field) }, from_json(value, span));
    }
}

/// Adds the server for HTTPS, in the place of one that is there.
fn add_tls(ingress: &Ingress, config: &KnativeServingConfig, gateway: &mut Resource, bundle: &Bundle<'_>) {
    let Some(tls) = &ingress.tls else { return };
    let domains = config.domains.keys().map(|domain| format!("*.{domain}")).collect();
    let hosts = if tls.hosts.is_empty() { domains } else { tls.hosts.clone() };
    let server = json!({
        "hosts": hosts,
        "port": {"name": "https", "number": HTTPS, "protocol": "HTTPS"},
        "tls": {"mode": "SIMPLE", "credentialName": tls.credential_name},
    });
    let server = from_json(server, bundle.place(&["ingress", "tls"]));
    let servers = gateway.node.get_mut("spec").and_then(|spec| spec.get_mut("servers"));
    let Some(servers) = servers.and_then(Node::as_sequence_mut) else { return };
    let number = |server: &Node| server.lookup(&["port", "number"]).and_then(Node::as_str).map(str::to_owned);
    match servers.iter().position(|server| number(server).as_deref() == Some("443")) {
        Some(index) => servers[index] = server,
        None => servers.push(server),
    }
}

impl KnativeServingConfig {
    /// The namespace and the name of a Gateway, as KServe writes them.
    pub(super) fn gateway_reference(name: &str, bundle: &Bundle<'_>) -> String {
        format!("{}/{name}", namespace(bundle))
    }
}
