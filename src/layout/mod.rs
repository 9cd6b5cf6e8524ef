//! Which file of a unit's folder a resource belongs in. Pure: names in, relative paths and texts out.
//!
//! Names are hostile until shown otherwise. A path that comes out of here has components that every
//! common file system takes as they are, never leaves the folder, and is different from every other
//! path of the unit also where case does not matter. What a layout can't name so is an error.

mod arrange;
mod encode;
pub(crate) mod kustomize;
mod path;
mod stable;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

use crate::resource::Resource;

pub use arrange::lay_out;
pub(crate) use arrange::lay_out_with;
pub use path::{check_component, check_path, fold_case};
pub use stable::name_before_hash;

/// How the files of a unit are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// `<namespace>/<kind>[.<group>]-<name>.yaml`, `_cluster` for what has no namespace. A resource's file
    /// depends on nothing but its own group, kind, namespace and name, so it never moves because of another
    /// resource or of a new API version; a generated ConfigMap or Secret has the name without its hash.
    #[default]
    Stable,
    /// The names of `kustomize build -o`: `[<namespace>_][<group>_]<version>_<kind>_<name>.yaml` in lower case.
    Kustomize,
    /// Decapod's: `<release>/<Kind>_<name>.yaml`, CustomResourceDefinitions in `CRD`.
    Decapod,
    /// All in `manifest.yaml`.
    Single,
}

impl Layout {
    /// Every layout, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Stable, Self::Kustomize, Self::Decapod, Self::Single];

    /// The layout's name on the command line and in `crustomize.yaml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Kustomize => "kustomize",
            Self::Decapod => "decapod",
            Self::Single => "single",
        }
    }

    /// The layout of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }
}

/// What becomes of CustomResourceDefinitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Definitions {
    /// They lie where the layout puts them: `_cluster` in `stable`, `CRD` in `decapod`.
    #[default]
    Inline,
    /// They lie apart: in the folder `CRD`, whatever the layout.
    Split,
    /// Nothing else is written.
    Only,
    /// They are not written.
    Skip,
}

impl Definitions {
    /// Every choice, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Inline, Self::Split, Self::Only, Self::Skip];

    /// The name on the command line and in `crustomize.yaml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Split => "split",
            Self::Only => "only",
            Self::Skip => "skip",
        }
    }

    /// The choice of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

/// How the files of a unit are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayoutOptions {
    /// How files are named.
    pub layout: Layout,
    /// What becomes of CustomResourceDefinitions.
    pub definitions: Definitions,
}

/// A resource on its way to a file.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// The Helm release that it was inflated from, or the release that it declares; only [`Layout::Decapod`]
    /// asks. Without one the file lies directly in the unit's folder.
    pub release: Option<&'a str>,
    /// A folder that a rule chose, relative and `/`-separated. It takes the place of the release in
    /// [`Layout::Decapod`] and stands in front of the path in the others.
    pub folder: Option<&'a str>,
}

impl<'a> From<&'a Resource> for Item<'a> {
    fn from(resource: &'a Resource) -> Self {
        Self { resource, release: None, folder: None }
    }
}

/// One file of a unit's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The path below the unit's folder, `/`-separated; [`check_path`] holds.
    pub path: String,
    /// The whole content.
    pub content: String,
    /// Ids of the resources in it, in the order of the file.
    pub resources: Vec<String>,
}
