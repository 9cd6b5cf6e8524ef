//! Environment variables, by name.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Environment variables by name; null removes one.
pub(crate) type Env = IndexMap<String, EnvValue>;

/// A text, or where the value comes from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "it must be a text (in quotes), or one of `secret`, `configMap`, `field`, `resource`")]
pub(crate) enum EnvValue {
    Text(String),
    From(EnvSource),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EnvSource {
    /// A key of a Secret.
    Secret(KeyRef),
    /// A key of a ConfigMap.
    ConfigMap(KeyRef),
    /// A field of the pod, `metadata.name`, say.
    Field(String),
    /// A resource of the container, `limits.cpu`, say.
    Resource(String),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRef {
    /// The object's name.
    name: String,
    /// The key in it.
    key: String,
    /// Whether it may be missing.
    optional: Option<bool>,
}

impl EnvValue {
    /// The key `key` of the Secret `name`.
    pub(crate) fn secret(name: &str, key: &str) -> Self {
        Self::From(EnvSource::Secret(KeyRef { name: name.to_owned(), key: key.to_owned(), optional: None }))
    }
}

/// The list that a container has of them, null if there are none.
pub(crate) fn env(env: &Env) -> Value {
    let reference = |key: &KeyRef| json!({"name": key.name, "key": key.key, "optional": key.optional});
    let entry = |(name, value): (&String, &EnvValue)| match value {
        EnvValue::Text(text) => json!({"name": name, "value": text}),
        EnvValue::From(source) => {
            let from = match source {
                EnvSource::Secret(key) => json!({"secretKeyRef": reference(key)}),
                EnvSource::ConfigMap(key) => json!({"configMapKeyRef": reference(key)}),
                EnvSource::Field(path) => json!({"fieldRef": {"fieldPath": path}}),
                EnvSource::Resource(name) => json!({"resourceFieldRef": {"resource": name}}),
            };
            json!({"name": name, "valueFrom": from})
        }
    };
    if env.is_empty() { Value::Null } else { env.iter().map(entry).collect() }
}
