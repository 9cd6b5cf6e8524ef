//! Plans without a repository: a branch is a map of files, and a plan is carried out on it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::git::{CommitTree, EntryMode, HashAlgorithm, ObjectId};
use crate::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};
use crate::output::{INVENTORY, Inventory, sha256};

/// A branch: contents by path.
type Branch = BTreeMap<String, Vec<u8>>;

const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha1;

fn published(branch: &Branch) -> PublishedTree {
    let mut published = PublishedTree::empty(ALGORITHM);
    published.tree = CommitTree::of_files(
        branch.iter().map(|(path, content)| (path.as_str(), EntryMode::File, ALGORITHM.blob(content))),
    );
    for content in branch.values() {
        published.hashes.insert(ALGORITHM.blob(content), sha256(content));
    }
    for (path, content) in branch.iter().filter(|(path, _)| path.ends_with(INVENTORY)) {
        let parts: Vec<&str> = path.split('/').collect();
        let [site, app, _] = parts[..] else { continue };
        let has_metadata = branch.contains_key(&format!("{site}/{app}/{METADATA}"));
        let (dry_sha, repository) = (has_metadata.then(|| "b".repeat(40)), None);
        let inventory = Inventory::from_json(content);
        published.units.insert(unit(site, app), PublishedUnit { inventory, dry_sha, repository, has_metadata });
    }
    published
}

fn unit(site: &str, app: &str) -> UnitName {
    UnitName { site: site.to_owned(), app: app.to_owned() }
}

fn file(path: &str, content: &str) -> ManifestFile {
    let resources = vec![format!("v1 ConfigMap n/{}", path.replace(['/', '.'], "-"))];
    ManifestFile { path: path.to_owned(), content: content.into(), resources, generated: Vec::new() }
}

fn set(units: &[(&str, Vec<ManifestFile>)]) -> RenderedSet {
    let files = |(app, files): &(&str, Vec<ManifestFile>)| (unit("s", app), UnitManifests::Files(files.clone()));
    RenderedSet { units: units.iter().map(files).collect() }
}

fn options() -> PlanOptions {
    let provenance = Provenance { commit: ObjectId::parse(&"a".repeat(40)), ..Provenance::default() };
    let relations = [("b".repeat(40), Relation::Older)].into();
    PlanOptions { provenance, relations, ..PlanOptions::default() }
}

/// The branch after the plan.
fn carried_out(branch: &Branch, plan: &Plan<'_>) -> Branch {
    let mut after = branch.clone();
    let edit = plan.edit();
    for path in edit.deletes {
        assert!(after.remove(path).is_some(), "{path} is not there to be deleted");
    }
    after.extend(edit.writes.into_iter().map(|(path, content)| (path.to_owned(), content.to_vec())));
    after
}

fn faults(plan: &Plan<'_>) -> Vec<String> {
    plan.violations.iter().map(|violation| format!("{}: {violation}", violation.guard.name())).collect()
}

#[test]
fn an_unrelated_source_is_refused_and_a_newer_one_wins() {
    let (old, new) = (set(&[("x", vec![file("f", "1")])]), set(&[("x", vec![file("f", "2")])]));
    let options = options();
    let branch = carried_out(&Branch::new(), &plan(&published(&Branch::new()), &old, &options).unwrap());
    let with = |relation: Option<Relation>, allow_rollback: bool| {
        let guards = GuardOptions { allow_rollback, ..GuardOptions::default() };
        let relations = relation.map(|relation| ("b".repeat(40), relation)).into_iter().collect();
        plan(&published(&branch), &new, &PlanOptions { relations, guards, ..options.clone() }).unwrap()
    };
    for relation in [Some(Relation::Same), Some(Relation::Older)] {
        assert!(with(relation, false).is_changed() && with(relation, false).violations.is_empty());
    }
    assert!(with(Some(Relation::Newer), false).is_superseded());
    assert!(with(Some(Relation::Newer), true).is_changed());
    for relation in [Some(Relation::Unrelated), None] {
        assert_eq!(with(relation, false).violations[0].guard, Guard::Rollback);
        assert!(with(relation, true).violations.is_empty());
    }
}

#[test]
fn many_small_losses_are_a_large_one() {
    let files = |number: usize| (0..number).map(|number| file(&format!("f{number}"), "")).collect::<Vec<_>>();
    let all = |number| set(&[("x", files(number)), ("y", files(number)), ("z", files(number))]);
    let (before, after) = (all(9), all(4));
    let branch = carried_out(&Branch::new(), &plan(&published(&Branch::new()), &before, &options()).unwrap());
    let plan = plan(&published(&branch), &after, &options()).unwrap();
    assert_eq!(faults(&plan), ["deletion: `all units together` would lose 15 of 27 resources"]);
}

#[test]
fn a_file_can_become_a_folder_of_ours_but_not_of_others() {
    let (flat, deep) = (set(&[("x", vec![file("f", "1")])]), set(&[("x", vec![file("f/g", "1")])]));
    let options = options();
    let made =
        |set: &RenderedSet| carried_out(&Branch::new(), &plan(&published(&Branch::new()), set, &options).unwrap());
    let there = plan(&published(&made(&flat)), &deep, &options).unwrap();
    assert_eq!(faults(&there), [""; 0]);
    assert_eq!(carried_out(&made(&flat), &there).keys().filter(|path| path.contains("/f")).count(), 1);
    let back = plan(&published(&made(&deep)), &flat, &options).unwrap();
    assert_eq!(faults(&back), [""; 0]);
    let mut branch = made(&deep);
    branch.insert("s/x/f/mine".to_owned(), Vec::new());
    let blocked = plan(&published(&branch), &flat, &options).unwrap();
    assert_eq!(faults(&blocked), ["adoption: `s/x/f` is a directory with files of others"]);
}

#[test]
fn names_that_can_be_no_path_are_refused_before_git_sees_them() {
    for path in
        ["../x", ".git/config", ".GIT/x", "git~1", "a/.git", "a\\b", "/x", "a//b", "a\0", "\u{200c}.git", METADATA]
    {
        let error = plan(&PublishedTree::empty(ALGORITHM), &set(&[("x", vec![file(path, "")])]), &options()).map(drop);
        assert!(error.is_err(), "{path}");
    }
    for app in ["..", ".git", "a/b", "git~1", ""] {
        assert!(plan(&PublishedTree::empty(ALGORITHM), &set(&[(app, vec![])]), &options()).is_err(), "{app}");
    }
}

/// Few names, so that sets overlap with each other and with what others have.
fn files() -> impl Strategy<Value = BTreeMap<String, String>> {
    let path = prop::sample::select(vec!["a", "b", "d/a", "d/b", "d/e/c", "B", "D/x"]).prop_map(str::to_owned);
    prop::collection::btree_map(path, prop::sample::select(vec!["1", "2"]).prop_map(str::to_owned), 0..5)
}

fn units() -> impl Strategy<Value = RenderedSet> {
    let manifests = |files: BTreeMap<String, String>| {
        UnitManifests::Files(files.iter().map(|(path, content)| file(path, content)).collect())
    };
    let app = prop::sample::select(vec!["x", "y"]);
    prop::collection::btree_map(app, files(), 1..3).prop_map(move |units| RenderedSet {
        units: units.into_iter().map(|(app, files)| (unit("s", app), manifests(files))).collect(),
    })
}

/// Whether the files of each unit could lie in one folder, also where case does not matter.
fn is_possible(set: &RenderedSet) -> bool {
    set.units.values().all(|made| {
        let UnitManifests::Files(files) = made else { return false };
        let paths: Vec<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
        let upper =
            files.iter().any(|file| file.path.starts_with('D')) && files.iter().any(|file| file.path.starts_with("d/"));
        let mut once = paths.clone();
        once.sort();
        once.dedup();
        once.len() == paths.len() && !upper
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is published after whatever: all of it is there, nothing else of ours is, what others have is
    /// untouched, and a second time there is nothing to do.
    #[test]
    fn publishing_keeps_its_word(first in units(), second in units(), foreign in files()) {
        prop_assume!(is_possible(&first) && is_possible(&second));
        let guards = GuardOptions { allow_delete: vec!["*/*/*".parse().unwrap()], ..GuardOptions::default() };
        let options = PlanOptions { guards, whole: true, ..options() };
        let mut branch: Branch =
            foreign.iter().map(|(path, content)| (format!("s/x/{path}"), content.clone().into_bytes())).collect();
        branch.insert("README.md".to_owned(), Vec::new());
        let theirs = branch.clone();
        for set in [&first, &second] {
            let made = plan(&published(&branch), set, &options).unwrap();
            if !made.violations.is_empty() {
                // What others have is in the way, in name or in case; nothing else can be wrong here.
                let known = [Guard::Adoption, Guard::Collision];
                prop_assert!(made.violations.iter().all(|violation| known.contains(&violation.guard)), "{:?}", faults(&made));
                prop_assert!(!foreign.is_empty());
                break;
            }
            branch = carried_out(&branch, &made);
            for (path, content) in &theirs {
                prop_assert_eq!(branch.get(path), Some(content), "{}", path);
            }
            let mut wanted: Branch = theirs.clone();
            for (name, manifests) in &set.units {
                let UnitManifests::Files(files) = manifests else { continue };
                wanted.extend(files.iter().map(|file| (format!("{name}/{}", file.path), file.content.clone())));
            }
            let manifests = branch.iter().filter(|(path, _)| !path.ends_with(INVENTORY) && !path.ends_with(METADATA));
            let manifests: Branch = manifests.map(|(path, content)| (path.clone(), content.clone())).collect();
            prop_assert_eq!(manifests, wanted);
            let again = plan(&published(&branch), set, &options).unwrap();
            prop_assert!(!again.is_changed() && again.violations.is_empty(), "{:?}", faults(&again));
        }
    }
}
