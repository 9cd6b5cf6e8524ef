//! Strategic merge and JSON patches: a tree and a patch go in, the tree comes out changed.
//!
//! Knows nothing of files or of sets of resources; which resource a patch is for is the
//! matter of the transformers.

pub mod comment_schema;
pub mod json6902;
pub mod strategic;
