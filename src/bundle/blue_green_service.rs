//! `BlueGreenService`: versions of an application side by side without a controller; one value says which is public.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::Generator;
use crate::bundle::bundle::Bundle;
use crate::bundle::parts::{Ingress, ServicePort, ServicePorts, ServiceType, Texts, Workload};
use crate::bundle::version::Version;
use crate::decode::suggestion;
use crate::error::Result;

/// Versions of an application side by side without a controller: a Deployment each, and a Service whose selector one
/// value changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct BlueGreenService {
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// What the names of Deployments begin with; the bundle's name unless given.
    app: Option<String>,
    /// The version that is public: one of `colors`.
    active: String,
    /// The versions by name, `blue` and `green`, say.
    colors: IndexMap<String, Color>,
    /// How many pods each version has.
    #[serde(default = "two")]
    replicas: u32,
    /// The pods of all versions. Labels are those of the version.
    #[serde(default)]
    workload: Workload,
    /// The Service that the public sees.
    service: Service,
    /// How it is reached from outside.
    ingress: Option<Ingress>,
}

/// What a version has of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Color {
    /// Images by container.
    #[serde(default)]
    images: Texts,
    /// How many pods.
    replicas: Option<u32>,
    /// A Service for this version only, to look at it before it is public.
    service: Option<Service>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Service {
    /// Its name; that of what it is for, and `-svc`, unless given.
    name: Option<String>,
    /// How it is reached.
    #[serde(rename = "type")]
    service_type: Option<ServiceType>,
    /// Its ports.
    ports: ServicePorts,
}

const fn two() -> u32 {
    2
}

impl Generator for BlueGreenService {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        self.workload.check_no_rollout(bundle, &["workload"])?;
        if !self.colors.contains_key(&self.active) {
            return Err(self.unknown_color(bundle));
        }
        let app = self.app.as_deref().unwrap_or(&bundle.name);
        let name = self.service.name.clone().unwrap_or_else(|| format!("{}-svc", bundle.name));
        let active = labels(app, &self.active);
        let mut made = vec![self.service.write(&name, &bundle.name, &active, bundle, &["service", "ports"])?];
        for (color, own) in &self.colors {
            let (deployment, labels) = (format!("{app}-{color}"), labels(app, color));
            if let Some(service) = &own.service {
                let name = service.name.clone().unwrap_or_else(|| format!("{deployment}-svc"));
                let path = ["colors", color, "service", "ports"];
                made.push(service.write(&name, &deployment, &labels, bundle, &path)?);
            }
            let workload = self.workload_of(color, own, bundle)?;
            let body = json!({
                "metadata": {"labels": {"app": deployment}},
                "spec": {
                    "replicas": own.replicas.unwrap_or(self.replicas),
                    "selector": {"matchLabels": labels},
                    "template": workload.template(&labels, self.kubernetes, bundle, &["workload"])?,
                },
            });
            made.push(bundle.object("apps/v1", "Deployment", &deployment, body));
        }
        if let Some(ingress) = &self.ingress {
            let first = ServicePort::first_number(&self.service.ports);
            made.push(ingress.write(&name, first.unwrap_or_default(), bundle)?);
        }
        Ok(made)
    }
}

/// The labels of a version's pods.
fn labels(app: &str, color: &str) -> Texts {
    [("app".to_owned(), format!("{app}-{color}")), ("version".to_owned(), color.to_owned())].into()
}

impl BlueGreenService {
    /// The pods of one version.
    fn workload_of(&self, color: &str, own: &Color, bundle: &Bundle<'_>) -> Result<Workload> {
        let mut workload = self.workload.clone();
        for (container, image) in &own.images {
            let Some(found) = workload.containers.get_mut(container) else {
                let path = ["colors", color, "images", container];
                return Err(bundle.refuse(&path, "there is no container of that name in `workload`"));
            };
            found.image = Some(image.clone());
        }
        Ok(workload)
    }

    fn unknown_color(&self, bundle: &Bundle<'_>) -> crate::error::Error {
        let error = bundle.refuse(&["active"], format!("there is no version `{}`", self.active));
        let colors: Vec<&str> = self.colors.keys().map(String::as_str).collect();
        error.hint(suggestion(&self.active, &colors, || format!("there are `{}`", colors.join("`, `"))))
    }
}

impl Service {
    fn write(&self, name: &str, app: &str, selector: &Texts, bundle: &Bundle<'_>, path: &[&str]) -> Result<Value> {
        let ports = ServicePort::list(&self.ports, self.service_type, bundle, path)?;
        let body = json!({
            "metadata": {"labels": {"app": app}},
            "spec": {"type": self.service_type, "selector": selector, "ports": ports},
        });
        Ok(bundle.object("v1", "Service", name, body))
    }
}
