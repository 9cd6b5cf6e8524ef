//! Helm releases to the objects of their charts.
//!
//! [`release_of`] reads what a release says, of whichever controller it is, into a [`Release`]; an [`Inflater`]
//! makes resources of that. The only one today, [`HelmProgram`], lets `helm` do it. A release that can't be known
//! without a cluster (values in a Secret that is not at hand, say) is an error: what came out would not be what
//! the controller installs.

mod argo_cd;
mod chart_cache;
mod field;
mod flux;
mod git_charts;
mod helm_operator;
mod helm_program;
mod inflater;
mod mask;
mod once_map;
mod path_value;
mod release;
mod unit;
mod values;

pub use helm_program::HelmProgram;
pub use inflater::Inflater;
pub use release::{ChartOrigin, Release};
pub use unit::{is_release, release_of};

#[cfg(test)]
mod tests;
