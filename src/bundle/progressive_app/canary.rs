//! The new version gets more and more of the traffic.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::bundle::{Bundle, unless_empty};
use crate::bundle::parts::Share;
use crate::bundle::progressive_app::istio::Istio;
use crate::bundle::progressive_app::step::Step;
use crate::bundle::progressive_app::{Names, ProgressiveApp};
use crate::error::Result;

/// The new version gets more and more of the traffic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Canary {
    /// The steps, in order; a site that changes them says all of them.
    #[serde(default)]
    steps: Vec<Step>,
    /// The Service of the old version's pods; the Service's name and `-stable` unless given.
    stable_service: Option<String>,
    /// The Service of the new version's pods; the Service's name and `-canary` unless given.
    canary_service: Option<String>,
    /// Istio shares out the traffic.
    pub istio: Option<Istio>,
    /// ingress-nginx shares out the traffic, by the bundle's Ingress.
    #[serde(default)]
    nginx: bool,
    /// Routes that steps make, in order.
    #[serde(default)]
    pub managed_routes: Vec<String>,
    /// An analysis that goes on all the while.
    background: Option<Background>,
    /// How many pods there may be beyond those that are wanted.
    max_surge: Option<Share>,
    /// How many pods may be missing.
    max_unavailable: Option<Share>,
    /// Seconds that pods of the old version stay; only where somebody shares out the traffic.
    scale_down_delay_seconds: Option<u32>,
    /// Whether the old version has fewer pods when it has less of the traffic.
    dynamic_stable_scale: Option<bool>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Background {
    /// The analysis by its name.
    analysis: String,
    /// The step that it begins with, from 0.
    starting_step: Option<u32>,
}

impl Canary {
    /// Whether somebody shares out the traffic.
    pub(super) fn routes_traffic(&self) -> bool {
        self.istio.is_some() || self.nginx
    }

    /// Adds the Services and what shares out the traffic, and gives back the strategy and the Service that the public
    /// sees.
    pub(super) fn write(
        &self,
        app: &ProgressiveApp,
        names: &Names,
        bundle: &Bundle<'_>,
        made: &mut Vec<Value>,
    ) -> Result<(Value, String)> {
        self.check(app, bundle)?;
        let subsets = self.istio.as_ref().is_some_and(Istio::by_subsets);
        let both =
            (self.routes_traffic() && !subsets) || self.stable_service.is_some() || self.canary_service.is_some();
        let named = |name: &Option<String>, end: &str| {
            both.then(|| name.clone().unwrap_or_else(|| format!("{}-{end}", names.service)))
        };
        let (stable, canary) = (named(&self.stable_service, "stable"), named(&self.canary_service, "canary"));
        if both && stable == canary {
            let message = "the old and the new version need Services of their own";
            return Err(bundle.refuse(&["strategy", "canary", "canaryService"], message));
        }
        let public = stable.clone().unwrap_or_else(|| names.service.clone());
        let services = if both { vec![&canary, &stable] } else { vec![] };
        for name in services.into_iter().flatten() {
            made.push(app.service(name, app.service.service_type, names, bundle)?);
        }
        if !both || (subsets && public != names.service) {
            made.push(app.service(&names.service, app.service.service_type, names, bundle)?);
        }
        let mut routing = json!({});
        if let Some(istio) = &self.istio {
            let services = (stable.as_deref(), canary.as_deref());
            routing["istio"] = istio.write(app, names, services, bundle, made)?;
        }
        if self.nginx {
            let ingress = app.ingress.as_ref().map(|ingress| bundle.own(ingress.name(bundle)));
            routing["nginx"] = json!({"stableIngress": ingress});
        }
        if !self.managed_routes.is_empty() {
            routing["managedRoutes"] = self.managed_routes.iter().map(|name| json!({"name": name})).collect();
        }
        let step = |(index, step): (usize, &Step)| {
            step.write(app, self, bundle, &["strategy", "canary", "steps", &index.to_string()])
        };
        let steps = self.steps.iter().enumerate().map(step).collect::<Result<Value>>()?;
        let analysis = self.background.as_ref().map(|background| {
            let mut reference = app.analysis_reference(&background.analysis, bundle);
            reference["startingStep"] = json!(background.starting_step);
            reference
        });
        let strategy = json!({"canary": {
            "stableService": stable.map(|name| bundle.own(&name)),
            "canaryService": canary.map(|name| bundle.own(&name)),
            "trafficRouting": unless_empty(routing),
            "steps": unless_empty(steps),
            "analysis": analysis,
            "maxSurge": self.max_surge,
            "maxUnavailable": self.max_unavailable,
            "scaleDownDelaySeconds": self.scale_down_delay_seconds,
            "dynamicStableScale": self.dynamic_stable_scale,
        }});
        Ok((strategy, public))
    }

    fn check(&self, app: &ProgressiveApp, bundle: &Bundle<'_>) -> Result<()> {
        let path = |field| ["strategy", "canary", field];
        let zero = |share: &Option<Share>| share.as_ref().is_some_and(Share::is_zero);
        if zero(&self.max_surge) && zero(&self.max_unavailable) {
            return Err(bundle.refuse(&path("maxSurge"), "it can't be 0 where `maxUnavailable` is 0, too"));
        }
        if self.istio.is_some() && self.nginx {
            return Err(bundle.refuse(&path("nginx"), "`istio` shares out the traffic already"));
        }
        if self.nginx && app.ingress.is_none() {
            return Err(bundle.refuse(&path("nginx"), "an `ingress` is needed"));
        }
        let routed = self.scale_down_delay_seconds.is_some() || self.dynamic_stable_scale == Some(true);
        if routed && !self.routes_traffic() {
            let message = "`scaleDownDelaySeconds` and `dynamicStableScale` need `istio` or `nginx`";
            return Err(bundle.refuse(&path("steps")[..2], message));
        }
        if self.scale_down_delay_seconds.is_some() && self.dynamic_stable_scale == Some(true) {
            return Err(bundle.refuse(&path("dynamicStableScale"), "it can't be with `scaleDownDelaySeconds`"));
        }
        if let Some(background) = &self.background {
            app.check_analysis(&background.analysis, false, bundle, &path("background"))?;
        }
        Ok(())
    }
}
