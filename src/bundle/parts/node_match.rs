//! What a label must be like: the terms of affinities.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Labels by name, and what each must be like; all must be so.
pub(crate) type Match = IndexMap<String, LabelMatch>;

/// What a label must be like.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "it must be a list of values, `exists`, `absent`, or one of `notIn`, `gt`, `lt`")]
pub(crate) enum LabelMatch {
    /// It has one of these values.
    In(Vec<String>),
    Presence(Presence),
    Other(Comparison),
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Presence {
    /// It is there.
    Exists,
    /// It is not there.
    Absent,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Comparison {
    /// It has none of these values.
    NotIn(Vec<String>),
    /// It is a greater number; of nodes only.
    Gt(i64),
    /// It is a smaller number; of nodes only.
    Lt(i64),
}

/// The list `matchExpressions`.
pub(crate) fn expressions(labels: &Match) -> Value {
    let expression = |(key, like): (&String, &LabelMatch)| match like {
        LabelMatch::In(values) => json!({"key": key, "operator": "In", "values": values}),
        LabelMatch::Presence(Presence::Exists) => json!({"key": key, "operator": "Exists"}),
        LabelMatch::Presence(Presence::Absent) => json!({"key": key, "operator": "DoesNotExist"}),
        LabelMatch::Other(Comparison::NotIn(values)) => json!({"key": key, "operator": "NotIn", "values": values}),
        LabelMatch::Other(Comparison::Gt(value)) => {
            json!({"key": key, "operator": "Gt", "values": [value.to_string()]})
        }
        LabelMatch::Other(Comparison::Lt(value)) => {
            json!({"key": key, "operator": "Lt", "values": [value.to_string()]})
        }
    };
    labels.iter().map(expression).collect()
}
