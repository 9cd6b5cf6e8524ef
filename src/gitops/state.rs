//! States of a repository that can be rendered: commits, and the work tree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem, OverlayFs, TemporaryDirectory};
use crate::git::{ChangedFile, FileStatus, GitFs, ObjectId, Repository};
use crate::gitops::Changes;

/// A state of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// What lies in the work tree, committed or not.
    WorkTree,
    /// A commit.
    Commit(ObjectId),
}

/// The files of a state.
#[derive(Debug)]
pub struct StateFiles {
    /// The files.
    pub files: Box<dyn FileSystem>,
    /// Where the top of the repository is among them.
    pub root: PathBuf,
    /// Where they are, for as long as they are needed.
    _directory: Option<TemporaryDirectory>,
}

impl StateFiles {
    /// Files that are in no repository, and of which nothing else is known.
    #[must_use]
    pub fn work_tree() -> Self {
        Self { files: Box::new(DiskFs::new()), root: PathBuf::from("/"), _directory: None }
    }
}

impl State {
    /// What `name` names: `worktree`, or anything that git takes for a commit.
    ///
    /// # Errors
    /// When it is no commit, or there is no work tree.
    pub fn parse(repository: &Repository, name: &str) -> Result<Self> {
        if name != "worktree" {
            return Ok(Self::Commit(repository.resolve(name)?));
        }
        match repository.work_tree() {
            Some(_) => Ok(Self::WorkTree),
            None => Err(Error::new(ErrorKind::Usage, "a bare repository has no work tree").hint("name a commit")),
        }
    }

    /// The state that this one is compared with unless somebody says otherwise: where it left the default branch.
    ///
    /// # Errors
    /// When there is no default branch, or nothing in common with it; never another state instead.
    pub fn usual_base(&self, repository: &Repository) -> Result<Self> {
        let head = match self {
            Self::WorkTree => repository.resolve("HEAD")?,
            Self::Commit(commit) => commit.clone(),
        };
        let branch = repository.resolve(&repository.default_branch()?)?;
        Ok(Self::Commit(repository.fork_point(&branch, &head)?))
    }

    /// The files of this state, as a render sees them: what lies outside of the repository is the same in all states.
    /// Commits are read from git's objects; `for_programs` writes them to a private directory first, for `helm` and
    /// plugins.
    ///
    /// # Errors
    /// When git can't list the files, or they can't be written.
    pub fn files(&self, repository: &Repository, for_programs: bool) -> Result<StateFiles> {
        let top = repository.work_tree().unwrap_or(Path::new("/")).to_owned();
        let (files, root, directory): (Box<dyn FileSystem>, PathBuf, _) = match self {
            Self::WorkTree => (Box::new(DiskFs::new()), top, None),
            Self::Commit(commit) if for_programs => {
                let directory = TemporaryDirectory::new("crustomize-commit-")?;
                repository.export(commit, directory.path())?;
                let root = directory.path().to_owned();
                let current = Some(root.join(repository.prefix()));
                let (inside, outside) = (DiskFs::new(), DiskFs::new());
                (Box::new(OverlayFs { root: root.clone(), inside, outside, current }), root, Some(directory))
            }
            Self::Commit(commit) => {
                let inside = GitFs::new(repository, commit)?;
                (Box::new(OverlayFs { root: top.clone(), inside, outside: DiskFs::new(), current: None }), top, None)
            }
        };
        Ok(StateFiles { files, root, _directory: directory })
    }

    /// A few words for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::WorkTree => "work tree".to_owned(),
            Self::Commit(commit) => commit.short().to_owned(),
        }
    }

    /// What differs between a commit and this state, as paths below `root`: that of this state's files.
    ///
    /// # Errors
    /// When git can't compare them.
    pub fn changes_since(&self, repository: &Repository, base: &ObjectId, root: &Path) -> Result<Changes> {
        let old = repository.tree(base)?;
        let (files, new) = match self {
            Self::WorkTree => (repository.changed_in_work_tree(base)?, None),
            Self::Commit(commit) => (repository.changed_between(base, commit)?, Some(repository.tree(commit)?)),
        };
        let was = |directory: &Path| old.has_directory(directory);
        let is = |directory: &Path| match &new {
            Some(new) => new.has_directory(directory),
            None => DiskFs::new().is_dir(&root.join(directory)),
        };
        let mut changes = Changes::new();
        for ChangedFile { path, status } in files {
            match status {
                FileStatus::Modified => changes.modified(root.join(&path)),
                FileStatus::Added | FileStatus::Deleted | FileStatus::Untracked => {
                    for directory in path.ancestors().skip(1).take_while(|directory| was(directory) != is(directory)) {
                        changes.on_one_side(root.join(directory));
                    }
                    changes.on_one_side(root.join(&path));
                }
            }
        }
        if new.is_none() {
            let known: BTreeSet<PathBuf> = old.paths().map(|path| root.join(path)).collect();
            changes.only_known(root.to_owned(), known);
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{Reads, RecordingFs};
    use crate::git::testing::TestRepository;

    /// What of the files that `paths` asks about has changed since `base`.
    fn changed(repository: &TestRepository, state: &State, base: &ObjectId, paths: &[&str]) -> Vec<String> {
        let found = changed_among(repository, state, base, paths, false);
        assert_eq!(changed_among(repository, state, base, paths, true), found);
        found
    }

    fn changed_among(
        repository: &TestRepository,
        state: &State,
        base: &ObjectId,
        paths: &[&str],
        for_programs: bool,
    ) -> Vec<String> {
        let opened = repository.open("");
        let StateFiles { files, root, _directory } = state.files(&opened, for_programs).unwrap();
        let recording = RecordingFs::new(files.as_ref());
        for path in paths {
            let path = root.join(path);
            if recording.is_dir(&path) {
                let _ = recording.read_dir(&path);
            } else {
                let _ = recording.read(&path, 100);
            }
        }
        let reads: Reads = recording.into_reads();
        let changes = state.changes_since(&opened, base, &root).unwrap();
        let below = |path: &PathBuf| path.strip_prefix(&root).unwrap().display().to_string();
        changes.of(&reads).iter().map(below).collect()
    }

    #[test]
    fn what_changed_in_the_work_tree_and_in_commits() {
        let repository = TestRepository::new(&[]);
        repository.write("base/a.yaml", "1");
        repository.write("base/b.yaml", "1");
        repository.write(".gitignore", "*.secret\n");
        let base = repository.commit("one");
        repository.write("base/a.yaml", "2");
        repository.write("new/deep/c.yaml", "1");
        repository.write("base/x.secret", "1");
        let asked = ["base", "base/a.yaml", "base/b.yaml", "base/x.secret", "new", "new/deep/c.yaml", "none"];
        let found = changed(&repository, &State::WorkTree, &base, &asked);
        assert_eq!(found, ["base/a.yaml", "base/x.secret", "new", "new/deep", "new/deep/c.yaml"]);
        let head = State::Commit(repository.commit("two"));
        let found = changed(&repository, &head, &base, &asked);
        assert_eq!(found, ["base/a.yaml", "new", "new/deep", "new/deep/c.yaml"]);
        assert_eq!(changed(&repository, &head, &base, &["base/b.yaml", "base"]), [""; 0]);
    }

    #[test]
    fn the_base_is_where_the_default_branch_was_left() {
        let repository = TestRepository::new(&[]);
        repository.write("a", "1");
        let first = repository.commit("one");
        repository.git(&["branch", "-M", "main"]);
        repository.git(&["checkout", "-q", "-b", "topic"]);
        repository.write("a", "2");
        repository.commit("two");
        let opened = repository.open("");
        assert_eq!(State::WorkTree.usual_base(&opened).unwrap(), State::Commit(first));
        repository.git(&["branch", "-m", "main", "other"]);
        assert!(State::WorkTree.usual_base(&opened).is_err());
    }
}
