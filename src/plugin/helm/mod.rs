//! Helm charts, rendered by the `helm` program (upstream: `HelmChartInflationGenerator`).

mod chart;
mod inflate;
mod program;
mod values;

pub use chart::{HelmChart, HelmGlobals};
pub use inflate::inflate;
pub(crate) use program::Program;
pub(crate) use values::through_json;

#[cfg(all(test, unix))]
mod tests;
