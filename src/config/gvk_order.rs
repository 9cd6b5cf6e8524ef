//! The order of types that sorted lists of field specs and the legacy order of resources share.

use std::cmp::Ordering;

use crate::resource::Gvk;

/// The kinds that come first, in this order.
pub const ORDER_FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// The kinds that come last, in this order.
pub const ORDER_LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// Compares types by their built-in rank, then as text.
pub(super) fn compare(left: &Gvk, right: &Gvk) -> Ordering {
    rank(&left.kind).cmp(&rank(&right.kind)).then_with(|| compare_gvk_text(left, right))
}

/// Compares types as the texts `group_version_kind`, where `~G`, `~V`, `~K` stand for empty parts
/// and come after all letters.
#[must_use]
pub fn compare_gvk_text(left: &Gvk, right: &Gvk) -> Ordering {
    if left.group == right.group && left.version == right.version {
        return or(&left.kind, NO_KIND).cmp(or(&right.kind, NO_KIND));
    }
    text(left).cmp(text(right))
}

/// Sorts by the types that `gvk` finds, by their built-in rank and then as text; equal ones stay in order.
pub(super) fn sort<T>(list: &mut Vec<T>, gvk: impl Fn(&T) -> &Gvk) {
    let mut ranked: Vec<(usize, T)> = list.drain(..).map(|item| (rank(&gvk(&item).kind), item)).collect();
    ranked.sort_by(|(left_rank, left), (right_rank, right)| {
        left_rank.cmp(right_rank).then_with(|| compare_gvk_text(gvk(left), gvk(right)))
    });
    list.extend(ranked.into_iter().map(|(_, item)| item));
}

/// What stands for a kind that is not there.
const NO_KIND: &str = "~K";

fn text(gvk: &Gvk) -> impl Iterator<Item = u8> {
    let parts = [or(&gvk.group, "~G"), "_", or(&gvk.version, "~V"), "_", or(&gvk.kind, NO_KIND)];
    parts.into_iter().flat_map(str::bytes)
}

const fn or<'a>(part: &'a str, empty: &'static str) -> &'a str {
    if part.is_empty() { empty } else { part }
}

/// The place among [`ORDER_FIRST`], the middle for all others, or the place among [`ORDER_LAST`] after it.
fn rank(kind: &str) -> usize {
    let first = ORDER_FIRST.iter().position(|first| *first == kind);
    let last = || ORDER_LAST.iter().position(|last| *last == kind).map(|at| ORDER_FIRST.len() + 1 + at);
    first.or_else(last).unwrap_or(ORDER_FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_before_texts_and_empty_groups_last() {
        let gvk = |group: &str, kind: &str| Gvk::new(group, "v1", kind);
        assert_eq!(compare(&gvk("", "Namespace"), &gvk("", "ConfigMap")), Ordering::Less);
        assert_eq!(compare(&gvk("a", "Zebra"), &gvk("", "MutatingWebhookConfiguration")), Ordering::Less);
        assert_eq!(compare(&gvk("", "Pod"), &gvk("apps", "DaemonSet")), Ordering::Greater);
        assert_eq!(compare(&gvk("apps", "A"), &gvk("apps", "B")), Ordering::Less);
        assert_eq!(compare(&gvk("", "A"), &gvk("", "A")), Ordering::Equal);
    }
}
