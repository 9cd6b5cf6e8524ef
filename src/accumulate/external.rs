//! `generators`, `transformers` and `validators`: configs of plugins, built in or not, given
//! inline, in files, or as whole kustomizations.

use crate::accumulate::inline::read_inline;
use crate::accumulate::transformers::Step;
use crate::accumulate::{Accumulator, Layer, built_in};
use crate::bundle;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::kustomization::Reference;
use crate::plugin::Plugin;
use crate::resource::origin::{ConfiguredBy, Origin};
use crate::resource::{ResMap, Resource};
use crate::template;
use crate::timings::Phase;
use crate::transform::Transformer;

/// The `apiVersion` of configs of built-in plugins.
const BUILT_IN: &str = "builtin";

/// A generator from a config.
pub(super) struct ExternalGenerator {
    config: Resource,
    pub origin: Option<Origin>,
}

impl ExternalGenerator {
    /// Whether it is a bundle, of ours or somebody else's.
    pub(super) fn is_bundle(&self) -> bool {
        bundle::is_bundle(&self.config)
    }

    /// Makes the resources.
    pub(super) fn run(&self, layer: &Layer<'_>) -> Result<Vec<Resource>> {
        let _span = layer.build.timings().span(phase(&self.config));
        let made = if self.config.api_version() == BUILT_IN {
            built_in::generate(layer, &self.config)
        } else if built_in::is_bundle(layer, &self.config)? {
            let of_user = layer.build.bundle_of_user(&self.config).transpose();
            let made = of_user.unwrap_or_else(|| bundle::generate(&self.config, &layer.build.warnings));
            made.and_then(|made| unique(made, &layer.build.schema()))
        } else {
            layer.plugin(&self.config).and_then(|plugin| unique(plugin.generate()?, &layer.build.schema()))
        };
        made.at(self.config.node.span)
    }
}

impl Layer<'_> {
    /// The generators of `generators`.
    pub(super) fn external_generators(&mut self, references: &[Reference]) -> Result<Vec<ExternalGenerator>> {
        let mut configs = self.plugin_configs(references, "generators")?;
        for config in &mut configs {
            self.apply_to_config(config)?;
        }
        Ok(configs.into_iter().map(|config| ExternalGenerator { origin: plugin_origin(&config), config }).collect())
    }

    /// The transformers of `transformers` or `validators`.
    pub(super) fn external_transformers(&mut self, references: &[Reference], field: &str) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for mut config in self.plugin_configs(references, field)? {
            let origin = plugin_origin(&config);
            let span = config.node.span;
            let transformer: Box<dyn Transformer> = if config.api_version() == BUILT_IN {
                built_in::transformer(self, &config).at(span)?
            } else if built_in::is_helm_values(self, &config)? {
                built_in::helm_values(self, &config).at(span)?
            } else if built_in::is_bundle(self, &config)? {
                if bundle::is_site_values(&config) {
                    self.site_charts(&config)?
                } else if self.build.is_bundle_of_user(&config) {
                    let error = Error::new(ErrorKind::Bundle, format!("`{}` is a generator", config.kind()));
                    return Err(error.at(span).hint("name it under `generators:`"));
                } else {
                    self.apply_to_config(&mut config)?;
                    bundle::transformer_for(&config).at(span)?
                }
            } else {
                Box::new(self.plugin(&config).at(span)?)
            };
            steps.push(Step { transformer, origin, phase: phase(&config) });
        }
        Ok(steps)
    }

    /// The configs that a field names: inline ones first, then files and directories, as upstream orders them.
    fn plugin_configs(&mut self, references: &[Reference], field: &str) -> Result<Vec<Resource>> {
        let schema = self.build.schema();
        let mut accumulator = Accumulator::default();
        let mut paths = Vec::new();
        for (index, reference) in references.iter().enumerate() {
            let Ok(inline) = read_inline(self.build, reference).and_then(|made| unique(made, &schema)) else {
                paths.push((index, reference.clone()));
                continue;
            };
            for mut config in inline {
                template::attach(&mut config, &self.folder_of(""))?;
                if let Some(origin) = &self.origin {
                    config.origin = Some(Box::new(origin.append(self.file_name)));
                }
                accumulator.resources.append(config, &schema)?;
            }
        }
        for (index, reference) in paths {
            let step = || format!("while reading `{field}[{index}]` at");
            self.accumulate_one(&mut accumulator, &reference).at(reference.span()).frame(step, reference.span())?;
        }
        Ok(accumulator.resources.into_resources())
    }

    /// The program that a config asks for.
    fn plugin(&self, config: &Resource) -> Result<Plugin> {
        let build = self.build;
        build.speculation.in_turn()?;
        Plugin::new(config, &self.loader, &build.options.plugins, &build.sources, &build.warnings)
    }
}

/// Whose time the work is that a config asks for.
fn phase(config: &Resource) -> Phase {
    let built_in = config.api_version() == BUILT_IN;
    built_in.then(|| Phase::of_built_in(&config.kind())).flatten().unwrap_or(Phase::Plugins)
}

/// The resources, if no two have one id.
fn unique(made: Vec<Resource>, schema: &crate::schema::Schema) -> Result<Vec<Resource>> {
    let mut resources = ResMap::new();
    for resource in made {
        resources.append(resource, schema)?;
    }
    Ok(resources.into_resources())
}

/// What a plugin's config says about what it makes or touches.
fn plugin_origin(config: &Resource) -> Option<Origin> {
    let origin = config.origin.as_ref()?;
    Some(Origin {
        path: String::new(),
        repo: origin.repo.clone(),
        reference: origin.reference.clone(),
        configured_in: origin.path.clone(),
        configured_by: Some(ConfiguredBy {
            api_version: config.api_version().to_string(),
            kind: config.kind().to_string(),
            name: config.name().to_string(),
            namespace: config.namespace().to_string(),
        }),
    })
}
