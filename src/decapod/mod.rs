//! Charts mode: repositories of Decapod whose base has no kustomization (`decapod-base-yaml`, `decapod-site`).
//!
//! A base is every `resources.yaml` below `base/<app>`, each a list of Helm releases; a site names the releases
//! it wants and overrides their values. Here the two become charts with values, as `helm2yaml` has them before it
//! calls `helm`; nothing is rendered. Every value keeps the place of the line that wrote it.
//!
//! [`resolve_units`] reads files; [`resolve`] is what it does with them and touches none. Nothing stops at the
//! first problem: a [`Resolution`] lists all of all units.
//!
//! Departures from `helm2yaml` beyond those in [`crate::site_values`]:
//!
//! - Several `resources.yaml` of a base come in the order of their paths, not in the disk's. A release that two of
//!   them have is a warning (the later one counts).
//! - `source` of a chart is obeyed; `helm2yaml` reads it and does nothing.
//! - A mapping over a text or a list takes its place; `helm2yaml` crashes, or leaves the text under an empty mapping.
//! - A global left at a placeholder is a problem also where it is a part of a longer text.
//! - A key that comes twice is a warning (the last one counts, as there).

mod base_charts;
mod chart_source;
mod placeholders;
mod read;
mod resolution;
mod resolve;
#[cfg(test)]
mod tests;
mod unit;

pub use base_charts::{BaseChart, BaseCharts};
pub use chart_source::{ChartSource, SourceType};
pub use placeholders::{Placeholders, Severity};
pub use read::SiteFile;
pub use resolution::{Problem, Resolution, ResolvedChart, ResolvedUnit};
pub use resolve::{ChartsOptions, Resolved, resolve};
pub use unit::{Unit, is_charts_base, resolve_units};
