//! Services and their ports.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::names::is_label;
use crate::bundle::parts::PortRef;
use crate::error::Result;

/// Ports of a Service by name. A name that is a number is the port itself, which then has no name.
pub(crate) type ServicePorts = IndexMap<String, ServicePort>;

/// A port of a Service.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ServicePort {
    /// Its number; needed unless the entry's name is one.
    pub port: Option<u16>,
    /// The pods' port; the same number unless given.
    pub target_port: Option<PortRef>,
    /// `TCP` unless given.
    pub protocol: Option<String>,
    /// The port of every node, for Services of type NodePort and LoadBalancer.
    pub node_port: Option<u16>,
    /// What is spoken there.
    pub app_protocol: Option<String>,
}

/// How a Service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
pub(crate) enum ServiceType {
    ClusterIP,
    NodePort,
    LoadBalancer,
}

impl ServicePort {
    /// The number of the port called `name`.
    pub(crate) fn number(&self, name: &str) -> Option<u16> {
        self.port.or_else(|| name.parse().ok()).filter(|port| *port != 0)
    }

    /// The number of the first port; `None` where there is none, or none that has a number.
    pub(crate) fn first_number(ports: &ServicePorts) -> Option<u16> {
        ports.iter().next().and_then(|(name, port)| port.number(name))
    }

    /// The ports as a Service of that type has them.
    pub(crate) fn list(
        ports: &ServicePorts,
        service_type: Option<ServiceType>,
        bundle: &Bundle<'_>,
        path: &[&str],
    ) -> Result<Value> {
        if ports.is_empty() {
            return Err(bundle.refuse(path, "a Service needs at least one port"));
        }
        let write = |(name, port): (&String, &Self)| {
            let path = [path, &[name]].concat();
            let Some(number) = port.number(name) else {
                return Err(bundle.refuse(&path, "the number is missing: `port`"));
            };
            let unnamed = name.parse::<u16>().is_ok();
            if unnamed && ports.len() > 1 {
                return Err(bundle.refuse(&path, "where there are several ports, each needs a name"));
            }
            if !unnamed && !is_label(name) {
                return Err(bundle.refuse(&path, "a port's name has small letters, digits and `-` only"));
            }
            if let Some(node_port) = port.node_port {
                if !matches!(service_type, Some(ServiceType::NodePort | ServiceType::LoadBalancer)) {
                    return Err(bundle.refuse(&path, "`nodePort` is for type NodePort and LoadBalancer"));
                }
                if !(30000..=32767).contains(&node_port) {
                    return Err(bundle.refuse(&path, "`nodePort` is from 30000 to 32767"));
                }
            }
            Ok(json!({
                "name": (!unnamed).then_some(name),
                "port": number,
                "targetPort": port.target_port.clone().unwrap_or(PortRef::Number(number)),
                "protocol": port.protocol.as_deref().unwrap_or("TCP"),
                "nodePort": port.node_port,
                "appProtocol": port.app_protocol,
            }))
        };
        ports.iter().map(write).collect()
    }
}
