//! Plans, writes, conflicts, and a write that is stopped at every single step.
#![allow(clippy::disallowed_methods, reason = "tests make and read files")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::fs::{Cause, DiskFs, Failure, FileSystem, Lock};
use crate::layout::OutputFile;

type Done<T> = std::result::Result<T, Failure>;

/// Everything below a folder: contents, targets of links, `/` for directories.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = vec![folder.to_owned()];
    while let Some(directory) = rest.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            let metadata = fs::symlink_metadata(&path).unwrap();
            let content = if metadata.is_symlink() {
                format!("-> {}", fs::read_link(&path).unwrap().display())
            } else if metadata.is_dir() {
                rest.push(path);
                "/".to_owned()
            } else {
                fs::read_to_string(&path).unwrap()
            };
            found.insert(name, content);
        }
    }
    found
}

fn unit(site: &str, app: &str, files: &[(&str, &str)]) -> OutputUnit {
    let file = |(path, content): &(&str, &str)| OutputFile {
        path: (*path).to_owned(),
        content: (*content).to_owned(),
        resources: vec![format!("v1 Pod {path}")],
    };
    OutputUnit { site: site.to_owned(), app: app.to_owned(), files: files.iter().map(file).collect() }
}

fn write(files: &dyn StagingFileSystem, root: &Path, units: Vec<OutputUnit>, force: bool) -> Result<Vec<UnitPlan>> {
    let output = OutputFolder::new(files, root);
    let plans = units.into_iter().map(|unit| output.plan(unit)).collect::<Result<Vec<_>>>()?;
    output.apply(plans, WriteOptions { force, durable: false, ..WriteOptions::default() })
}

fn message(result: Result<Vec<UnitPlan>>) -> String {
    result.unwrap_err().message().to_owned()
}

#[test]
fn writes_changes_and_removes_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let (root, disk) = (directory.path(), DiskFs::new());
    let output = OutputFolder::new(&disk, root);
    let changes = |unit: &OutputUnit| {
        let plan = output.plan(unit.clone()).unwrap();
        plan.changes().iter().map(|change| (change.kind, change.path.clone())).collect::<Vec<_>>()
    };
    let first = unit("s", "a", &[("n/a.yaml", "1\n"), ("n/b.yaml", "1\n"), ("o/c.yaml", "1\n")]);
    assert_eq!(changes(&first).len(), 3);
    assert!(tree(root).is_empty(), "a plan writes nothing");
    let durable = WriteOptions::default();
    output.apply(vec![output.plan(first.clone()).unwrap()], durable).unwrap();
    assert!(changes(&first).is_empty());
    assert_eq!(output.units().unwrap(), [("s".to_owned(), "a".to_owned())]);
    let second = unit("s", "a", &[("n/a.yaml", "2\n"), ("n/b.yaml", "1\n"), ("n/d.yaml", "1\n")]);
    let want = [
        (ChangeKind::Update, "n/a.yaml".to_owned()),
        (ChangeKind::Create, "n/d.yaml".to_owned()),
        (ChangeKind::Delete, "o/c.yaml".to_owned()),
    ];
    assert_eq!(changes(&second), want);
    write(&disk, root, vec![second], false).unwrap();
    let found = tree(root);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(names, ["s", "s/a", "s/a/.inventory.json", "s/a/n", "s/a/n/a.yaml", "s/a/n/b.yaml", "s/a/n/d.yaml"]);
    write(&disk, root, vec![unit("s", "a", &[])], false).unwrap();
    assert_eq!(tree(root).into_keys().collect::<Vec<_>>(), ["s"]);
    assert!(output.units().unwrap().is_empty());
}

#[test]
fn inventories_are_the_same_bytes_always() {
    let inventory = Inventory::of(&unit("s", "a", &[("b", "1"), ("a", "")]).files);
    let text = inventory.to_json();
    insta::assert_snapshot!(text, @r#"
    {
      "version": 1,
      "argocd": "+argocd:skip-file-rendering",
      "files": [
        {
          "path": "a",
          "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "resources": [
            "v1 Pod a"
          ]
        },
        {
          "path": "b",
          "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
          "resources": [
            "v1 Pod b"
          ]
        }
      ]
    }
    "#);
    assert_eq!(Inventory::from_json(text.as_bytes()).unwrap(), inventory);
    let wrong = |text: &str| Inventory::from_json(text.as_bytes()).unwrap_err();
    assert!(wrong("x").starts_with("is not JSON"));
    assert_eq!(wrong("{}"), "has no version");
    assert_eq!(wrong("{\"version\": 2}"), "has version 2, only 1 is known");
    assert_eq!(wrong("{\"version\": 1, \"files\": [{}]}"), "has a file without path or sha256");
    let path = "{\"version\": 1, \"files\": [{\"path\": \"../x\", \"sha256\": \"\"}]}";
    assert_eq!(wrong(path), "names `../x`: a part begins with a dot");
}

#[cfg(unix)]
#[test]
fn what_did_not_change_is_not_touched_and_files_of_others_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let directory = tempfile::tempdir().unwrap();
    let (root, disk) = (directory.path(), DiskFs::new());
    let units = |text| vec![unit("s", "a", &[("n/a.yaml", text)]), unit("s", "b", &[("a.yaml", "1")])];
    write(&disk, root, units("1"), false).unwrap();
    let of = |path: &str| {
        let metadata = fs::symlink_metadata(root.join(path)).unwrap();
        (metadata.ino(), metadata.mtime_nsec(), metadata.mode())
    };
    fs::write(root.join("s/a/README"), "mine").unwrap();
    fs::write(root.join("s/a/n/mine"), "mine").unwrap();
    fs::create_dir_all(root.join("s/a/empty/closed")).unwrap();
    fs::write(root.join("s/a/empty/closed/x"), "mine").unwrap();
    fs::set_permissions(root.join("s/a/empty/closed"), fs::Permissions::from_mode(0o555)).unwrap();
    symlink("/etc", root.join("s/a/out")).unwrap();
    fs::set_permissions(root.join("s/a"), fs::Permissions::from_mode(0o750)).unwrap();
    let paths = ["s/a/README", "s/a/n/mine", "s/a/empty/closed/x", "s/b", "s/b/a.yaml", "s/b/.inventory.json"];
    let before: Vec<_> = paths.iter().map(|path| of(path)).collect();
    let all = of("s/a");
    write(&disk, root, units("1"), false).unwrap();
    assert_eq!(of("s/a"), all);
    write(&disk, root, units("2"), false).unwrap();
    assert_eq!(paths.iter().map(|path| of(path)).collect::<Vec<_>>(), before);
    assert_eq!((of("s/a").2 & 0o777, of("s/a/empty/closed").2 & 0o777), (0o750, 0o555));
    let found = tree(root);
    assert_eq!((found["s/a/n/a.yaml"].as_str(), found["s/a/out"].as_str()), ("2", "-> /etc"));
    assert_eq!(found.len(), 14, "{found:?}");
    // The unit goes, the files of others don't.
    write(&disk, root, vec![unit("s", "a", &[])], false).unwrap();
    let found = tree(&root.join("s/a"));
    assert_eq!(
        found.into_keys().collect::<Vec<_>>(),
        ["README", "empty", "empty/closed", "empty/closed/x", "n", "n/mine", "out"]
    );
    fs::set_permissions(root.join("s/a/empty/closed"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn changes_by_others_are_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let (root, disk) = (directory.path(), DiskFs::new());
    let of = |text| vec![unit("s", "a", &[("a.yaml", text), ("b.yaml", text)]), unit("s", "b", &[("a.yaml", text)])];
    write(&disk, root, of("1"), false).unwrap();
    fs::write(root.join("s/a/b.yaml"), "edited").unwrap();
    let before = tree(root);
    for text in ["1", "2"] {
        assert!(message(write(&disk, root, of(text), false)).ends_with("b.yaml` was changed since it was written"));
        assert_eq!(tree(root), before, "no unit is written");
    }
    // The same for one that is to go; what is wanted already is no conflict.
    assert!(write(&disk, root, vec![unit("s", "a", &[("a.yaml", "1")])], false).is_err());
    write(&disk, root, vec![unit("s", "a", &[("a.yaml", "1"), ("b.yaml", "edited")])], false).unwrap();
    fs::write(root.join("s/a/b.yaml"), "again").unwrap();
    write(&disk, root, of("2"), true).unwrap();
    assert_eq!(tree(root)["s/a/b.yaml"], "2");
    // What was deleted comes back.
    fs::remove_file(root.join("s/a/b.yaml")).unwrap();
    write(&disk, root, of("2"), false).unwrap();
    assert_eq!(tree(root)["s/a/b.yaml"], "2");
}

#[test]
fn files_of_others_are_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let (root, disk) = (directory.path(), DiskFs::new());
    fs::create_dir_all(root.join("s/a/d.yaml")).unwrap();
    fs::write(root.join("s/a/a.yaml"), "mine").unwrap();
    fs::write(root.join("s/a/f"), "mine").unwrap();
    fs::write(root.join("s/a/d.yaml/x"), "mine").unwrap();
    let before = tree(root);
    let try_path = |path, force| write(&disk, root, vec![unit("s", "a", &[(path, "1")])], force);
    assert!(message(try_path("a.yaml", false)).contains("a.yaml` was not written by crustomize, and a file is to be"));
    for path in ["d.yaml", "f/x.yaml", "A.yaml", "F/x.yaml"] {
        for force in [false, true] {
            assert!(message(try_path(path, force)).ends_with("is in the way"), "{path}");
        }
    }
    assert_eq!(tree(root), before);
    // The very same content is taken over; `force` takes the rest.
    write(&disk, root, vec![unit("s", "a", &[("a.yaml", "mine")])], false).unwrap();
    fs::remove_file(root.join("s/a").join(INVENTORY)).unwrap();
    try_path("a.yaml", true).unwrap();
    assert_eq!(tree(root)["s/a/a.yaml"], "1");
    assert_eq!(tree(root)["s/a/d.yaml/x"], "mine");
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let directory = tempfile::tempdir().unwrap();
    let (root, outside, disk) = (directory.path().join("out"), directory.path().join("outside"), DiskFs::new());
    fs::create_dir_all(outside.join("a")).unwrap();
    fs::create_dir_all(root.join("t")).unwrap();
    fs::write(outside.join("f"), "outside").unwrap();
    symlink(&outside, root.join("s")).unwrap();
    symlink(outside.join("a"), root.join("t/a")).unwrap();
    let before = tree(&outside);
    let files = [("n/a.yaml", "1"), ("f", "1")];
    for site in ["s", "t"] {
        assert!(message(write(&disk, &root, vec![unit(site, "a", &files)], true)).contains("is a link"));
    }
    write(&disk, &root, vec![unit("u", "a", &files)], false).unwrap();
    fs::remove_dir_all(root.join("u/a/n")).unwrap();
    symlink(&outside, root.join("u/a/n")).unwrap();
    assert!(message(write(&disk, &root, vec![unit("u", "a", &files)], true)).ends_with("is in the way"));
    fs::remove_file(root.join("u/a/n")).unwrap();
    fs::remove_file(root.join("u/a/f")).unwrap();
    symlink(outside.join("f"), root.join("u/a/f")).unwrap();
    assert!(message(write(&disk, &root, vec![unit("u", "a", &files)], false)).contains("was changed since"));
    write(&disk, &root, vec![unit("u", "a", &files)], true).unwrap();
    assert_eq!(tree(&root.join("u/a"))["f"], "1");
    fs::remove_file(root.join("u/a").join(INVENTORY)).unwrap();
    symlink(outside.join("f"), root.join("u/a").join(INVENTORY)).unwrap();
    assert!(message(write(&disk, &root, vec![unit("u", "a", &files)], true)).ends_with("is no ordinary file"));
    assert_eq!(tree(&outside), before);
}

#[test]
fn bad_names_of_units_and_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (root, disk) = (directory.path(), DiskFs::new());
    for name in ["", "..", "a/b", ".crustomize-staging", "CON", "a ", "é"] {
        assert!(
            message(write(&disk, root, vec![unit(name, "a", &[])], true)).contains("can't be the folder of a site")
        );
        assert!(
            message(write(&disk, root, vec![unit("s", name, &[])], true)).contains("can't be the folder of an app")
        );
    }
    for files in
        [&[("../x", "")][..], &[("/x", "")], &[(INVENTORY, "")], &[("a", ""), ("A", "")], &[("a", ""), ("a/b", "")]]
    {
        assert!(
            message(write(&disk, root, vec![unit("s", "a", files)], true))
                .contains("can't be a file of the unit `s/a`")
        );
    }
    assert!(tree(root).is_empty());
}

/// A disk on which one step fails, or that one and all after it, as if the process were dead.
#[derive(Debug)]
struct Faulty {
    steps: AtomicUsize,
    fails_at: usize,
    dead: bool,
    exchanges: bool,
}

impl Faulty {
    fn step<T>(&self, path: &Path, work: impl FnOnce() -> Done<T>) -> Done<T> {
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        if step == self.fails_at || (self.dead && step > self.fails_at) {
            return Err(Failure::new("write", path, Cause::Other("no space left on device".to_owned())));
        }
        work()
    }
}

impl FileSystem for Faulty {
    fn read(&self, path: &Path, limit: u64) -> Done<Vec<u8>> {
        DiskFs.read(path, limit)
    }
    fn is_dir(&self, path: &Path) -> bool {
        DiskFs.is_dir(path)
    }
    fn is_file(&self, path: &Path) -> bool {
        DiskFs.is_file(path)
    }
    fn is_executable(&self, path: &Path) -> bool {
        DiskFs.is_executable(path)
    }
    fn canonicalize(&self, path: &Path) -> Done<PathBuf> {
        DiskFs.canonicalize(path)
    }
    fn read_dir(&self, path: &Path) -> Done<Vec<String>> {
        DiskFs.read_dir(path)
    }
    fn write(&self, path: &Path, content: &[u8]) -> Done<()> {
        self.step(path, || DiskFs.write(path, content))
    }
    fn create_dir_all(&self, path: &Path) -> Done<()> {
        self.step(path, || DiskFs.create_dir_all(path))
    }
    fn remove(&self, path: &Path) -> Done<()> {
        self.step(path, || DiskFs.remove(path))
    }
    fn current_dir(&self) -> Done<PathBuf> {
        DiskFs.current_dir()
    }
    fn on_disk(&self) -> bool {
        true
    }
}

impl StagingFileSystem for Faulty {
    fn entry(&self, path: &Path) -> Done<Option<EntryKind>> {
        DiskFs.entry(path)
    }
    fn entries(&self, path: &Path) -> Done<Vec<(OsString, EntryKind)>> {
        DiskFs.entries(path)
    }
    fn create(&self, path: &Path, content: &[u8]) -> Done<()> {
        // A full disk leaves half a file.
        let half = || DiskFs.create(path, &content[..content.len() / 2]);
        let fails = self.steps.load(Ordering::Relaxed) == self.fails_at;
        let result = self.step(path, || DiskFs.create(path, content));
        if fails { half().and(result) } else { result }
    }
    fn link_or_copy(&self, from: &Path, to: &Path) -> Done<()> {
        self.step(to, || DiskFs.link_or_copy(from, to))
    }
    fn copy_permissions(&self, from: &Path, to: &Path) -> Done<()> {
        self.step(to, || DiskFs.copy_permissions(from, to))
    }
    fn rename(&self, from: &Path, to: &Path) -> Done<()> {
        self.step(to, || DiskFs.rename(from, to))
    }
    fn exchange(&self, one: &Path, other: &Path) -> Done<bool> {
        self.step(other, || if self.exchanges { DiskFs.exchange(one, other) } else { Ok(false) })
    }
    fn sync(&self, directory: &Path) -> Done<()> {
        self.step(directory, || DiskFs.sync(directory))
    }
    fn lock(&self, path: &Path) -> Done<Lock> {
        self.step(path, || DiskFs.lock(path))
    }
    fn unlock(&self, path: &Path, lock: Lock) -> Done<()> {
        self.step(path, || DiskFs.unlock(path, lock))
    }
}

/// Three units and a new one; one of them goes.
fn generation(number: usize) -> Vec<OutputUnit> {
    let text = format!("generation {number}\n");
    let odd = if number == 0 { "n/even.yaml" } else { "o/odd.yaml" };
    let files = [("n/a.yaml", text.as_str()), (odd, text.as_str())];
    let last: &[(&str, &str)] = if number == 0 { &files } else { &[] };
    let mut units = vec![unit("s", "a", &files), unit("s", "b", &files), unit("t", "gone", last)];
    if number > 0 {
        units.push(unit("t", "new", &files));
    }
    units
}

/// What the unit's folder holds besides `mine`: nothing, or the files of one generation.
fn state(root: &Path, unit: &str) -> Option<String> {
    let mut found = tree(&root.join(unit));
    found.remove("mine");
    found.retain(|_, content| content != "/");
    let inventory = found.remove(INVENTORY)?;
    let inventory = Inventory::from_json(inventory.as_bytes()).unwrap();
    let named: BTreeMap<String, String> = inventory.files.into_iter().map(|(path, file)| (path, file.sha256)).collect();
    let present: BTreeMap<String, String> =
        found.iter().map(|(path, content)| (path.clone(), super::inventory::sha256(content.as_bytes()))).collect();
    assert_eq!(named, present, "{unit}");
    let texts: std::collections::BTreeSet<&String> = found.values().collect();
    assert_eq!(texts.len(), 1, "{unit}: {found:?}");
    texts.into_iter().next().cloned()
}

const UNITS: [&str; 4] = ["s/a", "s/b", "t/gone", "t/new"];

fn states(root: &Path) -> Vec<Option<String>> {
    UNITS.iter().map(|unit| state(root, unit)).collect()
}

fn stopped_everywhere(dead: bool, exchanges: bool) {
    let generations = |number: usize| {
        let text = Some(format!("generation {number}\n"));
        if number == 0 {
            vec![text.clone(), text.clone(), text, None]
        } else {
            vec![text.clone(), text.clone(), None, text]
        }
    };
    for fails_at in 0.. {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        write(&DiskFs, root, generation(0), false).unwrap();
        fs::write(root.join("s/a/mine"), "mine").unwrap();
        let faulty = Faulty { steps: AtomicUsize::new(0), fails_at, dead, exchanges };
        let result = write(&faulty, root, generation(1), false);
        if result.is_ok() {
            assert!(fails_at > 20, "{fails_at} steps");
            assert_eq!(states(root), generations(1));
            return;
        }
        let shown = result.unwrap_err();
        assert!(shown.message().contains("no space left on device"), "{shown}");
        let (old, new) = (generations(0), generations(1));
        let now = states(root);
        for (index, unit) in UNITS.iter().enumerate() {
            let moved_away = dead && !exchanges && !root.join(unit).exists();
            assert!(now[index] == old[index] || now[index] == new[index] || moved_away, "{fails_at} {unit} {now:?}");
        }
        if !dead {
            assert!(now == old || now == new, "{fails_at}: {now:?}");
        }
        if dead || exchanges {
            let output = OutputFolder::new(&DiskFs, root);
            output.recover().unwrap();
            assert_eq!(tree(root).get("s/a/mine").map(String::as_str), Some("mine"), "{fails_at}");
            assert!(states(root).iter().zip(old.iter().zip(&new)).all(|(now, (old, new))| now == old || now == new));
        }
        write(&DiskFs, root, generation(1), false).unwrap();
        assert_eq!(states(root), new);
        let mut left: Vec<String> = tree(root).into_keys().filter(|path| !path.contains('/')).collect();
        left.retain(|name| name != "s" && name != "t");
        assert!(left.is_empty(), "{fails_at}: {left:?}");
    }
}

#[test]
fn one_failure_at_any_step_changes_nothing_or_everything() {
    stopped_everywhere(false, true);
    stopped_everywhere(false, false);
}

#[test]
fn death_at_any_step_leaves_each_unit_whole() {
    stopped_everywhere(true, true);
}

#[test]
fn death_at_any_step_is_mended_where_nothing_can_be_exchanged() {
    stopped_everywhere(true, false);
}

#[test]
fn runs_wait_for_one_another() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                for round in 0..10 {
                    let text = format!("{writer} {round}");
                    let files = [("a.yaml", text.as_str()), ("b.yaml", text.as_str())];
                    let own = format!("own-{writer}");
                    let output = OutputFolder::new(&DiskFs, root);
                    // Another run may be between the plan's looks at the unit that all share.
                    let plan = |unit: OutputUnit| loop {
                        match output.plan(unit.clone()) {
                            Ok(plan) if plan.conflicts().is_empty() => return plan,
                            _ => {}
                        }
                    };
                    let plans = vec![plan(unit("s", "shared", &files)), plan(unit("s", &own, &files))];
                    let options =
                        WriteOptions { durable: false, threads: NonZero::new(2).unwrap(), ..WriteOptions::default() };
                    output.apply(plans, options).unwrap();
                }
            });
        }
    });
    let found = tree(root);
    assert_eq!(found["s/shared/a.yaml"], found["s/shared/b.yaml"]);
    assert!((0..4).all(|writer| found[&format!("s/own-{writer}/b.yaml")] == format!("{writer} 9")));
    assert!(found.keys().all(|path| path == "s" || path.starts_with("s/")), "{found:?}");
}
