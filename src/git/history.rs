//! What a commit says of itself.

use crate::error::{Error, ErrorKind, Result};
use crate::git::{ObjectId, Repository};

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommitInfo {
    /// Who wrote it, as `Name <address>`.
    pub author: String,
    /// When, as ISO 8601 with the author's offset.
    pub date: String,
    /// The first paragraph of the message, on one line.
    pub subject: String,
    /// The rest of the message, trailers with it.
    pub body: String,
    /// Its trailers, in their order.
    pub trailers: Vec<(String, String)>,
}

impl CommitInfo {
    /// The value of the last trailer of that name, in whatever case.
    #[must_use]
    pub fn trailer<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.trailers(name).last()
    }

    /// The values of all trailers of that name.
    pub fn trailers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.trailers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Repository {
    /// The parents of a commit, as it names them, whether they are here or not.
    ///
    /// # Errors
    /// When it is missing.
    pub fn parents(&self, commit: &ObjectId) -> Result<Vec<ObjectId>> {
        let text = self.run(&["cat-file", "commit", commit.as_str()])?.text()?;
        let header = text.lines().take_while(|line| !line.is_empty());
        Ok(header.filter_map(|line| ObjectId::parse(line.strip_prefix("parent ")?)).collect())
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// When it is missing.
    pub fn tree_of(&self, commit: &ObjectId) -> Result<ObjectId> {
        let said = self.run(&["rev-parse", "--verify", &format!("{commit}^{{tree}}")])?.text()?;
        ObjectId::parse(&said).ok_or_else(|| Error::new(ErrorKind::Plugin, format!("`{commit}` has no tree")))
    }

    /// What the commit says of itself.
    ///
    /// # Errors
    /// When it is missing.
    pub fn info(&self, commit: &ObjectId) -> Result<CommitInfo> {
        let format = "--format=%an <%ae>%x00%aI%x00%s%x00%b%x00%(trailers:only=true,unfold=true)";
        let arguments =
            ["-c", "log.showSignature=false", "show", "--no-patch", "--encoding=UTF-8", format, commit.as_str()];
        let output = self.run(&arguments)?.bytes()?;
        let text = String::from_utf8_lossy(&output);
        let [author, date, subject, body, trailers] = text.splitn(5, '\0').collect::<Vec<_>>()[..] else {
            return Err(Error::new(ErrorKind::Plugin, format!("`git show {commit}` did not say everything")));
        };
        let trailer = |line: &str| {
            let (key, value) = line.split_once(':')?;
            Some((key.trim().to_owned(), value.trim().to_owned()))
        };
        Ok(CommitInfo {
            author: author.to_owned(),
            date: date.to_owned(),
            subject: subject.to_owned(),
            body: body.trim_end().to_owned(),
            trailers: trailers.lines().filter_map(trailer).collect(),
        })
    }
}
