//! `$patch` directives in mappings and lists (upstream: `kyaml/yaml/merge2/smpdirective.go`).

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Mapping, Node};

/// The field that holds a directive.
pub(super) const KEY: &str = "$patch";

/// What a patch says of the value it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    /// Merge, as without a directive.
    Merge,
    /// Take the patch's value.
    Replace,
    /// Remove the value.
    Delete,
}

/// The directive of a mapping, and which of its entries says it.
pub(super) fn of_mapping(mapping: &Mapping) -> Result<Option<(Directive, usize)>> {
    let found = mapping.iter().enumerate().find(|(_, entry)| entry.key.text() == KEY);
    found.map(|(index, entry)| Ok((parse(&entry.value)?, index))).transpose()
}

/// The directive of a list: an item that holds nothing else. Only the first item with a directive counts.
pub(super) fn of_list(items: &[Node]) -> Result<Option<(Directive, &str)>> {
    let found = items.iter().filter_map(Node::as_mapping).find_map(|item| Some((item, item.get(KEY)?)));
    match found {
        Some((item, value)) if item.len() == 1 => Ok(Some((parse(value)?, text(value)))),
        _ => Ok(None),
    }
}

/// Whether an item stays when the directive `said` is taken out of its list.
pub(super) fn stays(item: &Node, said: &str) -> bool {
    match item.as_mapping() {
        Some(mapping) => !mapping.is_empty() && mapping.get(KEY).is_none_or(|value| text(value) != said),
        None => !item.is_null(),
    }
}

fn text(value: &Node) -> &str {
    value.text().map_or("", |text| text.as_str())
}

fn parse(value: &Node) -> Result<Directive> {
    match text(value) {
        "merge" => Ok(Directive::Merge),
        "replace" => Ok(Directive::Replace),
        "delete" => Ok(Directive::Delete),
        unknown => Err(Error::new(ErrorKind::Patch, format!("unknown patch directive `{unknown}`"))
            .at(value.span)
            .hint("`$patch` can be `merge`, `replace` or `delete`")),
    }
}
