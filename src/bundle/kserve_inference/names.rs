//! What KServe calls the things that it makes.

use crate::bundle::bundle::Bundle;
use crate::bundle::version::{Version, is_at_least};

/// The Knative Service of a component: until KServe 0.10 its name ends in `-default`.
pub(crate) fn component_service(name: &str, component: &str, kserve: Option<Version>) -> String {
    let end = if is_at_least(kserve, 0, 11) { "" } else { "-default" };
    format!("{name}-{component}{end}")
}

/// Whether an InferenceService can be called so.
pub(super) fn is_service_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(inner) && !name.ends_with('-')
}

/// Warns of a host that is too long for DNS under the template that puts a dash before the namespace.
pub(super) fn check_length(bundle: &Bundle<'_>, kserve: Option<Version>) {
    let label = format!("{}-{}", component_service(&bundle.own(&bundle.name), "predictor", kserve), bundle.namespace);
    if label.len() > 63 {
        bundle.warn(&[], &format!("with a dash before the namespace, the host begins with `{label}`: over 63 letters"));
    }
}
