//! Bundles among the resources: they become what they stand for at the root, when all layers have said their word.

use crate::bundle::Work;
use crate::bundle::expand::{generate, is_bundle, kind_of, transformer_for};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{PreviousId, ResMap, Resource};
use crate::schema::Schema;
use crate::transform::Context;
use crate::yaml::Text;

/// The objects of a bundle whose kind is not built in, if it is known.
pub(crate) type OfUsers<'a> = &'a dyn Fn(&Resource) -> Result<Option<Vec<Resource>>>;

/// Puts what they stand for in the place of all bundles; those that change other objects do so in the end. Gives back
/// whether there were any.
///
/// # Errors
/// What is wrong with a bundle, and an object that is there already.
pub(crate) fn expand_late(resources: &mut ResMap, context: &Context<'_>, of_users: OfUsers<'_>) -> Result<bool> {
    if !resources.iter().any(is_bundle) {
        return Ok(false);
    }
    let mut kept = ResMap::new();
    let mut changing = Vec::new();
    for resource in std::mem::take(resources).into_resources() {
        if !is_bundle(&resource) {
            kept.append(resource, context.schema)?;
            continue;
        }
        if let Some(all) = of_users(&resource)? {
            warn(&resource, context);
            for made in all {
                kept.append(made_of(&resource, made, context.schema), context.schema)?;
            }
            continue;
        }
        match kind_of(&resource)?.work {
            Work::Site => {
                let error = Error::new(ErrorKind::Bundle, format!("`{}` is a transformer", resource.kind()));
                return Err(error.at(resource.node.span).hint("name it under `transformers:`"));
            }
            Work::Generator(_) => {
                warn(&resource, context);
                for made in generate(&resource, context.warnings)? {
                    kept.append(made_of(&resource, made, context.schema), context.schema)?;
                }
            }
            Work::Transformer(..) => {
                warn(&resource, context);
                changing.push(resource);
            }
        }
    }
    *resources = kept;
    changing.into_iter().try_for_each(|config| transformer_for(&config)?.transform(resources, context))?;
    Ok(true)
}

fn warn(resource: &Resource, context: &Context<'_>) {
    let message = format!(
        "the {} `{}` stands under `resources:`, where only crustomize makes objects of it; kustomize would print it",
        resource.kind(),
        resource.name()
    );
    context.warnings.add(message, resource.node.span);
}

/// What came of a bundle has its origin, and the names that it would have had without the bundle's prefixes.
fn made_of(bundle: &Resource, mut made: Resource, schema: &Schema) -> Resource {
    made.origin.clone_from(&bundle.origin);
    made.transformations.clone_from(&bundle.transformations);
    let (prefix, suffix): (String, String) =
        (bundle.prefixes.iter().rev().map(Text::as_str).collect(), bundle.suffixes.iter().map(Text::as_str).collect());
    let name = made.name();
    let plain = name.as_str().strip_prefix(prefix.as_str()).and_then(|name| name.strip_suffix(suffix.as_str()));
    if let Some(plain) = plain.filter(|plain| !plain.is_empty() && *plain != name.as_str()) {
        let id = made.cur_id();
        let namespace = Text::from(id.effective_namespace(schema));
        made.history.push(PreviousId { namespace, name: Text::from(plain), kind: made.kind() });
        made.prefixes.clone_from(&bundle.prefixes);
        made.suffixes.clone_from(&bundle.suffixes);
    }
    made
}
