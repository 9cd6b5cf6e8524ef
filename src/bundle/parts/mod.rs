//! What several kinds of bundles have in common: pods, Services, scaling, where pods may run.

mod container;
mod env;
mod ingress;
mod node_match;
mod placement;
mod pod;
mod probe;
mod scaling;
mod service;
mod toleration;
mod volume;

pub(crate) use container::{Container, ContainerPort, Resources};
pub(crate) use env::{Env, EnvValue, env};
pub(crate) use ingress::Ingress;
pub(crate) use placement::{Gpu, Placement};
pub(crate) use pod::Workload;
pub(crate) use probe::Probe;
pub(crate) use scaling::{Scaling, Target};
pub(crate) use service::{ServicePort, ServicePorts, ServiceType};
pub(crate) use volume::{EmptyDir, Mount, Volume};

use indexmap::IndexMap;

/// Labels, annotations and such: texts by name.
pub(crate) type Texts = IndexMap<String, String>;

/// A port by number or by name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged, expecting = "it must be the number or the name of a port")]
pub(crate) enum PortRef {
    Number(u16),
    Name(String),
}

/// A number, or a share such as `25%`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged, expecting = "it must be a number or a share such as `25%`")]
pub(crate) enum Share {
    Number(u32),
    Percent(String),
}

impl Share {
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0,
            Self::Percent(text) => text.trim_end_matches('%') == "0",
        }
    }
}
