//! Moving a branch of the remote from one commit to another, or not at all.

use crate::error::Result;
use crate::git::scratch::REMOTE;
use crate::git::{ObjectId, Scratch};

/// What servers say of a ref that somebody else moved in the meantime: git's own words and GitLab's.
const CONTENTION: [&str; 8] = [
    "fetch first",
    "non-fast-forward",
    "stale info",
    "cannot lock ref",
    "incorrect old value provided",
    "reference already exists",
    "failed to update ref",
    "remote ref updated since checkout",
];

/// How a push ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The ref is where it should be.
    Done,
    /// Somebody else moved the ref first: try again from where it is now.
    Contention(String),
    /// The remote does not take it, in its own words: no sense in trying again.
    Refused(String),
}

impl Scratch {
    /// Moves `reference` of the remote from `old`, or from nothing, to `new`; to nothing if that is `None`. Does
    /// nothing if the ref is anywhere else by then.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn push(
        &self,
        reference: &str,
        old: Option<&ObjectId>,
        new: Option<&ObjectId>,
        options: &[String],
    ) -> Result<Pushed> {
        let lease = format!("--force-with-lease={reference}:{}", old.map(ObjectId::as_str).unwrap_or_default());
        let refspec = format!("{}:{reference}", new.map(ObjectId::as_str).unwrap_or_default());
        let options: Vec<String> = options.iter().map(|option| format!("--push-option={option}")).collect();
        let mut arguments = vec!["push", "--porcelain", "--no-verify", &lease];
        arguments.extend(options.iter().map(String::as_str));
        arguments.extend([REMOTE, &refspec]);
        let said = self.repository().run(&arguments)?;
        if said.is_success() {
            return Ok(Pushed::Done);
        }
        Ok(verdict(&String::from_utf8_lossy(said.output()), &said.complaint()))
    }
}

/// What a push that failed said: only the line about the ref decides, for hooks may say anything.
fn verdict(output: &str, complaint: &str) -> Pushed {
    let line = output.lines().find(|line| line.starts_with('!')).unwrap_or_default();
    let reason = line.split_once(" (").map(|(_, reason)| reason).unwrap_or_default();
    if CONTENTION.iter().any(|words| reason.contains(words)) {
        return Pushed::Contention(reason.trim_end_matches(')').to_owned());
    }
    let summary = line.rsplit('\t').next().unwrap_or_default();
    let both = [complaint.trim(), summary.trim()].into_iter().filter(|text| !text.is_empty());
    Pushed::Refused(both.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reason: &str) -> Pushed {
        verdict(&format!("To /x.git\n!\tabc:refs/heads/main\t{reason}\nDone\n"), "error: failed to push\n")
    }

    #[test]
    fn tells_contention_from_refusal() {
        let contention = [
            "[rejected] (stale info)",
            "[rejected] (fetch first)",
            "[rejected] (non-fast-forward)",
            "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)",
            "[remote rejected] (reference already exists)",
            "[remote rejected] (failed to update ref)",
            "[remote rejected] (incorrect old value provided)",
        ];
        for reason in contention {
            assert!(matches!(said(reason), Pushed::Contention(_)), "{reason}");
        }
        for reason in ["[remote rejected] (pre-receive hook declined)", "[remote rejected] (protected branch)"] {
            assert_eq!(said(reason), Pushed::Refused(format!("error: failed to push\n{reason}")), "{reason}");
        }
        // What a hook prints decides nothing.
        let hook = "remote: you must fetch first, or else: stale info";
        let verdict = verdict("!\ta:b\t[remote rejected] (pre-receive hook declined)\n", hook);
        assert!(matches!(verdict, Pushed::Refused(text) if text.starts_with(hook)));
        assert_eq!(super::verdict("", "fatal: no route"), Pushed::Refused("fatal: no route".to_owned()));
    }
}
