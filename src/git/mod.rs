//! Local repositories, through the `git` program: the one room that runs it on the user's own repositories.
//!
//! [`Repository`] answers questions about commits, [`GitFs`] shows the files of one commit as a [`FileSystem`]. The
//! program is never run through a shell, never asks anything unless it may, and its variables that would send it to
//! another repository are taken from its environment; what it says in errors comes without passwords.
//!
//! [`FileSystem`]: crate::fs::FileSystem

mod batch;
mod changes;
mod export;
mod files;
mod identity;
mod mask;
mod object_id;
mod program;
mod remote;
mod repository;
mod resolve;
mod tree;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use batch::BlobReader;
pub use changes::{ChangedFile, FileStatus};
pub use files::GitFs;
pub use identity::Identity;
pub(crate) use mask::without_password;
pub use object_id::{HashAlgorithm, ObjectId};
pub use program::{Git, Said};
pub use repository::Repository;
pub use tree::{CommitTree, EntryMode, TreeEntry};
