//! Rendered manifests in the repository that a GitOps controller reads: what a change does to them, and how they get
//! there.
//!
//! [`diff`] compares two rendered sets; it is pure, and so is every format of its report. Where the sets come from
//! (a commit, the work tree, a folder, what was published) is not its concern.

pub mod diff;
mod set;

pub use set::{GeneratedName, ManifestFile, RenderedSet, UnitManifests, UnitName};
