//! The guard against names that are one name where case does not matter.

use hashbrown::{HashMap, HashSet};

use crate::gitops::publish::{Guard, PublishedTree, UnitPlan, Violation};
use crate::layout::fold_case;

/// Names that would stand side by side and differ in case, or in how a letter is written, only: at least one of them
/// on the way to a file of ours.
pub(super) fn collisions(published: &PublishedTree, plans: &[UnitPlan<'_>]) -> Vec<Violation> {
    let changed = || plans.iter().filter(|plan| plan.is_changed());
    let deleted: HashSet<&[u8]> = changed().flat_map(|plan| &plan.deletes).map(|path| path.as_bytes()).collect();
    let ours: Vec<(&str, &UnitPlan<'_>)> =
        changed().flat_map(|plan| plan.writes.keys().map(move |path| (path.as_str(), plan))).collect();
    // Names by folder and folded name; ours first, so that a violation is about one of ours.
    let mut names: HashMap<(&[u8], String), &[u8]> = HashMap::new();
    let mut found: HashMap<&[u8], Violation> = HashMap::new();
    let mut owners: HashMap<(&[u8], &[u8]), &UnitPlan<'_>> = HashMap::new();
    for (path, plan) in &ours {
        for (folder, name) in steps(path.as_bytes()) {
            owners.entry((folder, name)).or_insert(plan);
            let other = *names.entry((folder, fold(name))).or_insert(name);
            if other != name {
                found.entry(path.as_bytes()).or_insert_with(|| violation(plan, path, other));
            }
        }
    }
    for (path, _) in published.tree.files().filter(|(path, _)| !deleted.contains(path)) {
        for (folder, name) in steps(path) {
            let Some(other) = names.get(&(folder, fold(name))) else { break };
            if *other != name
                && let Some(plan) = owners.get(&(folder, *other))
            {
                let shown =
                    if folder.is_empty() { String::new() } else { format!("{}/", String::from_utf8_lossy(folder)) };
                let subject = format!("{shown}{}", String::from_utf8_lossy(other));
                found.entry(path).or_insert_with(|| violation(plan, &subject, name));
                break;
            }
        }
    }
    let mut found: Vec<Violation> = found.into_values().collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Folder and name of every part of a path.
fn steps(path: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = path.get(start..)?;
        let end = start + memchr::memchr(b'/', rest).unwrap_or(rest.len());
        let step = (&path[..start.saturating_sub(1)], &path[start..end]);
        start = end + 1;
        Some(step)
    })
}

/// Names of ours are ASCII, so normalization matters only where it comes to ASCII: one letter does, the Kelvin sign,
/// and lower case takes it there, too.
fn fold(name: &[u8]) -> String {
    fold_case(&String::from_utf8_lossy(name))
}

fn violation(plan: &UnitPlan<'_>, subject: &str, other: &[u8]) -> Violation {
    let fault = format!("and `{}` beside it are one name where case does not matter", String::from_utf8_lossy(other));
    Violation { guard: Guard::Collision, unit: Some(plan.unit.clone()), subject: subject.to_owned(), fault }
}
