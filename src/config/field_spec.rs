//! Which field of which types a transformer touches (upstream: `api/types/fieldspec.go`).

use crate::config::FieldSpecPath;
use crate::decode::{Decode, Fields};
use crate::error::Result;
use crate::resource::Gvk;
use crate::yaml::Node;

/// A field of the types that `gvk` selects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldSpec {
    /// The types; empty parts select everything.
    pub gvk: Gvk,
    /// Where it is in them.
    pub path: FieldSpecPath,
    /// Whether a missing field is made.
    pub create: bool,
}

/// The fields that refer to objects of one type by name (upstream: `NameBackReferences`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameReference {
    /// The type that is referred to.
    pub gvk: Gvk,
    /// The fields that may refer to it.
    pub referrers: Vec<FieldSpec>,
}

impl FieldSpec {
    /// Whether merging `incoming` meets this one: the same path, and `incoming` selects our types.
    /// Not symmetric, as upstream.
    #[must_use]
    pub fn is_met_by(&self, incoming: &Self) -> bool {
        self.path == incoming.path && self.gvk.is_selected_by(&incoming.gvk)
    }

    /// Reads a list of field specs in a plugin's config, where unknown fields are ignored and
    /// numbers may stand for texts.
    ///
    /// # Errors
    /// When a value is of the wrong type.
    pub fn list_leniently(node: Option<&Node>, field: &str) -> Result<Vec<Self>> {
        node.map_or_else(|| Ok(Vec::new()), |node| Vec::decode_leniently(node, field))
    }

    fn take(mut fields: Fields<'_>) -> Result<Self> {
        let spec = Self {
            gvk: take_gvk(&mut fields)?,
            path: fields.take::<String>("path")?.into(),
            create: fields.take("create")?,
        };
        fields.finish()?;
        Ok(spec)
    }
}

fn take_gvk(fields: &mut Fields<'_>) -> Result<Gvk> {
    let (group, version, kind): (String, String, String) =
        (fields.take("group")?, fields.take("version")?, fields.take("kind")?);
    Ok(Gvk::new(group, version, kind))
}

/// Strict: unknown fields are errors, as in kustomizations; lenient in plugins' configs.
impl Decode for FieldSpec {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        Self::take(Fields::of(node, field)?)
    }

    fn decode_leniently(node: &Node, field: &str) -> Result<Self> {
        Self::take(Fields::leniently(node, field)?)
    }
}

/// A field spec in a transformer configuration: unknown fields are errors, but a path may be a number.
#[derive(Debug, Default)]
pub(super) struct Configured(pub FieldSpec);

impl Decode for Configured {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let path = fields.raw("path").map(|path| String::decode_leniently(path, "path")).transpose()?;
        let path = path.unwrap_or_default();
        let spec = FieldSpec { gvk: take_gvk(&mut fields)?, path: path.into(), create: fields.take("create")? };
        fields.finish()?;
        Ok(Self(spec))
    }
}

/// Strict, as transformer configurations are read.
impl Decode for NameReference {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let referrers: Vec<Configured> = fields.take("fieldSpecs")?;
        let referrers = referrers.into_iter().map(|spec| spec.0).collect();
        let reference = Self { gvk: take_gvk(&mut fields)?, referrers };
        fields.finish()?;
        Ok(reference)
    }
}
