//! Adds a suffix to names (upstream: `SuffixTransformer`, `api/filters/suffix`).

use crate::config::FieldSpecs;
use crate::error::Result;
use crate::resource::{ResMap, Resource};
use crate::transform::prefix::rename;
use crate::transform::{Context, Transformer};
use crate::yaml::Text;

/// Adds a suffix to the names of all resources, except types whose names mean something.
#[derive(Debug, Clone, Default)]
pub struct SuffixTransformer {
    /// The suffix.
    pub suffix: String,
    /// Where it goes.
    pub field_specs: FieldSpecs,
}

impl Transformer for SuffixTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let suffix = Text::from(self.suffix.as_str());
        let note = |resource: &mut Resource| {
            resource.suffixes.reserve_exact(1);
            resource.suffixes.push(suffix.clone());
        };
        rename(resources, context, &self.field_specs, &suffix, &note, &|old| format!("{old}{suffix}"))
    }
}
