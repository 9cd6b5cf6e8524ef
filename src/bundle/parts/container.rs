//! A container.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::parts::volume::Mount;
use crate::bundle::parts::{Env, Gpu, PortRef, Probe, Texts, env};
use crate::error::Result;

/// A container.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Container {
    /// The image.
    pub image: Option<String>,
    /// When the image is fetched.
    pub image_pull_policy: Option<PullPolicy>,
    /// What is run instead of the image's own program.
    pub command: Option<Vec<String>>,
    /// Its arguments.
    pub args: Option<Vec<String>>,
    /// Environment variables by name.
    #[serde(default)]
    pub env: Env,
    /// Ports by name: a number, or more.
    #[serde(default)]
    pub ports: IndexMap<String, ContainerPort>,
    /// How much it needs and may have.
    #[serde(default)]
    pub resources: Resources,
    /// Volumes by name, and where they are seen.
    #[serde(default)]
    pub mounts: IndexMap<String, Mount>,
    /// Whether it may have traffic.
    pub readiness: Option<Probe>,
    /// Whether it is to be started anew.
    pub liveness: Option<Probe>,
    /// Whether it has come up.
    pub startup: Option<Probe>,
    /// Its `securityContext`, as Kubernetes has it.
    pub security_context: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
pub(crate) enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

/// A port of a container.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "it must be a number or `{port, protocol}`")]
pub(crate) enum ContainerPort {
    Number(u16),
    Full(FullPort),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FullPort {
    /// Its number.
    port: u16,
    /// `TCP` unless given.
    protocol: Option<String>,
}

/// How much a container needs and may have.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    /// What is set aside for it.
    #[serde(default)]
    pub requests: Texts,
    /// What it may use at most.
    #[serde(default)]
    pub limits: Texts,
}

impl Resources {
    /// The resources as a container has them, with the GPUs of a placement; null if there are none.
    pub(crate) fn write(&self, gpu: Option<&Gpu>) -> Value {
        let mut limits = self.limits.clone();
        if let Some(gpu) = gpu {
            limits.entry(gpu.resource().to_owned()).or_insert_with(|| gpu.count.to_string());
        }
        unless_empty(crate::bundle::bundle::without_null(json!({
            "requests": unless_empty(json!(self.requests)),
            "limits": unless_empty(json!(limits)),
        })))
    }
}

impl Container {
    /// The container `name`, at `path` of the spec.
    pub(crate) fn write(&self, name: &str, gpu: Option<&Gpu>, bundle: &Bundle<'_>, path: &[&str]) -> Result<Value> {
        if self.image.as_ref().is_none_or(String::is_empty) {
            return Err(bundle.refuse(path, "a container needs an `image`"));
        }
        let first = self.ports.keys().next().map(|name| PortRef::Name(name.clone()));
        for (field, probe) in [("readiness", &self.readiness), ("liveness", &self.liveness), ("startup", &self.startup)]
        {
            if let Some(probe) = probe
                && first.is_none()
                && !probe.has_target()
            {
                return Err(bundle.refuse(&[path, &[field]].concat(), "name the `port`, for the container has none"));
            }
        }
        let probe = |probe: &Option<Probe>| probe.as_ref().map(|probe| probe.write(first.as_ref()));
        Ok(json!({
            "name": name,
            "image": self.image,
            "imagePullPolicy": self.image_pull_policy,
            "command": self.command,
            "args": self.args,
            "env": env(&self.env),
            "ports": unless_empty(self.ports.iter().map(|(name, port)| port.write(name)).collect()),
            "resources": self.resources.write(gpu),
            "volumeMounts": unless_empty(self.mounts.iter().map(|(volume, mount)| mount.write(volume)).collect()),
            "readinessProbe": probe(&self.readiness),
            "livenessProbe": probe(&self.liveness),
            "startupProbe": probe(&self.startup),
            "securityContext": self.security_context,
        }))
    }
}

impl ContainerPort {
    /// Its number.
    pub(crate) const fn number(&self) -> u16 {
        match self {
            Self::Number(port) => *port,
            Self::Full(full) => full.port,
        }
    }

    fn write(&self, name: &str) -> Value {
        let protocol = match self {
            Self::Number(_) => None,
            Self::Full(full) => full.protocol.as_deref(),
        };
        json!({"name": name, "containerPort": self.number(), "protocol": protocol.unwrap_or("TCP")})
    }
}
