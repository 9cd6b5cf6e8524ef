//! Volumes, and where containers see them.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is in a volume.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Volume {
    /// The files of a ConfigMap.
    ConfigMap(String),
    /// The files of a Secret.
    Secret(String),
    /// What is behind a PersistentVolumeClaim.
    Claim(String),
    /// Nothing at first, and gone with the pod.
    EmptyDir(EmptyDir),
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct EmptyDir {
    /// How much it may hold.
    size_limit: Option<String>,
    /// `Memory` for files in memory.
    medium: Option<String>,
}

impl Volume {
    pub(crate) fn write(&self, name: &str) -> Value {
        match self {
            Self::ConfigMap(source) => json!({"name": name, "configMap": {"name": source}}),
            Self::Secret(source) => json!({"name": name, "secret": {"secretName": source}}),
            Self::Claim(source) => json!({"name": name, "persistentVolumeClaim": {"claimName": source}}),
            Self::EmptyDir(empty) => {
                json!({"name": name, "emptyDir": {"sizeLimit": empty.size_limit, "medium": empty.medium}})
            }
        }
    }
}

/// Where a container sees a volume.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Mount {
    /// The path in the container.
    path: String,
    /// A path within the volume.
    sub_path: Option<String>,
    /// Whether the container may only read it.
    read_only: Option<bool>,
}

impl Mount {
    pub(crate) fn at(path: &str) -> Self {
        Self { path: path.to_owned(), sub_path: None, read_only: None }
    }

    pub(crate) fn read_only(path: &str) -> Self {
        Self { read_only: Some(true), ..Self::at(path) }
    }

    pub(crate) fn write(&self, volume: &str) -> Value {
        json!({"name": volume, "mountPath": self.path, "subPath": self.sub_path, "readOnly": self.read_only})
    }
}
