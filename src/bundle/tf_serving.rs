//! `TFServing`: models served by TensorFlow Serving, on GPUs or without.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::Generator;
use crate::bundle::bundle::Bundle;
use crate::bundle::model_sync::Sync;
use crate::bundle::parts::{
    Container, ContainerPort, Env, EnvValue, Gpu, Placement, Probe, Resources, Scaling, Texts, Workload,
};
use crate::bundle::version::Version;
use crate::bundle::web_service::{Parts, write};
use crate::error::Result;

/// Models served by TensorFlow Serving, on GPUs or without: `NAME-svc`, `NAME-deployment` and `NAME-hpa`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct TfServing {
    /// The version of Kubernetes.
    kubernetes: Option<Version>,
    /// The image.
    image: Image,
    /// The file that lists the models: a path in the container, or an address such as `s3://bucket/models.config`.
    model_config: Option<String>,
    /// The one model, where no file lists several.
    model: Option<Model>,
    /// How the models come from S3 where the image can't read it: TensorFlow Serving from 2.7 on.
    sync: Option<Sync>,
    /// Credentials for S3.
    aws: Option<Aws>,
    /// The ports.
    #[serde(default)]
    ports: Ports,
    /// GPUs of the container.
    gpu: Option<Gpu>,
    /// Labels that a node must have.
    #[serde(default)]
    node_selector: Texts,
    /// Where the pods may run.
    #[serde(default)]
    placement: Placement,
    /// How many pods, where nothing scales them.
    replicas: Option<u32>,
    /// How many pods there are, and upon what it depends.
    scaling: Option<Scaling>,
    /// How much the container needs and may have.
    #[serde(default)]
    resources: Resources,
    /// Further arguments.
    #[serde(default)]
    args: Vec<String>,
    /// Environment variables by name.
    #[serde(default)]
    env: Env,
    /// Whether a pod may have traffic; whether its port for gRPC is open unless given.
    readiness: Option<Probe>,
    /// Whether a pod is to be started anew; as readiness unless given.
    liveness: Option<Probe>,
    /// The ServiceAccount of the pods.
    service_account: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Image {
    /// Where the image is.
    #[serde(default = "repository")]
    repository: String,
    /// Its version: `2.6.2`.
    version: String,
    /// Whether it is the one for GPUs.
    #[serde(default)]
    gpu: bool,
}

fn repository() -> String {
    "tensorflow/serving".to_owned()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Model {
    /// Its name.
    name: String,
    /// The directory with its versions.
    base_path: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Aws {
    /// The region.
    region: String,
    /// The Secret with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; without one, the pods' ServiceAccount must do.
    credential_secret: Option<String>,
    /// Another service that speaks as S3 does.
    endpoint: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ports {
    /// The port for gRPC.
    #[serde(default = "grpc")]
    grpc: u16,
    /// The port for HTTP.
    #[serde(default = "rest")]
    rest: u16,
}

const fn grpc() -> u16 {
    8500
}

const fn rest() -> u16 {
    8501
}

impl Default for Ports {
    fn default() -> Self {
        Self { grpc: grpc(), rest: rest() }
    }
}

impl Generator for TfServing {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        self.check(bundle)?;
        let labels: Texts = [("app".to_owned(), bundle.name.clone())].into();
        let mut workload = Workload {
            containers: [(bundle.name.clone(), self.container(bundle)?)].into(),
            placement: self.placement.clone(),
            service_account: self.service_account.clone(),
            ..Workload::default()
        };
        workload.placement.node_selector.extend(self.node_selector.clone());
        workload.placement.gpu = self.gpu.clone().or(workload.placement.gpu);
        if let Some(sync) = &self.sync {
            sync.add(&mut workload, self.aws.as_ref().map(Aws::env).unwrap_or_default());
        }
        let port =
            |name: &str, number: u16| json!({"name": name, "port": number, "protocol": "TCP", "targetPort": name});
        let parts = Parts {
            workload: &workload,
            labels: &labels,
            ports: json!([port("grpc", self.ports.grpc), port("http-rest", self.ports.rest)]),
            service_type: None,
            replicas: self.replicas,
            scaling: self.scaling.as_ref(),
            kubernetes: self.kubernetes,
        };
        write(parts, bundle)
    }
}

impl TfServing {
    fn container(&self, bundle: &Bundle<'_>) -> Result<Container> {
        let Image { repository, version, gpu } = &self.image;
        let source = match (&self.model_config, &self.model, &self.sync) {
            (Some(config), None, None) => vec![format!("--model_config_file={config}")],
            (Some(config), None, Some(sync)) => vec![format!("--model_config_file={}", sync.local(config))],
            (None, Some(model), sync) => {
                let path = sync.as_ref().map_or_else(|| model.base_path.clone(), |sync| sync.local(&model.base_path));
                vec![format!("--model_name={}", model.name), format!("--model_base_path={path}")]
            }
            _ => return Err(bundle.refuse(&[], "say exactly one of `modelConfig` and `model`")),
        };
        let direct = self.aws.as_ref().filter(|_| self.sync.is_none());
        let mut env = direct.map(Aws::env).unwrap_or_default();
        env.extend(self.env.clone());
        let probe = Probe::of_port("grpc");
        let readiness = self.readiness.clone().unwrap_or(probe);
        Ok(Container {
            image: Some(format!("{repository}:{version}{}", if *gpu { "-gpu" } else { "" })),
            args: Some([source, self.args.clone()].concat()),
            env,
            ports: [
                ("grpc".to_owned(), ContainerPort::Number(self.ports.grpc)),
                ("http-rest".to_owned(), ContainerPort::Number(self.ports.rest)),
            ]
            .into(),
            resources: self.resources.clone(),
            liveness: Some(self.liveness.clone().unwrap_or_else(|| readiness.clone())),
            readiness: Some(readiness),
            ..Container::default()
        })
    }

    fn check(&self, bundle: &Bundle<'_>) -> Result<()> {
        let on_s3 = |text: &Option<&String>| text.is_some_and(|text| text.starts_with("s3://"));
        let config = self.model_config.as_ref();
        let path = self.model.as_ref().map(|model| &model.base_path);
        let version = Version::parse(&self.image.version);
        if version.is_none() {
            bundle.warn(&["image", "version"], "not a version such as `2.6.2`, so nothing is known of it");
        }
        let from_s3 = on_s3(&config) || on_s3(&path);
        if from_s3 && self.sync.is_none() && version.is_some_and(|version| version >= Version::new(2, 7)) {
            let field: &[&str] = if on_s3(&config) { &["modelConfig"] } else { &["model", "basePath"] };
            let error = bundle.refuse(field, format!("TensorFlow Serving {} can't read S3", self.image.version));
            return Err(
                error.hint("the images can't from 2.7 on: take 2.6.2, or say `sync` to have the models fetched")
            );
        }
        let gpus = self.gpu.as_ref().or(self.placement.gpu.as_ref()).map_or(0, |gpu| gpu.count);
        if self.image.gpu && gpus == 0 && !self.resources.limits.keys().any(|name| name.contains("gpu")) {
            let error = bundle.refuse(&["image", "gpu"], "the image for GPUs has none");
            return Err(error.hint("say how many: `gpu: {count: 1}`"));
        }
        if !self.image.gpu && gpus > 0 {
            bundle.warn(&["gpu"], "the image does not use GPUs; say `image.gpu: true`");
        }
        Ok(())
    }
}

impl Aws {
    /// The variables that say how to get at S3.
    pub(super) fn env(&self) -> Env {
        let mut env: Env = IndexMap::new();
        if let Some(secret) = &self.credential_secret {
            for key in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
                env.insert(key.to_owned(), EnvValue::secret(secret, key));
            }
        }
        let mut text = |name: &str, value: &str| env.insert(name.to_owned(), EnvValue::Text(value.to_owned()));
        text("AWS_REGION", &self.region);
        if let Some(endpoint) = &self.endpoint {
            text("S3_ENDPOINT", endpoint);
        }
        text("S3_USE_HTTPS", "true");
        text("S3_VERIFY_SSL", "true");
        env
    }
}
