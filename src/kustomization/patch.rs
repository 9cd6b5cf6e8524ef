//! Patches as a kustomization names them.

use crate::decode::{Decode, Fields, Spanned};
use crate::error::Result;
use crate::kustomization::decode_fields;
use crate::resource::Selector;
use crate::yaml::Node;

/// One entry of `patches` or `patchesJson6902`.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// A file with the patch.
    pub path: Spanned<String>,
    /// The patch itself.
    pub patch: Spanned<String>,
    /// What it is for.
    pub target: Option<Selector>,
    /// What it may change.
    pub options: Option<PatchOptions>,
    /// The entry, for errors.
    pub place: Spanned<()>,
}

/// What a patch may change besides its fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct PatchOptions {
    /// Whether it may rename its target.
    pub allow_name_change: bool,
    /// Whether it may change its target's kind.
    pub allow_kind_change: bool,
}

impl Decode for Patch {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, |fields| {
            Ok(Self {
                path: fields.take("path")?,
                patch: fields.take("patch")?,
                target: fields.take("target")?,
                options: fields.take("options")?,
                place: Spanned::new((), node.span),
            })
        })
    }
}

impl PatchOptions {
    /// Takes the options, whatever other fields there are.
    pub(crate) fn take(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            allow_name_change: fields.take("allowNameChange")?,
            allow_kind_change: fields.take("allowKindChange")?,
        })
    }
}

impl Decode for PatchOptions {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, Self::take)
    }
}

impl Selector {
    /// Takes the fields of a selector, whatever other fields there are.
    pub(crate) fn take(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            group: fields.take("group")?,
            version: fields.take("version")?,
            kind: fields.take("kind")?,
            name: fields.take("name")?,
            namespace: fields.take("namespace")?,
            label_selector: fields.take("labelSelector")?,
            annotation_selector: fields.take("annotationSelector")?,
        })
    }
}

impl Decode for Selector {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, Self::take)
    }
}
