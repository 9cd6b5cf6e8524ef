//! Notes on commits.

use std::ffi::OsStr;

use crate::error::Result;
use crate::git::{Identity, ObjectId, Pushed, Scratch};

impl Scratch {
    /// The note on `commit` in the remote's `reference`, and where that ref is; brings it.
    ///
    /// # Errors
    /// When the remote can't be asked.
    pub fn note(&self, reference: &str, commit: &ObjectId) -> Result<(Option<String>, Option<ObjectId>)> {
        let tip = self.fetch(reference, "notes")?;
        // Notes are made on a ref below `refs/notes`.
        match &tip {
            Some(tip) => self.repository().run(&["update-ref", reference, tip.as_str()])?.bytes()?,
            None => self.repository().run(&["update-ref", "-d", reference])?.bytes()?,
        };
        let shown = self.repository().run(&["notes", "--ref", reference, "show", commit.as_str()])?;
        let text = if shown.is_success() { Some(shown.text()?) } else { None };
        Ok((text, tip))
    }

    /// Puts a note on `commit`, on top of those that [`Self::note`] brought, and pushes it if nobody else was faster.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn put_note(
        &self,
        reference: &str,
        commit: &ObjectId,
        text: &str,
        who: &Identity,
        tip: Option<&ObjectId>,
    ) -> Result<Pushed> {
        let environment: Vec<(&str, &OsStr)> = [
            ("GIT_AUTHOR_NAME", &who.name),
            ("GIT_AUTHOR_EMAIL", &who.email),
            ("GIT_COMMITTER_NAME", &who.name),
            ("GIT_COMMITTER_EMAIL", &who.email),
        ]
        .map(|(name, value)| (name, OsStr::new(value)))
        .into();
        let arguments = ["notes", "--ref", reference, "add", "--force", "--file=-", commit.as_str()];
        let repository = self.repository();
        repository.run_with(&arguments, &environment, text.into())?.bytes()?;
        let new = repository.find(reference)?;
        self.push(reference, tip, new.as_ref(), &[])
    }
}
