//! One publish: what it needs, and one try of it on what the branch is at that moment.

use std::collections::BTreeMap;

use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::git::{CommitText, Edit, Git, HashAlgorithm, Identity, ObjectId, Pushed, Repository, Scratch};
use crate::gitops::RenderedSet;
use crate::gitops::publish::ancestry::relation;
use crate::gitops::publish::message::message;
use crate::gitops::publish::notes::put_note;
use crate::gitops::publish::pace::Pace;
use crate::gitops::publish::pull_request::{Pending, pending};
use crate::gitops::publish::request::{allow_deletes, check, local, nobody, who};
use crate::gitops::publish::{
    FailureCause, Plan, PlanOptions, PublishOptions, Published, PublishedTree, Relation, Status, Violation, plan,
};

/// How a try ended.
pub(super) enum Step {
    Done(Status),
    Contention(String),
}

/// Why there is no sense in another try.
pub(super) enum Stop {
    Failed(FailureCause, Error),
    Refused(Violation),
}

/// What the machine at hand can't do.
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(FailureCause::Request, error)
    }
}

fn remote(error: Error) -> Stop {
    Stop::Failed(FailureCause::Remote, error)
}

/// One publish.
pub(super) struct Errand<'a> {
    source: Option<&'a Repository>,
    set: &'a RenderedSet,
    options: &'a PublishOptions,
    scratch: Scratch,
    who: Option<(Identity, Identity)>,
    plan_options: PlanOptions,
    relations: BTreeMap<String, Relation>,
    pace: Pace,
}

impl<'a> Errand<'a> {
    pub(super) fn begin(
        git: &Git,
        source: Option<&'a Repository>,
        set: &'a RenderedSet,
        options: &'a PublishOptions,
    ) -> std::result::Result<Self, Stop> {
        check(git, options)?;
        let settings = source.map(Repository::errand_settings).transpose()?.unwrap_or_default();
        let origin = source.map(|source| source.raw_address("origin")).transpose()?.flatten();
        let make = |algorithm| Scratch::new(git, algorithm, &options.repository, origin.as_deref(), &settings);
        let mut scratch = make(source.map_or(HashAlgorithm::Sha1, Repository::algorithm))?;
        // What is there decides how objects are named.
        let branches = scratch.branches().map_err(remote)?;
        let length = branches.values().next().map(|id| id.as_str().len());
        let algorithm = match length {
            Some(40) => HashAlgorithm::Sha1,
            Some(_) => HashAlgorithm::Sha256,
            None => local(git, &options.repository).map_or(scratch.repository().algorithm(), |there| there.algorithm()),
        };
        if algorithm != scratch.repository().algorithm() {
            scratch = make(algorithm)?;
        }
        let who = if options.dry_run { None } else { Some(who(source, &scratch, options)?) };
        let mut plan_options = options.plan.clone();
        allow_deletes(&mut plan_options)?;
        let pace = Pace::new(options.retries, options.retry_timeout);
        Ok(Self { source, set, options, scratch, who, plan_options, relations: BTreeMap::new(), pace })
    }

    /// Waits before another try; `false` if there is none left.
    pub(super) fn wait(&mut self) -> bool {
        self.pace.wait()
    }

    /// How often there was another try.
    pub(super) const fn retried(&self) -> u32 {
        self.pace.retried()
    }

    /// One try on what the branch is now.
    pub(super) fn try_once(&mut self, result: &mut Published) -> std::result::Result<Step, Stop> {
        let reference = format!("refs/heads/{}", self.options.branch);
        let tip = self.scratch.fetch(&reference, "tip").map_err(remote)?;
        if tip.is_none() && (!self.options.create_branch || self.options.pull_request.is_some()) {
            return Err(self.missing_branch());
        }
        if tip.is_some() && tip == result.new {
            // It was ours, whatever the server said.
            return Ok(Step::Done(Status::Published));
        }
        let algorithm = self.scratch.repository().algorithm();
        let PlanOptions { path, whole, .. } = &self.plan_options;
        let before = match &tip {
            Some(tip) => PublishedTree::read(self.scratch.repository(), tip, path, self.set, *whole)?,
            None => PublishedTree::empty(algorithm),
        };
        self.relate(&before)?;
        let plan = plan(&before, self.set, &self.plan_options)?;
        result.old.clone_from(&tip);
        result.new = None;
        result.warnings.clear();
        result.with_units(&plan);
        result.violations.clone_from(&plan.violations);
        if !plan.violations.is_empty() {
            return Ok(Step::Done(Status::Refused));
        }
        if self.options.pull_request.is_some() {
            let changed = plan.units.iter().filter(|unit| unit.is_changed()).map(|unit| &unit.unit);
            result.before = before.files(self.scratch.repository(), &self.plan_options.path, changed)?;
        }
        let waiting = self.pending()?;
        if !plan.is_changed() {
            self.close(waiting)?;
            return Ok(Step::Done(if plan.is_superseded() { Status::Superseded } else { Status::Unchanged }));
        }
        if self.options.dry_run {
            return Ok(Step::Done(Status::Planned));
        }
        self.commit(&plan, &before, tip.as_ref(), waiting, result)
    }

    fn commit(
        &self,
        plan: &Plan<'_>,
        before: &PublishedTree,
        tip: Option<&ObjectId>,
        waiting: Option<Pending>,
        result: &mut Published,
    ) -> std::result::Result<Step, Stop> {
        let repository = self.scratch.repository();
        let edit = plan.edit();
        let tree = repository.edit(tip, &before.tree, &edit)?;
        result.warnings.extend(lfs_warning(repository, &tree, before, &edit)?);
        if let Some(waiting) = waiting.as_ref().filter(|waiting| waiting.tree == tree)
            && waiting.parents.iter().eq(tip)
        {
            return Ok(Step::Done(Status::Unchanged));
        }
        let (author, committer) = self.who.clone().ok_or_else(nobody)?;
        let text = CommitText {
            message: message(plan, self.options, &author),
            author,
            author_date: Some(self.plan_options.provenance.info.date.clone()).filter(|date| !date.is_empty()),
            committer,
            sign: self.sign()?,
        };
        let commit = repository.commit_tree(&tree, tip, &text)?;
        let reference = format!("refs/heads/{}", result.branch);
        let lease = match &self.options.pull_request {
            Some(_) => waiting.as_ref().map(|waiting| &waiting.tip),
            None => tip,
        };
        match self.scratch.push(&reference, lease, Some(&commit), &self.options.push_options)? {
            Pushed::Done => {
                result.new = Some(commit);
                Ok(Step::Done(Status::Published))
            }
            Pushed::Contention(reason) => {
                result.new = Some(commit).filter(|_| self.options.pull_request.is_none());
                Ok(Step::Contention(reason))
            }
            Pushed::Refused(text) => {
                // A connection may break after the server took it.
                if self.scratch.branches().is_ok_and(|branches| branches.get(&result.branch) == Some(&commit)) {
                    result.new = Some(commit);
                    return Ok(Step::Done(Status::Published));
                }
                let message = format!("the remote does not take the push:\n    {}", text.replace('\n', "\n    "));
                let error = Error::new(ErrorKind::Plugin, message);
                Err(remote(
                    error.hint("nothing was published; trying again changes nothing unless the cause goes away"),
                ))
            }
        }
    }

    /// How the commits that units were published from relate to ours.
    fn relate(&mut self, before: &PublishedTree) -> Result<()> {
        let (Some(source), Some(ours)) = (self.source, &self.plan_options.provenance.commit) else { return Ok(()) };
        for theirs in before.sources() {
            if !self.relations.contains_key(&theirs) {
                let relation = relation(source, &self.scratch, ours, &theirs)?;
                self.relations.insert(theirs, relation);
            }
        }
        self.plan_options.relations.clone_from(&self.relations);
        Ok(())
    }

    fn pending(&self) -> std::result::Result<Option<Pending>, Stop> {
        match &self.options.pull_request {
            Some(request) => pending(&self.scratch, &request.branch).map_err(remote)?.map_err(Stop::Refused),
            None => Ok(None),
        }
    }

    /// A pull request that would change nothing has no branch.
    fn close(&self, waiting: Option<Pending>) -> Result<()> {
        if let (Some(waiting), Some(request), false) = (waiting, &self.options.pull_request, self.options.dry_run) {
            let reference = format!("refs/heads/{}", request.branch);
            self.scratch.push(&reference, Some(&waiting.tip), None, &self.options.push_options)?;
        }
        Ok(())
    }

    fn sign(&self) -> Result<Option<Option<String>>> {
        match &self.options.sign {
            Some(sign) => Ok(Some(sign.clone())),
            None => Ok(self.scratch.repository().signs_commits()?.then_some(None)),
        }
    }

    fn missing_branch(&self) -> Stop {
        let branches = self.scratch.branches().unwrap_or_default();
        let names: Vec<&str> = branches.keys().map(String::as_str).collect();
        let branch = &self.options.branch;
        let error = Error::new(ErrorKind::Usage, format!("the remote has no branch `{branch}`"));
        let error = match nearest(branch, &names) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        };
        error.hint("`--create-branch` makes a new one").into()
    }

    /// Others were faster every time.
    pub(super) fn beaten(&self, reason: &str) -> Error {
        let branch = &self.options.branch;
        let winner = self.scratch.fetch(&format!("refs/heads/{branch}"), "tip").ok().flatten();
        let winner = winner.and_then(|tip| Some((self.scratch.repository().info(&tip).ok()?, tip)));
        let winner = match winner {
            Some((info, tip)) => format!("; it is at `{tip}` now, `{}`", info.subject),
            None => String::new(),
        };
        let tries = self.pace.retried() + 1;
        let message = format!("others pushed to `{branch}` first, {tries} times in a row ({reason}){winner}");
        Error::new(ErrorKind::Plugin, message).hint("nothing was published; it is safe to try again")
    }

    /// Says in a note what the branch's commit was rendered from.
    pub(super) fn note(&self, result: &mut Published) {
        let dry = self.plan_options.provenance.commit.clone();
        let commit = match result.status {
            Status::Published => result.new.clone(),
            Status::Unchanged => result.old.clone(),
            _ => None,
        };
        let (true, Some(dry), Some(commit), Some((_, who))) =
            (self.options.notes && !self.options.dry_run, dry, commit, self.who.clone())
        else {
            return;
        };
        let (source, scratch) = (self.source, &self.scratch);
        let is_newer = |theirs: &str| {
            source.is_some_and(|source| {
                relation(source, scratch, &dry, theirs).is_ok_and(|relation| relation == Relation::Newer)
            })
        };
        let mut pace = Pace::new(self.options.retries, self.options.retry_timeout);
        let fault = match put_note(scratch, &commit, &dry, &who, &mut pace, is_newer) {
            Ok(None) => return,
            Ok(Some(text)) => text,
            Err(error) => error.message().to_owned(),
        };
        result.warnings.push(format!("the note for `{}` could not be pushed: {fault}", commit.short()));
    }
}

/// Attributes of the branch change nothing of what is published, but consumers that check it out heed them.
fn lfs_warning(
    repository: &Repository,
    tree: &ObjectId,
    before: &PublishedTree,
    edit: &Edit<'_>,
) -> Result<Option<String>> {
    let has_attributes = before.tree.files().any(|(path, _)| path.ends_with(b".gitattributes"));
    if !has_attributes {
        return Ok(None);
    }
    let paths: Vec<&str> = edit.writes.iter().map(|(path, _)| *path).collect();
    let filtered = repository.with_attribute(tree, "filter", "lfs", &paths)?;
    let Some(first) = filtered.first() else { return Ok(None) };
    let count = filtered.len();
    Ok(Some(format!(
        "`.gitattributes` of the branch gives {count} published files to LFS, `{first}` for one: whoever checks them \
         out with LFS may not see what was published"
    )))
}
