//! Which fields transformers touch of the objects that bundles make.

use crate::config::TransformerConfig;
use crate::error::Result;
use crate::source::SourceId;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

const TEXT: &str = include_str!("configuration.yaml");

/// The configuration for kinds that kustomize knows nothing of.
///
/// # Errors
/// None, for the text is ours.
pub(crate) fn configuration() -> Result<TransformerConfig> {
    match parse(Chunk::whole(&TEXT.into(), SourceId(0)), Dialect::V2)? {
        Some(node) => TransformerConfig::from_node(&node),
        None => Ok(TransformerConfig::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Gvk;

    #[test]
    fn an_autoscaler_refers_to_a_rollout() {
        let gvk = |group: &str, version: &str, kind: &str| Gvk {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
        };
        let config = configuration().unwrap();
        let referrers = config.name_references.referrers_of(&gvk("argoproj.io", "v1alpha1", "Rollout"));
        let own = gvk("autoscaling", "v2", "HorizontalPodAutoscaler");
        assert!(!referrers.is_empty() || !config.name_references.referrers_of(&own).is_empty());
    }
}
