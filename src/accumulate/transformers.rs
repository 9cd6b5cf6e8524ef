//! The built-in transformers that a kustomization's fields ask for, in upstream's order.

use crate::accumulate::{Accumulator, Layer};
use crate::config::TransformerConfig;
use crate::decode::Spanned;
use crate::error::Result;
use crate::resource::{Origin, ResMap, Resource};
use crate::timings::Phase;
use crate::transform::Transformer;
use crate::transform::annotations::AnnotationsTransformer;
use crate::transform::images::{Image, ImageTagTransformer};
use crate::transform::labels::LabelTransformer;
use crate::transform::namespace::NamespaceTransformer;
use crate::transform::prefix::PrefixTransformer;
use crate::transform::replicas::{Replica, ReplicaCountTransformer};
use crate::transform::suffix::SuffixTransformer;

/// A transformer, and what it says about itself on the resources it ran on.
pub(super) struct Step {
    pub transformer: Box<dyn Transformer>,
    pub origin: Option<Origin>,
    /// Whose time its work is.
    pub phase: Phase,
}

/// The transformers of one field.
type FieldTransformers = fn(&Layer<'_>, &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>>;

/// The order of work (upstream: `configureBuiltinTransformers`), with the names that origins carry.
const ORDER: [(&str, FieldTransformers); 11] = [
    ("PatchStrategicMergeTransformer", |layer, config| layer.strategic_merge_patches(config)),
    ("PatchTransformer", |layer, config| layer.patches(config)),
    ("NamespaceTransformer", |layer, config| layer.namespace(config)),
    ("PrefixTransformer", |layer, config| layer.prefix(config)),
    ("SuffixTransformer", |layer, config| layer.suffix(config)),
    ("LabelTransformer", |layer, config| layer.labels(config)),
    ("AnnotationsTransformer", |layer, config| layer.annotations(config)),
    ("PatchJson6902Transformer", |layer, config| layer.json_patches(config)),
    ("ReplicaCountTransformer", |layer, config| layer.replicas(config)),
    ("ImageTagTransformer", |layer, config| layer.images(config)),
    ("ReplacementTransformer", |layer, config| layer.replacements(config)),
];

impl Layer<'_> {
    /// Runs the built-in transformers, then those of `transformers`.
    pub(super) fn run_transformers(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let mut steps = Vec::new();
        let config = self.build.config_with_packs(&accumulator.config);
        for (kind, make) in ORDER {
            let origin = self.builtin_origin(kind);
            let phase = Phase::of_built_in(kind).unwrap_or(Phase::Plugins);
            for transformer in make(self, &config)? {
                steps.push(Step { transformer, origin: origin.clone(), phase });
            }
        }
        drop(config);
        let references = self.kustomization.transformers.clone();
        steps.extend(self.external_transformers(&references, "transformers")?);
        self.check_site_values(accumulator)?;
        for step in steps {
            let span = self.build.timings().span(step.phase);
            self.build.with_context(|context| step.transformer.transform(&mut accumulator.resources, context))?;
            drop(span);
            if let Some(origin) = step.origin {
                sign(&mut accumulator.resources, &origin)?;
            }
            accumulator.resources.drop_empties();
        }
        Ok(())
    }

    fn namespace(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let namespace = self.kustomization.namespace.clone();
        let field_specs = config.namespace.clone();
        let transformer = NamespaceTransformer { namespace, field_specs, ..NamespaceTransformer::default() };
        Ok(unless(self.kustomization.namespace.is_empty(), transformer))
    }

    fn prefix(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let prefix = self.kustomization.name_prefix.clone();
        let empty = prefix.is_empty();
        Ok(unless(empty, PrefixTransformer { prefix, field_specs: config.name_prefix.clone() }))
    }

    fn suffix(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let suffix = self.kustomization.name_suffix.clone();
        let empty = suffix.is_empty();
        Ok(unless(empty, SuffixTransformer { suffix, field_specs: config.name_suffix.clone() }))
    }

    /// Each entry of `labels`, then `commonLabels`, which upstream adds even if there are none.
    fn labels(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let kustomization = &self.kustomization;
        if kustomization.labels.is_empty() && kustomization.common_labels.is_empty() {
            return Ok(Vec::new());
        }
        let mut transformers: Vec<Box<dyn Transformer>> = Vec::new();
        for label in &kustomization.labels {
            let field_specs = label.scope.field_specs(&label.fields, config)?;
            transformers.push(Box::new(LabelTransformer { labels: label.pairs.clone(), field_specs }));
        }
        let labels = kustomization.common_labels.clone();
        transformers.push(Box::new(LabelTransformer { labels, field_specs: config.common_labels.clone() }));
        Ok(transformers)
    }

    fn annotations(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let annotations = self.kustomization.common_annotations.clone();
        let empty = annotations.is_empty();
        let field_specs = config.common_annotations.clone();
        Ok(unless(empty, AnnotationsTransformer { annotations, field_specs }))
    }

    fn replicas(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let make = |replica: &Spanned<Replica>| -> Box<dyn Transformer> {
            let field_specs = config.replicas.clone();
            let span = replica.span();
            Box::new(ReplicaCountTransformer { replica: replica.value.clone(), field_specs, span })
        };
        Ok(self.kustomization.replicas.iter().map(make).collect())
    }

    fn images(&self, config: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let make = |image: &Spanned<Image>| -> Box<dyn Transformer> {
            let field_specs = config.images.clone();
            let span = image.span();
            Box::new(ImageTagTransformer { image: image.value.clone(), field_specs, span })
        };
        Ok(self.kustomization.images.iter().map(make).collect())
    }
}

fn unless(empty: bool, transformer: impl Transformer + 'static) -> Vec<Box<dyn Transformer>> {
    if empty { Vec::new() } else { vec![Box::new(transformer)] }
}

/// A resource without an origin was made by the transformer; the others were touched by it, or might have been.
fn sign(resources: &mut ResMap, origin: &Origin) -> Result<()> {
    let sign = |_, resource: &mut Resource| {
        // Upstream writes this into the annotations, all of them anew.
        resource.unshare("metadata/annotations");
        if resource.origin.is_none() {
            resource.origin = Some(Box::new(origin.clone()));
        } else {
            resource.transformations.push(origin.clone());
        }
        Ok(())
    };
    resources.change_each(sign)
}
