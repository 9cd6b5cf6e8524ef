//! The steps of a canary.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::progressive_app::ProgressiveApp;
use crate::bundle::progressive_app::canary::Canary;
use crate::error::Result;

/// One step; a site that changes steps says all of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Step {
    /// The new version gets that share of the traffic, in percent.
    SetWeight(u8),
    /// Nothing happens for a while, or until somebody says so.
    Pause(Pause),
    /// An analysis by its name: it must succeed.
    Analysis(String),
    /// How many pods the new version has.
    SetCanaryScale(CanaryScale),
    /// Requests with certain headers go to the new version, as Argo Rollouts has it.
    SetHeaderRoute(Map<String, Value>),
    /// Copies of requests go to the new version, as Argo Rollouts has it.
    SetMirrorRoute(Map<String, Value>),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pause {
    /// How long: `10m`, or seconds.
    duration: Option<Duration>,
}

#[derive(Debug, Deserialize, serde::Serialize, JsonSchema)]
#[serde(untagged, expecting = "it must be a duration such as `10m`, or seconds")]
enum Duration {
    Seconds(u32),
    Text(String),
}

/// One of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum CanaryScale {
    /// So many.
    Replicas(u32),
    /// A share of all, in percent.
    Weight(u8),
    /// As many as the weight of the traffic says.
    MatchTrafficWeight(bool),
}

impl Step {
    pub(super) fn write(
        &self,
        app: &ProgressiveApp,
        canary: &Canary,
        bundle: &Bundle<'_>,
        path: &[&str],
    ) -> Result<Value> {
        Ok(match self {
            Self::SetWeight(weight) if *weight > 100 => {
                return Err(bundle.refuse(path, format!("{weight} is more than 100 percent")));
            }
            Self::SetWeight(weight) => json!({"setWeight": weight}),
            Self::Pause(Pause { duration: Some(Duration::Text(text)) }) if !is_duration(text) => {
                return Err(bundle.refuse(path, format!("`{text}` is no duration such as `10m`")));
            }
            Self::Pause(pause) => json!({"pause": {"duration": pause.duration}}),
            Self::Analysis(name) => {
                app.check_analysis(name, true, bundle, path)?;
                json!({"analysis": app.analysis_reference(name, bundle)})
            }
            Self::SetCanaryScale(scale) => {
                if !canary.routes_traffic() {
                    let error = bundle.refuse(path, "`setCanaryScale` needs somebody who shares out the traffic");
                    return Err(error.hint("say `istio` or `nginx`"));
                }
                json!({"setCanaryScale": match scale {
                    CanaryScale::Replicas(count) => json!({"replicas": count}),
                    CanaryScale::Weight(weight) => json!({"weight": weight}),
                    CanaryScale::MatchTrafficWeight(matches) => json!({"matchTrafficWeight": matches}),
                }})
            }
            Self::SetHeaderRoute(route) => {
                check_managed(route, canary, bundle, path)?;
                json!({"setHeaderRoute": route})
            }
            Self::SetMirrorRoute(route) => {
                check_managed(route, canary, bundle, path)?;
                json!({"setMirrorRoute": route})
            }
        })
    }
}

/// Routes that steps make must be known beforehand.
fn check_managed(route: &Map<String, Value>, canary: &Canary, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
    let name = route.get("name").and_then(Value::as_str).unwrap_or_default();
    if canary.istio.is_none() {
        return Err(bundle.refuse(path, "routes by header and mirrors need `istio`"));
    }
    if !canary.managed_routes.iter().any(|managed| managed == name) {
        let error = bundle.refuse(path, format!("`managedRoutes` does not name the route `{name}`"));
        return Err(error.hint("list it there, before any route of its own that it must go before"));
    }
    Ok(())
}

/// Whether `text` is a duration as Go writes it.
pub(super) fn is_duration(text: &str) -> bool {
    let mut rest = text;
    let mut any = false;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let unit = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let known = matches!(&rest[digits..digits + unit], "ns" | "us" | "ms" | "s" | "m" | "h");
        if digits == 0 || !known || rest[..digits].parse::<f64>().is_err() {
            return false;
        }
        rest = &rest[digits + unit..];
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::is_duration;

    #[test]
    fn durations() {
        assert!(["10m", "1h30m", "1.5s", "300ms"].iter().all(|text| is_duration(text)));
        assert!(["", "10", "m", "1d", "1..s", "ä", "1h-1m"].iter().all(|text| !is_duration(text)));
    }
}
