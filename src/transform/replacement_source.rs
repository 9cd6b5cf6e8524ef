//! Finds the value of a replacement: one field, or a part of it, of the one object that the
//! source selects.

use crate::error::{Error, ErrorKind, Result};
use crate::resource::{Gvk, ResMap, Resource};
use crate::transform::replacement::{DEFAULT_FIELD_PATH, FieldOptions, SourceSelector};
use crate::transform::replacement_value::ReplacedValue;
use crate::yaml::path::{look_up, node_at, split};
use crate::yaml::{Node, Text, Value};

impl SourceSelector {
    /// The value of the field, and where it stands.
    pub(super) fn read(&self, resources: &mut ResMap) -> Result<ReplacedValue> {
        let index = self.select(resources)?;
        let field_path = if self.field_path.is_empty() { DEFAULT_FIELD_PATH } else { &self.field_path };
        let missing = || {
            let message = format!("the source `{}` has no field `{field_path}`", self.describe());
            Error::new(ErrorKind::Transform, message)
        };
        let root = &resources.get(index).ok_or_else(missing)?.node;
        let location = look_up(root, &split(field_path)?)?.ok_or_else(missing)?;
        let node = node_at(root, &location).filter(|node| !is_empty(node)).ok_or_else(missing)?;
        match self.options.as_ref().filter(|options| !options.delimiter.is_empty()) {
            None => Ok(ReplacedValue::of_field(node.clone(), index, location)),
            Some(options) => self.part(node, options).map(ReplacedValue::fixed),
        }
    }

    /// One part of the field's text; the text itself stays out of errors.
    fn part(&self, node: &Node, options: &FieldOptions) -> Result<Node> {
        let mut node = node.clone();
        let Some(scalar) = node.as_scalar_mut() else {
            let message = format!("`delimiter` can't split {}", node.sort_name());
            return Err(Error::new(ErrorKind::Transform, message).at(node.span));
        };
        let text = if scalar.is_null() { "" } else { scalar.text.as_str() };
        let index = usize::try_from(options.index).ok();
        let Some(part) = index.and_then(|index| text.split(&options.delimiter).nth(index)) else {
            let count = text.split(&options.delimiter).count();
            let message = format!("the field has {count} parts, so there is no part {}", options.index);
            return Err(Error::new(ErrorKind::Transform, message).at(node.span).hint("`index` counts from 0"));
        };
        scalar.text = Text::from(part);
        Ok(node)
    }

    /// The position of the only object that has or had the id.
    fn select(&self, resources: &mut ResMap) -> Result<usize> {
        let found = if self.name.is_empty() {
            let all = resources.iter().enumerate();
            all.filter(|(_, resource)| self.selects(resource)).map(|(index, _)| index).take(2).collect()
        } else {
            let mut found = resources.find_any(&self.name, |_| true);
            found.retain(|&index| resources.get(index).is_some_and(|resource| self.selects(resource)));
            found
        };
        let error = |message: String| Err(Error::new(ErrorKind::Identity, message));
        let name = |index: usize| resources.get(index).map(|found| found.cur_id().to_string()).unwrap_or_default();
        match found.as_slice() {
            [index] => Ok(*index),
            [] => error(format!("the source `{}` selects no object", self.describe())),
            [first, second, ..] => {
                let (first, second) = (name(*first), name(*second));
                error(format!("the source `{}` selects `{first}` and `{second}`", self.describe()))
            }
        }
    }

    fn selects(&self, resource: &Resource) -> bool {
        // Without knowing which types are cluster-scoped, as upstream has it here.
        let same = |left: &str, right: &str| {
            let effective = |namespace: &str| namespace.is_empty() || namespace == "default";
            left == right || (effective(left) && effective(right))
        };
        let selector = Gvk::new(self.group.as_str(), self.version.as_str(), self.kind.as_str());
        ids(resource).any(|(gvk, name, namespace)| {
            (self.name.is_empty() || *self.name == *name)
                && (self.namespace.is_empty() || same(&self.namespace, &namespace))
                && gvk.is_selected_by(&selector)
        })
    }

    fn describe(&self) -> String {
        let parts = [&self.group, &self.version, &self.kind, &self.namespace, &self.name];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("/")
    }
}

/// Present and former type, name and namespace, the present ones first.
pub(super) fn ids(resource: &Resource) -> impl Iterator<Item = (Gvk, Text, Text)> + '_ {
    let gvk = resource.gvk();
    let present = (gvk.clone(), resource.name(), resource.namespace());
    let former = resource.history.iter().map(move |former| {
        let gvk = Gvk { kind: former.kind.clone(), ..gvk.clone() };
        (gvk, former.name.clone(), former.namespace.clone())
    });
    std::iter::once(present).chain(former)
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => scalar.is_null(),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
    }
}
