//! Validators: transformers that must leave everything as it is.

use std::collections::HashMap;

use crate::accumulate::{Accumulator, Layer};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResId, Resource};
use crate::yaml::Node;

/// The one label a validator may set.
const VALIDATED_BY: &str = "validated-by";

impl Layer<'_> {
    /// Runs the validators; each sees what the others saw.
    pub(super) fn run_validators(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let references = self.kustomization.validators.clone();
        for validator in self.external_transformers(&references, "validators")? {
            let before: Vec<Resource> = accumulator.resources.iter().cloned().collect();
            let span = self.build.timings().span(validator.phase);
            self.build.with_context(|context| validator.transformer.transform(&mut accumulator.resources, context))?;
            drop(span);
            check_unchanged(&before, accumulator)?;
        }
        Ok(())
    }
}

fn check_unchanged(before: &[Resource], accumulator: &Accumulator) -> Result<()> {
    let after: HashMap<ResId, &Resource> = accumulator.resources.iter().map(|after| (after.cur_id(), after)).collect();
    let changed = |resource: &&Resource| {
        after.get(&resource.cur_id()).is_none_or(|after| !same(&comparable(&resource.node), &comparable(&after.node)))
    };
    let fail = |what: String| {
        let error = Error::new(ErrorKind::Transform, format!("a validator must not change resources, but {what}"));
        Err(error.hint("make it a transformer, or let it set the label `validated-by` only"))
    };
    if before.len() != accumulator.resources.len() {
        return fail("their number changed".to_owned());
    }
    match before.iter().find(changed) {
        Some(resource) => fail(format!("`{}` changed", resource.cur_id())),
        None => Ok(()),
    }
}

/// The tree without the label that validators may set.
fn comparable(node: &Node) -> Node {
    let mut node = node.clone();
    if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut)
        && let Some(labels) = metadata.get_mut("labels").and_then(Node::as_mapping_mut)
    {
        labels.remove(VALIDATED_BY);
        if labels.is_empty() {
            metadata.remove("labels");
        }
    }
    node
}

/// Whether two trees print the same.
fn same(left: &Node, right: &Node) -> bool {
    let print = |node: &Node| crate::yaml::emit::to_yaml_string(node).ok();
    print(left) == print(right)
}
