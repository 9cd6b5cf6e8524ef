//! Charts that were pulled, in a directory that runs share.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem, StagingFileSystem, TemporaryDirectory};
use crate::inflate::once_map::OnceMap;

/// The file that makes a directory a chart.
pub(super) const CHART_FILE: &str = "Chart.yaml";

/// How much of a chart's name and version is seen in the name of its directory; the hash tells the rest.
const READABLE: usize = 80;

/// Charts by repository, name and version, each pulled once. Threads wait for each other; processes pull beside
/// each other, and the first one's chart stays: it comes to its place whole, in one step.
#[derive(Debug)]
pub(super) struct ChartCache {
    directory: PathBuf,
    charts: OnceMap<Result<PathBuf>>,
    /// Charts of this run only.
    passing: OnceLock<Result<TemporaryDirectory>>,
}

impl ChartCache {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, charts: OnceMap::default(), passing: OnceLock::new() }
    }

    /// The chart's directory, into whose parent `pull` puts it if it is not there.
    pub(super) fn get(
        &self,
        [url, name, version]: [&str; 3],
        pull: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let key = key([url, name, version]);
        self.charts.get(&key, || {
            // What a range or an empty version means changes with every chart that is published: kept for later
            // runs it would be one of the past. Within a run all releases get the same.
            let home = if is_exact(version) { self.directory.clone() } else { self.passing()?.to_owned() };
            let place = home.join(&key);
            if !DiskFs.is_dir(&place) {
                bring(&home, &place, pull)?;
            }
            chart_in(&place)
        })
    }

    fn passing(&self) -> Result<&Path> {
        let made = self.passing.get_or_init(|| Ok(TemporaryDirectory::new("crustomize-charts-")?));
        made.as_ref().map(TemporaryDirectory::path).map_err(Clone::clone)
    }
}

/// Pulls into a directory beside `place`, and moves what came there.
fn bring(home: &Path, place: &Path, pull: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    DiskFs.create_dir_all(home)?;
    let staging = TemporaryDirectory::new_in(home, ".pull-")?;
    let pulled = staging.path().join("chart");
    DiskFs.create_dir_all(&pulled)?;
    pull(&pulled)?;
    chart_in(&pulled)?;
    match DiskFs.rename(&pulled, place) {
        // Another process was faster.
        Err(_) if DiskFs.is_dir(place) => Ok(()),
        moved => Ok(moved?),
    }
}

/// The one chart in a directory.
fn chart_in(place: &Path) -> Result<PathBuf> {
    let entries = DiskFs.read_dir(place)?;
    let mut charts = entries.iter().map(|name| place.join(name)).filter(|path| DiskFs.is_file(&path.join(CHART_FILE)));
    match (charts.next(), charts.next()) {
        (Some(chart), None) => Ok(chart),
        _ => Err(Error::new(ErrorKind::Plugin, format!("`{}` does not hold one chart", place.display()))
            .hint("remove the directory; the chart is pulled again then")),
    }
}

/// The name of a chart's directory: readable, and with a hash of all that the chart depends on.
fn key(parts: [&str; 3]) -> String {
    let [url, name, version] = parts.map(|part| part.trim_end_matches('/'));
    let mut hash = Sha256::new();
    for part in [url, name, version] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash = format!("{:x}", hash.finalize());
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
    let readable: String = format!("{name}-{version}").chars().map(plain).take(READABLE).collect();
    format!("{}-{}", readable.trim_start_matches('.'), &hash[..16])
}

/// Whether a version is one version: `1.2.3`, with or without `v`, pre-release and build. `1.2` is a range.
fn is_exact(version: &str) -> bool {
    let version = version.strip_prefix('v').unwrap_or(version);
    let (core, rest) = version.split_at(version.find(['-', '+']).unwrap_or(version.len()));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-+.".contains(letter);
    core.split('.').count() == 3 && core.split('.').all(is_number) && rest.len() != 1 && rest.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn pull(directory: &Path) -> Result<()> {
        DiskFs.create_dir_all(&directory.join("web"))?;
        Ok(DiskFs.write(&directory.join("web/Chart.yaml"), b"name: web\n")?)
    }

    #[test]
    fn versions_that_are_one() {
        for version in ["1.2.3", "v1.2.3", "1.2.3-rc.1+x", "10.0.0+build"] {
            assert!(is_exact(version), "{version}");
        }
        for version in ["", "1", "1.2", "1.2.x", "^1.2.3", ">=1.2.3", "1.2.3 - 2.0.0", "1.2.3-", "*", "1.2.3 || 2"] {
            assert!(!is_exact(version), "{version}");
        }
    }

    #[test]
    fn keys_tell_charts_apart_and_name_one_directory() {
        assert_ne!(key(["https://a", "bc", "1"]), key(["https://ab", "c", "1"]));
        assert_eq!(key(["https://a/", "b", "1"]), key(["https://a", "b", "1"]));
        assert!(key(["", "../..", "/"]).starts_with("_..-"), "{}", key(["", "../..", "/"]));
        assert!(key(["u", "nginx", "1.2.3"]).starts_with("nginx-1.2.3-"));
    }

    #[test]
    fn many_threads_pull_once_and_later_runs_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let pulls = AtomicUsize::new(0);
        let counted = |directory: &Path| {
            pulls.fetch_add(1, Ordering::Relaxed);
            pull(directory)
        };
        let run = |version: &str| {
            let cache = ChartCache::new(home.path().join("deep/charts"));
            let get = || cache.get(["https://x", "web", version], counted).unwrap();
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(get)).collect();
                let mut paths: Vec<PathBuf> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
                paths.dedup();
                assert_eq!(paths.len(), 1);
                assert!(paths[0].ends_with("web") && DiskFs.is_file(&paths[0].join(CHART_FILE)));
            });
        };
        run("1.2.3");
        run("1.2.3");
        assert_eq!(pulls.load(Ordering::Relaxed), 1);
        run("1.2");
        run("1.2");
        assert_eq!(pulls.load(Ordering::Relaxed), 3);
        assert_eq!(DiskFs.read_dir(&home.path().join("deep/charts")).unwrap().len(), 1);
    }

    #[test]
    fn what_failed_leaves_nothing_and_a_faster_process_wins() {
        let home = tempfile::tempdir().unwrap();
        let cache = || ChartCache::new(home.path().to_owned());
        let failing = |directory: &Path| {
            pull(directory)?;
            Err(Error::new(ErrorKind::Plugin, "no"))
        };
        assert_eq!(cache().get(["u", "web", "1.0.0"], failing).unwrap_err().message(), "no");
        assert!(cache().get(["u", "web", "1.0.0"], |_| Ok(())).is_err());
        assert_eq!(DiskFs.read_dir(home.path()).unwrap(), [""; 0]);
        let slower = |directory: &Path| {
            cache().get(["u", "web", "1.0.0"], pull)?;
            pull(directory)
        };
        assert!(cache().get(["u", "web", "1.0.0"], slower).is_ok());
        assert_eq!(DiskFs.read_dir(home.path()).unwrap().len(), 1);
    }
}
