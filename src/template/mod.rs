//! Templates of users: a `TemplateBundle` makes objects from templates that it names, and a `BundleDefinition` lets
//! people write objects of a kind of their own that do.
//!
//! Only files that a bundle names are templates, and they lie in the bundle's folder; nothing else is read, asked or
//! taken from a clock. What a template inserts is not read as a template again. What is undefined is an error where it
//! is written out; `{% if %}` and `default` may ask for it.

mod attach;
mod definition;
mod eject;
mod engine;
mod filters;
mod merge;
mod naming;
mod output;
mod schema;
mod spec;

pub(crate) use attach::{Folder, attach};
pub(crate) use definition::Definitions;
pub use eject::{Ejected, eject};
pub(crate) use spec::{is_template_bundle, template_bundle};
