//! One entry of `charts`.

use crate::error::{Error, ErrorKind, Result};
use crate::site_values::Field;
use crate::site_values::document::warn_of_unknown_fields;
use crate::source::Span;
use crate::warning::Warnings;
use crate::yaml::{Mapping, Node};

/// What a site says of one chart.
#[derive(Debug, Clone)]
pub struct ChartValues {
    /// The release's name.
    pub name: Field,
    /// The base release that this is another instance of.
    pub base: Option<Field>,
    /// Where the chart comes from, as far as the site says so.
    pub source: SourceValues,
    /// The overrides in the file's order; keys are paths.
    pub overrides: Mapping,
    /// Where the entry was written.
    pub span: Span,
}

/// Where a chart comes from, as far as a site says so. Texts may refer to globals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceValues {
    /// The repository's address.
    pub repository: Option<Field>,
    /// The chart's version, or a reference of git.
    pub version: Option<Field>,
    /// The chart's name, or a path in git.
    pub name: Option<Field>,
    /// `helmrepo` or `git`.
    pub source_type: Option<Field>,
}

impl ChartValues {
    /// Reads one entry.
    pub(super) fn read(node: &Node, warnings: &Warnings) -> Result<Self> {
        if node.as_mapping().is_none() {
            return Err(wrong("charts[]", "a mapping with `name` and `override`", node));
        }
        warn_of_unknown_fields(node, &["name", "base", "source", "override"], "a chart", warnings);
        let text = |name: &str| text(node, name, name);
        let Some(name) = text("name")? else {
            let error = Error::new(ErrorKind::Transform, "a chart needs a `name`").at(node.span);
            return Err(error.hint("name the release of the base that is meant"));
        };
        Ok(Self {
            name,
            base: text("base")?,
            source: given(node, "source")?
                .map(|source| SourceValues::read(source, warnings))
                .transpose()?
                .unwrap_or_default(),
            overrides: given(node, "override")?.and_then(Node::as_mapping).cloned().unwrap_or_default(),
            span: node.span,
        })
    }

    /// The base release that this chart is made of.
    #[must_use]
    pub fn base_name(&self) -> &str {
        self.base.as_ref().map_or(&self.name.text, |base| &base.text)
    }

    /// The same, with what `common` says put below it: its overrides come first, its source where this has none.
    #[must_use]
    pub(super) fn over(&self, common: &Self) -> Self {
        let both = common.overrides.iter().chain(&self.overrides).cloned();
        Self { source: self.source.over(&common.source), overrides: both.collect(), ..self.clone() }
    }
}

impl SourceValues {
    fn read(node: &Node, warnings: &Warnings) -> Result<Self> {
        warn_of_unknown_fields(node, &["repository", "version", "name", "type"], "`source`", warnings);
        let text = |name: &str| text(node, name, &format!("source.{name}"));
        Ok(Self {
            repository: text("repository")?,
            version: text("version")?,
            name: text("name")?,
            source_type: text("type")?,
        })
    }

    /// The fields that are set, by the names that sites give them.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &Field)> {
        let all = [
            ("repository", &self.repository),
            ("version", &self.version),
            ("name", &self.name),
            ("type", &self.source_type),
        ];
        all.into_iter().filter_map(|(name, field)| Some((name, field.as_ref()?)))
    }

    fn over(&self, common: &Self) -> Self {
        let first = |own: &Option<Field>, other: &Option<Field>| own.clone().or_else(|| other.clone());
        Self {
            repository: first(&self.repository, &common.repository),
            version: first(&self.version, &common.version),
            name: first(&self.name, &common.name),
            source_type: first(&self.source_type, &common.source_type),
        }
    }
}

/// The text in a field, unless it is missing, null or empty.
fn text(node: &Node, name: &str, path: &str) -> Result<Option<Field>> {
    let value = node.get(name).filter(|value| !value.is_null());
    let field = value.map(|value| Field::read(value, path)).transpose()?;
    Ok(field.filter(|field| !field.text.is_empty()))
}

/// The mapping in a field, unless it is missing or null.
pub(super) fn given<'a>(node: &'a Node, name: &str) -> Result<Option<&'a Node>> {
    match node.get(name).filter(|value| !value.is_null()) {
        Some(value) if value.as_mapping().is_none() => Err(wrong(name, "a mapping", value)),
        value => Ok(value),
    }
}

pub(super) fn wrong(name: &str, want: &str, node: &Node) -> Error {
    Error::new(ErrorKind::Transform, format!("`{name}` must be {want}, but is {}", node.sort_name())).at(node.span)
}
