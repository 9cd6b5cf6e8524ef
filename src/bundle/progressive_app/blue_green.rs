//! The new version beside the old one.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::parts::ServiceType;
use crate::bundle::progressive_app::{Names, ProgressiveApp};
use crate::error::Result;

/// The new version stands beside the old one, and then takes over.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BlueGreen {
    /// A Service for the new version before it takes over: whether there is one, or its name.
    #[serde(default)]
    preview: Preview,
    /// Whether it takes over by itself; Argo Rollouts does unless told otherwise.
    auto_promotion: Option<bool>,
    /// Seconds after which it does so.
    auto_promotion_seconds: Option<u32>,
    /// Seconds that the old version stays.
    scale_down_delay_seconds: Option<u32>,
    /// How many old versions stay so long.
    scale_down_delay_revision_limit: Option<u32>,
    /// How many pods the new version has until it takes over.
    preview_replicas: Option<u32>,
    /// The analysis before it takes over.
    pre_promotion: Option<String>,
    /// The analysis after it took over.
    post_promotion: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "it must be true, false, or the name of a Service")]
enum Preview {
    There(bool),
    Named(String),
}

impl Default for Preview {
    fn default() -> Self {
        Self::There(false)
    }
}

impl BlueGreen {
    /// Adds the Services, and gives back the strategy and the Service that the public sees.
    pub(super) fn write(
        &self,
        app: &ProgressiveApp,
        names: &Names,
        bundle: &Bundle<'_>,
        made: &mut Vec<Value>,
    ) -> Result<(Value, String)> {
        let path = |field| ["strategy", "blueGreen", field];
        let preview = match &self.preview {
            Preview::There(false) => None,
            Preview::There(true) => Some(format!("{}-preview", names.service)),
            Preview::Named(name) => Some(name.clone()),
        };
        if preview.as_ref() == Some(&names.service) {
            return Err(bundle.refuse(&path("preview"), "the old and the new version need Services of their own"));
        }
        let kept = app.rollout.revision_history_limit.unwrap_or(10);
        if self.scale_down_delay_revision_limit.is_some_and(|limit| limit > kept) {
            let message = format!("no more than {kept} old versions are kept (`rollout.revisionHistoryLimit`)");
            return Err(bundle.refuse(&path("scaleDownDelayRevisionLimit"), message));
        }
        let service_type = app.service.service_type.unwrap_or(ServiceType::ClusterIP);
        made.push(app.service(&names.service, Some(service_type), names, bundle)?);
        if let Some(preview) = &preview {
            made.push(app.service(preview, Some(ServiceType::ClusterIP), names, bundle)?);
        }
        let analysis = |field, name: &Option<String>| -> Result<Option<Value>> {
            let Some(name) = name else { return Ok(None) };
            app.check_analysis(name, true, bundle, &path(field))?;
            Ok(Some(app.analysis_reference(name, bundle)))
        };
        let strategy = json!({"blueGreen": {
            "activeService": bundle.own(&names.service),
            "previewService": preview.map(|name| bundle.own(&name)),
            "autoPromotionEnabled": self.auto_promotion,
            "autoPromotionSeconds": self.auto_promotion_seconds,
            "scaleDownDelaySeconds": self.scale_down_delay_seconds,
            "scaleDownDelayRevisionLimit": self.scale_down_delay_revision_limit,
            "previewReplicaCount": self.preview_replicas,
            "prePromotionAnalysis": analysis("prePromotion", &self.pre_promotion)?,
            "postPromotionAnalysis": analysis("postPromotion", &self.post_promotion)?,
        }});
        Ok((strategy, names.service.clone()))
    }
}
