//! Rendered manifests in the repository that a GitOps controller reads: what a change does to them, and how they get
//! there.
//!
//! [`diff`] compares two rendered sets; it is pure, and so is every format of its report. Where the sets come from
//! (a commit, the work tree, a folder, what was published) is not its concern.

mod affected;
mod chain;
mod comparison;
pub mod diff;
mod fleet;
mod folder;
pub mod format;
pub mod publish;
mod set;
mod state;

pub use affected::{Affected, Changes};
pub use chain::{Link, chain};
pub use comparison::{Comparison, Scope, Side, compare, open_old};
pub use fleet::{RenderedFleet, render_fleet};
pub use folder::read_folder;
pub use set::{GeneratedName, ManifestFile, RenderedSet, UnitManifests, UnitName};
pub use state::{State, StateFiles};
