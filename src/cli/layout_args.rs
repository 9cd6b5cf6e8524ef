//! Arguments about the files of units.

use clap::builder::PossibleValuesParser;

use crate::layout::{Definitions, Layout, LayoutOptions};

/// How the files of units are named.
#[derive(Debug, clap::Args)]
pub(super) struct LayoutArgs {
    /// How the files of a unit are named; `stable` unless `crustomize.yaml` says otherwise
    #[arg(long, value_parser = names(&Layout::ALL.map(Layout::name)))]
    layout: Option<String>,
    /// What becomes of CustomResourceDefinitions: left where the layout puts them, in a folder of their own, alone, or
    /// left out; `inline` unless `crustomize.yaml` says otherwise
    #[arg(long, value_parser = names(&Definitions::ALL.map(Definitions::name)))]
    crds: Option<String>,
}

impl LayoutArgs {
    /// The layout over that of the project.
    pub(super) fn over(&self, project: LayoutOptions) -> LayoutOptions {
        LayoutOptions {
            layout: self.layout.as_deref().and_then(Layout::parse).unwrap_or(project.layout),
            definitions: self.crds.as_deref().and_then(Definitions::parse).unwrap_or(project.definitions),
        }
    }

    /// Whether anything was said.
    pub(super) const fn is_given(&self) -> bool {
        self.layout.is_some() || self.crds.is_some()
    }
}

/// Takes one of some names.
fn names(names: &[&'static str]) -> PossibleValuesParser {
    PossibleValuesParser::new(names.iter().copied())
}
