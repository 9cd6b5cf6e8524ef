//! Rendered units to the branch that a GitOps controller reads.
//!
//! [`plan()`] is pure: what the branch holds and what was rendered in, what would be written and deleted out, and
//! whatever stands in the way, as data. [`publish()`] does it: one commit, made of objects only, pushed if the branch
//! is still where it was; else everything is planned again on what it became. Nothing is ever merged or rebased.
//!
//! # What holds
//!
//! - **Whose files they are** says the inventory of each unit ([`crate::output::Inventory`]). What it does not name is
//!   never changed or deleted; what it names is deleted once it is no longer rendered.
//! - **One commit or none.** Until the branch moves nothing can be seen of a publish, whenever it is killed.
//! - **No older source over a newer one**: `hydrator.metadata` says what commit each unit was rendered from.
//! - **The same again is nothing**: no commit, no push.

mod adoption;
mod ancestry;
mod collision;
mod deletion;
mod errand;
mod guard;
mod inputs;
mod layout;
mod message;
mod metadata;
mod notes;
mod options;
mod outcome;
mod pace;
mod pattern;
mod plan;
mod provenance;
mod published;
mod pull_request;
mod request;
mod run;
mod secrets;
mod template;
mod unit_plan;
mod unit_steps;

#[cfg(test)]
mod tests;

pub use ancestry::Relation;
pub use guard::{Guard, Violation};
pub use inputs::input_hashes;
pub use layout::BranchPath;
pub use metadata::METADATA;
pub use options::{GuardOptions, PlanOptions, PublishOptions, PullRequest, SecretPolicy};
pub use outcome::{FailureCause, Published, PublishedUnitResult, Status};
pub use pattern::ResourcePattern;
pub use plan::{Plan, plan};
pub use provenance::Provenance;
pub use published::{PublishedTree, PublishedUnit};
pub use run::publish;
pub use template::MessageTemplate;
pub use unit_plan::{Counts, FileChange, UnitChange, UnitPlan};
