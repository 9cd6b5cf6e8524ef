//! The guard against deleting more than anybody meant.

use crate::gitops::UnitName;
use crate::gitops::publish::pattern::ResourceName;
use crate::gitops::publish::{Guard, GuardOptions, UnitPlan, Violation};

/// What is lost with everything in it, or with its data, once a controller deletes it.
const PRECIOUS: [(&str, &str); 5] = [
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("", "PersistentVolumeClaim"),
    ("", "PersistentVolume"),
    ("apps", "StatefulSet"),
];

/// More deletions than this may be too many ...
const MANY: usize = 5;
/// ... if they are more than this share, in percent, of what there was.
const SHARE: usize = 30;

/// What of the deletions is refused, unit by unit and all together.
pub(super) fn deletions(plans: &[UnitPlan<'_>], guards: &GuardOptions) -> Vec<Violation> {
    let is_allowed = |resource: &&ResourceName| guards.allow_delete.iter().any(|pattern| pattern.matches(resource));
    let changed = plans.iter().filter(|plan| plan.is_changed());
    let mut violations = Vec::new();
    let (mut total_gone, mut total_before) = (0, 0);
    for plan in changed {
        let gone: Vec<&ResourceName> = plan.gone.iter().filter(|resource| !is_allowed(resource)).collect();
        let (before, after) = plan.resources;
        total_gone += gone.len();
        total_before += before;
        let mut refuse = |resource: &ResourceName, fault: &str| violations.push(violation(&plan.unit, resource, fault));
        let is_emptied = after == 0 && before > 0;
        let within = guards.allow_delete_max.is_some_and(|limit| gone.len() <= limit);
        for resource in gone.iter().copied() {
            let kind = (resource.group.as_str(), resource.kind.as_str());
            if PRECIOUS.contains(&kind) {
                refuse(resource, "would be deleted, with all that is in it");
            } else if is_emptied && !within {
                refuse(resource, "would be deleted: the unit has no resources any more");
            } else if is_too_much(gone.len(), before) && !within {
                refuse(resource, &format!("would be deleted, one of {} of {before} resources of the unit", gone.len()));
            }
        }
    }
    let within = guards.allow_delete_max.is_some_and(|limit| total_gone <= limit);
    let is_over = guards.allow_delete_max.is_some_and(|limit| total_gone > limit);
    if violations.is_empty() && (is_over || (is_too_much(total_gone, total_before) && !within)) {
        let fault = format!("would lose {total_gone} of {total_before} resources");
        violations.push(Violation {
            guard: Guard::Deletion,
            unit: None,
            subject: "all units together".to_owned(),
            fault,
        });
    }
    violations
}

const fn is_too_much(gone: usize, before: usize) -> bool {
    gone > MANY && gone * 100 > before * SHARE
}

fn violation(unit: &UnitName, resource: &ResourceName, fault: &str) -> Violation {
    let subject = resource.to_string();
    Violation { guard: Guard::Deletion, unit: Some(unit.clone()), subject, fault: fault.to_owned() }
}
