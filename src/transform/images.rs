//! Changes images (upstream: `ImageTagTransformer`, `api/filters/imagetag`).

use std::cell::Cell;

use crate::config::{FieldSpec, FieldSpecs};
use crate::decode::{Decode, Fields};
use crate::error::{Error, ErrorKind, Result};
use crate::pack::{Pack, fixed_name};
use crate::resource::{Gvk, OWN_GROUP, ResMap, Resource};
use crate::source::Span;
use crate::transform::composed_reference::embedded::edit;
use crate::transform::edit::{Edit, Way};
use crate::transform::field_tree::{FieldTree, Visitor};
use crate::transform::fields_by_type::ByType;
use crate::transform::image_reference::{ImageReference, NamePattern};
use crate::transform::set_value::set_scalar;
use crate::transform::{Context, Transformer};
use crate::yaml::{Entry, Node, Tag, Value};

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
        edit_each(resources, |resource| match resource.type_ref().group == OWN_GROUP {
            true => run.of_bundle(&resource.node),
            false => run.of_containers(&resource.node),
        })?;
        // As a rule, the fields are those of all types.
        let no_type = Gvk::default();
        let of_all =
            self.field_specs.iter().all(|spec| spec.gvk == no_type).then(|| FieldTree::new(self.field_specs.iter()));
        let mut fields_of: ByType<FieldTree<'_>> = ByType::new();
        // Nulls marked as lists become lists even where no image can match.
        edit_each(resources, |resource| {
            let fields = of_all.as_ref().unwrap_or_else(|| {
                fields_of.of(
                    resource.type_ref(),
                    || resource.gvk(),
                    |gvk| FieldTree::new(self.field_specs.iter().filter(|spec| gvk.is_selected_by(&spec.gvk))),
                )
            });
            fields.edits(&resource.node, |_| resource.kind().to_string(), &mut run)
        })?;
        if context.packs.contains(Pack::Kserve) {
            change_in_config_maps(resources, &mut run)?;
        }
        warn_of_unknown_fields(resources, &mut run, &self.field_specs, context);
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

/// Changes images in `inferenceservice-config`, whose settings are JSON.
fn change_in_config_maps(resources: &mut ResMap, run: &mut Run<'_>) -> Result<()> {
    let is_meant =
        |resource: &Resource| resource.type_ref().kind == "ConfigMap" && fixed_name(resource) == Some(Pack::Kserve);
    let look = |resource: &Resource| Ok(is_meant(resource).then_some(()));
    resources.change_where(look, |resource, ()| change_in_config_map(resource, run))
}

fn change_in_config_map(resource: &mut Resource, run: &mut Run<'_>) {
    let Some(data) = resource.node.get_mut("data").and_then(Node::as_mapping_mut) else { return };
    let matched = Cell::new(run.matched);
    let change = |key: &str, old: &str| {
        let found = (key == "image" && run.pattern.matches(old)).then(|| run.image.apply(ImageReference::split(old)));
        matched.set(matched.get() || found.is_some());
        found
    };
    for entry in data.iter_mut().filter(|entry| entry.key.text() != "_example") {
        let Some(scalar) = entry.value.as_scalar_mut() else { continue };
        if let Some(text) = edit(&scalar.text, &change, &|_, _| None) {
            scalar.text = text.into();
            scalar.tag = Tag::Unresolved;
        }
    }
    run.matched = matched.get();
}

/// Warns of images of this name in fields that only a pack knows.
fn warn_of_unknown_fields(resources: &ResMap, run: &mut Run<'_>, known: &[FieldSpec], context: &Context<'_>) {
    for resource in resources {
        let gvk = resource.type_ref();
        let Some(pack) =
            Pack::of_group(gvk.group).filter(|pack| !context.packs.contains(*pack) && pack.has_images(gvk.kind))
        else {
            continue;
        };
        let gvk = resource.gvk();
        let is_known = |spec: &FieldSpec| known.iter().any(|own| own.path == spec.path && gvk.is_selected_by(&own.gvk));
        let is_lost = |spec: &&FieldSpec| gvk.is_selected_by(&spec.gvk) && !is_known(spec);
        for spec in pack.config().images.iter().filter(is_lost) {
            let path: Vec<&str> = spec.path.as_str().split('/').collect();
            let image = resource.node.lookup(&path);
            if let Some((node, image)) = image.and_then(|node| Some((node, node.text()?)))
                && run.pattern.matches(image)
            {
                run.matched = true;
                let message = format!(
                    "the image `{image}` of this {} stays as it is: kustomize does not know this field; `--pack {}` does",
                    gvk.kind,
                    pack.name()
                );
                context.warnings.add(message, node.span);
            }
        }
    }
}

/// Makes the changes that `edits` finds in each resource but type definitions: these describe fields called
/// `containers`, but have none.
fn edit_each(resources: &mut ResMap, mut edits: impl FnMut(&Resource) -> Result<Vec<Edit>>) -> Result<()> {
    let look = |resource: &Resource| {
        if resource.type_ref().kind == "CustomResourceDefinition" {
            return Ok(None);
        }
        edits(resource).map(|edits| (!edits.is_empty()).then_some(edits))
    };
    resources.change_where(look, |resource, edits| Edit::apply_all(edits, &mut resource.node))
}

struct Run<'a> {
    image: &'a Image,
    pattern: NamePattern,
    matched: bool,
}

impl Run<'_> {
    /// What becomes of the images of all lists of containers, at any depth.
    fn of_containers(&mut self, root: &Node) -> Result<Vec<Edit>> {
        let mut look = Look { run: self, edits: Vec::new() };
        look.node(root, None)?;
        Ok(look.edits)
    }

    /// What becomes of the images of our own kinds, which have containers by name.
    fn of_bundle(&mut self, root: &Node) -> Result<Vec<Edit>> {
        let mut look = Look { run: self, edits: Vec::new() };
        look.bundle(root, None)?;
        Ok(look.edits)
    }

    /// The image that comes in the place of the one in `node`, if it is another one.
    fn new_image(&mut self, node: &Node) -> Result<Option<String>> {
        let Some(old) = node.text() else { return Err(not_a_text(node)) };
        if !self.pattern.matches(old) {
            return Ok(None);
        }
        self.matched = true;
        let new = self.image.parts(ImageReference::split(old));
        let is_set = is_made_of(old, &new) && node.as_scalar().is_some_and(|scalar| scalar.tag == Tag::Unresolved);
        Ok((!is_set).then(|| new.concat()))
    }
}

impl Visitor for Run<'_> {
    fn stays(&mut self, _: usize, node: &Node) -> bool {
        matches!(self.new_image(node), Ok(None))
    }

    fn visit(&mut self, _: usize, node: &mut Node) -> Result<()> {
        self.new_image(node)?.map_or(Ok(()), |new| set_scalar(node, new, Tag::Unresolved))
    }
}

/// Looks for the images of containers.
struct Look<'a, 'b> {
    run: &'a mut Run<'b>,
    edits: Vec<Edit>,
}

impl Look<'_, '_> {
    fn node(&mut self, node: &Node, way: Option<&Way<'_>>) -> Result<()> {
        match &node.value {
            Value::Scalar(_) => Ok(()),
            Value::Sequence(items) => {
                items.iter().enumerate().try_for_each(|(step, item)| self.node(item, Some(&Way::on(way, step))))
            }
            Value::Mapping(mapping) => mapping.iter().enumerate().try_for_each(|(step, entry)| {
                if entry.value.as_scalar().is_some() {
                    return Ok(());
                }
                let way = Some(&Way::on(way, step));
                self.node(&entry.value, way)?;
                match (entry.key.text().as_str(), &entry.value.value) {
                    ("containers" | "initContainers", Value::Sequence(items)) => self.containers(items, way),
                    _ => Ok(()),
                }
            }),
        }
    }

    fn containers(&mut self, items: &[Node], way: Option<&Way<'_>>) -> Result<()> {
        for (step, container) in items.iter().enumerate().filter(|(_, container)| !container.is_null()) {
            let Some(mapping) = container.as_mapping() else {
                let message = format!("a container must be a mapping, but is {}", container.sort_name());
                return Err(Error::new(ErrorKind::Transform, message).at(container.span));
            };
            let Some(position) = mapping.position("image") else { continue };
            let Some(Entry { value: image, .. }) = mapping.as_slice().get(position) else { continue };
            self.image(image, Way::on(Some(&Way::on(way, step)), position))?;
        }
        Ok(())
    }

    /// Mappings in mappings, with texts under `image`, and mappings of texts under `images`.
    fn bundle(&mut self, node: &Node, way: Option<&Way<'_>>) -> Result<()> {
        for (step, entry) in node.as_mapping().into_iter().flatten().enumerate() {
            let on = Way::on(way, step);
            match entry.key.text().as_str() {
                "image" if entry.value.as_str().is_some() => self.image(&entry.value, on)?,
                "images" => {
                    let images = entry.value.as_mapping().into_iter().flatten().enumerate();
                    for (step, image) in images.filter(|(_, image)| image.value.as_str().is_some()) {
                        self.image(&image.value, Way::on(Some(&on), step))?;
                    }
                }
                _ => self.bundle(&entry.value, Some(&on))?,
            }
        }
        Ok(())
    }

    /// One image, at the end of a way.
    fn image(&mut self, image: &Node, way: Way<'_>) -> Result<()> {
        if let Some(new) = self.run.new_image(image)? {
            let mut node = image.clone();
            set_scalar(&mut node, new, Tag::Unresolved)?;
            self.edits.push(Edit { path: Way::path(Some(&way)), node });
        }
        Ok(())
    }
}

/// Whether `text` is the parts, one behind the other.
fn is_made_of(text: &str, parts: &[&str]) -> bool {
    let has_length = parts.iter().map(|part| part.len()).sum::<usize>() == text.len();
    let mut parts = parts.iter().filter(|part| !part.is_empty());
    has_length && parts.try_fold(text, |rest, part| rest.strip_prefix(part)).is_some()
}

fn not_a_text(image: &Node) -> Error {
    let message = format!("an image must be a string, but is {}", image.sort_name());
    Error::new(ErrorKind::Transform, message).at(image.span)
}

impl Image {
    /// The changed image.
    fn apply(&self, old: ImageReference<'_>) -> String {
        self.parts(old).concat()
    }

    /// What the changed image is made of. A new tag or digest replaces both old ones.
    fn parts<'a>(&'a self, old: ImageReference<'a>) -> [&'a str; 6] {
        let name = if self.new_name.is_empty() { old.name } else { &self.new_name };
        let (tag, suffix, digest) = if !self.new_tag.is_empty() || !self.digest.is_empty() {
            (self.new_tag.as_str(), "", self.digest.as_str())
        } else if self.tag_suffix.is_empty() {
            (old.tag, "", old.digest)
        } else {
            (old.tag, self.tag_suffix.as_str(), "")
        };
        let colon = if tag.is_empty() && suffix.is_empty() { "" } else { ":" };
        let at = if digest.is_empty() { "" } else { "@" };
        [name, colon, tag, suffix, at, digest]
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
