//! References that are more than a name: hosts, `namespace/name`, addresses of claims, texts within texts. Field specs
//! can't reach them, so packs have them here. Runs at the root of a build, after plain names were mended.

mod config_map;
pub(super) mod embedded;
mod fields;
mod finder;
mod form;

use crate::error::Result;
use crate::pack::Packs;
use crate::resource::ResMap;
use crate::transform::name_reference_targets::Targets;
use crate::transform::{Context, Transformer};
use crate::yaml::{Node, Tag, Text, Value};
use config_map::mend_config_map;
use fields::FIELDS;
use finder::Finder;
use form::Form;

/// Writes present names and namespaces into composed references to what was renamed or moved.
#[derive(Debug, Clone, Copy, Default)]
pub struct ComposedReferenceTransformer {
    /// Whose references.
    pub packs: Packs,
}

impl Transformer for ComposedReferenceTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        if self.packs.is_empty() {
            return Ok(());
        }
        for (index, node) in self.mended(resources, context) {
            resources.update(index, |resource| resource.node = node);
        }
        Ok(())
    }
}

impl ComposedReferenceTransformer {
    /// The trees that must change, by their positions.
    fn mended(&self, resources: &ResMap, context: &Context<'_>) -> Vec<(usize, Node)> {
        let targets = Targets::new(resources, context.schema);
        let mut mended: Vec<(usize, Node)> = Vec::new();
        for (index, (resource, own)) in resources.iter().zip(targets.iter()).enumerate() {
            let finder = Finder { targets: &targets, own, warnings: context.warnings };
            let gvk = resource.type_ref();
            let is_meant = |field: &&fields::Field| {
                field.group == gvk.group && field.kind == gvk.kind && self.packs.contains(field.pack)
            };
            let mut fields = FIELDS.iter().filter(is_meant).peekable();
            let is_config_map = gvk.group.is_empty() && gvk.kind == "ConfigMap";
            if fields.peek().is_none() && !is_config_map {
                continue;
            }
            let mut node = resource.node.clone();
            fields.for_each(|field| visit(&mut node, field.path, &mut |node| mend(node, field.form, &finder)));
            if is_config_map {
                mend_config_map(resource, &mut node, self.packs, &finder);
            }
            if node != resource.node {
                mended.push((index, node));
            }
        }
        mended
    }
}

/// Visits what is at `path`: lists are walked item by item, `*` is any key, and `**` everything below.
fn visit(node: &mut Node, path: &[&str], found: &mut dyn FnMut(&mut Node)) {
    if let Value::Sequence(items) = &mut node.value {
        return items.iter_mut().for_each(|item| visit(item, path, found));
    }
    let Some((name, rest)) = path.split_first() else { return found(node) };
    let Value::Mapping(mapping) = &mut node.value else {
        if *name == "**" {
            found(node);
        }
        return;
    };
    match *name {
        "*" => mapping.iter_mut().for_each(|entry| visit(&mut entry.value, rest, found)),
        "**" => mapping.iter_mut().for_each(|entry| visit(&mut entry.value, path, found)),
        name => {
            if let Some(field) = mapping.get_mut(name) {
                visit(field, rest, found);
            }
        }
    }
}

fn mend(node: &mut Node, form: Form, finder: &Finder<'_>) {
    let span = node.span;
    match &mut node.value {
        Value::Scalar(scalar) => {
            if let Some(new) = form.mend(&scalar.text, span, finder) {
                scalar.text = Text::from(new);
                scalar.tag = Tag::Unresolved;
            }
        }
        Value::Mapping(_) if form == Form::TypedObject => form::mend_typed_object(node, finder),
        Value::Mapping(_) | Value::Sequence(_) => {}
    }
}
