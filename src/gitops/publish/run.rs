//! Publishing: fetch, plan, commit, push; and again if somebody else was faster.

use crate::error::Error;
use crate::git::{Git, Repository};
use crate::gitops::publish::errand::{Errand, Step, Stop};
use crate::gitops::publish::{FailureCause, PublishOptions, Published, Status};
use crate::gitops::{RenderedSet, UnitManifests};

/// Publishes `set`, which was rendered from `source`: one commit on the branch, or none. Nothing is printed.
#[must_use]
pub fn publish(git: &Git, source: Option<&Repository>, set: &RenderedSet, options: &PublishOptions) -> Published {
    let pushed = options.pull_request.as_ref().map_or(&options.branch, |request| &request.branch);
    let mut result = Published::new(pushed);
    let failed: Vec<Error> = set.units.values().filter_map(errors).flatten().cloned().collect();
    if !failed.is_empty() && !options.per_unit {
        return result.failed(FailureCause::Request, failed);
    }
    let mut errand = match Errand::begin(git, source, set, options) {
        Ok(errand) => errand,
        Err(Stop::Failed(cause, error)) => return result.failed(cause, vec![error]),
        Err(Stop::Refused(violation)) => {
            result.status = Status::Refused;
            result.violations.push(violation);
            return result;
        }
    };
    loop {
        match errand.try_once(&mut result) {
            Ok(Step::Done(status)) => {
                result.status = status;
                break;
            }
            Ok(Step::Contention(_)) if errand.wait() => {}
            Ok(Step::Contention(reason)) => {
                let error = errand.beaten(&reason);
                return result.failed(FailureCause::Contention, vec![error]);
            }
            Err(Stop::Failed(cause, error)) => return result.failed(cause, vec![error]),
            Err(Stop::Refused(violation)) => {
                result.status = Status::Refused;
                result.violations.push(violation);
                break;
            }
        }
    }
    result.retries = errand.retried();
    errand.note(&mut result);
    if !failed.is_empty() {
        // What could be rendered was published all the same, as was asked for.
        result.failure = Some((FailureCause::Request, failed));
    }
    result
}

fn errors(made: &UnitManifests) -> Option<&Vec<Error>> {
    match made {
        UnitManifests::Failed(errors) => Some(errors),
        UnitManifests::Files(_) => None,
    }
}
