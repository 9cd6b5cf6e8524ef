//! What the tests of the whole program share: a working directory of their own, trees of files.
//!
//! No test lives here.
#![allow(dead_code, unused_imports, reason = "every test uses a part of it")]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod counting;
mod git;
mod rooted;
mod tree;

pub use counting::CountingFs;
pub use git::{Ended, Repositories, ended, with_identity};
pub use rooted::RootedFs;
pub use tree::Tree;
