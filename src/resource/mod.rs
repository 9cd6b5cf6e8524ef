//! Kubernetes objects and their identity.
//!
//! A [`Resource`] is a tree plus what a render must remember about it; a [`ResMap`]
//! is an ordered set of them, found by id through an index.

pub mod annotations;
mod detach;
pub mod gvk;
pub mod id;
mod index;
pub mod label_selector;
pub mod origin;
mod place;
pub mod read;
pub mod resmap;
#[cfg(test)]
mod resmap_tests;
#[expect(clippy::module_inception, reason = "the main type of the room")]
pub mod resource;
mod scopes;
pub mod selector;
pub mod shared;

pub(crate) use detach::WORDS;
pub use gvk::Gvk;
pub(crate) use gvk::{EMPTY, TypeRef};
pub use id::{IdRef, ResId};
pub use origin::Origin;
pub use resmap::ResMap;
pub use resource::{Behavior, PreviousId, Resource};
pub(crate) use scopes::Scopes;
pub use selector::{Selector, SelectorRegex};
pub use shared::SharedValue;

/// The group of our own kinds, which become others before anything is printed.
pub const OWN_GROUP: &str = "crustomize.dev";
