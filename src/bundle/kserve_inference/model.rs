//! The model.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::kserve_inference::storage;
use crate::bundle::parts::{Env, Placement, Resources, Texts, env};
use crate::bundle::version::{Version, is_at_least};
use crate::error::Result;

/// A model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Model {
    /// Its format: `tensorflow`, `sklearn`, `onnx`, say.
    format: String,
    /// The format's version, exactly as the runtime names it.
    version: Option<String>,
    /// Where it is.
    uri: Option<String>,
    /// Where its parts are, by name.
    #[serde(default)]
    uris: IndexMap<String, Part>,
    /// Where it is in storage that is described elsewhere.
    storage: Option<Storage>,
    /// The runtime; KServe looks for one that takes the format unless given.
    pub runtime: Option<String>,
    /// How it is spoken to: `v1`, `v2`, `grpc-v2`.
    protocol: Option<String>,
    /// The version of the runtime's image.
    runtime_version: Option<String>,
    /// Further arguments of the runtime.
    args: Option<Vec<String>>,
    /// Environment variables by name.
    #[serde(default)]
    env: Env,
    /// How much it needs and may have.
    #[serde(default)]
    resources: Resources,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Part {
    /// Where it is.
    uri: String,
    /// Where the runtime sees it.
    mount_path: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Storage {
    /// The entry of the Secret that describes the storage.
    key: Option<String>,
    /// The path in it.
    path: Option<String>,
    /// What else there is to say.
    #[serde(default)]
    parameters: Texts,
}

impl Model {
    /// The model as an InferenceService has it; `own` is the bundle's own runtime.
    pub(super) fn write(
        &self,
        own: Option<&str>,
        kserve: Option<Version>,
        bundle: &Bundle<'_>,
        path: &[&str],
        placement: &Placement,
    ) -> Result<Value> {
        self.check(kserve, bundle, path)?;
        let part = |part: &Part| json!({"uri": part.uri, "mountPath": part.mount_path});
        Ok(json!({
            "modelFormat": {"name": self.format, "version": self.version},
            "storageUri": self.uri,
            "storageUris": unless_empty(self.uris.values().map(part).collect()),
            "storage": self.storage.as_ref().map(|storage| json!({
                "key": storage.key,
                "path": storage.path,
                "parameters": unless_empty(json!(storage.parameters)),
            })),
            "runtime": self.runtime.as_deref().or(own),
            "protocolVersion": self.protocol,
            "runtimeVersion": self.runtime_version,
            "args": self.args,
            "env": env(&self.env),
            "resources": self.resources.write(placement.gpu.as_ref()),
        }))
    }

    fn check(&self, kserve: Option<Version>, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        let within = |field| [path, &[field]].concat();
        let ways = [self.uri.is_some(), !self.uris.is_empty(), self.storage.is_some()];
        if ways.iter().filter(|way| **way).count() != 1 {
            return Err(bundle.refuse(path, "say exactly one of `uri`, `uris` and `storage`"));
        }
        if let Some(uri) = &self.uri {
            storage::check(uri, kserve, bundle, &within("uri"))?;
        }
        if !self.uris.is_empty() && !is_at_least(kserve, 0, 16) {
            return Err(bundle.refuse(&within("uris"), "models in several parts are newer than KServe 0.15"));
        }
        for (name, part) in &self.uris {
            let path = [path, &["uris", name]].concat();
            storage::check(&part.uri, kserve, bundle, &path)?;
            let mount = part.mount_path.as_deref().unwrap_or("/mnt/models");
            if !mount.starts_with('/') || mount == "/" || mount.split('/').any(|part| part == "..") {
                return Err(bundle.refuse(&path, format!("`{mount}` is no path that a model can have")));
            }
        }
        Ok(())
    }
}
