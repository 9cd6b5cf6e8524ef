//! References that stay behind because kustomize does not know the fields they are in: what the pack that does would
//! have written is what stands in the warning.

use std::collections::HashSet;

use crate::pack::{Pack, Packs};
use crate::resource::{ResMap, Resource};
use crate::transform::composed_reference::ComposedReferenceTransformer;
use crate::transform::name_reference::NameReferenceTransformer;
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::{Node, Value};

/// Warns of every reference that one of the packs `missing` would have mended. `resources` are a set in which
/// kustomize has mended all that it knows.
pub(crate) fn warn_of_references(resources: &ResMap, missing: Packs, context: &Context<'_>) {
    if !resources.iter().any(was_renamed) {
        return;
    }
    let kinds: HashSet<&str> = resources.iter().map(|resource| resource.type_ref().kind).collect();
    for pack in missing.iter() {
        let mut mended = resources.clone();
        let packs = Packs::none().with(pack);
        let silent = Context { schema: context.schema, warnings: &Warnings::default(), packs };
        let plain = NameReferenceTransformer { references: pack.references(|kind| kinds.contains(kind)) };
        // What can't be mended with the pack is no reason to say anything without it.
        if plain.transform(&mut mended, &silent).is_err()
            || (ComposedReferenceTransformer { packs }).transform(&mut mended, &silent).is_err()
        {
            continue;
        }
        for (before, after) in resources.iter().zip(&mended) {
            compare(&before.node, &after.node, pack, context.warnings);
        }
    }
}

/// Whether it ever had another name, or was in another namespace.
fn was_renamed(resource: &Resource) -> bool {
    let name = resource.name();
    resource.history.iter().any(|id| id.name != name)
        || resource.history.windows(2).any(|ids| ids[0].namespace != ids[1].namespace)
        || resource.history.last().is_some_and(|id| {
            let namespace = resource.namespace();
            id.namespace != if namespace.is_empty() { "default".into() } else { namespace }
        })
}

fn compare(before: &Node, after: &Node, pack: Pack, warnings: &Warnings) {
    match (&before.value, &after.value) {
        (Value::Scalar(old), Value::Scalar(new)) if old.text != new.text => {
            let message = match old.text.contains('\n') {
                true => format!("this text names something that was renamed; `--pack {}` mends it", pack.name()),
                false => format!(
                    "`{}` is `{}` now, but kustomize does not know this field; {}",
                    old.text,
                    new.text,
                    hint(pack)
                ),
            };
            warnings.add(message, before.span);
        }
        (Value::Sequence(old), Value::Sequence(new)) => {
            old.iter().zip(new).for_each(|(old, new)| compare(old, new, pack, warnings));
        }
        (Value::Mapping(old), Value::Mapping(new)) => {
            for (old, new) in old.iter().zip(new) {
                if old.key.text() != new.key.text() {
                    let message =
                        format!("the key `{}` names `{}` now; {}", old.key.text(), new.key.text(), hint(pack));
                    warnings.add(message, old.key.span);
                }
                compare(&old.value, &new.value, pack, warnings);
            }
        }
        _ => {}
    }
}

/// What to do about it.
pub(super) fn hint(pack: Pack) -> String {
    format!("`--pack {}` mends it", pack.name())
}
