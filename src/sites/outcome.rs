//! What became of a unit.

use std::time::Duration;

use crate::error::Error;
use crate::render::Rendered;
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

/// What became of a unit.
#[derive(Debug)]
pub struct Outcome<T> {
    /// Which one.
    pub unit: Unit,
    /// What was made of it, or all that is wrong with it.
    pub result: Result<T, Vec<Error>>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// How many resources it has; 0 if it failed.
    pub resources: usize,
    /// How long it took on its thread.
    pub elapsed: Duration,
}

impl<T> Outcome<T> {
    /// What was made, if anything was, and the rest.
    pub fn split(self) -> (Outcome<()>, Option<T>) {
        let Self { unit, result, warnings, resources, elapsed } = self;
        let (result, made) = match result {
            Ok(made) => (Ok(()), Some(made)),
            Err(errors) => (Err(errors), None),
        };
        (Outcome { unit, result, warnings, resources, elapsed }, made)
    }
}
