//! Warnings about what patches say in vain, or do besides what they say. Upstream is silent
//! about all of it; the output is upstream's.

use crate::source::Span;
use crate::warning::Warnings;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Entry, Node, Tag, Value};

/// Directives of Kubernetes' own strategic merge that kustomize does not know.
const UNKNOWN_DIRECTIVES: [&str; 3] = ["$setElementOrder/", "$deleteFromPrimitiveList/", "$retainKeys"];

/// The largest integer up to which every one is a 64-bit float.
const EXACT: i128 = 1 << 53;

/// Warns of directives in a strategic merge patch that have no effect, or go into the output as fields, and of keys that
/// are there twice.
pub(super) fn warn_of_directives(patch: &Node, warnings: &Warnings) {
    if let Some(directive) = patch.get("$patch").filter(|directive| directive.as_str() == Some("replace")) {
        let message = "`$patch: replace` at the root of a patch has no effect: the resource stays as it is";
        warnings.add(message, directive.span);
    }
    each(patch, &mut |node| {
        for entry in node.as_mapping().into_iter().flatten() {
            let key = entry.key.text();
            if UNKNOWN_DIRECTIVES.iter().any(|unknown| key.starts_with(unknown)) {
                let message = format!("`{key}` is no directive of kustomize's: it goes into the output as a field");
                warnings.add(message, entry.key.span);
            }
        }
        if let Some(mapping) = node.as_mapping() {
            warn_of_repeated_keys(mapping.as_slice(), warnings);
        }
    });
}

/// Resources with a key that is there twice are refused, patches are not.
fn warn_of_repeated_keys(entries: &[Entry], warnings: &Warnings) {
    for (index, entry) in entries.iter().enumerate() {
        let key = entry.key.text();
        if entries[..index].iter().any(|earlier| earlier.key.text() == key) {
            let message = format!("the key `{key}` is there twice in this patch: the first one counts");
            warnings.add(message, entry.key.span);
        }
    }
}

/// Warns of an integer in the target of a JSON patch that the patch rounds.
pub(super) fn warn_of_rounding(target: &Node, warnings: &Warnings) {
    let mut rounded = Span::NONE;
    each(target, &mut |node| {
        // Shorter texts can't hold an integer that is large enough.
        let long = node.as_scalar().filter(|scalar| {
            matches!(scalar.tag, Tag::Int | Tag::Unresolved) && scalar.text.len() >= 14 && rounded.is_none()
        });
        if let Some(Ok(Resolved::Int(value))) = long.map(resolve)
            && value.abs() > EXACT
        {
            rounded = node.span;
        }
    });
    if !rounded.is_none() {
        let message = "a JSON patch takes all numbers of its target through 64-bit floats: this integer is rounded";
        warnings.add(message, rounded);
    }
}

fn each<'a>(node: &'a Node, visit: &mut dyn FnMut(&'a Node)) {
    visit(node);
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| each(item, visit)),
        Value::Mapping(mapping) => mapping.iter().for_each(|entry| each(&entry.value, visit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, SourceMap};
    use crate::yaml::parse::{Chunk, parse};
    use crate::yaml::resolve::Dialect;

    fn said(text: &str, warn: fn(&Node, &Warnings)) -> Vec<String> {
        let node = parse(Chunk::whole(&text.into(), SourceId(0)), Dialect::V3).unwrap().unwrap();
        let warnings = Warnings::default();
        warn(&node, &warnings);
        warnings.resolve(&SourceMap::default()).into_iter().map(|warning| warning.message).collect()
    }

    #[test]
    fn directives_in_vain() {
        let text =
            "$patch: replace\nspec:\n  $retainKeys: [a]\n  list:\n  - $setElementOrder/x: [a]\n    $patch: delete\n";
        assert_eq!(
            said(text, warn_of_directives),
            [
                "`$patch: replace` at the root of a patch has no effect: the resource stays as it is",
                "`$retainKeys` is no directive of kustomize's: it goes into the output as a field",
                "`$setElementOrder/x` is no directive of kustomize's: it goes into the output as a field",
            ]
        );
    }

    #[test]
    fn only_integers_beyond_the_exact_ones_are_rounded() {
        assert_eq!(said("a: 9007199254740992\nb: '12345678901234567'\n", warn_of_rounding).len(), 0);
        assert_eq!(said("a: [{b: 12345678901234567}]\n", warn_of_rounding).len(), 1);
    }
}
