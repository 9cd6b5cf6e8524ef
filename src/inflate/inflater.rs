//! What makes resources of releases.

use std::fmt::Debug;

use crate::error::Result;
use crate::inflate::Release;
use crate::resource::Resource;
use crate::source::SourceMap;

/// Makes the resources of a release's chart.
///
/// Whoever implements this keeps to what `helm template` does: the chart's own values below the release's, hooks
/// and (if asked for) definitions included, notes left out, objects in the order in which Helm installs them, and
/// no namespace written into objects that the chart leaves without. One inflater serves all units of a run, on
/// several threads at once; a chart that several releases have is to be fetched once.
pub trait Inflater: Send + Sync + Debug {
    /// Whether anything can be inflated at all; asked once, before the first release.
    ///
    /// # Errors
    /// What is missing.
    fn ready(&self) -> Result<()>;

    /// The resources of `release`. The texts that they are read from go to `sources`, under names that tell of
    /// the chart.
    ///
    /// # Errors
    /// When the chart can't be had, or does not take the values. No value is in the error.
    fn inflate(&self, release: &Release, sources: &SourceMap) -> Result<Vec<Resource>>;
}
