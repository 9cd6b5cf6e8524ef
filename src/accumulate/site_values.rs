//! `SiteValues` of a kustomization: read before its generators run and before its patches, for what they say of bundles
//! goes below what patches say. What they say of charts is done in their turn, as any transformer's work.

use crate::accumulate::inline::read_inline;
use crate::accumulate::{Accumulator, Layer};
use crate::bundle::{self, SiteBundles};
use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::resource::read::read_resources;
use crate::transform::helm_values::HelmValuesTransformer;
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::Text;
use crate::yaml::documents::decode;

impl Layer<'_> {
    /// Lets the site's values change the bundles among the resources, and keeps them for those of generators.
    pub(super) fn apply_site_values(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        for reference in self.kustomization.transformers.clone() {
            for config in self.site_values(&reference)? {
                self.site_bundles.push(SiteBundles::read(&config)?);
            }
        }
        if self.site_bundles.is_empty() {
            return Ok(());
        }
        let warnings = &self.build.warnings;
        accumulator.resources.change_each(|_, resource| self.apply_to(resource, warnings))
    }

    /// Lets the site's values change the config of a generator or transformer that is a bundle.
    pub(super) fn apply_to_config(&mut self, config: &mut Resource) -> Result<()> {
        if bundle::is_bundle(config) {
            self.bundle_names.extend(names(config));
        }
        self.apply_to(config, &self.build.warnings)
    }

    /// Lets the site's values change a bundle; anything else stays.
    fn apply_to(&self, resource: &mut Resource, warnings: &Warnings) -> Result<()> {
        if !bundle::is_bundle(resource) || bundle::is_site_values(resource) {
            return Ok(());
        }
        self.site_bundles.iter().try_for_each(|site| site.apply(resource, warnings))
    }

    /// Fails if the site's values say something of bundles that are not there.
    pub(super) fn check_site_values(&self, accumulator: &Accumulator) -> Result<()> {
        if self.site_bundles.is_empty() {
            return Ok(());
        }
        let late = accumulator.resources.iter().filter(|resource| bundle::is_bundle(resource));
        let known: Vec<Text> = late.flat_map(names).chain(self.bundle_names.iter().cloned()).collect();
        self.site_bundles.iter().try_for_each(|site| site.check_known(&known))
    }

    /// The documents in the text or the file that `reference` is. Whatever is wrong with it is found in its turn.
    fn site_values(&self, reference: &Spanned<String>) -> Result<Vec<Resource>> {
        let files = self.loader.file_system();
        let read = if let Ok(inline) = read_inline(self.build, reference) {
            inline
        } else if files.is_file(&self.loader.root().join(&reference.value)) {
            let loaded = self.build.load(&self.loader, &reference.value)?;
            let names_it = |bytes: &[u8]| memchr::memmem::find(bytes, bundle::SITE_VALUES.as_bytes()).is_some();
            if !names_it(&loaded.bytes) {
                return Ok(Vec::new());
            }
            let Ok(text) = decode(loaded.bytes) else { return Ok(Vec::new()) };
            let source = self.build.sources.add(&loaded.display_path, text.clone());
            read_resources(&text, source).unwrap_or_default()
        } else {
            Vec::new()
        };
        Ok(read.into_iter().filter(bundle::is_site_values).collect())
    }

    /// What a document does in its turn.
    pub(super) fn site_charts(&self, config: &Resource) -> Result<Box<dyn Transformer>> {
        let site = SiteBundles::read(config)?;
        if !self.site_bundles.iter().any(|read| is_same(read, &site)) {
            let error = Error::new(ErrorKind::Bundle, "`SiteValues` are read before the generators, but this was not");
            return Err(error.at(config.node.span).hint("name the file itself under `transformers:`, not a directory"));
        }
        self.charts_of(config)
    }

    /// A document by itself: what it says of bundles and of charts among the resources.
    pub(super) fn site_transformer(&self, config: &Resource) -> Result<Box<dyn Transformer>> {
        Ok(Box::new(Both { site: SiteBundles::read(config)?, charts: self.charts_of(config)? }))
    }

    fn charts_of(&self, config: &Resource) -> Result<Box<dyn Transformer>> {
        let mut node = config.node.clone();
        if let Some(mapping) = node.as_mapping_mut() {
            mapping.remove("bundles");
        }
        let charts = node.get("charts").and_then(crate::yaml::Node::as_sequence).is_some_and(|list| !list.is_empty());
        if !charts {
            return Ok(Box::new(Nothing));
        }
        Ok(Box::new(HelmValuesTransformer::from_config(&node, &self.build.warnings)?))
    }
}

/// What a bundle is called, and was called at first.
fn names(bundle: &Resource) -> [Text; 2] {
    [bundle.org_id().name, bundle.name()]
}

/// Whether both are one document, whose file was read twice.
fn is_same(left: &SiteBundles, right: &SiteBundles) -> bool {
    left.name == right.name && (left.span.line(), left.span.column()) == (right.span.line(), right.span.column())
}

/// Everything was done already.
struct Nothing;

impl Transformer for Nothing {
    fn transform(&self, _: &mut crate::resource::ResMap, _: &Context<'_>) -> Result<()> {
        Ok(())
    }
}

/// Bundles, then charts.
struct Both {
    site: SiteBundles,
    charts: Box<dyn Transformer>,
}

impl Transformer for Both {
    fn transform(&self, resources: &mut crate::resource::ResMap, context: &Context<'_>) -> Result<()> {
        let mut known = Vec::new();
        resources.change_each(|_, resource| {
            if bundle::is_bundle(resource) {
                known.extend(names(resource));
                self.site.apply(resource, context.warnings)?;
            }
            Ok(())
        })?;
        self.site.check_known(&known)?;
        self.charts.transform(resources, context)
    }
}
