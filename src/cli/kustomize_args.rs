//! Flags that say how kustomizations are rendered; the names are kustomize's.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgAction, ValueEnum};

use crate::cli::flag::switch;
use crate::loader::LoadRestriction;
use crate::pack::Packs;
use crate::plugin::PluginOptions;
use crate::render::{RenderOptions, Reorder};

/// The environment variable that, set to `on`, does what `--enable-managedby-label` does.
const MANAGED_BY_VARIABLE: &str = "KUSTOMIZE_ENABLE_MANAGEDBY_LABEL";

/// How kustomizations are rendered.
#[derive(Debug, clap::Args)]
pub(super) struct KustomizeArgs {
    /// Whether files outside of a kustomization's directory may be loaded
    #[arg(long, default_value = "LoadRestrictionsRootOnly")]
    load_restrictor: LoadRestrictor,
    /// Run exec plugins and functions
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_alpha_plugins: bool,
    /// Run functions that are executables; not for kustomizations you don't trust
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_exec: bool,
    /// Inflate Helm charts
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_helm: bool,
    /// The `helm` program
    #[arg(long, default_value = "helm")]
    helm_command: String,
    /// An API version that charts may ask for; may be given several times
    #[arg(long)]
    helm_api_versions: Vec<String>,
    /// The Kubernetes version that charts may ask for
    #[arg(long, default_value = "")]
    helm_kube_version: String,
    /// Let `helm` print debug output
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    helm_debug: bool,
    /// An environment variable for functions, `NAME` or `NAME=VALUE`; may be given several times
    #[arg(short, long)]
    env: Vec<String>,
    /// A mount for container functions; may be given several times
    #[arg(long)]
    mount: Vec<String>,
    /// Let functions that ask for it use the network
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    network: bool,
    /// The network of container functions that may use one; the host's unless named
    #[arg(long)]
    network_name: Option<String>,
    /// Run container functions as the current user
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    as_current_user: bool,
    /// Sort the output; deprecated, use `sortOptions`
    #[arg(long, hide = true)]
    reorder: Option<ReorderFlag>,
    /// Label every resource with `app.kubernetes.io/managed-by`
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set, value_parser = switch())]
    enable_managedby_label: bool,
    /// Systems to know besides Kubernetes, joined by commas: argo-rollouts, istio, knative, kserve
    #[arg(long, value_name = "NAMES", default_value = "", hide_default_value = true, value_parser = packs)]
    pack: Packs,
    /// A folder whose files define kinds of bundles; may be given several times
    #[arg(long, value_name = "DIR")]
    definitions: Vec<PathBuf>,
    /// How many threads may work at once; as many as there are cores unless given, one where there is little to do
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "PascalCase")]
enum LoadRestrictor {
    /// Only files in or below the kustomization's directory
    LoadRestrictionsRootOnly,
    /// Any file
    LoadRestrictionsNone,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReorderFlag {
    Legacy,
    None,
}

/// Takes names of packs.
fn packs(names: &str) -> Result<Packs, String> {
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    Packs::parse(names).map_err(|(message, hint)| format!("{message}; {hint}"))
}

impl KustomizeArgs {
    /// How many threads were asked for.
    pub(super) const fn threads(&self) -> Option<NonZeroUsize> {
        self.threads
    }

    /// The same for the library.
    pub(super) fn options(&self) -> RenderOptions {
        let variable = std::env::var(MANAGED_BY_VARIABLE).is_ok_and(|value| value == "on");
        RenderOptions::default()
            .with_load_restriction(match self.load_restrictor {
                LoadRestrictor::LoadRestrictionsRootOnly => LoadRestriction::RootOnly,
                LoadRestrictor::LoadRestrictionsNone => LoadRestriction::None,
            })
            .with_reorder(match self.reorder {
                None => Reorder::Unspecified,
                Some(ReorderFlag::Legacy) => Reorder::Legacy,
                Some(ReorderFlag::None) => Reorder::None,
            })
            .with_threads(self.threads.map_or(0, NonZeroUsize::get))
            .with_packs(self.pack)
            .with_definitions(self.definitions.clone())
            .with_managed_by_label(self.enable_managedby_label || variable)
            .with_plugins(PluginOptions {
                enable_plugins: self.enable_alpha_plugins,
                enable_exec: self.enable_exec,
                // Upstream's switch for plugins switches charts on, too.
                enable_helm: self.enable_helm || self.enable_alpha_plugins,
                helm_command: self.helm_command.clone(),
                helm_api_versions: self.helm_api_versions.clone(),
                helm_kube_version: self.helm_kube_version.clone(),
                helm_debug: self.helm_debug,
                env: self.env.clone(),
                mounts: self.mount.clone(),
                network: self.network,
                network_name: self.network_name.clone(),
                as_current_user: self.as_current_user,
                ..PluginOptions::default()
            })
    }
}
