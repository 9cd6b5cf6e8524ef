//! JSON patches that name their target (upstream: `PatchJson6902Transformer`).

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::patch::json6902::Operations;
use crate::resource::{ResMap, Resource, Selector};
use crate::source::Span;
use crate::transform::patch_apply::apply_json_patch;
use crate::transform::patch_select::{select, warn_of_nothing};
use crate::transform::patch_warnings::warn_of_rounding;
use crate::transform::{Context, Transformer};
use crate::yaml::documents::Position;

/// One entry of `patchesJson6902`.
#[derive(Debug, Clone)]
pub struct PatchJson6902Transformer {
    target: Selector,
    operations: Operations,
    place: Span,
}

impl PatchJson6902Transformer {
    /// The patch in `text`, which stands at `position`; `place` is the entry that names it.
    ///
    /// # Errors
    /// When the target has no name, or the text is no JSON patch, or one without operations.
    pub fn new(text: &ArcStr, position: Position, target: Selector, place: Span) -> Result<Self> {
        let fail = |message: &str| Err(Error::new(ErrorKind::Patch, message).at(place));
        if target.name.is_empty() {
            return fail("the `target` of a JSON patch needs a `name`");
        }
        let operations = Operations::parse(text, position).frame(|| "while reading the patch at".into(), place)?;
        if operations.is_empty() {
            return fail("the JSON patch holds no operations");
        }
        Ok(Self { target, operations, place })
    }
}

impl Transformer for PatchJson6902Transformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let selected = select(resources, &self.target, context.schema).at(self.place)?;
        if selected.is_empty() {
            warn_of_nothing(context, self.place);
        }
        for index in selected {
            let apply = |resource: &mut Resource| {
                warn_of_rounding(&resource.node, context.warnings);
                apply_json_patch(resource, &self.operations)
            };
            resources.update(index, apply).transpose()?;
        }
        Ok(())
    }
}
