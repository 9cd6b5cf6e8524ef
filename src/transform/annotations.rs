//! Adds annotations (upstream: `AnnotationsTransformer`, `api/filters/annotations`).

use std::collections::BTreeMap;

use crate::config::FieldSpecs;
use crate::error::Result;
use crate::resource::ResMap;
use crate::transform::labels::add_entries;
use crate::transform::{Context, Transformer};

/// Adds annotations to the fields of all resources.
#[derive(Debug, Clone, Default)]
pub struct AnnotationsTransformer {
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
    /// Where they go.
    pub field_specs: FieldSpecs,
}

impl Transformer for AnnotationsTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        add_entries(resources, &self.annotations, &self.field_specs, context.packs)
    }
}
