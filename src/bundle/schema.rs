//! The JSON Schema of bundles, for editors: made from the same types that read them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::bundle::{API_VERSION, Kind};

/// The schema of a type, with the types within it where they stand if only one field has them.
pub(super) fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

impl Kind {
    /// The JSON Schema of whole bundles of this kind.
    #[must_use]
    pub fn schema(&self) -> Value {
        let mut spec = (self.spec)().to_value();
        if self.is_whole() {
            return spec;
        }
        let mut take = |key: &str| spec.as_object_mut().and_then(|spec| spec.shift_remove(key)).unwrap_or(Value::Null);
        let (draft, definitions, title) = (take("$schema"), take("$defs"), take("title"));
        let _ = title;
        let description = spec.get("description").cloned();
        let metadata = json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
        json!({
            "$schema": draft,
            "title": self.name,
            "description": description,
            "type": "object",
            "properties": {
                "apiVersion": {"const": API_VERSION},
                "kind": {"const": self.name},
                "metadata": metadata,
                "spec": spec,
            },
            "required": ["apiVersion", "kind", "metadata", "spec"],
            "additionalProperties": false,
            "$defs": if definitions.is_null() { json!({}) } else { definitions },
        })
    }
}
