//! What follows for a bundle from what its site says of itself.

use crate::bundle::Kind;
use crate::site_values::Globals;
use crate::yaml::{Mapping, Node, Value};

/// Versions that bundles have fields for.
const VERSIONS: [&str; 5] = ["kubernetes", "istio", "knative", "kserve", "rollouts"];

/// The values of a bundle of that kind that follow from the globals; `own` are the bundle's own.
pub(super) fn defaults(kind: &Kind, own: &Node, globals: &Globals) -> Node {
    let mut made = Mapping::new();
    if let Some(versions) = globals.get("versions") {
        for name in VERSIONS.iter().filter(|name| kind.has_field(name)) {
            if let Some(version) = versions.get(name) {
                made.push(*name, version.clone());
            }
        }
    }
    let ingress = globals.get("ingress");
    match (kind.name, ingress) {
        ("IstioGateway", Some(ingress)) if own.get("workload").is_none() => made.push("workload", ingress.clone()),
        ("KnativeServingConfig", Some(ingress)) if own.lookup(&["ingress", "workload"]).is_none() => {
            made.push("ingress", within("workload", ingress.clone()));
        }
        _ => {}
    }
    if let Some(domain) = globals.get("domain").filter(|_| kind.name == "KnativeServingConfig")
        && let Some(name) = domain.as_str()
        && own.get("domains").is_none()
    {
        made.push("domains", within(name, Node::mapping().at(domain.span)));
    }
    let region = globals.get("region").filter(|_| kind.name == "TFServing");
    if let Some(region) = region.filter(|_| own.get("aws").is_some_and(|aws| aws.get("region").is_none())) {
        made.push("aws", within("region", region.clone()));
    }
    Node::new(Value::Mapping(made))
}

fn within(key: &str, value: Node) -> Node {
    let span = value.span;
    let mut mapping = Mapping::new();
    mapping.push(key, value);
    Node::new(Value::Mapping(mapping)).at(span)
}
