//! What can be known of a request before anything is planned.

use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem};
use crate::git::{Git, Identity, Repository, Scratch};
use crate::gitops::publish::errand::Stop;
use crate::gitops::publish::{Guard, PlanOptions, PublishOptions, Violation};

/// What can be known before anything is fetched.
pub(super) fn check(git: &Git, options: &PublishOptions) -> std::result::Result<(), Stop> {
    let usage = |message: String| Stop::from(Error::new(ErrorKind::Usage, message));
    if options.notes && options.plan.provenance.is_dirty {
        return Err(usage("a work tree with changes that no commit has can't be named in a note".to_owned()));
    }
    for branch in [Some(&options.branch), options.pull_request.as_ref().map(|request| &request.branch)] {
        let Some(branch) = branch else { continue };
        let said = git.run(Path::new("."), &["check-ref-format", &format!("refs/heads/{branch}")])?;
        if !said.is_success() {
            return Err(usage(format!("`{branch}` can't be the name of a branch")));
        }
    }
    if options.pull_request.as_ref().is_some_and(|request| request.branch == options.branch) {
        return Err(usage(format!("the pull request's branch can't be `{}` itself", options.branch)));
    }
    let Some(there) = local(git, &options.repository) else { return Ok(()) };
    let pushed = options.pull_request.as_ref().map_or(&options.branch, |request| &request.branch);
    if there.checked_out_branches()?.contains(pushed) {
        return Err(Stop::Refused(Violation {
            guard: Guard::Checkout,
            unit: None,
            subject: pushed.clone(),
            fault: format!("is checked out in `{}`, whose work tree would no longer fit", options.repository),
        }));
    }
    Ok(())
}

/// The repository, if it is one on this machine.
pub(super) fn local(git: &Git, address: &str) -> Option<Repository> {
    let path = Path::new(address.strip_prefix("file://").unwrap_or(address));
    (path.is_absolute() && DiskFs::new().is_dir(path)).then(|| Repository::open(git, path).ok()).flatten()
}

pub(super) fn who(
    source: Option<&Repository>,
    scratch: &Scratch,
    options: &PublishOptions,
) -> Result<(Identity, Identity)> {
    let repository = source.unwrap_or(scratch.repository());
    match &options.author {
        // Whoever is named as the author makes the commit, too, if git knows nobody.
        Some(author) => Ok((author.clone(), repository.committer().unwrap_or_else(|_| author.clone()))),
        None => Ok((repository.author()?, repository.committer()?)),
    }
}

pub(super) fn nobody() -> Error {
    Error::new(ErrorKind::Usage, "nobody says who the author of the commit is")
}

/// The source commit may allow deletions, too.
pub(super) fn allow_deletes(options: &mut PlanOptions) -> Result<()> {
    for text in options.provenance.info.trailers("Allow-Delete") {
        let wrong = |fault: String| {
            let message = format!("the trailer `Allow-Delete` of the source commit is wrong: {fault}");
            Error::new(ErrorKind::Usage, message)
        };
        options.guards.allow_delete.push(text.parse().map_err(wrong)?);
    }
    Ok(())
}
