//! One kustomization at a time: reads what it names, recursing into other directories, and
//! runs its generators, components, transformers and validators in kustomize's order of work
//! (upstream: `api/internal/target/kusttarget.go`).
//!
//! What happens once for the whole build is `finish`'s.

mod build;
mod built_in;
mod bundle_folder;
mod cache;
mod config;
mod external;
mod generators;
mod inline;
mod layer;
mod patches;
mod resources;
mod single;
mod site_values;
mod transformers;
mod validators;

pub use build::Build;
pub use cache::RenderCache;
pub(crate) use layer::Layer;
pub(crate) use single::Sort;

use crate::config::TransformerConfig;
use crate::error::Result;
use crate::resource::ResMap;
use crate::timings::Phase;
use crate::transform::variables::VarSet;

/// What has come together so far: resources, what transformers touch, and vars.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accumulator {
    pub resources: ResMap,
    pub config: TransformerConfig,
    pub vars: VarSet,
}

impl Accumulator {
    /// Takes over everything from another accumulator.
    fn merge(&mut self, other: Self, build: &Build<'_>) -> Result<()> {
        let schema = build.schema();
        if self.resources.is_empty() {
            self.resources = other.resources;
            self.resources.check_unique(&schema)?;
        } else {
            for resource in other.resources.into_resources() {
                self.resources.append(resource, &schema)?;
            }
        }
        self.config.merge(&other.config)?;
        self.vars.merge(other.vars)
    }
}

impl Layer<'_> {
    /// Does all the work of this kustomization. `accumulator` is empty, or the parent's for a component.
    pub(crate) fn accumulate(&mut self, mut accumulator: Accumulator) -> Result<Accumulator> {
        let _span = self.build.timings().span(Phase::Accumulate);
        let references = self.kustomization.resources.clone();
        self.accumulate_resources(&mut accumulator, &references, "resources")?;
        self.merge_configurations(&mut accumulator)?;
        self.apply_site_values(&mut accumulator)?;
        self.run_generators(&mut accumulator)?;
        accumulator = self.accumulate_components(accumulator)?;
        self.run_transformers(&mut accumulator)?;
        self.run_validators(&mut accumulator)?;
        let _span = self.build.timings().span(Phase::Vars);
        let schema = self.build.schema();
        accumulator.vars.merge_own(&self.kustomization.vars, &mut accumulator.resources, &schema)?;
        Ok(accumulator)
    }
}
