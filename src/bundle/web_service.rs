//! `WebService`: a Service, a Deployment and a HorizontalPodAutoscaler.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::Generator;
use crate::bundle::bundle::Bundle;
use crate::bundle::parts::{
    Ingress, PortRef, Scaling, ServicePort, ServicePorts, ServiceType, Target, Texts, Workload,
};
use crate::bundle::pod_peers::{peers, proxy};
use crate::bundle::version::Version;
use crate::error::Result;

/// A Service, a Deployment and a HorizontalPodAutoscaler: `NAME-svc`, `NAME-deployment` and `NAME-hpa`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct WebService {
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// The pods.
    workload: Workload,
    /// How many, where nothing scales them.
    replicas: Option<u32>,
    /// How many pods there are, and upon what it depends.
    scaling: Option<Scaling>,
    /// The Service; the ports of the first container unless given.
    service: Option<Service>,
    /// How it is reached from outside.
    ingress: Option<Ingress>,
    /// Whether pods may find the others of their Service: a proxy beside them, and the rights that it needs.
    #[serde(default)]
    pod_peers: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Service {
    /// How it is reached.
    #[serde(rename = "type")]
    service_type: Option<ServiceType>,
    /// Its ports.
    ports: ServicePorts,
}

/// The names that the objects of one service have.
#[derive(Debug)]
pub(super) struct Names {
    pub service: String,
    pub deployment: String,
    pub autoscaler: String,
}

impl Names {
    pub(super) fn of(name: &str) -> Self {
        Self {
            service: format!("{name}-svc"),
            deployment: format!("{name}-deployment"),
            autoscaler: format!("{name}-hpa"),
        }
    }
}

/// What a service is made of.
pub(super) struct Parts<'a> {
    pub workload: &'a Workload,
    pub labels: &'a Texts,
    pub ports: Value,
    pub service_type: Option<ServiceType>,
    pub replicas: Option<u32>,
    pub scaling: Option<&'a Scaling>,
    pub kubernetes: Option<Version>,
}

/// The Service, the Deployment and the autoscaler.
pub(super) fn write(parts: Parts<'_>, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
    let names = Names::of(&bundle.name);
    let Parts { workload, labels, ports, service_type, replicas, scaling, kubernetes } = parts;
    let service = json!({"spec": {"type": service_type, "selector": labels, "ports": ports}});
    let deployment = json!({"spec": {
        "replicas": replicas.filter(|_| scaling.is_none()),
        "selector": {"matchLabels": labels},
        "template": workload.template(labels, kubernetes, bundle, &["workload"])?,
    }});
    let mut made = vec![
        bundle.object("v1", "Service", &names.service, service),
        bundle.object("apps/v1", "Deployment", &names.deployment, deployment),
    ];
    if let Some(scaling) = scaling {
        let target = Target { api_version: "apps/v1", kind: "Deployment", name: &names.deployment };
        let metadata = json!({"labels": labels});
        made.push(scaling.write(&names.autoscaler, &target, metadata, kubernetes, bundle, &["scaling"])?);
    }
    Ok(made)
}

impl Generator for WebService {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        self.workload.check_no_rollout(bundle, &["workload"])?;
        let names = Names::of(&bundle.name);
        let ports = match &self.service {
            Some(service) => service.ports.clone(),
            None => self.container_ports(),
        };
        let service_type = self.service.as_ref().and_then(|service| service.service_type);
        let mut workload = self.workload.clone();
        if self.pod_peers {
            let account = workload.service_account.get_or_insert_with(|| bundle.name.clone());
            *account = bundle.own(account);
            workload.containers.insert("kubectl-proxy".to_owned(), proxy());
        }
        let parts = Parts {
            workload: &workload,
            labels: &self.workload.labels(bundle),
            ports: ServicePort::list(&ports, service_type, bundle, &["service", "ports"])?,
            service_type,
            replicas: self.replicas,
            scaling: self.scaling.as_ref(),
            kubernetes: self.kubernetes,
        };
        let mut made = write(parts, bundle)?;
        if self.pod_peers {
            made.extend(peers(self.workload.service_account.as_deref().unwrap_or(&bundle.name), bundle));
        }
        if let Some(ingress) = &self.ingress {
            let first = ServicePort::first_number(&ports).unwrap_or_default();
            made.push(ingress.write(&names.service, first, bundle)?);
        }
        Ok(made)
    }
}

impl WebService {
    /// The ports of the first container, as a Service has them.
    fn container_ports(&self) -> ServicePorts {
        let container = self.workload.containers.values().next();
        let port = |(name, port): (&String, &crate::bundle::parts::ContainerPort)| {
            let target_port = Some(PortRef::Name(name.clone()));
            (name.clone(), ServicePort { port: Some(port.number()), target_port, ..ServicePort::default() })
        };
        container.map(|container| container.ports.iter().map(port).collect()).unwrap_or_default()
    }
}
