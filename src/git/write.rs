//! New trees and commits, made of objects only: no work tree, no index, no filter, no attribute.

use std::ffi::OsStr;

use crate::error::{Error, ErrorKind, Result};
use crate::git::{CommitTree, EntryMode, Identity, ObjectId, Repository};

/// The ref that a tree hangs on while it is made.
const BUILD: &str = "refs/crustomize/build";

/// What becomes of the files of a commit.
#[derive(Debug, Clone, Default)]
pub struct Edit<'a> {
    /// Files that go.
    pub deletes: Vec<&'a str>,
    /// Files that are written, as ordinary ones.
    pub writes: Vec<(&'a str, &'a [u8])>,
}

/// What a new commit says of itself.
#[derive(Debug, Clone)]
pub struct CommitText {
    /// The whole message.
    pub message: String,
    /// Who wrote it.
    pub author: Identity,
    /// When, as git writes times in full; now if nobody says.
    pub author_date: Option<String>,
    /// Who made the commit.
    pub committer: Identity,
    /// Whether it is signed, and with which key if that is not the usual one.
    pub sign: Option<Option<String>>,
}

impl Repository {
    /// The tree of `base` with some files changed.
    ///
    /// # Errors
    /// When git can't write it, or it is not exactly what it should be: not one file may be missing or different.
    pub fn edit(&self, base: Option<&ObjectId>, before: &CommitTree, edit: &Edit<'_>) -> Result<ObjectId> {
        let mut input = Vec::new();
        let mut say = |text: &str| input.extend_from_slice(text.as_bytes());
        say(&format!("commit {BUILD}\ncommitter - <-> 0 +0000\ndata 0\n\n"));
        if let Some(base) = base {
            say(&format!("from {base}\n"));
        }
        for path in &edit.deletes {
            say(&format!("D {}\n", plain(path)?));
        }
        for (path, content) in &edit.writes {
            input.extend_from_slice(format!("M 100644 inline {}\ndata {}\n", plain(path)?, content.len()).as_bytes());
            input.extend_from_slice(content);
            input.push(b'\n');
        }
        input.extend_from_slice(b"done\n");
        let arguments = ["fast-import", "--quiet", "--force", "--done", "--date-format=raw"];
        self.run_with(&arguments, &[], input)?.bytes()?;
        let tree = self.run(&["rev-parse", "--verify", &format!("{BUILD}^{{tree}}")])?.text()?;
        let tree = ObjectId::parse(&tree).ok_or_else(|| Error::new(ErrorKind::Plugin, "git wrote no tree"))?;
        self.check(&tree, before, edit)?;
        Ok(tree)
    }

    /// Reads the tree again: count, modes and hashes must be those that were asked for.
    fn check(&self, tree: &ObjectId, before: &CommitTree, edit: &Edit<'_>) -> Result<()> {
        let after = self.tree(tree)?;
        let wrong = |path: &[u8]| {
            let path = String::from_utf8_lossy(path);
            let message = format!("git wrote a tree in which `{path}` is not as it should be");
            Err(Error::new(ErrorKind::Plugin, message).hint("nothing was published; this is a fault, please report it"))
        };
        let mut touched: hashbrown::HashSet<&[u8]> = edit.deletes.iter().map(|path| path.as_bytes()).collect();
        for (path, content) in &edit.writes {
            touched.insert(path.as_bytes());
            let want = self.algorithm().blob(content);
            if after.get(path.as_bytes()).is_none_or(|entry| entry.mode != EntryMode::File || entry.id != want) {
                return wrong(path.as_bytes());
            }
        }
        let mut count = edit.writes.len();
        for (path, entry) in before.files().filter(|(path, _)| !touched.contains(path)) {
            count += 1;
            if after.get(path) != Some(entry) {
                return wrong(path);
            }
        }
        if after.len() == count { Ok(()) } else { wrong(b"") }
    }

    /// A commit of `tree`.
    ///
    /// # Errors
    /// When git can't make it, or can't sign it: what is to be signed is never made without.
    pub fn commit_tree(&self, tree: &ObjectId, parent: Option<&ObjectId>, text: &CommitText) -> Result<ObjectId> {
        let mut arguments = vec!["-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-F", "-"];
        let sign = text.sign.as_ref().map(|key| format!("-S{}", key.as_deref().unwrap_or_default()));
        arguments.extend(sign.as_deref());
        if let Some(parent) = parent {
            arguments.extend(["-p", parent.as_str()]);
        }
        arguments.push(tree.as_str());
        let environment = [
            ("GIT_AUTHOR_NAME", text.author.name.as_str()),
            ("GIT_AUTHOR_EMAIL", &text.author.email),
            ("GIT_COMMITTER_NAME", &text.committer.name),
            ("GIT_COMMITTER_EMAIL", &text.committer.email),
        ];
        let date = text.author_date.as_deref().map(|date| ("GIT_AUTHOR_DATE", date));
        let environment: Vec<(&str, &OsStr)> =
            environment.into_iter().chain(date).map(|(name, value)| (name, OsStr::new(value))).collect();
        let input = text.message.clone().into_bytes();
        let said = self.run_with(&arguments, &environment, input)?.text()?;
        ObjectId::parse(&said).ok_or_else(|| Error::new(ErrorKind::Plugin, "git made no commit"))
    }

    /// Those of `paths` whose `attribute` is `value`, as the `.gitattributes` of a tree say.
    ///
    /// # Errors
    /// When git can't tell.
    pub fn with_attribute(&self, tree: &ObjectId, attribute: &str, value: &str, paths: &[&str]) -> Result<Vec<String>> {
        // Only an index can be asked; this one is nobody else's.
        let index = self.git_dir().join("crustomize-index");
        let environment = [("GIT_INDEX_FILE", index.as_os_str())];
        self.run_with(&["read-tree", tree.as_str()], &environment, Vec::new())?.bytes()?;
        let arguments = ["check-attr", "--cached", "--stdin", "-z", attribute];
        let input = paths.iter().flat_map(|path| [path.as_bytes(), b"\0"]).flatten().copied().collect();
        let output = self.run_with(&arguments, &environment, input)?.bytes()?;
        let words: Vec<_> = output.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        let found = words.chunks_exact(3).filter(|triple| triple.get(2).is_some_and(|word| word == value));
        Ok(found.filter_map(|triple| triple.first().map(|path| path.clone().into_owned())).collect())
    }

    /// Whether the configuration says that commits are signed.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn signs_commits(&self) -> Result<bool> {
        let said = self.run(&["config", "--type=bool", "--get", "commit.gpgSign"])?;
        Ok(said.is_success() && said.text()? == "true")
    }
}

/// A path that needs no quotes.
fn plain(path: &str) -> Result<&str> {
    if path.is_empty() || path.starts_with('"') || path.contains(['\n', '\0']) {
        return Err(Error::new(ErrorKind::Output, format!("`{}` can't be a path in git", path.escape_debug())));
    }
    Ok(path)
}
