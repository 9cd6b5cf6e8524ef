//! Repositories for tests.

use std::path::Path;
use std::process::Command;

use crate::fs::{DiskFs, FileSystem};
use crate::git::{Git, ObjectId, Repository};

/// A repository in a temporary directory.
#[derive(Debug)]
pub struct TestRepository {
    directory: tempfile::TempDir,
}

impl TestRepository {
    /// An empty repository made with these options of `git init`.
    pub fn new(options: &[&str]) -> Self {
        let made = Self { directory: tempfile::tempdir().unwrap() };
        made.git(&[&["init", "--quiet", "--initial-branch=main"], options].concat());
        made
    }

    /// Where it is, without links.
    pub fn path(&self) -> std::path::PathBuf {
        DiskFs.canonicalize(self.directory.path()).unwrap()
    }

    /// Runs git in it, with nobody's configuration.
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.directory.path()).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
        command.args(["-c", "protocol.file.allow=always"]).args(arguments);
        let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.directory.path().join(path);
        DiskFs.create_dir_all(path.parent().unwrap()).unwrap();
        DiskFs.write(&path, content.as_bytes()).unwrap();
    }

    /// Commits the work tree as it is.
    pub fn commit(&self, subject: &str) -> ObjectId {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", subject]);
        ObjectId::parse(&self.git(&["rev-parse", "HEAD"])).unwrap()
    }

    /// The repository as we open it, from the directory `below`.
    pub fn open(&self, below: &str) -> Repository {
        Repository::open(&Git::default(), &self.path().join(below)).unwrap()
    }
}

/// A symbolic link.
#[cfg(unix)]
pub fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}
