//! How requests go through several models.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::kserve_inference::{V1ALPHA1, is_service_name};
use crate::error::Result;

/// How requests go through several models.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Graph {
    /// Its name; that of the bundle, and `-graph`, unless given.
    name: Option<String>,
    /// The nodes by name; requests come to `root`.
    nodes: IndexMap<String, GraphNode>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GraphNode {
    /// What becomes of requests.
    #[serde(rename = "type")]
    router: Router,
    /// The steps by name, in order.
    steps: IndexMap<String, Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
enum Router {
    /// They go to one step after another.
    Sequence,
    /// They go to one step each, by weight.
    Splitter,
    /// They go to all steps.
    Ensemble,
    /// They go to the first step whose condition is so.
    Switch,
}

/// A step: to exactly one of `service`, `node` and `url`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Step {
    /// An InferenceService.
    service: Option<String>,
    /// A node.
    node: Option<String>,
    /// An address.
    url: Option<String>,
    /// The share of requests, of a Splitter: all are 100 together.
    weight: Option<u8>,
    /// When it is taken, of a Switch.
    condition: Option<String>,
    /// What the step gets: `$request` or `$response`.
    data: Option<String>,
    /// `Hard` if nothing can be done without it.
    dependency: Option<String>,
}

impl Graph {
    pub(super) fn write(&self, bundle: &Bundle<'_>) -> Result<Value> {
        let name = self.name.clone().unwrap_or_else(|| format!("{}-graph", bundle.name));
        if !is_service_name(&name) {
            return Err(bundle.refuse(&["graph", "name"], format!("`{name}` is no name of an InferenceGraph")));
        }
        if !self.nodes.contains_key("root") {
            return Err(bundle.refuse(&["graph", "nodes"], "the node `root` is missing"));
        }
        self.check_cycles(bundle)?;
        let node = |(name, node): (&String, &GraphNode)| Ok((name.clone(), node.write(name, self, bundle)?));
        let nodes = self.nodes.iter().map(node).collect::<Result<serde_json::Map<String, Value>>>()?;
        Ok(bundle.object(V1ALPHA1, "InferenceGraph", &name, json!({"spec": {"nodes": nodes}})))
    }

    /// Fails if requests could come to a node twice.
    fn check_cycles(&self, bundle: &Bundle<'_>) -> Result<()> {
        let targets = |name: &str| {
            let steps = self.nodes.get(name).map(|node| node.steps.values()).into_iter().flatten();
            steps.filter_map(|step| step.node.as_deref()).collect::<Vec<_>>()
        };
        // Nodes that lead nowhere but to nodes known to be well are well.
        let mut well: Vec<&str> = Vec::new();
        loop {
            let next = self.nodes.keys().find(|name| {
                !well.contains(&name.as_str())
                    && targets(name).iter().all(|to| well.contains(to) || !self.nodes.contains_key(*to))
            });
            match next {
                Some(name) => well.push(name),
                None => break,
            }
        }
        match self.nodes.keys().find(|name| !well.contains(&name.as_str())) {
            Some(name) => Err(bundle.refuse(&["graph", "nodes", name], "requests would go round in a circle")),
            None => Ok(()),
        }
    }
}

impl GraphNode {
    fn write(&self, name: &str, graph: &Graph, bundle: &Bundle<'_>) -> Result<Value> {
        let path = ["graph", "nodes", name];
        let sum: u32 = self.steps.values().map(|step| u32::from(step.weight.unwrap_or(0))).sum();
        let weighed = self.steps.values().all(|step| step.weight.is_some());
        if self.router == Router::Splitter && (!weighed || sum != 100) {
            return Err(bundle.refuse(&path, "a Splitter's steps all have weights, and these are 100 together"));
        }
        let step = |(step_name, step): (&String, &Step)| {
            let path = ["graph", "nodes", name, "steps", step_name];
            let said = [step.service.is_some(), step.node.is_some(), step.url.is_some()];
            if said.iter().filter(|said| **said).count() != 1 {
                return Err(bundle.refuse(&path, "a step has exactly one of `service`, `node` and `url`"));
            }
            if let Some(node) = step.node.as_ref().filter(|node| !graph.nodes.contains_key(*node)) {
                return Err(bundle.refuse(&path, format!("there is no node `{node}`")));
            }
            if self.router == Router::Switch && step.condition.is_none() {
                return Err(bundle.refuse(&path, "a step of a Switch needs a `condition`"));
            }
            let service = step.service.as_ref().map(|service| match *service == bundle.name {
                true => bundle.own(service),
                false => service.clone(),
            });
            Ok(json!({
                "name": step_name,
                "serviceName": service,
                "nodeName": step.node,
                "serviceUrl": step.url,
                "weight": step.weight,
                "condition": step.condition,
                "data": step.data,
                "dependency": step.dependency,
            }))
        };
        let steps = self.steps.iter().map(step).collect::<Result<Value>>()?;
        Ok(json!({"routerType": self.router, "steps": steps}))
    }
}
