//! Arguments of generators and transformers as a kustomization writes them.

use std::collections::BTreeMap;

use crate::config::FieldSpec;
use crate::decode::{Decode, Fields};
use crate::error::Result;
use crate::generate::{ConfigMapArgs, GeneratorArgs, GeneratorOptions, KeyValueSources, SecretArgs};
use crate::kustomization::decode_fields;
use crate::transform::labels::LabelScope;
use crate::yaml::Node;

/// One entry of `labels`.
#[derive(Debug, Clone, Default)]
pub struct Label {
    /// The labels.
    pub pairs: BTreeMap<String, String>,
    /// Where they go besides `metadata.labels`.
    pub scope: LabelScope,
    /// More fields that get them.
    pub fields: Vec<FieldSpec>,
}

impl Decode for Label {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, |fields| {
            Ok(Self {
                pairs: fields.take("pairs")?,
                scope: LabelScope {
                    include_selectors: fields.take("includeSelectors")?,
                    include_templates: fields.take("includeTemplates")?,
                    include_volume_claim_templates: fields.take("includeVolumeClaimTemplates")?,
                },
                fields: fields.take("fields")?,
            })
        })
    }
}

impl Decode for GeneratorOptions {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, |fields| {
            Ok(Self {
                labels: fields.take("labels")?,
                annotations: fields.take("annotations")?,
                disable_name_suffix_hash: fields.take("disableNameSuffixHash")?,
                immutable: fields.take("immutable")?,
            })
        })
    }
}

impl Decode for ConfigMapArgs {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, |fields| Ok(Self { common: generator_args(fields, node)? }))
    }
}

impl Decode for SecretArgs {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, secret_args(node))
    }
}

/// Reads the arguments of a Secret generator, whatever other fields there are.
pub(crate) fn secret_args(node: &Node) -> impl FnOnce(&mut Fields<'_>) -> Result<SecretArgs> {
    |fields| Ok(SecretArgs { secret_type: fields.take("type")?, common: generator_args(fields, node)? })
}

/// Reads what both generators have in common, whatever other fields there are.
pub(crate) fn generator_args(fields: &mut Fields<'_>, node: &Node) -> Result<GeneratorArgs> {
    let mut sources = KeyValueSources {
        literals: fields.take("literals")?,
        files: fields.take("files")?,
        envs: fields.take("envs")?,
    };
    // The old name of a single env file.
    let env: crate::decode::Spanned<String> = fields.take("env")?;
    if !env.value.is_empty() {
        sources.envs.push(env);
    }
    Ok(GeneratorArgs {
        name: fields.take("name")?,
        namespace: fields.take("namespace")?,
        behavior: fields.take("behavior")?,
        sources,
        options: fields.take("options")?,
        span: Some(node.span),
    })
}
