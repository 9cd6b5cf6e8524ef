//! What is done once, at the root: hashes, references, vars, local resources, order, and the
//! removal of everything that was only the build's (upstream: `makeCustomizedResMap`, `krusty.Run`).

use crate::accumulate::{Accumulator, Layer};
use crate::bundle::{configuration, expand_late};
use crate::config::FieldSpec;
use crate::decode::Spanned;
use crate::error::{Result, ResultExt};
use crate::pack::Packs;
use crate::pitfalls;
use crate::render::Reorder;
use crate::resource::read::check;
use crate::resource::{Resource, annotations};
use crate::source::Span;
use crate::timings::Phase;
use crate::transform::Transformer;
use crate::transform::composed_reference::ComposedReferenceTransformer;
use crate::transform::hash::HashTransformer;
use crate::transform::labels::LabelTransformer;
use crate::transform::name_reference::NameReferenceTransformer;
use crate::transform::sort_order::{SortOptions, SortOrderTransformer};
use crate::transform::variables::resolve_variables;

/// The annotation of resources that are inputs of the build only.
const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";

/// The label that names the program which manages a resource.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// Does the root's work and gives back the resources in the order of the output.
pub(crate) fn finish(root: &Layer<'_>, accumulator: Accumulator) -> Result<Vec<Resource>> {
    let Accumulator { mut resources, mut config, vars } = accumulator;
    let kustomization = &root.kustomization;
    let (options, timings) = (root.build.options, root.build.timings());
    let mut missing_packs = Packs::none();
    root.build.with_context(|context| {
        if expand_late(&mut resources, context, &|bundle| root.build.bundle_of_user(bundle))? {
            config.merge(&configuration()?)?;
        }
        missing_packs = pitfalls::missing_packs(&resources, context.packs);
        let config = root.build.config_with_packs(&config);
        let span = timings.span(Phase::Hash);
        HashTransformer.transform(&mut resources, context)?;
        drop(span);
        let span = timings.span(Phase::References);
        NameReferenceTransformer { references: config.name_references.clone() }.transform(&mut resources, context)?;
        ComposedReferenceTransformer { packs: options.packs }.transform(&mut resources, context)?;
        if !missing_packs.is_empty() {
            pitfalls::warn_of_references(&resources, missing_packs, context);
        }
        drop(span);
        let span = timings.span(Phase::Vars);
        resolve_variables(&mut resources, &vars, &config.var_references, context)?;
        drop(span);
        resources.drop_empties();
        // Patches and replacements may have taken away what makes an object.
        resources.iter().try_for_each(|resource| check(&resource.node))?;
        resources.retain(|resource| !is_local(resource));
        if let Some(options) = order(root) {
            let _span = timings.span(Phase::Sort);
            let place = kustomization.sort_options.as_ref().map_or(Span::NONE, Spanned::span);
            SortOrderTransformer { sort_options: Some(options) }.transform(&mut resources, context).at(place)?;
        }
        if options.add_managed_by_label || kustomization.shows("managedByLabel") {
            let _span = timings.span(Phase::LabelTransformer);
            let labels = [(MANAGED_BY.to_owned(), options.managed_by.clone())].into();
            let path = "metadata/labels".to_owned();
            let field_specs = vec![FieldSpec { path: path.into(), create: true, ..FieldSpec::default() }].into();
            LabelTransformer { labels, field_specs }.transform(&mut resources, context)?;
        }
        Ok(())
    })?;
    let mut resources = resources.into_resources();
    pitfalls::warn(&resources, missing_packs, &root.build.warnings);
    let (origin, transformations) =
        (kustomization.shows("originAnnotations"), kustomization.shows("transformerAnnotations"));
    for resource in &mut resources {
        annotations::finish(resource, origin, transformations)?;
    }
    Ok(resources)
}

fn is_local(resource: &Resource) -> bool {
    resource.annotation(LOCAL_CONFIG).is_some_and(|value| value != "false")
}

/// The kustomization's word goes before the caller's.
fn order(root: &Layer<'_>) -> Option<SortOptions> {
    let asked = root.build.options.reorder;
    if let Some(options) = &root.kustomization.sort_options {
        if asked != Reorder::Unspecified {
            let message = "the order is set by `sortOptions` and by `--reorder`; `sortOptions` is used";
            root.build.warnings.add(message, options.span());
        }
        return Some(options.value.clone());
    }
    (asked != Reorder::None).then(SortOptions::legacy)
}
