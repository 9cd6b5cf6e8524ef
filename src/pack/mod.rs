//! Packs: what kustomize has to be told of Argo Rollouts, Istio, Knative and KServe, as data.
//!
//! A pack is a configuration that stock kustomize takes under `configurations`, the types of the system as a schema
//! table, and rules that neither can say (`rules`). Nobody who asks for none gets any.

mod config;
mod rules;
mod selection;

pub(crate) use rules::{fixed_name, refers_to_workload};
pub use selection::Packs;

/// A system that kustomize can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pack {
    /// Rollouts, Experiments and their analyses.
    ArgoRollouts,
    /// Istio, and the Gateway API.
    Istio,
    /// Knative Serving.
    Knative,
    /// `KServe`.
    Kserve,
}

impl Pack {
    /// All packs, by name.
    pub const ALL: [Self; 4] = [Self::ArgoRollouts, Self::Istio, Self::Knative, Self::Kserve];

    /// The name that people write.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ArgoRollouts => "argo-rollouts",
            Self::Istio => "istio",
            Self::Knative => "knative",
            Self::Kserve => "kserve",
        }
    }

    /// What it is for, in a line.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::ArgoRollouts => "Rollouts, Experiments and analyses of Argo Rollouts",
            Self::Istio => "Istio's routes, gateways and policies, and the Gateway API",
            Self::Knative => "Services, domain mappings and configuration of Knative Serving",
            Self::Kserve => "InferenceServices, runtimes and graphs of KServe",
        }
    }

    /// The pack of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pack| pack.name() == name)
    }

    /// The configuration as stock kustomize takes it under `configurations`.
    #[must_use]
    pub const fn configuration(self) -> &'static str {
        match self {
            Self::ArgoRollouts => include_str!("argo-rollouts.yaml"),
            Self::Istio => include_str!("istio.yaml"),
            Self::Knative => include_str!("knative.yaml"),
            Self::Kserve => include_str!("kserve.yaml"),
        }
    }

    /// The system's types: merge keys, and what is cluster-scoped. Lines as the tables of `schema` have them.
    #[must_use]
    pub(crate) const fn types(self) -> &'static str {
        match self {
            Self::ArgoRollouts => include_str!("argo-rollouts.table"),
            Self::Istio => include_str!("istio.table"),
            Self::Knative => include_str!("knative.table"),
            Self::Kserve => include_str!("kserve.table"),
        }
    }

    /// Whether objects of this kind have images where only the pack looks.
    #[must_use]
    pub(crate) fn has_images(self, kind: &str) -> bool {
        match self {
            Self::ArgoRollouts | Self::Istio => false,
            Self::Knative => kind == "Image",
            Self::Kserve => matches!(kind, "ClusterStorageContainer" | "InferenceService"),
        }
    }

    /// The pack that knows types of the API group `group`.
    #[must_use]
    pub(crate) fn of_group(group: &str) -> Option<Self> {
        match group {
            "argoproj.io" => Some(Self::ArgoRollouts),
            "extensions.istio.io"
            | "gateway.networking.k8s.io"
            | "networking.istio.io"
            | "security.istio.io"
            | "telemetry.istio.io" => Some(Self::Istio),
            "caching.internal.knative.dev" | "networking.internal.knative.dev" | "serving.knative.dev" => {
                Some(Self::Knative)
            }
            "serving.kserve.io" => Some(Self::Kserve),
            _ => None,
        }
    }
}
