//! Which fields each transformer touches (upstream: `builtinconfig`, `builtinpluginconsts`).
//!
//! A [`TransformerConfig`] starts from [`TransformerConfig::built_in`], takes up the files that
//! `configurations` and `crds` name, and is merged upwards from base to overlay. This room reads
//! no files: it is handed trees.

pub mod built_in;
mod crds;
mod field_spec;
mod field_spec_path;
mod field_specs;
mod gvk_order;
mod name_references;
mod shared_list;
mod transformer_config;

pub use field_spec::{FieldSpec, NameReference};
pub use field_spec_path::{FieldSpecPath, split_path};
pub(crate) use field_spec_path::{Segment, SegmentSort};
pub use field_specs::{FieldSpecs, merge_field_specs};
pub use gvk_order::{ORDER_FIRST, ORDER_LAST, compare_gvk_text};
pub use name_references::NameReferences;
pub use transformer_config::TransformerConfig;
