//! Files and directories that a kustomization names: where they are, whether they may be loaded.
//!
//! The load restriction, the search for cycles and remote repositories are dealt with
//! here and nowhere else. What is in the files is somebody else's business.

mod cycle;
mod display;
mod git;
mod http;
#[expect(clippy::module_inception, reason = "the main type of the room")]
mod loader;
mod query;
mod reference;
mod remote;
mod repo_spec;

pub(crate) use git::fetch as fetch_repository;
pub(crate) use http::Client as HttpClient;
pub use http::is_remote_file;
pub use loader::{LoadRestriction, Loaded, Loader, LoaderOptions};
pub(crate) use query::{boolean, timeout};
#[cfg(test)]
pub use reference::Reference;
pub use reference::Target;
pub use repo_spec::{NotRepository, RepoSpec};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
