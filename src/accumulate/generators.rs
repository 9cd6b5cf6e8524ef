//! Generators: ConfigMaps, Secrets and charts from our fields, then `generators`, in this order.

use crate::accumulate::{Accumulator, Layer};
use crate::bundle;
use crate::decode::Spanned;
use crate::error::{Result, ResultExt};
use crate::generate::{FileSource, absorb};
use crate::plugin::helm::{HelmChart, HelmGlobals, inflate};
use crate::resource::{Origin, Resource};
use crate::source::Span;
use crate::timings::Phase;

impl Layer<'_> {
    /// Runs the generators and adds what they make.
    pub(super) fn run_generators(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let timings = self.build.timings();
        let options = self.kustomization.generator_options.clone();
        let origin = self.builtin_origin("ConfigMapGenerator");
        for mut args in self.kustomization.config_map_generator.clone() {
            let span = timings.span(Phase::ConfigMapGenerator);
            args.common.merge_global_options(options.as_ref());
            let made = args.generate(self)?;
            drop(span);
            self.absorb_all(accumulator, vec![made], origin.as_ref())?;
        }
        let origin = self.builtin_origin("SecretGenerator");
        for mut args in self.kustomization.secret_generator.clone() {
            let span = timings.span(Phase::SecretGenerator);
            args.common.merge_global_options(options.as_ref());
            let made = args.generate(self)?;
            drop(span);
            self.absorb_all(accumulator, vec![made], origin.as_ref())?;
        }
        let origin = self.builtin_origin("HelmChartInflationGenerator");
        let globals = self.kustomization.helm_globals.clone().unwrap_or_default();
        for Spanned { value: mut chart, span } in self.kustomization.helm_charts.clone() {
            if chart.namespace.is_empty() {
                let namespace = &self.kustomization.namespace;
                chart.namespace = if namespace.is_empty() { &self.helm_namespace } else { namespace }.clone();
            }
            let made = self.inflate(&chart, &globals).at(span.unwrap_or(Span::NONE))?;
            self.absorb_all(accumulator, made, origin.as_ref())?;
        }
        let references = self.kustomization.generators.clone();
        for generator in self.external_generators(&references)? {
            let made = generator.run(self)?;
            if generator.is_bundle() {
                accumulator.config.merge(&bundle::configuration()?)?;
            }
            self.absorb_all(accumulator, made, generator.origin.as_ref())?;
        }
        Ok(())
    }

    /// Renders a chart.
    pub(super) fn inflate(&self, chart: &HelmChart, globals: &HelmGlobals) -> Result<Vec<Resource>> {
        let build = self.build;
        build.speculation.in_turn()?;
        let _span = build.timings().span(Phase::HelmChartInflationGenerator);
        inflate(chart, globals, &self.loader, &build.options.plugins, &build.sources, &build.warnings)
    }

    /// Adds what a generator made, telling where it comes from unless it says so itself.
    fn absorb_all(&self, accumulator: &mut Accumulator, made: Vec<Resource>, origin: Option<&Origin>) -> Result<()> {
        let schema = self.build.schema();
        for mut resource in made {
            if resource.origin.is_none() {
                resource.origin = origin.cloned().map(Box::new);
            }
            absorb(&mut accumulator.resources, resource, &schema)?;
        }
        Ok(())
    }
}

impl FileSource for Layer<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>> {
        Ok(self.build.load(&self.loader, path)?.bytes)
    }
}
