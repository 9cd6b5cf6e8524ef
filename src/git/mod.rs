//! Local repositories, through the `git` program: the one room that runs it on the user's own repositories.
//!
//! [`Repository`] answers questions about commits, [`GitFs`] shows the files of one commit as a [`FileSystem`]. The
//! program is never run through a shell, never asks anything unless it may, and its variables that would send it to
//! another repository are taken from its environment; what it says in errors comes without passwords.
//!
//! What is to be pushed is made in a [`Scratch`], of objects only; the user's repository and work tree stay untouched.
//!
//! [`FileSystem`]: crate::fs::FileSystem

mod batch;
mod changes;
mod export;
mod files;
mod history;
mod identity;
mod mask;
mod notes;
mod object_id;
mod program;
mod push;
mod remote;
mod repository;
mod resolve;
mod scratch;
mod settings;
mod tree;
mod write;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use batch::BlobReader;
pub use changes::{ChangedFile, FileStatus};
pub use files::GitFs;
pub use history::CommitInfo;
pub use identity::Identity;
pub(crate) use mask::without_password;
pub use object_id::{HashAlgorithm, ObjectId};
pub use program::{Git, Said};
pub use push::Pushed;
pub use repository::Repository;
pub use scratch::Scratch;
pub use settings::Setting;
pub use tree::{CommitTree, EntryMode, TreeEntry};
pub use write::{CommitText, Edit};
