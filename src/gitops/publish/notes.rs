//! The git note that says what a published commit was rendered from.

use serde_json::{Value, json};

use crate::error::Result;
use crate::git::{Identity, ObjectId, Pushed, Scratch};
use crate::gitops::publish::pace::Pace;

/// The ref that Argo CD's hydrator writes and GitOps Promoter reads.
const REFERENCE: &str = "refs/notes/hydrator.metadata";

/// Puts `{"drySha": …}` on `commit` in the remote, on top of what others put there. `is_newer` says of the source
/// commit of a note that is there whether ours must not replace it.
///
/// # Errors
/// What is wrong, for a warning: the commit itself says the same in a trailer.
pub(super) fn put_note(
    scratch: &Scratch,
    commit: &ObjectId,
    dry: &ObjectId,
    who: &Identity,
    pace: &mut Pace,
    is_newer: impl Fn(&str) -> bool,
) -> Result<Option<String>> {
    let text = json!({ "drySha": dry.as_str() }).to_string();
    loop {
        let (present, tip) = scratch.note(REFERENCE, commit)?;
        let sha = present.and_then(|note| serde_json::from_str::<Value>(&note).ok());
        let sha = sha.as_ref().and_then(|note| note.get("drySha")?.as_str());
        if sha.is_some_and(|sha| sha == dry.as_str() || is_newer(sha)) {
            return Ok(None);
        }
        match scratch.put_note(REFERENCE, commit, &text, who, tip.as_ref())? {
            Pushed::Done => return Ok(None),
            Pushed::Refused(text) => return Ok(Some(text)),
            Pushed::Contention(reason) if !pace.wait() => return Ok(Some(reason)),
            Pushed::Contention(_) => {}
        }
    }
}
