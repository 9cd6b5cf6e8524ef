//! ConfigMaps of Knative: entries are set, `_example` stays as it is.

use serde_json::{Map, Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::knative_serving_config::{Data, namespace};
use crate::decode::nearest;
use crate::error::Result;
use crate::resource::{ResMap, Resource};
use crate::transform::Context;
use crate::yaml::json::from_json;
use crate::yaml::{Key, Node};

/// Upstream's documentation of all there is to set: its checksum is checked, and what is set there has no effect.
const EXAMPLE: &str = "_example";

/// The ConfigMaps by themselves, to be merged into upstream's.
pub(super) fn objects(data: &Data, bundle: &Bundle<'_>) -> Vec<Value> {
    data.iter().map(|(name, entries)| object(name, entries, bundle)).collect()
}

fn object(name: &str, entries: &Map<String, Value>, bundle: &Bundle<'_>) -> Value {
    let body = json!({"metadata": {"name": name, "namespace": namespace(bundle)}, "data": entries});
    bundle.object("v1", "ConfigMap", name, body)
}

/// Sets the entries in the ConfigMaps that are there, and makes those that aren't.
pub(super) fn write(data: &Data, resources: &mut ResMap, bundle: &Bundle<'_>, context: &Context<'_>) -> Result<()> {
    for (name, entries) in data {
        let own = namespace(bundle);
        let is_it = |resource: &Resource| {
            let id = resource.org_id();
            resource.kind() == "ConfigMap"
                && id.name == *name
                && matches!(resource.namespace().as_str(), n if n == own || n.is_empty())
        };
        let Some(index) = resources.iter().position(is_it) else {
            let message = format!("there is no ConfigMap `{name}` among the resources, so one is made");
            bundle.warn(&[], &message);
            let made = bundle.resource(object(name, entries, bundle));
            resources.append(made, context.schema)?;
            continue;
        };
        resources.update(index, |resource| set(resource, name, entries, bundle));
    }
    Ok(())
}

fn set(resource: &mut Resource, name: &str, entries: &Map<String, Value>, bundle: &Bundle<'_>) {
    let span = bundle.place(&[]);
    let example = resource.node.lookup(&["data", EXAMPLE]).and_then(Node::as_str).map(str::to_owned);
    let Some(map) = resource.node.as_mapping_mut() else { return };
    let data = map.get_or_insert_with("data", Node::mapping);
    if data.as_mapping().is_none() {
        *data = Node::mapping();
    }
    let Some(data) = data.as_mapping_mut() else { return };
    for (key, value) in entries {
        if value.is_null() {
            data.remove(key);
            continue;
        }
        if let Some(example) = &example {
            warn_of_unknown(name, key, example, bundle);
        }
        data.set(Key { span, ..Key::from(key.as_str()) }, from_json(value.clone(), span));
    }
}

/// What upstream documents, it knows; what it doesn't, it may not.
fn warn_of_unknown(name: &str, key: &str, example: &str, bundle: &Bundle<'_>) {
    if matches!(name, "config-domain" | "config-istio") {
        return;
    }
    let documented = || {
        let key = |line: &'_ str| -> Option<String> {
            let line = line.trim_start_matches(['#', ' ']);
            let (key, rest) = line.split_once(':')?;
            let plain = !key.is_empty() && !key.contains([' ', '"', '{', '`']);
            (plain && (rest.is_empty() || rest.starts_with(' '))).then(|| key.to_owned())
        };
        example.lines().filter_map(key)
    };
    if documented().any(|known| known == key) {
        return;
    }
    let known: Vec<String> = documented().collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let hint = nearest(key, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let field: &[&str] = match name {
        "config-autoscaler" => &["autoscaler"],
        "config-defaults" => &["defaults"],
        "config-features" => &["features"],
        "config-network" => &["network", "data"],
        _ => &[],
    };
    bundle.warn(&[field, &[key]].concat(), &format!("`{name}` does not document it{hint}"));
}
