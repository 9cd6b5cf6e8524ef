//! The hosts that Knative and KServe give to what is among the resources, from `config-domain` and `config-network`.

use std::collections::BTreeMap;

use crate::bundle::go_template::{Fields, expand};
use crate::bundle::knative_serving_config::DEFAULT_TEMPLATE;
use crate::bundle::kserve_inference::component_service;
use crate::bundle::version::{Version, is_at_least};
use crate::resource::{ResId, Resource};
use crate::yaml::json::to_json;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Text};

/// The domain of Services that nothing says a domain for: of use inside the cluster only.
const INSIDE: &str = "svc.cluster.local";

/// A host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The host.
    pub host: String,
    /// What answers there.
    pub object: ResId,
    /// The Service that the traffic comes through, if `config-istio` is among the resources and says so: DNS has to lead
    /// there.
    pub ingress: Option<String>,
}

/// The hosts of all Knative Services, DomainMappings and InferenceServices among `resources`, in their order. `kserve` is
/// the version of KServe; the latest unless given.
#[must_use]
pub fn hosts(resources: &[Resource], kserve: Option<Version>) -> Vec<Host> {
    let network = Network::of(resources);
    let mut found = Vec::new();
    for resource in resources {
        let gvk = resource.gvk();
        let hosts = match (gvk.group.as_str(), gvk.kind.as_str()) {
            ("serving.knative.dev", "Service") => network.host(&resource.name(), resource).into_iter().collect(),
            ("serving.knative.dev", "DomainMapping") => vec![resource.name().to_string()],
            ("serving.kserve.io", "InferenceService") => network.inference(resource, kserve),
            _ => continue,
        };
        let host = |host| Host { host, object: resource.cur_id(), ingress: network.ingress.clone() };
        found.extend(hosts.into_iter().map(host));
    }
    found
}

/// What says how hosts are made.
#[derive(Debug)]
struct Network {
    template: String,
    /// Domains, and the labels that they are for.
    domains: Vec<(String, BTreeMap<String, String>)>,
    ingress: Option<String>,
}

impl Network {
    fn of(resources: &[Resource]) -> Self {
        let config = |name: &str| {
            let is_it = |resource: &&Resource| resource.kind() == "ConfigMap" && resource.org_id().name == *name;
            resources.iter().find(is_it).and_then(|resource| resource.node.get("data")).and_then(Node::as_mapping)
        };
        let template = config("config-network").and_then(|data| {
            // The second is how it was called at first.
            data.get("domain-template").or_else(|| data.get("domainTemplate"))?.as_str().map(str::to_owned)
        });
        let domains = config("config-domain").into_iter().flatten().filter(|entry| entry.key.text() != "_example");
        let domains = domains.map(|entry| {
            let text = entry.value.text().map_or("", Text::as_str);
            (entry.key.text().to_string(), selector(text))
        });
        Self {
            template: template.unwrap_or_else(|| DEFAULT_TEMPLATE.to_owned()),
            domains: domains.collect(),
            ingress: config("config-istio").and_then(ingress),
        }
    }

    /// The domain of something with these labels: that with the most labels, of equal ones the first by name.
    fn domain(&self, labels: &[(Text, Text)]) -> &str {
        let has = |key: &str, value: &str| labels.iter().any(|(k, v)| k.as_str() == key && v.as_str() == value);
        let fits = |selector: &BTreeMap<String, String>| selector.iter().all(|(key, value)| has(key, value));
        let mut fitting: Vec<_> = self.domains.iter().filter(|(_, selector)| fits(selector)).collect();
        fitting.sort_by(|left, right| right.1.len().cmp(&left.1.len()).then_with(|| left.0.cmp(&right.0)));
        fitting.first().map_or(INSIDE, |(domain, _)| domain)
    }

    /// The host of the Knative Service `name` that `resource` is, or makes; none if the template is more than a reader
    /// of templates here knows.
    fn host(&self, name: &str, resource: &Resource) -> Option<String> {
        let labels = resource.labels();
        let inside = labels.iter().any(|(key, value)| {
            key.as_str() == "networking.knative.dev/visibility" && value.as_str() == "cluster-local"
        });
        let domain = if inside { INSIDE } else { self.domain(&labels) };
        let namespace = resource.namespace();
        let namespace = if namespace.is_empty() { "default" } else { namespace.as_str() };
        // Inside the cluster, names are DNS's own.
        let template = if domain == INSIDE { DEFAULT_TEMPLATE } else { &self.template };
        expand(template, &Fields { name, namespace, domain, tag: "" }).ok()
    }

    /// The hosts of an InferenceService: its own, and that of the Knative Service that requests come to first.
    fn inference(&self, resource: &Resource, kserve: Option<Version>) -> Vec<String> {
        let mode = resource.annotation("serving.kserve.io/deploymentMode");
        if mode.is_some_and(|mode| matches!(mode.as_str(), "Standard" | "RawDeployment")) {
            return Vec::new();
        }
        let first = if resource.node.lookup(&["spec", "transformer"]).is_some() { "transformer" } else { "predictor" };
        let service = component_service(&resource.name(), first, kserve);
        let Some(host) = self.host(&service, resource) else { return Vec::new() };
        let end = if is_at_least(kserve, 0, 11) { format!("-{first}") } else { format!("-{first}-default") };
        vec![host.replacen(&end, "", 1), host]
    }
}

/// The labels that stand under a domain.
fn selector(text: &str) -> BTreeMap<String, String> {
    let node = read(text);
    let labels = node.as_ref().and_then(|node| node.get("selector")).and_then(|labels| to_json(labels).ok());
    let labels = labels.as_ref().and_then(serde_json::Value::as_object).into_iter().flatten();
    labels.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The Service for traffic from outside.
fn ingress(data: &crate::yaml::Mapping) -> Option<String> {
    let old = data.iter().find(|entry| entry.key.text().starts_with("gateway.")).and_then(|entry| entry.value.as_str());
    let new = || {
        let list = read(data.get("external-gateways")?.as_str()?)?;
        let first = list.as_sequence()?.first()?;
        Some(first.get("service")?.as_str()?.to_owned())
    };
    old.map(str::to_owned).or_else(new)
}

fn read(text: &str) -> Option<Node> {
    parse(Chunk::whole(&text.into(), crate::source::SourceId(0)), Dialect::V3).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::read::read_resources;
    use crate::source::SourceId;

    #[test]
    fn domains_by_labels_and_what_stays_inside() {
        let text = "\
{apiVersion: v1, kind: ConfigMap, metadata: {name: config-domain}, data: {b.com: '', a.com: '', c.com: 'selector: {app: x}'}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: config-istio}, data: {external-gateways: '[{name: g, service: s.n}]'}}
---
{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: one, namespace: n}}
---
{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: two, namespace: n, labels: {app: x}}}
---
{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: three, labels: {networking.knative.dev/visibility: cluster-local}}}
---
{apiVersion: serving.knative.dev/v1beta1, kind: DomainMapping, metadata: {name: www.d.com}}
---
{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: m}, spec: {transformer: {}}}
";
        let resources = read_resources(&text.into(), SourceId(0)).unwrap();
        let found = hosts(&resources, None);
        let names: Vec<&str> = found.iter().map(|host| host.host.as_str()).collect();
        let want = [
            "one.n.a.com",
            "two.n.c.com",
            "three.default.svc.cluster.local",
            "www.d.com",
            "m.default.a.com",
            "m-transformer.default.a.com",
        ];
        assert_eq!(names, want);
        assert_eq!(found[0].ingress.as_deref(), Some("s.n"));
    }
}
