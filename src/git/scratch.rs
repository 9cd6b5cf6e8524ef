//! A repository of our own for the time of one errand: what is fetched and made lies in it until it is pushed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Result;
use crate::fs::{DiskFs, LeasedDirectory};
use crate::git::settings::{Setting, section};
use crate::git::{Git, HashAlgorithm, ObjectId, Repository};

/// What directories of ours are called. Those whose processes were killed are removed by the next errand.
const PREFIX: &str = "crustomize-git-";

/// The name of the remote.
pub(super) const REMOTE: &str = "target";

/// Settings that hold in it whatever the user's say: no hook runs, nothing is tidied or brought to the disk for good.
const OURS: [(&str, &str); 8] = [
    ("core.hooksPath", "/dev/null"),
    ("core.fsync", "none"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("fetch.writeCommitGraph", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("push.followTags", "false"),
    ("push.recurseSubmodules", "no"),
];

/// A bare repository in a temporary directory, with one remote. Gone when dropped.
#[derive(Debug)]
pub struct Scratch {
    repository: Repository,
    _directory: LeasedDirectory,
}

impl Scratch {
    /// An empty repository with `address` as its remote. `settings` are the user's for that remote. The address is
    /// kept in a file that nobody else can read, never in an argument that others see; so is `source`, that of the
    /// repository whose history may be asked for.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new(
        git: &Git,
        algorithm: HashAlgorithm,
        address: &str,
        source: Option<&str>,
        settings: &[Setting],
    ) -> Result<Self> {
        let directory = LeasedDirectory::new(PREFIX)?;
        let place = directory.path().join("git");
        let format = format!("--object-format={}", algorithm.name());
        let arguments = ["init", "--quiet", "--bare", "--template=", &format, "git"];
        git.run(directory.path(), &arguments)?.bytes()?;
        let mut config = String::from("\n");
        settings.iter().for_each(|setting| config.push_str(&section(setting)));
        for (key, value) in OURS {
            config.push_str(&section(&Setting::new(key, value)));
        }
        config.push_str(&section(&Setting::new(&format!("remote.{REMOTE}.url"), address)));
        if let Some(source) = source {
            config.push_str(&section(&Setting::new("remote.source.url", source)));
        }
        DiskFs::new().append(&place.join("config"), config.as_bytes())?;
        let repository = Repository::bare(git, place, algorithm);
        Ok(Self { repository, _directory: directory })
    }

    /// The repository.
    #[must_use]
    pub const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The branches of the remote, by name without `refs/heads/`.
    ///
    /// # Errors
    /// When the remote can't be asked, in its own words.
    pub fn branches(&self) -> Result<BTreeMap<String, ObjectId>> {
        let listing = self.repository.run(&["ls-remote", "--heads", REMOTE])?.text()?;
        let branch = |line: &str| {
            let (id, name) = line.split_once('\t')?;
            Some((name.strip_prefix("refs/heads/")?.to_owned(), ObjectId::parse(id)?))
        };
        Ok(listing.lines().filter_map(branch).collect())
    }

    /// Brings refs of the remote without their history, as `refs/crustomize/NAME`, and says which commits they are;
    /// `None` for one that is not there.
    ///
    /// # Errors
    /// When the remote can't be reached, in its own words.
    pub fn fetch(&self, reference: &str, name: &str) -> Result<Option<ObjectId>> {
        let local = format!("refs/crustomize/{name}");
        let refspec = format!("+{reference}:{local}");
        let said = self.repository.run(&["fetch", "--quiet", "--no-tags", "--depth=1", REMOTE, &refspec])?;
        if said.is_success() {
            return self.repository.find(&local);
        }
        if said.complaint().contains("couldn't find remote ref") {
            return Ok(None);
        }
        Err(said.error())
    }

    /// Brings a commit of the source repository with its whole history, but without files if it can be had so.
    /// `false` if there is none.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn fetch_history(&self, commit: &ObjectId) -> Result<bool> {
        let arguments = ["fetch", "--quiet", "--no-tags", "--filter=tree:0", "source", commit.as_str()];
        Ok(self.repository.run(&arguments)?.is_success())
    }
}

impl Repository {
    /// Settings of this repository, not of the user or the system, about remotes, credentials and signing.
    ///
    /// # Errors
    /// When git can't list them.
    pub fn errand_settings(&self) -> Result<Vec<Setting>> {
        let said = self.run(&["config", "--local", "--includes", "--list", "-z"])?;
        let output = said.bytes()?;
        let wanted = ["http.", "credential.", "url.", "protocol.", "user.", "author.", "committer.", "gpg.", "ssh."];
        let single = ["core.sshcommand", "core.askpass", "core.gitproxy", "commit.gpgsign", "push.gpgsign"];
        let lines = output.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let settings = lines.map(|line| Setting::parse(&String::from_utf8_lossy(line)));
        let is_wanted = |setting: &Setting| {
            wanted.iter().any(|prefix| setting.key().starts_with(prefix)) || single.contains(&setting.key())
        };
        Ok(settings.filter(is_wanted).collect())
    }

    /// The address of a remote as it is configured, which may hold a password: for git only.
    ///
    /// # Errors
    /// When git can't be run.
    pub fn raw_address(&self, remote: &str) -> Result<Option<String>> {
        let said = self.run(&["config", "--get", &format!("remote.{remote}.url")])?;
        if !said.is_success() {
            return Ok(None);
        }
        let address = said.text()?;
        // Relative addresses are taken from the top of the work tree.
        let is_relative = !address.contains(':') && !Path::new(&address).is_absolute();
        Ok(Some(if is_relative { self.directory().join(address).to_string_lossy().into_owned() } else { address }))
    }
}
