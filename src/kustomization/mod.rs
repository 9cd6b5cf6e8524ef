//! The kustomization file, typed (upstream: `api/types/kustomization.go`).
//!
//! Reading is strict: an unknown field or a wrong type is an error at its place. This room
//! reads one file's tree; it follows no path and runs nothing.

mod args;
mod check;
mod fix;
mod patch;
mod replacement;
mod var;

use std::collections::BTreeMap;

pub use args::Label;
pub(crate) use args::{generator_args, secret_args};
pub use patch::{Patch, PatchOptions};
pub use replacement::Replacements;

use crate::decode::{Fields, Spanned};
use crate::error::Result;
use crate::generate::{ConfigMapArgs, GeneratorOptions, SecretArgs};
use crate::plugin::helm::{HelmChart, HelmGlobals};
use crate::source::Span;
use crate::transform::images::Image;
use crate::transform::replicas::Replica;
use crate::transform::sort_order::SortOptions;
use crate::transform::variables::Var;
use crate::yaml::Node;

/// The names a kustomization file may have, in the order in which they are looked for.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The kind of an ordinary kustomization.
pub const KUSTOMIZATION_KIND: &str = "Kustomization";

/// The kind of a component.
pub const COMPONENT_KIND: &str = "Component";

/// A reference to a file, a directory or a repository, or an inline text, with its place.
pub type Reference = Spanned<String>;

/// Everything that a kustomization file says. Deprecated fields are moved to the fields that
/// took their place (see `fix`), except those that upstream runs at another time.
#[derive(Debug, Clone, Default)]
pub struct Kustomization {
    /// `Kustomization` or `Component`.
    pub kind: String,
    /// Checked to be the kind's one version.
    pub api_version: String,
    /// `path` or `version` of a schema of one's own.
    pub openapi: Spanned<BTreeMap<String, String>>,
    /// Goes before every name.
    pub name_prefix: String,
    /// Goes after every name.
    pub name_suffix: String,
    /// The namespace of everything.
    pub namespace: String,
    /// Labels for everything, selectors included (deprecated).
    pub common_labels: BTreeMap<String, String>,
    /// Annotations for everything.
    pub common_annotations: BTreeMap<String, String>,
    /// Labels with a choice of where they go.
    pub labels: Vec<Label>,
    /// Patches of both sorts.
    pub patches: Vec<Patch>,
    /// Strategic merge patches, as paths or inline (deprecated).
    pub patches_strategic_merge: Vec<Reference>,
    /// JSON patches (deprecated; run later than `patches`).
    pub patches_json6902: Vec<Patch>,
    /// New names, tags and digests of images.
    pub images: Vec<Spanned<Image>>,
    /// Replica counts by name.
    pub replicas: Vec<Spanned<Replica>>,
    /// Values copied from field to field.
    pub replacements: Vec<Replacements>,
    /// Values copied into `$(NAME)` (deprecated).
    pub vars: Vec<Var>,
    /// The order of the output.
    pub sort_options: Option<Spanned<SortOptions>>,
    /// Files, directories and repositories to read.
    pub resources: Vec<Reference>,
    /// Directories whose kustomization works on ours.
    pub components: Vec<Reference>,
    /// Files of OpenAPI definitions of custom types.
    pub crds: Vec<Reference>,
    /// Files of transformer configurations.
    pub configurations: Vec<Reference>,
    /// Generator plugins.
    pub generators: Vec<Reference>,
    /// Transformer plugins.
    pub transformers: Vec<Reference>,
    /// Validator plugins.
    pub validators: Vec<Reference>,
    /// ConfigMaps to generate.
    pub config_map_generator: Vec<ConfigMapArgs>,
    /// Secrets to generate.
    pub secret_generator: Vec<SecretArgs>,
    /// Options of both generators.
    pub generator_options: Option<GeneratorOptions>,
    /// Settings for all charts.
    pub helm_globals: Option<HelmGlobals>,
    /// Helm charts to inflate.
    pub helm_charts: Vec<Spanned<HelmChart>>,
    /// Which facts of the build are written into the output.
    pub build_metadata: Vec<String>,
    /// Warnings about deprecated fields, and where they stand.
    pub deprecated: Vec<(&'static str, Span)>,
}

impl Kustomization {
    /// Reads the tree of a kustomization file, moves deprecated fields and checks what it says.
    ///
    /// # Errors
    /// Unknown fields, wrong types, a wrong kind or version, and a file that says nothing.
    pub fn from_node(node: &Node) -> Result<Self> {
        let mut fields = Fields::of(node, "")?;
        let mut kustomization = Self {
            kind: fields.take("kind")?,
            api_version: fields.take("apiVersion")?,
            openapi: fields.take("openapi")?,
            name_prefix: fields.take("namePrefix")?,
            name_suffix: fields.take("nameSuffix")?,
            namespace: fields.take("namespace")?,
            common_labels: fields.take("commonLabels")?,
            common_annotations: fields.take("commonAnnotations")?,
            labels: fields.take("labels")?,
            patches: fields.take("patches")?,
            patches_strategic_merge: fields.take("patchesStrategicMerge")?,
            patches_json6902: fields.take("patchesJson6902")?,
            images: fields.take("images")?,
            replicas: fields.take("replicas")?,
            replacements: fields.take("replacements")?,
            vars: fields.take("vars")?,
            sort_options: fields.take("sortOptions")?,
            resources: fields.take("resources")?,
            components: fields.take("components")?,
            crds: fields.take("crds")?,
            configurations: fields.take("configurations")?,
            generators: fields.take("generators")?,
            transformers: fields.take("transformers")?,
            validators: fields.take("validators")?,
            config_map_generator: fields.take("configMapGenerator")?,
            secret_generator: fields.take("secretGenerator")?,
            generator_options: fields.take("generatorOptions")?,
            helm_globals: fields.take("helmGlobals")?,
            helm_charts: fields.take("helmCharts")?,
            build_metadata: fields.take("buildMetadata")?,
            deprecated: Vec::new(),
        };
        check::metadata(&mut fields)?;
        fix::deprecated_fields(&mut kustomization, &mut fields, node)?;
        fields.finish()?;
        check::not_empty(node)?;
        check::kind_and_version(&mut kustomization, node)?;
        Ok(kustomization)
    }

    /// Whether `buildMetadata` asks for this fact.
    #[must_use]
    pub fn shows(&self, fact: &str) -> bool {
        self.build_metadata.iter().any(|wanted| wanted == fact)
    }
}

/// Decodes a struct whose fields all have defaults.
pub(crate) fn decode_fields<T>(node: &Node, field: &str, read: impl FnOnce(&mut Fields<'_>) -> Result<T>) -> Result<T> {
    let mut fields = Fields::of(node, field)?;
    let value = read(&mut fields)?;
    fields.finish()?;
    Ok(value)
}
