//! Vars as a kustomization writes them.

use crate::decode::Decode;
use crate::error::Result;
use crate::kustomization::decode_fields;
use crate::transform::variables::{Var, VarObject};
use crate::yaml::Node;

impl Decode for Var {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, |fields| {
            let path = |node: &Node| decode_fields(node, "fieldref", |fields| fields.take("fieldPath"));
            Ok(Self {
                name: fields.take("name")?,
                object: fields.take("objref")?,
                field_path: fields.raw("fieldref").map(path).transpose()?.unwrap_or_default(),
                span: Some(node.span),
            })
        })
    }
}

impl Decode for VarObject {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        decode_fields(node, field, |fields| {
            Ok(Self {
                api_version: fields.take("apiVersion")?,
                group: fields.take("group")?,
                version: fields.take("version")?,
                kind: fields.take("kind")?,
                name: fields.take("name")?,
                namespace: fields.take("namespace")?,
            })
        })
    }
}
