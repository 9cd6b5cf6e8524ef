//! Built-in generators and transformers that are configured by an object of their own, under
//! `generators` and `transformers` (upstream: `builtinhelpers`). Unknown fields are ignored there.

use std::collections::BTreeMap;

use crate::accumulate::Layer;
use crate::bundle;
use crate::config::{FieldSpec, FieldSpecs};
use crate::decode::{Fields, Spanned, suggestion};
use crate::error::{Error, ErrorKind, Result};
use crate::generate::ConfigMapArgs;
use crate::kustomization::{PatchOptions, generator_args, secret_args};
use crate::plugin::Plugin;
use crate::plugin::helm::{HelmChart, HelmGlobals};
use crate::resource::{Resource, Selector};
use crate::site_values;
use crate::transform::Transformer;
use crate::transform::annotations::AnnotationsTransformer;
use crate::transform::hash::HashTransformer;
use crate::transform::helm_values::HelmValuesTransformer;
use crate::transform::images::{Image, ImageTagTransformer};
use crate::transform::labels::LabelTransformer;
use crate::transform::namespace::NamespaceTransformer;
use crate::transform::prefix::PrefixTransformer;
use crate::transform::replicas::{Replica, ReplicaCountTransformer};
use crate::transform::role_binding::SubjectMode;
use crate::transform::suffix::SuffixTransformer;
use crate::transform::value_add::{ValueAddTarget, ValueAddTransformer};
use crate::yaml::Node;
use crate::yaml::json::to_json;

pub(super) const GENERATORS: [&str; 4] =
    ["ConfigMapGenerator", "HelmChartInflationGenerator", "IAMPolicyGenerator", "SecretGenerator"];

pub(super) const TRANSFORMERS: [&str; 14] = [
    "AnnotationsTransformer",
    "HashTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "SuffixTransformer",
    "ValueAddTransformer",
];

/// Runs the built-in generator that `config` configures.
pub(super) fn generate(layer: &Layer<'_>, config: &Resource) -> Result<Vec<Resource>> {
    let node = &config.node;
    // Upstream prints the config before it reads it, which fails for some trees.
    to_json(node)?;
    let mut fields = Fields::leniently(node, "")?;
    match config.kind().as_str() {
        "ConfigMapGenerator" => {
            let mut args = ConfigMapArgs { common: generator_args(&mut fields, node)? };
            name_after(config, &mut args.common);
            Ok(vec![args.generate(layer)?])
        }
        "SecretGenerator" => {
            let mut args = secret_args(node)(&mut fields)?;
            name_after(config, &mut args.common);
            Ok(vec![args.generate(layer)?])
        }
        "HelmChartInflationGenerator" => {
            let globals = HelmGlobals::take(&mut fields)?;
            layer.inflate(&HelmChart::take(&mut fields, "")?, &globals)
        }
        "IAMPolicyGenerator" => Ok(vec![crate::generate::iam_policy::generate(node)?]),
        kind if TRANSFORMERS.contains(&kind) => Err(misplaced(kind, "a transformer", "transformers")),
        kind => Err(unknown(kind, &GENERATORS)),
    }
}

/// A generator whose arguments name no object makes one of the config's own name.
fn name_after(config: &Resource, args: &mut crate::generate::GeneratorArgs) {
    if args.name.is_empty() {
        args.name = config.name().to_string();
    }
    if args.namespace.is_empty() {
        args.namespace = config.namespace().to_string();
    }
}

/// The built-in transformer that `config` configures.
pub(super) fn transformer(layer: &Layer<'_>, config: &Resource) -> Result<Box<dyn Transformer>> {
    let node = &config.node;
    // Upstream prints the config before it reads it, which fails for some trees.
    to_json(node)?;
    let mut fields = Fields::leniently(node, "")?;
    Ok(match config.kind().as_str() {
        "AnnotationsTransformer" => Box::new(AnnotationsTransformer {
            annotations: fields.take::<BTreeMap<String, String>>("annotations")?,
            field_specs: field_specs(&mut fields)?,
        }),
        "HashTransformer" => Box::new(HashTransformer),
        "ImageTagTransformer" => Box::new(ImageTagTransformer {
            image: fields.raw("imageTag").map(image).transpose()?.unwrap_or_default(),
            field_specs: field_specs(&mut fields)?,
            span: node.span,
        }),
        "LabelTransformer" => Box::new(LabelTransformer {
            labels: fields.take::<BTreeMap<String, String>>("labels")?,
            field_specs: field_specs(&mut fields)?,
        }),
        "NamespaceTransformer" => Box::new(NamespaceTransformer {
            namespace: config.namespace().to_string(),
            field_specs: field_specs(&mut fields)?,
            unset_only: fields.take("unsetOnly")?,
            set_role_binding_subjects: SubjectMode::from_name(&fields.take::<String>("setRoleBindingSubjects")?)?,
        }),
        "PatchJson6902Transformer" => {
            let (path, patch) = (fields.take("path")?, fields.take("jsonOp")?);
            let target = fields.raw("target").map(selector).transpose()?.unwrap_or_default();
            layer.json_patch(&path, &patch, target, node.span)?
        }
        "PatchStrategicMergeTransformer" => {
            let patches = fields.take::<Spanned<String>>("patches")?;
            layer.strategic_merge(&fields.take::<Vec<Spanned<String>>>("paths")?, &patches, node.span)?
        }
        "PatchTransformer" => {
            let patch = crate::kustomization::Patch {
                path: fields.take("path")?,
                patch: fields.take("patch")?,
                target: fields.raw("target").map(selector).transpose()?,
                options: fields.raw("options").map(patch_options).transpose()?,
                place: Spanned::new((), node.span),
            };
            layer.patch(&patch)?
        }
        "PrefixSuffixTransformer" => Box::new(Both(prefix(&mut fields)?, suffix(&mut fields)?)),
        "PrefixTransformer" => Box::new(prefix(&mut fields)?),
        "SuffixTransformer" => Box::new(suffix(&mut fields)?),
        "ReplacementTransformer" => {
            let entries = crate::kustomization::Replacements::list_leniently(fields.raw("replacements"))?;
            layer.replacement_transformer(&entries)?
        }
        "ReplicaCountTransformer" => Box::new(ReplicaCountTransformer {
            replica: fields.raw("replica").map(replica).transpose()?.unwrap_or_default(),
            field_specs: field_specs(&mut fields)?,
            span: node.span,
        }),
        "ValueAddTransformer" => Box::new(value_add(layer, &mut fields)?),
        kind if GENERATORS.contains(&kind) => return Err(misplaced(kind, "a generator", "generators")),
        kind => return Err(unknown(kind, &TRANSFORMERS)),
    })
}

/// Whether `config` is for our own transformer of Helm values: a plugin of the user's own of that type, or a
/// function that the config names, goes before it.
pub(super) fn is_helm_values(layer: &Layer<'_>, config: &Resource) -> Result<bool> {
    let is_it = config.api_version() == site_values::API_VERSION && config.kind() == site_values::KIND;
    Ok(is_it && !Plugin::is_of_user(config, &layer.loader, &layer.build.options.plugins)?)
}

/// Whether `config` is a bundle of ours; as with [`is_helm_values`], a plugin of the user's goes before it.
pub(super) fn is_bundle(layer: &Layer<'_>, config: &Resource) -> Result<bool> {
    Ok(bundle::is_bundle(config) && !Plugin::is_of_user(config, &layer.loader, &layer.build.options.plugins)?)
}

/// The transformer of Helm values that `config` configures; see [`is_helm_values`].
pub(super) fn helm_values(layer: &Layer<'_>, config: &Resource) -> Result<Box<dyn Transformer>> {
    // As for the others, and keys are texts and come once after that.
    to_json(&config.node)?;
    Ok(Box::new(HelmValuesTransformer::from_config(&config.node, &layer.build.warnings)?))
}

/// Prefix, then suffix: the old transformer that did both.
struct Both(PrefixTransformer, SuffixTransformer);

impl Transformer for Both {
    fn transform(
        &self,
        resources: &mut crate::resource::ResMap,
        context: &crate::transform::Context<'_>,
    ) -> Result<()> {
        self.0.transform(resources, context)?;
        self.1.transform(resources, context)
    }
}

fn prefix(fields: &mut Fields<'_>) -> Result<PrefixTransformer> {
    Ok(PrefixTransformer { prefix: fields.take("prefix")?, field_specs: required_field_specs(fields)? })
}

fn suffix(fields: &mut Fields<'_>) -> Result<SuffixTransformer> {
    Ok(SuffixTransformer { suffix: fields.take("suffix")?, field_specs: required_field_specs(fields)? })
}

fn field_specs(fields: &mut Fields<'_>) -> Result<FieldSpecs> {
    FieldSpec::list_leniently(fields.raw("fieldSpecs"), "fieldSpecs").map(FieldSpecs::from)
}

fn required_field_specs(fields: &mut Fields<'_>) -> Result<FieldSpecs> {
    if fields.raw("fieldSpecs").is_none() {
        let error = Error::new(ErrorKind::Transform, "missing `fieldSpecs`");
        return Err(error.hint("a prefix or suffix for names has `fieldSpecs: [{path: metadata/name}]`"));
    }
    field_specs(fields)
}

fn value_add(layer: &Layer<'_>, fields: &mut Fields<'_>) -> Result<ValueAddTransformer> {
    let mut value = fields.take::<String>("value")?.trim().to_owned();
    if value.is_empty() {
        value = layer.loader.root().file_name().unwrap_or_default().to_string_lossy().into_owned();
    }
    let mut targets = value_add_targets(fields)?;
    let path: String = fields.take("targetFilePath")?;
    if !path.is_empty()
        && let Some(document) = layer.read_document(&path)?
    {
        targets.extend(value_add_targets(&mut Fields::leniently(&document, "")?)?);
    }
    if targets.is_empty() {
        return Err(Error::new(ErrorKind::Transform, "a `ValueAddTransformer` needs at least one target"));
    }
    Ok(ValueAddTransformer { value, targets })
}

fn value_add_targets(fields: &mut Fields<'_>) -> Result<Vec<ValueAddTarget>> {
    let mut targets = Vec::new();
    for item in fields.raw("targets").and_then(Node::as_sequence).unwrap_or_default() {
        let mut fields = Fields::leniently(item, "targets")?;
        let position: i64 = fields.take("filePathPosition")?;
        let Ok(file_path_position) = usize::try_from(position) else {
            return Err(Error::new(ErrorKind::Transform, "`filePathPosition` can't be negative").at(item.span));
        };
        let field_path: String = fields.take("fieldPath")?;
        if field_path.is_empty() {
            return Err(Error::new(ErrorKind::Transform, "`fieldPath` can't be empty").at(item.span));
        }
        let selector = fields.raw("selector").map(selector).transpose()?;
        targets.push(ValueAddTarget { selector, field_path, file_path_position });
    }
    Ok(targets)
}

fn selector(node: &Node) -> Result<Selector> {
    Selector::take(&mut Fields::leniently(node, "target")?)
}

fn image(node: &Node) -> Result<Image> {
    Image::leniently(node, "imageTag")
}

fn replica(node: &Node) -> Result<Replica> {
    Replica::leniently(node, "replica")
}

fn patch_options(node: &Node) -> Result<PatchOptions> {
    PatchOptions::take(&mut Fields::leniently(node, "options")?)
}

fn unknown(kind: &str, known: &[&str]) -> Error {
    let error = Error::new(ErrorKind::Plugin, format!("there is no built-in plugin `{kind}` here"));
    error.hint(suggestion(kind, known, || format!("the built-in ones are {}", known.join(", "))))
}

fn misplaced(kind: &str, sort: &str, field: &str) -> Error {
    Error::new(ErrorKind::Plugin, format!("`{kind}` is {sort}")).hint(format!("name it under `{field}:`"))
}
