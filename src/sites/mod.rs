//! A fleet: many sites over one base, rendered in one run.
//!
//! ```text
//! base/<app>/…                                      what all sites share
//! sites/<site>/<app>/kustomization.yaml             what one site makes of it: a unit, `<site>/<app>`
//! sites/<site>/<app>/site-values.yaml
//! crustomize.yaml                                   other folders, and rules, if need be
//! ```
//!
//! A unit with a kustomization is rendered as [`crate::render()`] does it, with one addition: what the site's
//! folder lacks beside the application is looked for in the application's base ([`GraftedFs`]), so that the
//! `../base` of Decapod's sites works without copying. A unit of a base that is Helm releases without a
//! kustomization is resolved by [`crate::decapod`], and comes out as releases with the site's values; only
//! such a unit knows `sites/<site>/site-values.yaml`, values that are common to the site's applications.

mod config;
mod decode;
mod graft;
mod new_site;
mod outcome;
mod overridden;
mod pattern;
mod project;
mod release;
mod rule;
mod run;
mod settle;
mod shard;
mod unit;

pub use config::{ProjectConfig, PublishConfig};
pub use graft::GraftedFs;
pub use new_site::{CopiedFile, new_site};
pub use outcome::{Outcome, RenderedUnit};
pub use overridden::overridden_values;
pub use pattern::UnitPattern;
pub use project::{Project, ProjectPaths};
pub use rule::{Action, Applied, Rule, apply_rules};
pub use run::{RunOptions, render_units};
pub use shard::{Shard, costs};
pub use unit::Unit;
