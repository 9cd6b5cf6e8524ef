//! Rendered manifests in the repository that a GitOps controller reads: what a change does to them, and how they get
//! there.
//!
//! [`mod@diff`] compares two rendered sets; it is pure, and so is every format of its report ([`mod@format`]), and
//! [`plan()`], which says what publishing a set would do. Where sets come from is the concern of [`State`] (commits and
//! the work tree), [`compare`] (two of them, as far as a change reaches) and [`read_folder`] (what was published once).
//! [`publish`] is the one that changes something, in another repository.

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
pub use publish::plan;
pub use set::{GeneratedName, ManifestFile, RenderedSet, UnitManifests, UnitName};
pub use state::{State, StateFiles};
