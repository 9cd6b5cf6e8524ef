//! Which programs may be run, and how.

use std::time::Duration;

use crate::plugin::process::Limits;

/// Which programs may be run, and how. The default allows none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginOptions {
    /// Whether plugins may be used at all.
    pub enable_plugins: bool,
    /// Whether functions may be programs, not only containers.
    pub enable_exec: bool,
    /// Whether charts may be inflated.
    pub enable_helm: bool,
    /// The `helm` program.
    pub helm_command: String,
    /// `--api-versions` for every chart; empty leaves them to the charts.
    pub helm_api_versions: Vec<String>,
    /// `--kube-version` for every chart; empty leaves it to the charts.
    pub helm_kube_version: String,
    /// Whether every chart gets `--debug`.
    pub helm_debug: bool,
    /// Variables for functions: `NAME=value`, or for containers `NAME` for our own value.
    pub env: Vec<String>,
    /// Mounts for containers: `type=bind,src=...,dst=...,rw=true`.
    pub mounts: Vec<String>,
    /// Whether functions may ask for the network.
    pub network: bool,
    /// The network of containers that may use one. `None` is the host's, which upstream uses whatever its flag says.
    pub network_name: Option<String>,
    /// Whether containers run as the current user instead of `nobody`.
    pub as_current_user: bool,
    /// How long each program may run, and how much it may print.
    pub limits: Limits,
}

impl PluginOptions {
    /// Whether a render may run other programs, which read files themselves.
    #[must_use]
    pub const fn may_run_programs(&self) -> bool {
        self.enable_plugins || self.enable_exec || self.enable_helm
    }
}

impl Default for PluginOptions {
    fn default() -> Self {
        Self {
            enable_plugins: false,
            enable_exec: false,
            enable_helm: false,
            helm_command: "helm".to_owned(),
            helm_api_versions: Vec::new(),
            helm_kube_version: String::new(),
            helm_debug: false,
            env: Vec::new(),
            mounts: Vec::new(),
            network: false,
            network_name: None,
            as_current_user: false,
            limits: Limits { time: Duration::from_secs(300), output: 256 << 20 },
        }
    }
}
