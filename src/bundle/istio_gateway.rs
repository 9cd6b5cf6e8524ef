//! `IstioGateway`: Gateways for an ingress workload, with TLS, and a Service for traffic inside the cluster.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bundle::api::istio_networking;
use crate::bundle::bundle::Bundle;
use crate::bundle::names::{hosts_overlap, is_gateway_host, is_label};
use crate::bundle::version::Version;
use crate::bundle::versions::Versions;
use crate::bundle::{Generator, IngressWorkload};
use crate::error::Result;

/// Gateways for an ingress workload, with TLS, and a Service for traffic inside the cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct IstioGateway {
    /// The version of Istio.
    istio: Option<Version>,
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// The pods that take the traffic, and their Service.
    workload: IngressWorkload,
    /// The Gateways, by name.
    gateways: IndexMap<String, Gateway>,
    /// A Service in the workload's namespace for traffic from inside the cluster.
    local: Option<Local>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Gateway {
    /// The Gateway's namespace; the bundle's unless given.
    namespace: Option<String>,
    /// Its servers, by the names of their ports.
    listeners: IndexMap<String, Listener>,
}

/// A server of a Gateway.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Listener {
    /// The port's number.
    port: u16,
    /// What is spoken there.
    protocol: Protocol,
    /// The hosts; `*` is all of them, `*.example.com` those below a domain.
    hosts: Vec<String>,
    /// How TLS is ended. The Secret with the certificate belongs in the namespace of the workload's pods.
    tls: Option<Tls>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Protocol {
    Http,
    Https,
    Http2,
    Grpc,
    #[serde(rename = "GRPC-WEB")]
    GrpcWeb,
    Mongo,
    Redis,
    Mysql,
    Tcp,
    Tls,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Tls {
    /// What is done with TLS; `SIMPLE` if there is a certificate.
    mode: Option<TlsMode>,
    /// The Secret with the certificate and its key.
    credential_name: Option<String>,
    /// The oldest version of TLS to speak.
    min_protocol_version: Option<TlsVersion>,
    /// Whether clients are sent from HTTP to HTTPS.
    https_redirect: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TlsMode {
    Simple,
    Mutual,
    OptionalMutual,
    IstioMutual,
    Passthrough,
    AutoPassthrough,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
enum TlsVersion {
    #[serde(rename = "TLSV1_2")]
    V12,
    #[serde(rename = "TLSV1_3")]
    V13,
}

/// The Service for traffic from inside the cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Local {
    /// The port of the local Gateway's server.
    #[serde(default = "local_port")]
    port: u16,
    /// The Service's name.
    #[serde(default = "local_service")]
    service: String,
}

const fn local_port() -> u16 {
    8081
}

fn local_service() -> String {
    "knative-local-gateway".to_owned()
}

impl Generator for IstioGateway {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        Versions { istio: self.istio, kubernetes: self.kubernetes, ..Versions::default() }.check(bundle)?;
        self.workload.check(bundle, &["workload"])?;
        if self.gateways.is_empty() && self.local.is_none() {
            return Err(bundle.refuse(&["gateways"], "at least one Gateway is needed"));
        }
        let mut made = Vec::new();
        for (name, gateway) in &self.gateways {
            made.push(self.gateway(name, gateway, bundle)?);
        }
        self.check_conflicts(bundle)?;
        made.extend(self.local.as_ref().map(|local| self.workload.local_service(&local.service, local.port, bundle)));
        Ok(made)
    }
}

impl IstioGateway {
    fn gateway(&self, name: &str, gateway: &Gateway, bundle: &Bundle<'_>) -> Result<Value> {
        let path = ["gateways", name];
        if !is_label(name) {
            return Err(bundle.refuse(&path, "a Gateway's name has small letters, digits and `-` only"));
        }
        if gateway.listeners.is_empty() {
            return Err(bundle.refuse(&path, "a Gateway needs at least one listener"));
        }
        let servers = gateway.listeners.iter().map(|(port, listener)| {
            let path = ["gateways", name, "listeners", port];
            listener.check(bundle, &path)?;
            Ok(listener.server(port))
        });
        let body = json!({
            "metadata": {"namespace": gateway.namespace},
            "spec": {"selector": self.workload.selector, "servers": servers.collect::<Result<Vec<_>>>()?},
        });
        Ok(bundle.object(istio_networking(self.istio), "Gateway", name, body))
    }

    /// Gateways of one workload must not want the same hosts on one port.
    fn check_conflicts(&self, bundle: &Bundle<'_>) -> Result<()> {
        let all = || {
            self.gateways.iter().flat_map(|(name, gateway)| {
                gateway.listeners.iter().map(move |(port, listener)| (name.as_str(), port.as_str(), listener))
            })
        };
        for (index, (name, port, listener)) in all().enumerate() {
            for (other, other_port, earlier) in all().take(index).filter(|(_, _, other)| other.port == listener.port) {
                let shared =
                    listener.hosts.iter().find(|host| earlier.hosts.iter().any(|had| hosts_overlap(host, had)));
                if let Some(host) = shared {
                    let message =
                        format!("`{host}` on port {} is served by `{other}.{other_port}`, too", listener.port);
                    return Err(bundle.refuse(&["gateways", name, "listeners", port, "hosts"], message));
                }
            }
        }
        Ok(())
    }
}

impl Listener {
    fn server(&self, name: &str) -> Value {
        let tls = self.tls.as_ref().map(|tls| {
            json!({
                "mode": tls.mode.or(tls.credential_name.is_some().then_some(TlsMode::Simple)),
                "credentialName": tls.credential_name,
                "minProtocolVersion": tls.min_protocol_version,
                "httpsRedirect": tls.https_redirect,
            })
        });
        json!({
            "hosts": self.hosts,
            "port": {"name": name, "number": self.port, "protocol": self.protocol},
            "tls": tls,
        })
    }

    fn check(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        let within = |field| [path, &[field]].concat();
        if self.port == 0 {
            return Err(bundle.refuse(&within("port"), "a port is from 1 to 65535"));
        }
        if self.hosts.is_empty() {
            return Err(bundle.refuse(&within("hosts"), "a listener needs at least one host"));
        }
        if let Some(host) = self.hosts.iter().find(|host| !is_gateway_host(host)) {
            return Err(bundle.refuse(&within("hosts"), format!("`{host}` is no host")));
        }
        let secure = matches!(self.protocol, Protocol::Https | Protocol::Tls);
        let tls = within("tls");
        match &self.tls {
            None if secure => Err(bundle.refuse(path, "HTTPS and TLS need `tls`")),
            None => Ok(()),
            Some(said) if !secure => said.check_plain(self.protocol, bundle, &tls),
            Some(said) => said.check_secure(bundle, &tls),
        }
    }
}

impl Tls {
    fn check_plain(&self, protocol: Protocol, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        let only_redirect =
            self.mode.is_none() && self.credential_name.is_none() && self.min_protocol_version.is_none();
        if protocol == Protocol::Http && only_redirect && self.https_redirect.is_some() {
            return Ok(());
        }
        let error = bundle.refuse(path, "only HTTPS and TLS have certificates");
        Err(error.hint("HTTP may have `tls: {httpsRedirect: true}`, other protocols have no `tls`"))
    }

    fn check_secure(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        use TlsMode::{AutoPassthrough, IstioMutual, Mutual, OptionalMutual, Passthrough, Simple};
        if self.https_redirect == Some(true) {
            return Err(bundle.refuse(path, "`httpsRedirect` is for listeners that speak HTTP"));
        }
        let mode = self.mode.unwrap_or(Simple);
        let takes = matches!(mode, Simple | Mutual | OptionalMutual);
        let passes = matches!(mode, IstioMutual | Passthrough | AutoPassthrough);
        match &self.credential_name {
            None if takes => Err(bundle.refuse(path, "`credentialName` is needed: the Secret with the certificate")),
            Some(_) if passes => Err(bundle.refuse(path, "this mode of TLS uses no certificate of the Gateway's own")),
            Some(name) if name.is_empty() => Err(bundle.refuse(path, "`credentialName` is empty")),
            _ => Ok(()),
        }
    }
}
