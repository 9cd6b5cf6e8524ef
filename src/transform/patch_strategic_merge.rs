//! Strategic merge patches without targets (upstream: `PatchStrategicMergeTransformer`).

use crate::error::{Error, ErrorKind, Result};
use crate::patch::comment_schema::CommentSchemas;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::transform::patch_select::find_target;
use crate::transform::patch_targeted::apply_to_targets;
use crate::transform::patch_warnings::warn_of_directives;
use crate::transform::{Context, Transformer};

/// The patches of `patchesStrategicMerge`.
#[derive(Debug, Clone)]
pub struct PatchStrategicMergeTransformer {
    patches: Vec<Resource>,
    comments: CommentSchemas,
}

impl PatchStrategicMergeTransformer {
    /// A transformer of `patches`; `place` is the list that names them.
    ///
    /// # Errors
    /// When there is no patch.
    pub fn new(patches: Vec<Resource>, place: Span, comments: CommentSchemas) -> Result<Self> {
        if patches.is_empty() {
            return Err(Error::new(ErrorKind::Patch, "the strategic merge patches hold nothing").at(place));
        }
        Ok(Self { patches, comments })
    }
}

impl Transformer for PatchStrategicMergeTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        for patch in &self.patches {
            warn_of_directives(&patch.node, context.warnings);
            let index = find_target(resources, patch, context.schema)?;
            let hints = self.comments.hints(context.schema);
            apply_to_targets(resources, &[index], patch, context, hints.as_deref())?;
        }
        Ok(())
    }
}
