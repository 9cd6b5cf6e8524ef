//! What KServe makes of an InferenceService.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::bundle::version::{Version, is_at_least};

/// What KServe makes of it. The names changed with KServe 0.16; either is understood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
pub(super) enum Mode {
    /// Knative Services.
    #[default]
    Knative,
    /// Deployments.
    Standard,
    /// Knative Services, as they were called before KServe 0.16.
    Serverless,
    /// Deployments, as they were called before KServe 0.16.
    RawDeployment,
}

impl Mode {
    pub(super) const fn is_knative(self) -> bool {
        matches!(self, Self::Knative | Self::Serverless)
    }

    /// What the InferenceService says of it. Before 0.16 Knative was what clusters were set to; since then they are set
    /// to either.
    pub(super) fn annotation(self, kserve: Option<Version>) -> Option<&'static str> {
        match (self.is_knative(), is_at_least(kserve, 0, 16)) {
            (true, true) => Some("Knative"),
            (true, false) => None,
            (false, true) => Some("Standard"),
            (false, false) => Some("RawDeployment"),
        }
    }
}
