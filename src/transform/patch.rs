//! Patches of either sort, with or without a target (upstream: `PatchTransformer`).
//!
//! What a text is shows when it is read. Files are not this room's matter.

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result, ResultExt as _};
use crate::kustomization::PatchOptions;
use crate::patch::comment_schema::CommentSchemas;
use crate::patch::json6902::Operations;
use crate::resource::read::read_resources_at;
use crate::resource::{ResMap, Resource, Selector};
use crate::source::Span;
use crate::transform::patch_apply::{apply_json_patch, apply_strategic_merge_patch};
use crate::transform::patch_select::{find_target, select, warn_of_nothing};
use crate::transform::patch_targeted::apply_to_targets;
use crate::transform::patch_warnings::{warn_of_directives, warn_of_rounding};
use crate::transform::{Context, Transformer};
use crate::yaml::documents::Position;

/// One entry of `patches`.
#[derive(Debug, Clone)]
pub struct PatchTransformer {
    form: Form,
    target: Option<Selector>,
    place: Span,
    comments: CommentSchemas,
}

#[derive(Debug, Clone)]
enum Form {
    Strategic(Vec<Resource>),
    Json(Operations),
}

impl PatchTransformer {
    /// The patch in `text`, which stands at `position`; `place` is the entry that names it. A text
    /// that is written in the entry itself comes without white space around it.
    ///
    /// # Errors
    /// When the text is neither a strategic merge patch nor a JSON patch.
    pub fn new(text: &ArcStr, position: Position, place: Span, comments: CommentSchemas) -> Result<Self> {
        let form = match read_resources_at(text, position) {
            Ok(patches) => Form::Strategic(patches),
            Err(error) => {
                let looks_like_json_patch = text.trim_start().starts_with(['[', '-']) && !text.starts_with("---");
                match Operations::parse(text, position) {
                    Ok(operations) => Form::Json(operations),
                    Err(error) if looks_like_json_patch => return Err(error.frame("while reading the patch at", place)),
                    Err(_) => return Err(error.frame("while reading the patch at", place)),
                }
            }
        };
        Ok(Self { form, target: None, place, comments })
    }

    /// Whether this is a strategic merge patch that says something.
    #[must_use]
    pub fn is_strategic(&self) -> bool {
        matches!(&self.form, Form::Strategic(patches) if !patches.is_empty())
    }

    /// The same patch for the resources that `target` selects.
    #[must_use]
    pub fn with_target(mut self, target: Option<Selector>) -> Self {
        self.target = target;
        self
    }

    /// The same patch with leave to change more than fields; JSON patches always have that.
    #[must_use]
    pub fn with_options(mut self, options: PatchOptions) -> Self {
        if let Form::Strategic(patches) = &mut self.form {
            for patch in patches {
                patch.allow_name_change |= options.allow_name_change;
                patch.allow_kind_change |= options.allow_kind_change;
            }
        }
        self
    }

    fn merge(&self, patches: &[Resource], resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        patches.iter().for_each(|patch| warn_of_directives(&patch.node, context.warnings));
        let Some(target) = &self.target else {
            for patch in patches {
                let index = find_target(resources, patch, context.schema)?;
                let hints = self.comments.hints(context.schema);
                let apply =
                    |resource: &mut Resource| apply_strategic_merge_patch(resource, patch, context, hints.as_deref());
                resources.update(index, apply).transpose()?;
            }
            return Ok(());
        };
        match patches {
            [] => Ok(()),
            [patch] => {
                let selected = select(resources, target, context.schema).at(self.place)?;
                if selected.is_empty() {
                    warn_of_nothing(context, self.place);
                }
                let hints = self.comments.hints(context.schema);
                apply_to_targets(resources, &selected, patch, context, hints.as_deref())
            }
            [_, second, ..] => {
                Err(Error::new(ErrorKind::Patch, "a strategic merge patch with a `target` must be one document")
                    .at(second.node.span)
                    .frame("while reading the patch at", self.place)
                    .hint("give each document an entry of its own, or leave `target` out"))
            }
        }
    }

    fn edit(&self, operations: &Operations, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let Some(target) = &self.target else {
            return Err(Error::new(ErrorKind::Patch, "a JSON patch needs a `target`")
                .at(self.place)
                .hint("say `target:` with `kind` and `name` of the resource to be patched"));
        };
        let selected = select(resources, target, context.schema).at(self.place)?;
        if selected.is_empty() {
            warn_of_nothing(context, self.place);
        }
        for index in selected {
            let apply = |resource: &mut Resource| {
                warn_of_rounding(&resource.node, context.warnings);
                resource.store_previous_id(context.schema);
                apply_json_patch(resource, operations)
            };
            resources.update(index, apply).transpose()?;
        }
        Ok(())
    }
}

impl Transformer for PatchTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        match &self.form {
            Form::Strategic(patches) => self.merge(patches, resources, context),
            Form::Json(operations) if operations.is_empty() => Ok(()),
            Form::Json(operations) => self.edit(operations, resources, context),
        }
    }
}
