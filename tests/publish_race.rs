//! Many publishers to one branch: in one go, killed at random, and over the network.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use support::{Repositories, ended, with_identity};

const WRITERS: usize = 16;
/// What each publisher publishes, one after the other.
const ROUNDS: usize = 2;
/// Kills in all.
const KILLS: usize = 24;

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A fleet of a site for each writer, and the commits that the rounds publish: in each, every site has other objects.
fn fleet() -> (Repositories, Vec<String>) {
    let repositories = Repositories::new(&[]);
    repositories.foreign("env", &[("README.md", "mine\n")]);
    let commits = (0..ROUNDS).map(|round| {
        for writer in 0..WRITERS {
            let object = |name: &str| {
                let round = format!("data: {{round: '{round}'}}");
                format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n{round}\n")
            };
            let objects = [object("always"), object(&format!("of-{round}"))].join("---\n");
            repositories.write(&format!("sites/s{writer}/web/all.yaml"), objects);
            repositories.write(&format!("sites/s{writer}/web/kustomization.yaml"), "resources: [all.yaml]\n");
        }
        repositories.commit(&format!("round {round}"))
    });
    let commits = commits.collect();
    (repositories, commits)
}

fn publish(repositories: &Repositories, writer: usize, commit: &str) -> Command {
    let site = format!("s{writer}");
    let arguments =
        ["publish", &site, "--repo", "../target.git", "--branch", "env", "--source", commit, "--retries", "1000"];
    let mut command = repositories.command(&repositories.at("dry"), &arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn acceptance_05_sixteen_publishers_killed_at_random_lose_nothing() {
    let (repositories, commits) = fleet();
    let kills = Mutex::new((Random(7), KILLS));
    // Whether to kill the next one, and when.
    let doom = || {
        let mut kills = kills.lock().unwrap();
        let (random, left) = &mut *kills;
        (*left > 0 && random.below(2) == 0).then(|| {
            *left -= 1;
            Duration::from_millis(random.below(1500))
        })
    };
    let write = |writer: usize| {
        for commit in &commits {
            loop {
                let mut child = publish(&repositories, writer, commit).spawn().unwrap();
                if let Some(delay) = doom() {
                    std::thread::sleep(delay);
                    let _ = child.kill();
                }
                let output = child.wait_with_output().unwrap();
                match output.status.code() {
                    Some(0) => break,
                    None => {}
                    Some(code) => panic!("writer {writer}: {code}: {}", String::from_utf8_lossy(&output.stderr)),
                }
            }
        }
    };
    let foreign = || {
        (0..6)
            .map(|number| {
                std::thread::sleep(Duration::from_millis(300));
                push_foreign(&repositories, number)
            })
            .collect::<Vec<_>>()
    };
    let foreign = std::thread::scope(|scope| {
        let foreign = scope.spawn(foreign);
        (0..WRITERS).for_each(|writer| drop(scope.spawn(move || write(writer))));
        foreign.join().unwrap()
    });
    let (_, left) = kills.into_inner().unwrap();
    assert!(left < KILLS, "nobody was killed");
    let last = ROUNDS - 1;
    let mut want: BTreeSet<String> = ["README.md".to_owned()].into();
    for writer in 0..WRITERS {
        for name in ["always".to_owned(), format!("of-{last}")] {
            let path = format!("s{writer}/web/default/configmap-{name}.yaml");
            assert!(String::from_utf8(repositories.published(&path)).unwrap().contains(&format!("round: \"{last}\"")));
            want.insert(path);
        }
    }
    want.extend((0..foreign.len()).map(|number| format!("foreign-{number}")));
    assert_eq!(repositories.manifests().into_iter().collect::<BTreeSet<_>>(), want);
    let history = repositories.git("target.git", &["rev-list", "env"]);
    let history: BTreeSet<&str> = history.lines().collect();
    assert!(foreign.iter().all(|commit| history.contains(commit.as_str())), "a commit of somebody else is gone");
    assert_eq!(repositories.git("target.git", &["rev-list", "--merges", "env"]), "");
    each_commit_is_whole(&repositories, &history);
    repositories.git("target.git", &["fsck", "--strict", "--no-dangling"]);
    // Each unit once a round, whoever was killed when.
    let subjects = repositories.git("target.git", &["log", "--format=%s", "env"]);
    assert_eq!(subjects.lines().filter(|line| line.contains(": round ")).count(), WRITERS * ROUNDS, "{subjects}");
}

/// No commit has a unit that is half of one round and half of another.
fn each_commit_is_whole(repositories: &Repositories, history: &BTreeSet<&str>) {
    for commit in history {
        let listing = repositories.git("target.git", &["ls-tree", "-r", "--name-only", commit]);
        let mut units: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in listing.lines().filter(|path| path.ends_with(".yaml")) {
            units.entry(path.split('/').next().unwrap()).or_default().push(path);
        }
        for (unit, paths) in units {
            assert_eq!(paths.len(), 2, "{commit}: {unit}: {paths:?}");
            let round = paths[1].trim_end_matches(".yaml").rsplit('-').next().unwrap();
            let always = repositories.git("target.git", &["cat-file", "blob", &format!("{commit}:{}", paths[0])]);
            assert!(always.contains(&format!("round: \"{round}\"")), "{commit}: {unit} is mixed");
        }
    }
}

/// Somebody else pushes a file, again and again until it lands.
fn push_foreign(repositories: &Repositories, number: usize) -> String {
    let clone = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        with_identity(command.arg("-C").arg(clone.path()).args(arguments)).output().unwrap()
    };
    let target = repositories.at("target.git");
    let target = target.to_str().unwrap();
    assert!(git(&["init", "--quiet"]).status.success());
    for _ in 0..1000 {
        assert!(git(&["fetch", "--quiet", "--depth=1", target, "env"]).status.success());
        assert!(git(&["reset", "--quiet", "--hard", "FETCH_HEAD"]).status.success());
        fs::write(clone.path().join(format!("foreign-{number}")), "").unwrap();
        assert!(git(&["add", "--all"]).status.success());
        assert!(git(&["commit", "--quiet", "--message", "foreign"]).status.success());
        if git(&["push", "--quiet", target, "HEAD:refs/heads/env"]).status.success() {
            return String::from_utf8(git(&["rev-parse", "HEAD"]).stdout).unwrap().trim().to_owned();
        }
    }
    panic!("somebody else never got through");
}

/// `git daemon` on the loopback: one for each connection, so that none outlives the test, however that ends.
struct Daemon {
    port: u16,
    is_over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Daemon {
    /// `None` where git has no daemon.
    fn start(repositories: &Repositories) -> Option<Self> {
        let has_daemon = Command::new("git").arg("--exec-path").output().ok().is_some_and(|output| {
            let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            fs::exists(format!("{path}/git-daemon")).unwrap_or(false)
        });
        if !has_daemon {
            println!("no `git daemon` here: nothing is pushed over the network");
            return None;
        }
        let base = repositories.at(".").canonicalize().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let accept = move || {
            for stream in listener.incoming().map(Result::unwrap) {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let mut command = Command::new("git");
                command.args(["daemon", "--inetd", "--export-all", "--enable=receive-pack"]);
                command.arg(format!("--base-path={}", base.display()));
                let other = OwnedFd::from(stream.try_clone().unwrap());
                command.stdin(OwnedFd::from(stream)).stdout(other).stderr(Stdio::null());
                let _ = with_identity(&mut command).status();
            }
        };
        Some(Self { port, is_over, accepting: Some(std::thread::spawn(accept)) })
    }

    fn address(&self) -> String {
        format!("git://127.0.0.1:{}/target.git", self.port)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Whoever waits for a connection gets one.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}

#[test]
fn over_the_network_a_push_is_accepted_refused_and_retried() {
    let repositories = Repositories::with_fleet(&["a"]);
    let Some(daemon) = Daemon::start(&repositories) else { return };
    let address = daemon.address();
    let publish = |arguments: &[&str]| {
        let all = [&["publish", "--repo", &address, "--branch", "env"], arguments].concat();
        ended(repositories.command(&repositories.at("dry"), &all))
    };
    let accepted = publish(&["--notes"]);
    assert!(accepted.code == 0 && accepted.err.is_empty(), "{accepted:?}");
    assert_eq!(repositories.manifests(), ["README.md", "a/web/a/service-web.yaml"]);
    assert!(publish(&[]).out.starts_with("unchanged"));
    let change = |label: &str| {
        let service = format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web, labels: {{a: {label}}}}}\n");
        repositories.write("base/web/service.yaml", service);
        repositories.commit(label);
    };
    // Refused by a hook: once, and in its words.
    change("refused");
    repositories.hook("pre-receive", "echo called >> calls; echo 'not on a Friday' >&2; exit 1");
    let refused = publish(&[]);
    assert!(refused.code == 5 && refused.err.contains("not on a Friday"), "{refused:?}");
    assert_eq!(fs::read_to_string(repositories.at("target.git/calls")).unwrap(), "called\n");
    fs::remove_file(repositories.at("target.git/hooks/pre-receive")).unwrap();
    // Somebody else was faster: once more, on top of theirs.
    let bump = "new=$(git commit-tree -p refs/heads/env -m faster refs/heads/env^{tree}) && git update-ref refs/heads/env $new";
    repositories.hook("update", &format!("test -e once && exit 0; touch once; {bump}"));
    let retried = publish(&["--output", "json"]);
    assert!(retried.code == 0 && retried.out.contains("\"retries\":1"), "{retried:?}");
    assert_eq!(repositories.git("target.git", &["log", "-1", "--format=%s", "env^"]), "faster");
    // That nobody answers is no contention, either.
    drop(daemon);
    assert_eq!(publish(&[]).code, 5);
}

#[test]
fn first_creators_of_a_branch_do_not_overwrite_each_other() {
    let (repositories, commits) = fleet();
    let commit = &commits[0];
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (repositories, commit) = (&repositories, commit);
            scope.spawn(move || {
                let site = format!("s{writer}");
                let arguments = ["publish", &site, "--repo", "../target.git", "--branch", "new", "--source", commit];
                let all = [&arguments[..], &["--create-branch", "--notes", "--retries", "1000"]].concat();
                let ended = ended(repositories.command(&repositories.at("dry"), &all));
                assert!(ended.code == 0 && !ended.err.contains("warning"), "{ended:?}");
            });
        }
    });
    assert_eq!(repositories.git("target.git", &["rev-list", "--count", "new"]), "4");
    assert_eq!(repositories.git("target.git", &["rev-list", "--max-parents=0", "--count", "new"]), "1");
    // All notes landed, too.
    let notes = repositories.git("target.git", &["notes", "--ref=hydrator.metadata", "list"]);
    assert_eq!(notes.lines().count(), 4, "{notes}");
}
