//! What pods need to find the others of their Service: a proxy to the API, and the right to ask for endpoints.

use serde_json::{Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::parts::Container;

/// The container that speaks to the API for the others.
pub(super) fn proxy() -> Container {
    let args = ["proxy", "--port=8001"].map(str::to_owned).to_vec();
    Container { image: Some("bitnami/kubectl".to_owned()), args: Some(args), ..Container::default() }
}

/// The ServiceAccount `name`, and what it may do.
pub(super) fn peers(name: &str, bundle: &Bundle<'_>) -> [Value; 3] {
    const RBAC: &str = "rbac.authorization.k8s.io/v1";
    let role = format!("{name}-peers");
    let rules = json!([{"apiGroups": [""], "resources": ["endpoints"], "verbs": ["get", "list"]}]);
    let subject = json!({"kind": "ServiceAccount", "name": bundle.own(name)});
    let mut binding = json!({
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": bundle.own(&role)},
        "subjects": [subject],
    });
    if !bundle.namespace.is_empty() {
        binding["subjects"][0]["namespace"] = json!(bundle.namespace);
    }
    [
        bundle.object("v1", "ServiceAccount", name, json!({})),
        bundle.object(RBAC, "Role", &role, json!({"rules": rules})),
        bundle.object(RBAC, "RoleBinding", &role, binding),
    ]
}
