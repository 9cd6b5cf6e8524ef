//! Taints of nodes that pods put up with.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// A taint that pods put up with.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Toleration {
    /// The taint's key; the name of this entry unless given.
    key: Option<String>,
    /// The taint's value; any if there is none.
    value: Option<String>,
    /// The taint's effect; any if there is none.
    effect: Option<Effect>,
    /// How long pods stay on a node that they must leave.
    toleration_seconds: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
pub(crate) enum Effect {
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}

impl Toleration {
    pub(crate) fn key<'a>(&'a self, name: &'a str) -> &'a str {
        self.key.as_deref().unwrap_or(name)
    }

    pub(crate) fn write(&self, name: &str) -> Value {
        json!({
            "key": self.key(name),
            "operator": if self.value.is_some() { "Equal" } else { "Exists" },
            "value": self.value,
            "effect": self.effect,
            "tolerationSeconds": self.toleration_seconds,
        })
    }
}
