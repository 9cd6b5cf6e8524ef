//! Where a path leads within a commit, links followed.

use std::borrow::Cow;

use crate::fs::Cause;
use crate::git::tree::split;
use crate::git::{CommitTree, EntryMode, ObjectId, TreeEntry};

/// How many links a path may go through, as on Linux.
const LINK_LIMIT: usize = 40;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<'t> {
    /// The path from the top, without links.
    pub(super) path: Vec<u8>,
    /// The entry; `None` for the top.
    pub(super) entry: Option<&'t TreeEntry>,
}

impl Found<'_> {
    pub(super) fn is_directory(&self) -> bool {
        self.entry.is_none_or(|entry| matches!(entry.mode, EntryMode::Directory | EntryMode::Submodule))
    }
}

/// Follows `path`, from the top, through links. `read` gives the target of a link; `inside` makes an absolute target
/// one from the top, if it is below it.
pub(super) fn resolve<'t>(
    tree: &'t CommitTree,
    path: &[u8],
    read: impl Fn(&ObjectId) -> Result<Vec<u8>, Cause>,
    inside: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<Found<'t>, Cause> {
    let mut rest: Cow<'_, [u8]> = Cow::Borrowed(path);
    let mut at: Vec<u8> = Vec::new();
    let mut links = 0;
    while !rest.is_empty() {
        let cut = memchr::memchr(b'/', &rest).unwrap_or(rest.len());
        let (name, tail) = (rest[..cut].to_vec(), rest.get(cut + 1..).unwrap_or_default().to_vec());
        rest = Cow::Owned(tail);
        match name.as_slice() {
            b"" | b"." => continue,
            b".." if at.is_empty() => return Err(leaves("the path")),
            b".." => {
                at.truncate(split(&at).0.len());
                continue;
            }
            _ => {}
        }
        let base = at.len();
        if base > 0 {
            at.push(b'/');
        }
        at.extend_from_slice(&name);
        let entry = tree.get(&at).ok_or(Cause::NotFound)?;
        match entry.mode {
            EntryMode::Directory => {}
            EntryMode::Link => {
                links += 1;
                if links > LINK_LIMIT {
                    return Err(Cause::Other("too many symbolic links, or one that leads to itself".to_owned()));
                }
                let target = read(&entry.id)?;
                if target.starts_with(b"/") {
                    let shown = format!("the symbolic link `{}`", String::from_utf8_lossy(&at));
                    rest = Cow::Owned(joined(inside(&target).ok_or_else(|| leaves(&shown))?, &rest));
                    at.clear();
                } else {
                    rest = Cow::Owned(joined(target, &rest));
                    at.truncate(base);
                }
            }
            EntryMode::Submodule if !rest.is_empty() => {
                let shown = String::from_utf8_lossy(&at).into_owned();
                return Err(Cause::Other(format!("the files of the submodule `{shown}` are not in the commit")));
            }
            EntryMode::Submodule => {}
            EntryMode::File | EntryMode::Program if !rest.is_empty() => return Err(Cause::NotDirectory),
            EntryMode::File | EntryMode::Program => {}
        }
    }
    let entry = tree.get(&at);
    Ok(Found { path: at, entry })
}

fn leaves(what: &str) -> Cause {
    Cause::Other(format!("{what} leads out of the commit"))
}

fn joined(mut path: Vec<u8>, rest: &[u8]) -> Vec<u8> {
    if !rest.is_empty() {
        path.push(b'/');
        path.extend_from_slice(rest);
    }
    path
}
