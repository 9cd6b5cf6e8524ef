//! Istio shares out the traffic of a canary.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::api::istio_networking;
use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::names::is_host;
use crate::bundle::progressive_app::{Names, ProgressiveApp};
use crate::error::Result;

/// Istio shares out the traffic, by a VirtualService. Without a gateway it does so for callers in the mesh only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Istio {
    /// The hosts; the Service unless given.
    #[serde(default)]
    hosts: Vec<String>,
    /// Gateways that the traffic comes through: a name, or `NAMESPACE/NAME`.
    #[serde(default)]
    gateways: Vec<String>,
    /// The route's name.
    #[serde(default = "primary")]
    route: String,
    /// Whether the versions are told apart by Services, or by subsets of one Service.
    #[serde(default)]
    mode: Mode,
    /// The name of the port, where the Service has several.
    port: Option<String>,
    /// The VirtualService's name; the bundle's unless given.
    virtual_service: Option<String>,
    /// The DestinationRule's name, where there are subsets; the bundle's unless given.
    destination_rule: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Mode {
    #[default]
    Services,
    Subsets,
}

fn primary() -> String {
    "primary".to_owned()
}

impl Istio {
    pub(super) const fn by_subsets(&self) -> bool {
        matches!(self.mode, Mode::Subsets)
    }

    /// Adds the VirtualService and the DestinationRule, and gives back how the Rollout names them.
    pub(super) fn write(
        &self,
        app: &ProgressiveApp,
        names: &Names,
        (stable, canary): (Option<&str>, Option<&str>),
        bundle: &Bundle<'_>,
        made: &mut Vec<Value>,
    ) -> Result<Value> {
        self.check(bundle)?;
        let api = istio_networking(app.istio);
        let virtual_service = self.virtual_service.as_deref().unwrap_or(&bundle.name);
        let destination_rule = self.destination_rule.as_deref().unwrap_or(&bundle.name);
        let port = self.port(app, bundle)?;
        let destination = |service: Option<&str>, subset: &str| {
            let (service, subset) = match self.mode {
                Mode::Services => (service.unwrap_or(&names.service), None),
                Mode::Subsets => (names.service.as_str(), Some(subset)),
            };
            json!({"host": bundle.own(service), "subset": subset, "port": port})
        };
        let own_host = bundle.own(&names.service);
        let hosts = if self.hosts.is_empty() { vec![own_host.clone()] } else { self.hosts.clone() };
        made.push(bundle.object(
            api,
            "VirtualService",
            virtual_service,
            json!({"spec": {
                "hosts": hosts,
                "gateways": unless_empty(json!(self.gateways)),
                // All versions of Istio take these weights: from 1.15 on, not all may be 0; before, the sum must be 100.
                "http": [{"name": self.route, "route": [
                    {"destination": destination(stable, "stable"), "weight": 100},
                    {"destination": destination(canary, "canary"), "weight": 0},
                ]}],
            }}),
        ));
        let mut rule = Value::Null;
        if self.by_subsets() {
            let subset = |name: &str| json!({"name": name, "labels": names.labels});
            let subsets = [subset("canary"), subset("stable")];
            let body = json!({"spec": {"host": own_host, "subsets": subsets}});
            made.push(bundle.object(api, "DestinationRule", destination_rule, body));
            rule = json!({
                "name": bundle.own(destination_rule), "canarySubsetName": "canary", "stableSubsetName": "stable",
            });
        }
        Ok(json!({
            "virtualService": {"name": bundle.own(virtual_service), "routes": [self.route]},
            "destinationRule": rule,
        }))
    }

    /// The port of the Service, which has to be said where there are several.
    fn port(&self, app: &ProgressiveApp, bundle: &Bundle<'_>) -> Result<Value> {
        let path = ["strategy", "canary", "istio", "port"];
        let ports = &app.service.ports;
        match &self.port {
            None if ports.len() > 1 => Err(bundle.refuse(&path, "the Service has several ports: say which one")),
            None => Ok(Value::Null),
            Some(name) => {
                let number = ports.get(name).and_then(|port| port.number(name));
                let number = number.ok_or_else(|| bundle.refuse(&path, format!("the Service has no port `{name}`")))?;
                Ok(json!({"number": number}))
            }
        }
    }

    fn check(&self, bundle: &Bundle<'_>) -> Result<()> {
        let path = |field| ["strategy", "canary", "istio", field];
        let mesh = self.gateways.is_empty() || self.gateways.iter().any(|gateway| gateway == "mesh");
        for host in &self.hosts {
            if !is_host(host) {
                return Err(bundle.refuse(&path("hosts"), format!("`{host}` is no host")));
            }
            if host == "*" && mesh {
                let error = bundle.refuse(&path("hosts"), "`*` can't be in the mesh, but only at a gateway");
                return Err(error.hint("name the gateway: `gateways: [NAMESPACE/NAME]`"));
            }
        }
        Ok(())
    }
}
