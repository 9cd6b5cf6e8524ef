//! A repository on this machine.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::git::tree::path_of;
use crate::git::{CommitTree, Git, HashAlgorithm, ObjectId, Said};
use crate::plugin::process::Process;

/// A repository on this machine, with or without a work tree.
#[derive(Debug, Clone)]
pub struct Repository {
    git: Git,
    git_dir: PathBuf,
    work_tree: Option<PathBuf>,
    prefix: PathBuf,
    algorithm: HashAlgorithm,
    is_shallow: bool,
}

impl Repository {
    /// The repository that `directory` is in, or is.
    ///
    /// # Errors
    /// When there is none, or git refuses it.
    pub fn open(git: &Git, directory: &Path) -> Result<Self> {
        let question =
            ["rev-parse", "--path-format=absolute", "--git-dir", "--show-object-format", "--is-shallow-repository"];
        let said = git.run(directory, &[&question[..], &["--is-inside-work-tree"]].concat())?;
        if !said.is_success() {
            let shown = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
            let message = format!("`{}` is in no git repository: {}", shown.display(), said.complaint());
            return Err(Error::new(ErrorKind::Load, message));
        }
        let lines = lines(&said.bytes()?);
        let [git_dir, format, shallow, inside] = lines.as_slice() else {
            return Err(Error::new(ErrorKind::Plugin, "`git rev-parse` did not answer every question"));
        };
        let algorithm = format.to_str().and_then(HashAlgorithm::parse);
        let algorithm = algorithm.ok_or_else(|| {
            Error::new(ErrorKind::Plugin, format!("objects named by `{}` are not known", format.display()))
        })?;
        let (mut work_tree, mut prefix) = (None, PathBuf::new());
        if inside == "true" {
            let question = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--show-prefix"];
            let answer = self::lines(&git.run(directory, &question)?.bytes()?);
            work_tree = answer.first().map(PathBuf::from);
            prefix = answer.get(1).map(PathBuf::from).unwrap_or_default();
        }
        let (git_dir, is_shallow) = (PathBuf::from(git_dir), shallow == "true");
        Ok(Self { git: git.clone(), git_dir, work_tree, prefix, algorithm, is_shallow })
    }

    /// The bare repository at `git_dir`, which we made.
    pub(super) fn bare(git: &Git, git_dir: PathBuf, algorithm: HashAlgorithm) -> Self {
        Self { git: git.clone(), git_dir, work_tree: None, prefix: PathBuf::new(), algorithm, is_shallow: false }
    }

    /// The program.
    #[must_use]
    pub const fn git(&self) -> &Git {
        &self.git
    }

    /// Where the repository itself is: its `.git`, or the bare repository.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The top of the work tree, absolute and without links; `None` for a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.work_tree.as_deref()
    }

    /// Where in the work tree the directory is that the repository was opened from; `""` for its top.
    #[must_use]
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// How objects are named.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// Whether a part of the history is missing.
    #[must_use]
    pub const fn is_shallow(&self) -> bool {
        self.is_shallow
    }

    /// Where commands run.
    pub(super) fn directory(&self) -> &Path {
        self.work_tree.as_deref().unwrap_or(&self.git_dir)
    }

    /// Runs a command in the repository, however it ends.
    ///
    /// # Errors
    /// When it can't be run to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Said> {
        self.run_with(arguments, &[], Vec::new())
    }

    /// Runs a command in the repository with variables and an input, however it ends.
    ///
    /// # Errors
    /// When it can't be run to its end.
    pub(super) fn run_with<A: AsRef<OsStr>>(
        &self,
        arguments: &[A],
        environment: &[(&str, &OsStr)],
        input: Vec<u8>,
    ) -> Result<Said> {
        let mut process = self.process(arguments);
        process.environment.extend(environment.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())));
        self.git.finish(&process, input)
    }

    /// A command in the repository.
    pub(super) fn process<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Process {
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        let mut process = self.git.process(self.directory(), &arguments);
        if self.work_tree.is_none() {
            // Some people's git does not look for bare repositories, but takes those that are named.
            process.environment.push(("GIT_DIR".into(), self.git_dir.clone().into()));
        }
        process
    }

    /// The commit that `revision` names.
    ///
    /// # Errors
    /// When it names none, with what to do if it may be missing from a shallow clone.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId> {
        match self.find(revision)? {
            Some(commit) => Ok(commit),
            None => {
                let error = Error::new(ErrorKind::Load, format!("`{revision}` is no commit of this repository"));
                Err(error.hint(self.how_to_fetch(revision)))
            }
        }
    }

    /// The commit that `revision` names, if it names one.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn find(&self, revision: &str) -> Result<Option<ObjectId>> {
        let wanted = format!("{revision}^{{commit}}");
        let said = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        if !said.is_success() {
            return Ok(None);
        }
        Ok(ObjectId::parse(&said.text()?))
    }

    /// The commit that both have in their histories, nearest to them; `None` if there is none.
    ///
    /// # Errors
    /// When git can't tell.
    pub fn merge_base(&self, one: &ObjectId, other: &ObjectId) -> Result<Option<ObjectId>> {
        let said = self.run(&["merge-base", one.as_str(), other.as_str()])?;
        match said.code() {
            Some(0) => Ok(said.text()?.lines().next().and_then(ObjectId::parse)),
            Some(1) => Ok(None),
            _ => Err(said.error()),
        }
    }

    /// Like [`Self::merge_base`], but that there is none is an error with what to do.
    ///
    /// # Errors
    /// When there is none, or git can't tell.
    pub fn fork_point(&self, one: &ObjectId, other: &ObjectId) -> Result<ObjectId> {
        self.merge_base(one, other)?.ok_or_else(|| {
            let message = format!("`{}` and `{}` have no commit in common", one.short(), other.short());
            let error = Error::new(ErrorKind::Load, message);
            if self.is_shallow { error.hint(UNSHALLOW) } else { error }
        })
    }

    /// Whether `ancestor` is `commit` or in its history.
    ///
    /// # Errors
    /// When git can't tell: a commit is missing, say.
    pub fn is_ancestor(&self, ancestor: &ObjectId, commit: &ObjectId) -> Result<bool> {
        let said = self.run(&["merge-base", "--is-ancestor", ancestor.as_str(), commit.as_str()])?;
        match said.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(said.error()),
        }
    }

    /// The branch that changes go into: what `origin` says, else its `main` or `master`, else ours.
    ///
    /// # Errors
    /// When there is none of these.
    pub fn default_branch(&self) -> Result<String> {
        let said = self.run(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])?;
        let pointed = if said.is_success() { Some(said.text()?) } else { None };
        let usual = ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];
        for name in pointed.as_deref().into_iter().chain(usual) {
            if self.find(name)?.is_some() {
                return Ok(name.to_owned());
            }
        }
        let error =
            Error::new(ErrorKind::Load, "there is no default branch: neither `origin/HEAD`, `main` nor `master`");
        Err(error.hint("name a commit or branch, or let `git remote set-head origin --auto` find out"))
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// When git can't list them.
    pub fn tree(&self, commit: &ObjectId) -> Result<CommitTree> {
        CommitTree::read(self, commit)
    }

    /// The command that brings what is missing.
    #[must_use]
    pub fn how_to_fetch(&self, revision: &str) -> String {
        let branch = revision.strip_prefix("refs/remotes/").unwrap_or(revision);
        match branch.strip_prefix("origin/") {
            Some("HEAD") => "`git remote set-head origin --auto` finds the default branch".to_owned(),
            Some(branch) => format!("`git fetch origin {branch}:refs/remotes/origin/{branch}` brings it"),
            None if self.is_shallow => format!("this is a shallow clone: `git fetch origin {revision}` may bring it"),
            None => "`git log --all` shows what there is".to_owned(),
        }
    }
}

/// What to do where history is missing.
const UNSHALLOW: &str = "this is a shallow clone: `git fetch --unshallow origin` brings the whole history";

/// Lines of an answer, which may be paths in any encoding.
fn lines(output: &[u8]) -> Vec<OsString> {
    output
        .strip_suffix(b"\n")
        .unwrap_or(output)
        .split(|byte| *byte == b'\n')
        .map(|line| path_of(line).into_os_string())
        .collect()
}
