//! Changes that releases make everywhere, told from those that somebody meant.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::fields::Found;
use super::path::Step;
use super::report::{FieldOperation, Noise};

/// What sort of noise all of these differences are; `None` if one of them is none.
pub(super) fn noise_of<'a>(
    found: impl IntoIterator<Item = &'a Found>,
    renames: &HashMap<String, String>,
) -> Option<Noise> {
    let mut all = None;
    for found in found {
        let one = noise(found, renames)?;
        all = match all {
            None => Some(one),
            Some(before) if before == one => Some(one),
            Some(_) => Some(Noise::Mixed),
        };
    }
    all
}

fn noise(found: &Found, renames: &HashMap<String, String>) -> Option<Noise> {
    let field = |step: Option<&'_ Step>| match step {
        Some(Step::Field(name)) => Some(name.clone()),
        _ => None,
    };
    if found.operation == FieldOperation::Reorder {
        return None;
    }
    if found.operation == FieldOperation::Replace {
        let text = |value: &Option<Json>| value.as_ref().and_then(Json::as_str).map(str::to_owned);
        if let (Some(old), Some(new)) = (text(&found.old), text(&found.new))
            && renames.get(&old) == Some(&new)
        {
            return Some(Noise::HashReferences);
        }
    }
    let mut back = found.path.iter().rev();
    let last = field(back.next())?;
    let parent = field(back.next());
    let grandparent = field(back.next());
    if last == "caBundle" {
        return Some(Noise::CaBundles);
    }
    if grandparent.as_deref() != Some("metadata") {
        return None;
    }
    match parent.as_deref() {
        Some("annotations") if last.starts_with("checksum/") => Some(Noise::Checksums),
        Some("labels") if matches!(last.as_str(), "helm.sh/chart" | "app.kubernetes.io/version") => {
            Some(Noise::ChartLabels)
        }
        _ => None,
    }
}
