//! Helm charts, rendered by the `helm` program (upstream: `HelmChartInflationGenerator`).

mod chart;
mod inflate;
mod values;

pub use chart::{HelmChart, HelmGlobals};
pub use inflate::inflate;

#[cfg(all(test, unix))]
mod tests;
