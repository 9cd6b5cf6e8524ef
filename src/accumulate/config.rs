//! `configurations` and `crds`: which fields transformers touch, here and in parents.

use crate::accumulate::{Accumulator, Layer};
use crate::config::TransformerConfig;
use crate::decode::Spanned;
use crate::error::{Result, ResultExt};
use crate::source::Span;
use crate::timings::Phase;
use crate::yaml::Node;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

impl Layer<'_> {
    /// Adds the built-in configuration, our files' and that of our type definitions.
    pub(super) fn merge_configurations(&self, accumulator: &mut Accumulator) -> Result<()> {
        let kustomization = &self.kustomization;
        let mut config = self.build.built_in_config();
        let own = self.merge_files("configurations", &kustomization.configurations, TransformerConfig::from_node)?;
        let place = kustomization.configurations.first().map_or(Span::NONE, Spanned::span);
        config.merge(&own).at(place)?;
        accumulator.config.merge(&config).at(place)?;
        let types = self.merge_files("crds", &kustomization.crds, TransformerConfig::from_crd_definitions)?;
        accumulator.config.merge(&types)
    }

    fn merge_files(
        &self,
        field: &str,
        paths: &[Spanned<String>],
        read: fn(&Node) -> Result<TransformerConfig>,
    ) -> Result<TransformerConfig> {
        let mut config = TransformerConfig::empty();
        for (index, path) in paths.iter().enumerate() {
            let step = || format!("while reading `{field}[{index}]` at");
            let merge = |config: &mut TransformerConfig| match self.read_document(&path.value)? {
                Some(document) => config.merge(&read(&document)?),
                None => Ok(()),
            };
            merge(&mut config).at(path.span()).frame(step, path.span())?;
        }
        Ok(config)
    }

    /// The first document of a file, by the rules of kustomizations.
    pub(super) fn read_document(&self, path: &str) -> Result<Option<Node>> {
        let (text, source) = self.read_file(path)?;
        let _span = self.build.timings().span(Phase::Parse);
        Ok(parse(Chunk::whole(&text, source), Dialect::V2)?.filter(|node| !node.is_null()))
    }
}
