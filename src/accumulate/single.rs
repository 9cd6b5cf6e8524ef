//! One generator or transformer by itself, without a kustomization: what we do as somebody else's function or plugin.

use std::path::Path;

use crate::accumulate::{Build, Layer, built_in};
use crate::bundle;
use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::kustomization::Kustomization;
use crate::loader::{Loader, LoaderOptions};
use crate::resource::{ResMap, Resource};
use crate::site_values;
use crate::template;

/// Types of ours. kustomize never asks anybody else for what is `builtin`, so there is a second name.
pub(crate) const API_VERSIONS: [&str; 2] = ["builtin", "crustomize/v1"];

/// What a config asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Generator,
    Transformer,
    HelmValues,
    BundleGenerator,
    BundleTransformer,
    SiteValues,
}

impl Sort {
    /// Whether it makes resources.
    pub(crate) const fn generates(self) -> bool {
        matches!(self, Self::Generator | Self::BundleGenerator)
    }

    /// What `config` asks for.
    ///
    /// # Errors
    /// When there is nothing of that type.
    pub(crate) fn of(config: &Resource) -> Result<Self> {
        let (api_version, kind) = (config.api_version(), config.kind());
        let is_ours = API_VERSIONS.contains(&api_version.as_str());
        if is_ours && built_in::GENERATORS.contains(&kind.as_str()) {
            return Ok(Self::Generator);
        }
        if is_ours && built_in::TRANSFORMERS.contains(&kind.as_str()) {
            return Ok(Self::Transformer);
        }
        if api_version == site_values::API_VERSION && kind == site_values::KIND {
            return Ok(Self::HelmValues);
        }
        if bundle::is_site_values(config) {
            return Ok(Self::SiteValues);
        }
        if template::is_template_bundle(config) {
            return Ok(Self::BundleGenerator);
        }
        if bundle::is_bundle(config) {
            return Ok(if bundle::is_generator(config)? { Self::BundleGenerator } else { Self::BundleTransformer });
        }
        let message = format!("there is no transformer or generator `{kind}` of `{api_version}` here");
        Err(Error::new(ErrorKind::Plugin, message).at(config.node.span).hint(hint(&kind)))
    }
}

fn hint(kind: &str) -> String {
    let known = [&built_in::GENERATORS as &[&str], &built_in::TRANSFORMERS, &[site_values::KIND]].concat();
    match nearest(kind, &known) {
        Some(site_values::KIND) => format!("did you mean `{}` of `{}`?", site_values::KIND, site_values::API_VERSION),
        Some(near) => format!("did you mean `{near}` of `{}`?", API_VERSIONS[1]),
        None => {
            let ours = known[..known.len() - 1].join(", ");
            let site = format!("{} of `{}`", site_values::KIND, site_values::API_VERSION);
            format!("there are {ours} of `{}`, and {site}", API_VERSIONS[1])
        }
    }
}

impl<'a> Layer<'a> {
    /// The directory `root` without a kustomization.
    ///
    /// # Errors
    /// When there is no such directory.
    pub(crate) fn bare(build: &'a Build<'a>, root: &Path) -> Result<Self> {
        let options = LoaderOptions {
            restriction: build.options.load_restriction,
            warnings: build.warnings.clone(),
            ..LoaderOptions::default()
        };
        let loader = Loader::new(build.files, &root.to_string_lossy(), options)?;
        Ok(Self::new(build, loader, Kustomization::default(), ""))
    }

    /// Lets the generator that `config` configures make resources.
    ///
    /// # Errors
    /// As the generator.
    pub(crate) fn generate_one(&self, config: &Resource) -> Result<Vec<Resource>> {
        if template::is_template_bundle(config) {
            let mut config = config.clone();
            template::attach(&mut config, &self.folder_of(""))?;
            return self.build.bundle_of_user(&config).map(Option::unwrap_or_default).at(config.node.span);
        }
        let made = match bundle::is_bundle(config) {
            true => bundle::generate(config, &self.build.warnings),
            false => built_in::generate(self, config),
        };
        made.at(config.node.span)
    }

    /// Lets the transformer that `config`, which is of `sort`, configures change resources.
    ///
    /// # Errors
    /// As the transformer.
    pub(crate) fn transform_one(&self, config: &Resource, sort: Sort, resources: &mut ResMap) -> Result<()> {
        let span = config.node.span;
        let transformer = match sort {
            Sort::HelmValues => built_in::helm_values(self, config),
            Sort::BundleTransformer => bundle::transformer_for(config),
            Sort::SiteValues => self.site_transformer(config),
            Sort::Generator | Sort::BundleGenerator | Sort::Transformer => built_in::transformer(self, config),
        };
        let transformer = transformer.at(span)?;
        self.build.with_context(|context| transformer.transform(resources, context))?;
        resources.drop_empties();
        Ok(())
    }
}
