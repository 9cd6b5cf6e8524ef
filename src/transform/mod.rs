//! The transformers. They touch no files, clock or environment: what they need is passed in.

pub mod annotations;
pub mod composed_reference;
mod edit;
pub mod field_spec;
mod field_tree;
mod fields_by_type;
pub mod hash;
pub mod helm_values;
mod image_reference;
pub mod images;
pub mod labels;
pub mod name_reference;
mod name_reference_targets;
pub mod namespace;
pub mod patch;
mod patch_apply;
pub mod patch_json6902;
mod patch_lists;
mod patch_select;
pub mod patch_strategic_merge;
mod patch_targeted;
#[cfg(test)]
mod patch_tests;
mod patch_warnings;
pub mod prefix;
pub mod replacement;
mod replacement_source;
mod replacement_value;
pub mod replicas;
pub mod role_binding;
pub mod set_value;
pub mod sort_order;
pub mod suffix;
#[cfg(test)]
pub(crate) mod testing;
pub mod value_add;
pub mod variables;
mod variables_expand;

use crate::error::Result;
use crate::pack::Packs;
use crate::resource::ResMap;
use crate::schema::Schema;
use crate::warning::Warnings;

/// What every transformer may use.
#[derive(Debug)]
pub struct Context<'a> {
    /// Types, scopes and merge keys.
    pub schema: &'a Schema,
    /// Where warnings go.
    pub warnings: &'a Warnings,
    /// Which systems are known besides Kubernetes.
    pub packs: Packs,
}

/// One step of work on a set of resources.
pub trait Transformer {
    /// Changes the resources.
    ///
    /// # Errors
    /// When the transformer can't do its work; the resources are then of no use.
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()>;
}
