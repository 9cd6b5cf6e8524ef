//! How two source commits relate.

use crate::error::Result;
use crate::git::{ObjectId, Repository, Scratch};

/// How the commit that something was published from relates to ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It is ours.
    Same,
    /// It is in the history of ours.
    Older,
    /// Ours is in its history.
    Newer,
    /// Neither is in the history of the other.
    Unrelated,
    /// Nobody here knows it.
    Unknown,
}

/// How `theirs` relates to `ours`: asked of the source repository, and if that does not know, of where it came from.
/// What is fetched for that goes into `scratch`.
pub(super) fn relation(source: &Repository, scratch: &Scratch, ours: &ObjectId, theirs: &str) -> Result<Relation> {
    let Some(theirs) = ObjectId::parse(theirs) else { return Ok(Relation::Unknown) };
    if theirs == *ours {
        return Ok(Relation::Same);
    }
    if source.find(theirs.as_str())?.is_some() {
        let known = compare(source, ours, &theirs)?;
        // A history that is cut off says nothing of what lies behind the cut.
        if known != Relation::Unrelated || !source.is_shallow() {
            return Ok(known);
        }
    }
    if source.raw_address("origin")?.is_none() || !scratch.fetch_history(&theirs)? {
        return Ok(Relation::Unknown);
    }
    if scratch.repository().find(ours.as_str())?.is_none() {
        // So it is not newer, and it can only be older if our own history is cut off.
        if !source.is_shallow() {
            return Ok(Relation::Unrelated);
        }
        if !scratch.fetch_history(ours)? {
            return Ok(Relation::Unknown);
        }
    }
    compare(scratch.repository(), ours, &theirs)
}

fn compare(repository: &Repository, ours: &ObjectId, theirs: &ObjectId) -> Result<Relation> {
    Ok(if repository.is_ancestor(theirs, ours)? {
        Relation::Older
    } else if repository.is_ancestor(ours, theirs)? {
        Relation::Newer
    } else {
        Relation::Unrelated
    })
}
