//! Repository addresses: telling them from paths, and taking them apart (upstream: `api/internal/git/repospec.go`).
//!
//! Nothing here runs `git` or looks at files.

use std::path::{Component, Path};
use std::time::Duration;

use crate::fs::clean;
use crate::loader::query::Query;

/// A repository, a reference in it and a directory in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoSpec {
    /// The address as it was written; cycles are found by it.
    pub raw: String,
    /// Scheme, user and host with the separator that follows: `https://github.com/`.
    pub host: String,
    /// The repository on that host: `kubernetes-sigs/kustomize`.
    pub repository: String,
    /// The directory in the repository; empty for its root.
    pub path: String,
    /// Branch, tag or commit; empty for what the host calls `HEAD`.
    pub reference: String,
    /// Whether submodules are fetched, too.
    pub submodules: bool,
    /// How long one `git` command may take.
    pub timeout: Duration,
    /// Whether the address began with `git::`, which says nothing and is dropped.
    pub forced_protocol: bool,
}

/// Why a text is no repository address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRepository {
    /// An absolute path.
    AbsolutePath,
    /// No scheme that we know, and not of the form `user@host:path`.
    NoScheme,
    /// No host.
    NoHost,
    /// No path to a repository.
    NoRepository,
    /// The path in the repository leads out of it.
    LeavesRepository,
}

const FILE: &str = "file://";
const SSH: &str = "ssh://";
const HTTPS: &str = "https://";
const SCHEMES: [&str; 4] = [SSH, HTTPS, "http://", FILE];

/// The part of a path that Azure and others put before the repository's name.
const REPOSITORY_PARENT: &str = "_git/";
const REPOSITORY_SUFFIX: &str = ".git";

impl RepoSpec {
    /// Takes a repository address apart.
    ///
    /// # Errors
    /// When the text is no such address; it may then be a path.
    pub fn parse(raw: &str) -> Result<Self, NotRepository> {
        if Path::new(raw).is_absolute() {
            return Err(NotRepository::AbsolutePath);
        }
        let (address, query) = raw.split_once('?').unwrap_or((raw, ""));
        let query = Query::parse(query);
        let (forced_protocol, address) =
            strip_prefix_any_case(address, "git::").map_or((false, address), |rest| (true, rest));
        let (host, rest) = split_host(address)?;
        let (repository, path) = split_repository(rest, host == FILE).ok_or(NotRepository::NoRepository)?;
        if repository.is_empty() {
            return Err(NotRepository::NoRepository);
        }
        let path = path.strip_prefix('/').unwrap_or(&path);
        if clean(Path::new(path)).components().next() == Some(Component::ParentDir) {
            return Err(NotRepository::LeavesRepository);
        }
        Ok(Self {
            raw: raw.to_owned(),
            host,
            repository,
            path: path.to_owned(),
            reference: query.reference,
            submodules: query.submodules,
            timeout: query.timeout,
            forced_protocol,
        })
    }

    /// The address that `git fetch` understands.
    #[must_use]
    pub fn clone_url(&self) -> String {
        format!("{}{}", self.host, self.repository)
    }
}

/// Host with scheme and user, and what follows it.
fn split_host(address: &str) -> Result<(String, &str), NotRepository> {
    let scheme = SCHEMES.iter().find_map(|scheme| Some((*scheme, strip_prefix_any_case(address, scheme)?)));
    let (scheme, rest) = scheme.unwrap_or(("", address));
    let (user, host_and_path) = split_user(rest);
    let github = ["github.com/", "github.com:"].iter().any(|host| strip_prefix_any_case(host_and_path, host).is_some());
    // `user@host:path`; without a user only for GitHub.
    let scp = scheme.is_empty() && (!user.is_empty() || github);
    if scheme.is_empty() && !scp {
        return Err(NotRepository::NoScheme);
    }
    if scheme == FILE {
        return Ok((scheme.to_owned(), rest));
    }
    let split = separator(host_and_path, scp).map_or(host_and_path.len(), |at| at + 1);
    let (host, path) = host_and_path.split_at(split);
    if github {
        let by_ssh = scheme == SSH || !user.is_empty();
        let host = if by_ssh { format!("{user}github.com:") } else { format!("{HTTPS}github.com/") };
        return Ok((host, path));
    }
    if host.is_empty() {
        return Err(NotRepository::NoHost);
    }
    Ok((format!("{scheme}{user}{host}"), path))
}

/// `user@` and the rest; the first part is empty if there is no user.
fn split_user(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(text.len());
    let is_user = text.starts_with(|letter: char| letter.is_ascii_alphabetic()) && text[end..].starts_with('@');
    if is_user { text.split_at(end + 1) } else { ("", text) }
}

/// Where the separator of host and path is; a colon counts in the form `user@host:path`.
fn separator(host_and_path: &str, scp: bool) -> Option<usize> {
    let slash = host_and_path.find('/');
    if !scp {
        return slash;
    }
    let colon = host_and_path.find(':');
    match (slash, colon) {
        (Some(slash), Some(colon)) if colon == 0 || colon > slash => Some(slash),
        (Some(slash), None) => Some(slash),
        _ => colon,
    }
}

/// Repository and directory in it: by `_git/`, `//` or `.git`, else by the number of names.
fn split_repository(path: &str, whole: bool) -> Option<(String, String)> {
    if let Some(at) = path.find(REPOSITORY_PARENT) {
        let (parent, rest) = path.split_at(at + REPOSITORY_PARENT.len());
        let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
        return Some((format!("{parent}{name}"), path.to_owned()));
    }
    if let Some((repository, path)) = path.split_once("//") {
        return Some((repository.to_owned(), path.to_owned()));
    }
    if let Some(at) = path.find(REPOSITORY_SUFFIX) {
        let (repository, path) = path.split_at(at + REPOSITORY_SUFFIX.len());
        return Some((repository.to_owned(), path.to_owned()));
    }
    if whole {
        return Some((path.to_owned(), String::new()));
    }
    // As on GitHub: an organisation and a repository.
    let organisation = path.find('/')?;
    let end = path[organisation + 1..].find('/').map_or(path.len(), |at| organisation + 1 + at);
    let rest = path.get(end + 1..).unwrap_or_default();
    Some((path[..end].to_owned(), rest.to_owned()))
}

fn strip_prefix_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(raw: &str) -> (String, String, String) {
        let spec = RepoSpec::parse(raw).unwrap_or_else(|error| panic!("{raw}: {error:?}"));
        (spec.clone_url(), spec.path, spec.reference)
    }

    #[test]
    fn splits_host_repository_path_and_reference() {
        let cases = [
            ("gitHub.com/a/b/c?ref=x/y", "https://github.com/a/b", "c", "x/y"),
            ("github.com:a/b", "https://github.com/a/b", "", ""),
            ("http://github.com/a/b.git/c", "https://github.com/a/b.git", "c", ""),
            ("hTTps://github.com/a/b", "https://github.com/a/b", "", ""),
            ("git::https://gitlab.com/a/b/c", "https://gitlab.com/a/b", "c", ""),
            ("git@github.com/a/b/c", "git@github.com:a/b", "c", ""),
            ("git::git@github.com:a/b", "git@github.com:a/b", "", ""),
            ("org-12345@github.com/a/b", "org-12345@github.com:a/b", "", ""),
            ("ssh://git@github.com/a/b//c/d?ref=v1", "git@github.com:a/b", "c/d", "v1"),
            ("ssh://github.com/a/b", "github.com:a/b", "", ""),
            ("ssh://git.example.com:7999/a/b/c", "ssh://git.example.com:7999/a/b", "c", ""),
            ("ssh://git@ssh.github.com:443/A/B.git", "ssh://git@ssh.github.com:443/A/B.git", "", ""),
            ("git@gitlab2.example.ru:i/k/t.git?ref=v0.1.0", "git@gitlab2.example.ru:i/k/t.git", "", "v0.1.0"),
            ("git@bitbucket.org/c/p.git//path?ref=b", "git@bitbucket.org/c/p.git", "path", "b"),
            ("git@gitlab.com/user:name/R.git/path", "git@gitlab.com/user:name/R.git", "path", ""),
            ("git@gitlab.com:a/b", "git@gitlab.com:a/b", "", ""),
            ("https://gist.github.com/bc79.git", "https://gist.github.com/bc79.git", "", ""),
            ("https://h.com/c/p/_git/r", "https://h.com/c/p/_git/r", "", ""),
            ("https://h.com/c/p/_git/r/d?version=v1", "https://h.com/c/p/_git/r", "d", "v1"),
            ("https://u@dev.azure.com/o/p/_git/r//a/b", "https://u@dev.azure.com/o/p/_git/r", "a/b", ""),
            ("https://h/a/b/?ref=x_git/y.git//z", "https://h/a/b", "", "x_git/y.git//z"),
            ("https://h/a/b/%-bad/c", "https://h/a/b", "%-bad/c", ""),
            ("https://github.com/a/b//c/d/?ref=v1.0.6", "https://github.com/a/b", "c/d/", "v1.0.6"),
            ("file://a/b/c/r.git/p?ref=x", "file://a/b/c/r.git", "p", "x"),
            ("file:///a/b/c/r//p", "file:///a/b/c/r", "p", ""),
            ("file:///a/b/c/r?ref=x", "file:///a/b/c/r", "", "x"),
            ("file://git@home/p/r.git//q", "file://git@home/p/r.git", "q", ""),
            ("http://git@home.com/p/r.git//q", "http://git@home.com/p/r.git", "q", ""),
        ];
        for (raw, url, path, reference) in cases {
            assert_eq!(parts(raw), (url.to_owned(), path.to_owned(), reference.to_owned()), "{raw}");
        }
    }

    #[test]
    fn tells_paths_from_addresses() {
        use NotRepository::{AbsolutePath, LeavesRepository, NoRepository, NoScheme};
        let cases = [
            ("/tmp", AbsolutePath),
            ("../../tmp", NoScheme),
            ("src/github.com/org/repo/path", NoScheme),
            ("base", NoScheme),
            ("htxxxtp://github.com/", NoScheme),
            ("git::___", NoScheme),
            ("github.com!org/repo.git//path", NoScheme),
            ("gh:org/repo", NoScheme),
            ("ssh://git.example.com", NoRepository),
            ("https://host?ref=group/version", NoRepository),
            ("https://github.com/thisisa404.yaml", NoRepository),
            ("file:////tmp//path/to", NoRepository),
            ("git@scp://github.com/org/repo.git//path", NoRepository),
            ("git@ssh://github.com/org/repo.git//path", NoRepository),
            ("https://github.com/org/repo.git//path/../../exits", LeavesRepository),
        ];
        for (raw, want) in cases {
            assert_eq!(RepoSpec::parse(raw).unwrap_err(), want, "{raw}");
        }
    }
}
