//! Pods: what bundles that run programs have under `workload`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::parts::volume::Volume;
use crate::bundle::parts::{Container, Placement, Texts};
use crate::bundle::version::Version;
use crate::error::Result;

/// The pods.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Workload {
    /// Whether the template of the pods stands in a Deployment without pods of its own, that the Rollout refers to. Of
    /// `ProgressiveApp` only.
    #[serde(default, rename = "ref")]
    pub by_reference: bool,
    /// Keys of the labels that the Rollout selects pods by, and that the Deployment and the Services carry; all labels,
    /// and none on objects, unless given. Of `ProgressiveApp` only.
    pub selector: Option<Vec<String>>,
    /// Containers by name.
    #[serde(default)]
    pub containers: IndexMap<String, Container>,
    /// Containers that are done before the others begin, by name.
    #[serde(default)]
    pub init_containers: IndexMap<String, Container>,
    /// Volumes by name.
    #[serde(default)]
    pub volumes: IndexMap<String, Volume>,
    /// Labels of the pods; `app` with the bundle's name unless given.
    #[serde(default)]
    pub labels: Texts,
    /// Annotations of the pods.
    #[serde(default)]
    pub annotations: Texts,
    /// Where they may run.
    #[serde(default)]
    pub placement: Placement,
    /// The ServiceAccount that they are.
    pub service_account: Option<String>,
    /// Secrets for registries.
    #[serde(default)]
    pub image_pull_secrets: Vec<String>,
    /// Their PriorityClass.
    pub priority_class: Option<String>,
    /// Seconds that they have to come to an end.
    pub termination_grace_period_seconds: Option<u32>,
    /// The pods' `securityContext`, as Kubernetes has it.
    pub security_context: Option<Map<String, Value>>,
}

impl Workload {
    /// The labels of the pods.
    pub(crate) fn labels(&self, bundle: &Bundle<'_>) -> Texts {
        if self.labels.is_empty() { [("app".to_owned(), bundle.name.clone())].into() } else { self.labels.clone() }
    }

    /// Fails if it says what only a Rollout can do.
    pub(crate) fn check_no_rollout(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        if self.by_reference || self.selector.is_some() {
            return Err(bundle.refuse(path, "`ref` and `selector` are for `ProgressiveApp`"));
        }
        Ok(())
    }

    /// The pods' template with `labels`; the workload stands at `path` of the spec.
    pub(crate) fn template(
        &self,
        labels: &Texts,
        kubernetes: Option<Version>,
        bundle: &Bundle<'_>,
        path: &[&str],
    ) -> Result<Value> {
        if self.containers.is_empty() {
            return Err(bundle.refuse(&[path, &["containers"]].concat(), "at least one container is needed"));
        }
        self.placement.check(kubernetes, bundle, &[path, &["placement"]].concat());
        let list = |field: &str, containers: &IndexMap<String, Container>| -> Result<Value> {
            let write = |(index, (name, container)): (usize, (&String, &Container))| {
                let path = [path, &[field, name]].concat();
                self.check_mounts(container, bundle, &path)?;
                let gpu = self.placement.gpu.as_ref().filter(|_| index == 0 && field == "containers");
                container.write(name, gpu, bundle, &path)
            };
            Ok(unless_empty(containers.iter().enumerate().map(write).collect::<Result<Value>>()?))
        };
        let secrets = self.image_pull_secrets.iter().map(|name| json!({"name": name})).collect();
        let mut spec = json!({
            "serviceAccountName": self.service_account,
            "imagePullSecrets": unless_empty(secrets),
            "initContainers": list("initContainers", &self.init_containers)?,
            "containers": list("containers", &self.containers)?,
            "volumes": unless_empty(self.volumes.iter().map(|(name, volume)| volume.write(name)).collect()),
            "priorityClassName": self.priority_class,
            "terminationGracePeriodSeconds": self.termination_grace_period_seconds,
            "securityContext": self.security_context,
        });
        if let Some(spec) = spec.as_object_mut() {
            spec.extend(self.placement.write(labels));
        }
        Ok(json!({
            "metadata": {"labels": labels, "annotations": unless_empty(json!(self.annotations))},
            "spec": spec,
        }))
    }

    fn check_mounts(&self, container: &Container, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        match container.mounts.keys().find(|volume| !self.volumes.contains_key(*volume)) {
            Some(volume) => {
                let error = bundle.refuse(&[path, &["mounts", volume]].concat(), "there is no volume of that name");
                Err(error.hint("say under `volumes` what is in it"))
            }
            None => Ok(()),
        }
    }
}
