//! Which resources a patch is for.

use crate::error::{Error, ErrorKind, Result};
use crate::resource::id::NOT_NAMESPACED;
use crate::resource::{ResMap, Resource, Selector, SelectorRegex};
use crate::schema::Schema;
use crate::source::Span;
use crate::transform::Context;

/// Positions of the resources that `selector` selects, in order (upstream: `ResMap.Select`).
///
/// # Errors
/// When the selector is malformed.
pub(super) fn select(resources: &mut ResMap, selector: &Selector, schema: &Schema) -> Result<Vec<usize>> {
    let regex = SelectorRegex::new(selector)?;
    // A name without anything special is looked up; expressions are tried on every resource.
    let candidates = match regex.literal_place() {
        Some((name, namespace)) if namespace != NOT_NAMESPACED => resources.find_placed(name, namespace),
        _ if is_plain(&selector.name) => resources.find_any(&selector.name, |_| true),
        _ => (0..resources.len()).collect(),
    };
    let mut selected = Vec::new();
    for index in candidates {
        if let Some(resource) = resources.get(index)
            && regex.matches(resource, schema)?
        {
            selected.push(index);
        }
    }
    Ok(selected)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The one resource that has or had the patch's id (upstream: `ResMap.GetById`).
///
/// # Errors
/// When there is none, or several.
pub(super) fn find_target(resources: &mut ResMap, patch: &Resource, schema: &Schema) -> Result<usize> {
    let id = patch.org_id();
    let found = resources.find_any(&id.name, |candidate| candidate.equals(&id, schema));
    match found.as_slice() {
        [index] => Ok(*index),
        [] => {
            let error = Error::new(ErrorKind::Patch, format!("no resource matches the patch for `{id}`"));
            let error = error.at(place(patch));
            let namesakes = resources.find_any(&id.name, |_| true);
            Err(match namesakes.first().and_then(|&index| resources.get(index)) {
                Some(other) => error.frame("a resource of that name is at", place(other)).hint(format!(
                    "that one is `{}`: group, version, kind and namespace must be the same",
                    other.cur_id()
                )),
                None => error.hint("give the patch the id of a resource, or an entry with a `target`"),
            })
        }
        [first, second, ..] => {
            let place = |index: usize| resources.get(index).map_or(Span::NONE, place);
            Err(Error::new(ErrorKind::Patch, format!("the patch for `{id}` matches several resources"))
                .at(patch.node.span)
                .frame("the first is at", place(*first))
                .frame("another is at", place(*second))
                .hint("select them with a `target`"))
        }
    }
}

/// Where a resource's name was written.
fn place(resource: &Resource) -> Span {
    resource.node.lookup(&["metadata", "name"]).map_or(resource.node.span, |name| name.span)
}

/// Tells that a target selects no resource; upstream says nothing.
pub(super) fn warn_of_nothing(context: &Context<'_>, place: Span) {
    context.warnings.add("the `target` of this patch selects no resource", place);
}
