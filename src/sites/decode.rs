//! Rules from `crustomize.yaml`.

use std::collections::BTreeMap;

use crate::decode::{Decode, Fields, Spanned};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::check_path;
use crate::sites::{Action, Rule, UnitPattern};
use crate::yaml::Node;

impl Decode for Rule {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let units = fields.take::<Vec<Spanned<String>>>("units")?.iter().map(pattern).collect::<Result<_>>()?;
        let actions = [
            fields.raw("setNamespace").map(|node| set_namespace(node, &format!("{field}.setNamespace"))),
            fields.raw("addNamespace").map(|node| add_namespace(node, &format!("{field}.addNamespace"))),
            fields.raw("moveKinds").map(|node| move_kinds(node, &format!("{field}.moveKinds"))),
        ];
        fields.finish()?;
        let mut actions = actions.into_iter().flatten();
        match (actions.next(), actions.next()) {
            (Some(action), None) => Ok(Self { units, action: action?, span: node.span, location: None }),
            _ => {
                let message = format!("`{field}` must do one thing: `setNamespace`, `addNamespace` or `moveKinds`");
                Err(Error::new(ErrorKind::Kustomization, message).at(node.span))
            }
        }
    }
}

fn pattern(text: &Spanned<String>) -> Result<UnitPattern> {
    UnitPattern::parse(&text.value).ok_or_else(|| {
        let message = format!("`{}` names no unit", text.value);
        Error::new(ErrorKind::Kustomization, message).at(text.span()).hint("write `SITE` or `SITE/APP`, `*` for any")
    })
}

fn set_namespace(node: &Node, path: &str) -> Result<Action> {
    let mut fields = Fields::of(node, path)?;
    let action = Action::SetNamespace {
        namespace: needed(&mut fields, "namespace", node, path)?,
        kinds: fields.take("kinds")?,
        releases: fields.take("releases")?,
    };
    fields.finish()?;
    match &action {
        Action::SetNamespace { kinds, releases, .. } if kinds.is_empty() && releases.is_empty() => {
            let message = format!("`{path}` needs `kinds` or `releases`");
            Err(Error::new(ErrorKind::Kustomization, message).at(node.span))
        }
        _ => Ok(action),
    }
}

fn add_namespace(node: &Node, path: &str) -> Result<Action> {
    let mut fields = Fields::of(node, path)?;
    let action = Action::AddNamespace {
        name: needed(&mut fields, "name", node, path)?,
        labels: fields.take::<BTreeMap<String, String>>("labels")?,
        annotations: fields.take::<BTreeMap<String, String>>("annotations")?,
    };
    fields.finish()?;
    Ok(action)
}

fn move_kinds(node: &Node, path: &str) -> Result<Action> {
    let mut fields = Fields::of(node, path)?;
    let kinds: Vec<String> = fields.take("kinds")?;
    let folder = needed(&mut fields, "folder", node, path)?;
    fields.finish()?;
    if kinds.is_empty() {
        return Err(Error::new(ErrorKind::Kustomization, format!("`{path}` needs `kinds`")).at(node.span));
    }
    check_path(&folder).map_err(|fault| {
        let message = format!("`{path}.folder` can't be `{}`: it {fault}", folder.escape_debug());
        Error::new(ErrorKind::Kustomization, message).at(node.span)
    })?;
    Ok(Action::MoveKinds { kinds, folder })
}

/// A text that must be there.
fn needed(fields: &mut Fields<'_>, name: &'static str, node: &Node, path: &str) -> Result<String> {
    let text: String = fields.take(name)?;
    if text.is_empty() {
        return Err(Error::new(ErrorKind::Kustomization, format!("`{path}` needs `{name}`")).at(node.span));
    }
    Ok(text)
}
