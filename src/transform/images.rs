//! Changes images (upstream: `ImageTagTransformer`, `api/filters/imagetag`).

use crate::config::FieldSpecs;
use crate::decode::{Decode, Fields};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::transform::field_tree::FieldTree;
use crate::transform::fields_by_type::ByType;
use crate::transform::image_reference::{ImageReference, NamePattern};
use crate::transform::set_value::set_scalar;
use crate::transform::{Context, Transformer};
use crate::yaml::{Node, Tag, Value};

/// Which image is changed, and to what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    /// The image's name without tag; a regular expression, as it happens.
    pub name: String,
    /// The name it gets, if not empty.
    pub new_name: String,
    /// What is added to the tag, if neither tag nor digest are replaced.
    pub tag_suffix: String,
    /// The tag it gets, if not empty.
    pub new_tag: String,
    /// The digest it gets, if not empty.
    pub digest: String,
}

/// Changes one image wherever it is used.
#[derive(Debug, Clone)]
pub struct ImageTagTransformer {
    /// The image and its changes.
    pub image: Image,
    /// Where images are, beside all `containers` and `initContainers`.
    pub field_specs: FieldSpecs,
    /// Where the image's change was written, for warnings.
    pub span: Span,
}

impl Transformer for ImageTagTransformer {
    /// Two passes over all resources, so a tag suffix may be added twice, as upstream does.
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        resources.drop_empties();
        let mut run = Run { image: &self.image, pattern: NamePattern::new(&self.image.name), matched: false };
        // Nulls marked as lists become lists even where no image can match.
        resources.change_each(|_, resource| match may_hold_images(resource) {
            true => run.walk(&mut resource.node),
            false => Ok(()),
        })?;
        let mut fields_of: ByType<FieldTree<'_>> = ByType::new();
        resources.change_each(|_, resource| {
            if !may_hold_images(resource) {
                return Ok(());
            }
            let fields = fields_of.of(resource.type_ref(), |gvk| {
                FieldTree::new(self.field_specs.iter().filter(|spec| gvk.is_selected_by(&spec.gvk)))
            });
            let kind = resource.kind();
            fields.for_each(&mut resource.node, |_| kind.to_string(), &mut |_, node| run.update(node))
        })?;
        if !run.matched {
            let name = &self.image.name;
            let message = match run.pattern {
                NamePattern::Invalid => format!("image name `{name}` is no regular expression, so it matches nothing"),
                _ => format!("image `{name}` matches no container"),
            };
            context.warnings.add(message, self.span);
        }
        Ok(())
    }
}

/// Type definitions describe fields called `containers`; they have none.
fn may_hold_images(resource: &Resource) -> bool {
    resource.kind() != "CustomResourceDefinition"
}

struct Run<'a> {
    image: &'a Image,
    pattern: NamePattern,
    matched: bool,
}

impl Run<'_> {
    /// Updates the images of all lists of containers, at any depth.
    fn walk(&mut self, node: &mut Node) -> Result<()> {
        match &mut node.value {
            Value::Scalar(_) => Ok(()),
            Value::Sequence(items) => items.iter_mut().try_for_each(|item| self.walk(item)),
            Value::Mapping(mapping) => mapping.iter_mut().try_for_each(|entry| {
                self.walk(&mut entry.value)?;
                match entry.key.text().as_str() {
                    "containers" | "initContainers" => self.containers(&mut entry.value),
                    _ => Ok(()),
                }
            }),
        }
    }

    fn containers(&mut self, node: &mut Node) -> Result<()> {
        let Some(containers) = node.as_sequence_mut() else { return Ok(()) };
        for container in containers.iter_mut().filter(|container| !container.is_null()) {
            let (span, sort) = (container.span, container.sort_name());
            let Some(container) = container.as_mapping_mut() else {
                let message = format!("a container must be a mapping, but is {sort}");
                return Err(Error::new(ErrorKind::Transform, message).at(span));
            };
            if let Some(image) = container.get_mut("image") {
                self.update(image)?;
            }
        }
        Ok(())
    }

    fn update(&mut self, node: &mut Node) -> Result<()> {
        let Some(old) = node.text() else {
            let message = format!("an image must be a string, but is {}", node.sort_name());
            return Err(Error::new(ErrorKind::Transform, message).at(node.span));
        };
        if !self.pattern.matches(old) {
            return Ok(());
        }
        self.matched = true;
        let new = self.image.apply(ImageReference::split(old));
        set_scalar(node, new, Tag::Unresolved)
    }
}

impl Image {
    /// The changed image. A new tag or digest replaces both old ones.
    fn apply(&self, old: ImageReference<'_>) -> String {
        let name = if self.new_name.is_empty() { old.name } else { &self.new_name };
        let (tag, suffix, digest) = if !self.new_tag.is_empty() || !self.digest.is_empty() {
            (self.new_tag.as_str(), "", self.digest.as_str())
        } else if self.tag_suffix.is_empty() {
            (old.tag, "", old.digest)
        } else {
            (old.tag, self.tag_suffix.as_str(), "")
        };
        let mut image = name.to_owned();
        if !(tag.is_empty() && suffix.is_empty()) {
            image.extend([":", tag, suffix]);
        }
        if !digest.is_empty() {
            image.extend(["@", digest]);
        }
        image
    }

    fn take(mut fields: Fields<'_>) -> Result<Self> {
        let taken = Self {
            name: fields.take("name")?,
            new_name: fields.take("newName")?,
            tag_suffix: fields.take("tagSuffix")?,
            new_tag: fields.take("newTag")?,
            digest: fields.take("digest")?,
        };
        fields.finish()?;
        Ok(taken)
    }

    /// Reads the `imageTag` of a plugin's config, where unknown fields are ignored and texts may be numbers.
    ///
    /// # Errors
    /// When a value is of the wrong type.
    pub fn leniently(node: &Node, field: &str) -> Result<Self> {
        Self::take(Fields::leniently(node, field)?)
    }
}

/// Strict: unknown fields are errors, as in kustomizations.
impl Decode for Image {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        Self::take(Fields::of(node, field)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TransformerConfig;
    use crate::transform::testing::{apply, print, resources};

    fn run(image: &Image, yaml: &str) -> Result<(String, Vec<String>)> {
        let field_specs = TransformerConfig::built_in().images;
        let transformer = ImageTagTransformer { image: image.clone(), field_specs, span: Span::NONE };
        let mut resources = resources(yaml);
        let warnings = apply(&transformer, &mut resources)?;
        Ok((print(&resources), warnings))
    }

    fn image(name: &str, new_name: &str, tag_suffix: &str, new_tag: &str, digest: &str) -> Image {
        Image {
            name: name.to_owned(),
            new_name: new_name.to_owned(),
            tag_suffix: tag_suffix.to_owned(),
            new_tag: new_tag.to_owned(),
            digest: digest.to_owned(),
        }
    }

    #[test]
    fn tags_and_digests() {
        let apply =
            |new: Image| ["a", "a:1", "a@sha256:0", "a:1@sha256:0"].map(|old| new.apply(ImageReference::split(old)));
        assert_eq!(apply(image("a", "b", "", "", "")), ["b", "b:1", "b@sha256:0", "b:1@sha256:0"]);
        assert_eq!(apply(image("a", "", "", "2", "")), ["a:2"; 4]);
        assert_eq!(apply(image("a", "", "-x", "", "d:1")), ["a@d:1"; 4]);
        assert_eq!(apply(image("a", "", "-x", "2", "d:1")), ["a:2@d:1"; 4]);
        assert_eq!(apply(image("a", "", "-x", "", "")), ["a:-x", "a:1-x", "a:-x", "a:1-x"]);
    }

    #[test]
    fn containers_at_any_depth_but_not_in_definitions() {
        let input = "\
kind: X
metadata: {name: a}
spec:
  containers: null
  deep: [{initContainers: [{image: \"a:1\"}, null, {other: 1}]}]
  volumes: [{image: {reference: a}}]
  containersOf: [{image: a}]
---
kind: CustomResourceDefinition
metadata: {name: b}
spec: {containers: [{image: a}]}
";
        let output = "\
kind: X
metadata:
  name: a
spec:
  containers: []
  containersOf:
  - image: a
  deep:
  - initContainers:
    - image: a:2
    - null
    - other: 1
  volumes:
  - image:
      reference: a:2
---
kind: CustomResourceDefinition
metadata:
  name: b
spec:
  containers:
  - image: a
";
        assert_eq!(run(&image("a", "", "", "2", ""), input).unwrap(), (output.to_owned(), Vec::new()));
    }

    #[test]
    fn a_tag_suffix_is_added_in_both_passes() {
        let input = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: \"a:1\"}]}\n";
        let (output, _) = run(&image("a", "", "-x", "", ""), input).unwrap();
        assert!(output.contains("image: a:1-x-x\n"), "{output}");
    }

    #[test]
    fn what_matches_nothing_is_said() {
        let input = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: a}]}\n";
        let warnings = |name| run(&image(name, "", "", "2", ""), input).unwrap().1;
        assert_eq!(warnings("b"), ["image `b` matches no container"]);
        assert_eq!(warnings("["), ["image name `[` is no regular expression, so it matches nothing"]);
    }

    #[test]
    fn malformed_containers_are_refused() {
        for containers in ["[a]", "[[{image: a}]]", "[{image: {a: b}}]"] {
            let input = format!("kind: Pod\nmetadata: {{name: a}}\ncontainers: {containers}\n");
            assert!(run(&image("a", "", "", "2", ""), &input).is_err(), "{containers}");
        }
    }
}
