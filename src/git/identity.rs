//! Who commits.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::git::Repository;

/// A name and an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

impl Identity {
    /// Reads `Name <address>`; `None` if it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('<')?;
        let (email, rest) = rest.split_once('>')?;
        let (name, email) = (name.trim(), email.trim());
        let is_clean = |text: &str| !text.is_empty() && !text.contains(['<', '>', '\n', '\0']);
        (rest.trim().is_empty() && is_clean(name) && is_clean(email))
            .then(|| Self { name: name.to_owned(), email: email.to_owned() })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

impl Repository {
    /// Who writes commits here, as git's variables and configuration say; nothing is made up from the machine's name.
    ///
    /// # Errors
    /// When they don't say.
    pub fn author(&self) -> Result<Identity> {
        self.identity("GIT_AUTHOR_IDENT")
    }

    /// Who makes commits here, as git's variables and configuration say.
    ///
    /// # Errors
    /// When they don't say.
    pub fn committer(&self) -> Result<Identity> {
        self.identity("GIT_COMMITTER_IDENT")
    }

    fn identity(&self, variable: &str) -> Result<Identity> {
        let said = self.run(&["-c", "user.useConfigOnly=true", "var", variable])?;
        let unknown = || {
            let error = Error::new(ErrorKind::Usage, "nobody says who the author of the commit is");
            error.hint(
                "set `user.name` and `user.email` with `git config`, or name one with `--author 'Name <address>'`",
            )
        };
        if !said.is_success() {
            return Err(unknown());
        }
        // `Name <address> 1700000000 +0000`
        let text = said.text()?;
        let end = text.rfind('>').map(|at| at + 1).unwrap_or_default();
        Identity::parse(text.get(..end).unwrap_or_default()).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_with_addresses() {
        let identity = Identity::parse("Ada Lovelace <ada@example.org>").unwrap();
        assert_eq!(identity.to_string(), "Ada Lovelace <ada@example.org>");
        for text in ["", "Ada", "<ada@example.org>", "Ada <>", "Ada <a> x", "A\n<a>B <a@b>"] {
            assert_eq!(Identity::parse(text), None, "{text}");
        }
    }
}
