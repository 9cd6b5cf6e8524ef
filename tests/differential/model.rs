//! Whole trees of kustomizations.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;

use super::dice::{Dice, throws};
use super::fields::{FIELDS, Site};
use super::objects::{self, Object};
use super::yaml::{Yaml, list, map, scalar};

/// One kustomization: choices for its objects and for some of its fields.
#[derive(Debug, Clone)]
pub struct Layer {
    objects: Vec<Vec<u8>>,
    fields: Vec<(u8, Vec<u8>)>,
}

/// Kustomizations that include one another.
#[derive(Debug, Clone)]
pub struct Model {
    base: Layer,
    /// Each includes the one before.
    overlays: Vec<Layer>,
    /// Includes the base, too, and is included by the last overlay.
    sibling: Option<Layer>,
    /// Works on what the last layer has.
    component: Option<Layer>,
}

/// The files of a tree, ready to be written.
#[derive(Clone, Default)]
pub struct Files {
    /// Path and content.
    pub files: BTreeMap<String, String>,
    /// The directory to build.
    pub target: String,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "build {}", self.target)?;
        self.files.iter().try_for_each(|(path, content)| write!(f, "-- {path}\n{content}"))
    }
}

fn layer(objects: std::ops::Range<usize>, fields: std::ops::Range<usize>) -> impl Strategy<Value = Layer> {
    let field = (any::<u8>(), throws(60));
    let parts = (proptest::collection::vec(throws(80), objects), proptest::collection::vec(field, fields));
    parts.prop_map(|(objects, fields)| Layer { objects, fields })
}

pub fn model() -> impl Strategy<Value = Model> {
    let overlays = proptest::collection::vec(layer(0..2, 0..5), 0..3);
    let sibling = proptest::option::weighted(0.1, layer(0..2, 1..4));
    let component = proptest::option::weighted(0.2, layer(0..2, 0..4));
    (layer(1..6, 0..5), overlays, sibling, component).prop_map(|(base, overlays, sibling, component)| Model {
        base,
        overlays,
        sibling,
        component,
    })
}

/// What the layers below a layer leave to it.
#[derive(Debug, Clone, Default)]
struct Below {
    objects: Vec<Object>,
    generated: Vec<(&'static str, &'static str)>,
}

impl Model {
    /// The files of this tree, for an oracle of 5.8 or later or an older one.
    pub fn files(&self, newest: bool) -> Files {
        let mut files = Files { target: "base".to_owned(), ..Files::default() };
        let mut below = Below::default();
        let last = self.overlays.len();
        let component = |at: usize| (at == last).then_some(self.component.as_ref()).flatten();
        self.base.write("base", &[], component(0), &mut below, newest, &mut files);
        let base = below.clone();
        for (index, overlay) in self.overlays.iter().enumerate() {
            let (mut resources, at) = (vec![format!("../{}", files.target)], index + 1);
            if let Some(sibling) = self.sibling.as_ref().filter(|_| at == last) {
                sibling.write("sibling", &["../base".to_owned()], None, &mut base.clone(), newest, &mut files);
                resources.push("../sibling".to_owned());
            }
            files.target = format!("overlay-{at}");
            let target = files.target.clone();
            overlay.write(&target, &resources, component(at), &mut below, newest, &mut files);
        }
        files
    }
}

impl Layer {
    /// Writes the kustomization into `directory`, and adds its objects to those below.
    fn write(
        &self,
        directory: &str,
        bases: &[String],
        component: Option<&Self>,
        below: &mut Below,
        newest: bool,
        files: &mut Files,
    ) {
        let mut resources: Vec<Yaml> = bases.iter().map(scalar).collect();
        let own = self.objects(below);
        if !own.is_empty() {
            let text: Vec<String> = own.iter().map(|object| object.tree.print()).collect();
            files.files.insert(format!("{directory}/objects.yaml"), text.join("---\n"));
            resources.push(scalar("objects.yaml"));
        }
        below.objects.extend(own);
        let mut entries = self.fields(directory, below, newest, files);
        entries.insert(0, ("resources", list(resources)));
        if let Some(component) = component {
            entries.push(("components", list([scalar("../component")])));
            component.write_component(below, newest, files);
        }
        files.files.insert(format!("{directory}/kustomization.yaml"), map(entries).print());
    }

    fn write_component(&self, below: &mut Below, newest: bool, files: &mut Files) {
        let own = self.objects(below);
        let mut entries =
            vec![("apiVersion", scalar("kustomize.config.k8s.io/v1alpha1")), ("kind", scalar("Component"))];
        if !own.is_empty() {
            let text: Vec<String> = own.iter().map(|object| object.tree.print()).collect();
            files.files.insert("component/objects.yaml".to_owned(), text.join("---\n"));
            entries.push(("resources", list([scalar("objects.yaml")])));
        }
        below.objects.extend(own);
        entries.extend(self.fields("component", below, newest, files));
        files.files.insert("component/kustomization.yaml".to_owned(), map(entries).print());
    }

    /// Our objects, without those that are there already.
    fn objects(&self, below: &Below) -> Vec<Object> {
        let mut own: Vec<Object> = Vec::new();
        for throws in &self.objects {
            let object = objects::object(&mut Dice::new(throws));
            let same = |other: &Object| (other.kind, other.name) == (object.kind, object.name);
            if !below.objects.iter().any(same) && !own.iter().any(same) {
                own.push(object);
            }
        }
        own
    }

    fn fields(&self, directory: &str, below: &mut Below, newest: bool, files: &mut Files) -> Vec<(&'static str, Yaml)> {
        let mut entries: Vec<(&'static str, Yaml)> = Vec::new();
        let mut beside = Vec::new();
        for (choice, throws) in &self.fields {
            let (name, make) = FIELDS[usize::from(*choice) % FIELDS.len()];
            if entries.iter().any(|(earlier, _)| *earlier == name) {
                continue;
            }
            let mut site =
                Site { objects: &below.objects, generated: &mut below.generated, files: &mut beside, newest };
            entries.extend(make(&mut Dice::new(throws), &mut site).map(|value| (name, value)));
        }
        files.files.extend(beside.into_iter().map(|(name, content)| (format!("{directory}/{name}"), content)));
        entries
    }
}
