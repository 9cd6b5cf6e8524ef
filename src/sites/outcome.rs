//! What became of a unit.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::fs::Reads;
use crate::layout::{Item, LayoutOptions, OutputFile, lay_out_with};
use crate::render::Rendered;
use crate::resource::Resource;
use crate::sites::Unit;
use crate::warning::Warning;
use crate::yaml::Text;

/// A unit that was rendered, before anything is done with it.
#[derive(Debug)]
pub struct RenderedUnit<'a> {
    /// Which one.
    pub unit: &'a Unit,
    /// Its resources; rules were applied.
    pub rendered: Rendered,
    /// The folder that each resource is to lie in, if a rule says so.
    pub folders: Vec<Option<String>>,
    /// The release, by the name of its object, that each resource was inflated from.
    pub releases: Vec<Option<Text>>,
}

impl RenderedUnit<'_> {
    /// The unit's files.
    ///
    /// # Errors
    /// When two resources belong in one file, or one can't be named or printed.
    pub fn lay_out(&self, options: LayoutOptions) -> Result<Vec<OutputFile>> {
        let resources = self.rendered.resources();
        let names: Vec<Text> = resources.iter().map(Resource::name).collect();
        let names = names.iter().zip(&self.releases);
        let items = resources.iter().zip(names).zip(&self.folders).map(|((resource, (name, inflated)), folder)| {
            let declared = (resource.kind() == "HelmRelease").then_some(name);
            let release = inflated.as_ref().or(declared).map(|release| release.as_str());
            Item { resource, release, folder: folder.as_deref() }
        });
        let items: Vec<Item<'_>> = items.collect();
        let rendered = &self.rendered;
        lay_out_with(&items, options, rendered.schema(), rendered.sources(), rendered.known())
    }
}

/// What became of a unit.
#[derive(Debug)]
pub struct Outcome<T> {
    /// Which one.
    pub unit: Unit,
    /// What was made of it, or all that is wrong with it.
    pub result: std::result::Result<T, Vec<Error>>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// How many resources it has; 0 if it failed.
    pub resources: usize,
    /// How long it took on its thread.
    pub elapsed: Duration,
    /// What its render depended on, if the run records that.
    pub reads: Option<Reads>,
}

impl<T> Outcome<T> {
    /// What was made, if anything was, and the rest.
    pub fn split(self) -> (Outcome<()>, Option<T>) {
        let Self { unit, result, warnings, resources, elapsed, reads } = self;
        let (result, made) = match result {
            Ok(made) => (Ok(()), Some(made)),
            Err(errors) => (Err(errors), None),
        };
        (Outcome { unit, result, warnings, resources, elapsed, reads }, made)
    }
}
