//! Where a repository came from.

use crate::error::Result;
use crate::git::Repository;
use crate::git::mask::without_user;

impl Repository {
    /// The address of a remote as it may be written down: without password or token. `None` if there is no such remote.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn remote_address(&self, remote: &str) -> Result<Option<String>> {
        let said = self.run(&["config", "--get", &format!("remote.{remote}.url")])?;
        if !said.is_success() {
            return Ok(None);
        }
        Ok(Some(without_user(&said.text()?)).filter(|address| !address.is_empty()))
    }

    /// The branch that is checked out in a work tree, by its short name; `None` if none is.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn checked_out_branches(&self) -> Result<Vec<String>> {
        let listing = self.run(&["worktree", "list", "--porcelain", "-z"])?;
        // Before 2.36 there was no `-z`.
        let listing = if listing.is_success() { listing } else { self.run(&["worktree", "list", "--porcelain"])? };
        let output = listing.bytes()?;
        let mut branches = Vec::new();
        let mut is_bare = false;
        for line in output.split(|byte| matches!(byte, 0 | b'\n')).map(String::from_utf8_lossy) {
            if line.starts_with("worktree ") {
                is_bare = false;
            } else if line == "bare" {
                is_bare = true;
            } else if let Some(branch) = line.strip_prefix("branch refs/heads/")
                && !is_bare
            {
                branches.push(branch.to_owned());
            }
        }
        Ok(branches)
    }
}
