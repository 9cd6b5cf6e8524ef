//! Models fetched from S3 before a server starts that can't read it itself.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::bundle::parts::{Container, EmptyDir, Env, Mount, Volume, Workload};

const VOLUME: &str = "models";
const DIRECTORY: &str = "/models";

/// Fetches models before the server starts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Sync {
    /// An image with the program `aws`.
    image: String,
    /// What is fetched: `s3://bucket/path`. Where the models are listed by a file, it must be in there, too.
    source: String,
}

impl Sync {
    /// Where a file of the source is once it was fetched.
    pub(super) fn local(&self, address: &str) -> String {
        let source = self.source.trim_end_matches('/');
        let below = address.strip_prefix(source).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match below {
            Some(rest) => format!("{DIRECTORY}{rest}"),
            None => address.to_owned(),
        }
    }

    /// Adds the container that fetches, and the volume.
    pub(super) fn add(&self, workload: &mut Workload, env: Env) {
        workload.volumes.insert(VOLUME.to_owned(), Volume::EmptyDir(EmptyDir::default()));
        for container in workload.containers.values_mut() {
            container.mounts.insert(VOLUME.to_owned(), Mount::read_only(DIRECTORY));
        }
        let args = ["s3", "sync", &self.source, DIRECTORY].map(str::to_owned).to_vec();
        let container = Container {
            image: Some(self.image.clone()),
            command: Some(vec!["aws".to_owned()]),
            args: Some(args),
            env,
            mounts: [(VOLUME.to_owned(), Mount::at(DIRECTORY))].into(),
            ..Container::default()
        };
        workload.init_containers.insert("fetch-models".to_owned(), container);
    }
}
