//! The branch of a pull request: ours, and the same for the same request.

use crate::error::Result;
use crate::git::{ObjectId, Scratch};
use crate::gitops::publish::{BranchPath, Guard, PullRequest, Violation};
use crate::output::sha256;

impl PullRequest {
    /// The usual branch for publishing these units, as they were asked for, to `branch`: `render/<branch>/<key>`.
    #[must_use]
    pub fn usual(branch: &str, path: &BranchPath, units: &[String]) -> Self {
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let key = match (path.as_str(), units) {
            ("", []) => "all".to_owned(),
            ("", [unit]) if is_plain(unit) && unit != "all" => unit.clone(),
            _ => {
                let mut units = units.to_vec();
                units.sort_unstable();
                let digest = sha256(format!("{path}\0{}", units.join("\0")).as_bytes());
                digest.get(..12).unwrap_or(&digest).to_owned()
            }
        };
        Self { branch: format!("render/{branch}/{key}") }
    }
}

/// What is in the pull request's branch.
pub(super) struct Pending {
    /// Its commit.
    pub(super) tip: ObjectId,
    /// Its tree.
    pub(super) tree: ObjectId,
    /// What it was made on.
    pub(super) parents: Vec<ObjectId>,
}

/// Brings the pull request's branch. One that somebody else made is a violation.
pub(super) fn pending(scratch: &Scratch, branch: &str) -> Result<std::result::Result<Option<Pending>, Violation>> {
    let Some(tip) = scratch.fetch(&format!("refs/heads/{branch}"), "pull-request")? else { return Ok(Ok(None)) };
    let repository = scratch.repository();
    if repository.info(&tip)?.trailer("Rendered-By").is_none() {
        return Ok(Err(Violation {
            guard: Guard::PullRequest,
            unit: None,
            subject: branch.to_owned(),
            fault: "has a commit that was not published by crustomize".to_owned(),
        }));
    }
    let (tree, parents) = (repository.tree_of(&tip)?, repository.parents(&tip)?);
    Ok(Ok(Some(Pending { tip, tree, parents })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_has_the_same_branch() {
        let usual = |path: &str, units: &[&str]| {
            let units: Vec<String> = units.iter().map(|unit| (*unit).to_owned()).collect();
            PullRequest::usual("main", &BranchPath::parse(path).unwrap(), &units).branch
        };
        assert_eq!(usual("", &[]), "render/main/all");
        assert_eq!(usual("", &["aws"]), "render/main/aws");
        assert_eq!(usual("", &["aws/web", "b"]), usual("", &["b", "aws/web"]));
        assert_ne!(usual("x", &[]), usual("", &[]));
        assert_ne!(usual("", &["all"]), usual("", &[]));
    }
}
