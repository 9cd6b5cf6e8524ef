//! What kustomize does to objects of systems that it does not know.

use crate::pack::{Pack, fixed_name, refers_to_workload};
use crate::pitfalls::references::hint;
use crate::resource::Resource;
use crate::warning::Warnings;

/// Warns of one finished object; `pack` knows its system and was not asked for.
pub(super) fn warn_of_object(resource: &Resource, pack: Pack, warnings: &Warnings) {
    let gvk = resource.type_ref();
    match (pack, gvk.kind) {
        (Pack::Knative, "Service") => {
            if let Some(spec) = resource.node.get("spec")
                && spec.get("selector").is_some()
            {
                let message = format!(
                    "a Knative Service has no `spec.selector`: labels with selectors put it there, and it is refused; {}",
                    hint(pack)
                );
                warnings.add(message, spec.span);
            }
        }
        (Pack::ArgoRollouts, "Rollout") if refers_to_workload(resource) => {
            if let Some(template) = resource.node.lookup(&["spec", "template"]).filter(|template| !template.is_null()) {
                let message =
                    format!("a Rollout with `workloadRef` must have no `template`, and is refused; {}", hint(pack));
                let span = if template.span.is_none() { resource.name_span() } else { template.span };
                warnings.add(message, span);
            }
        }
        _ => {}
    }
}

/// Warns of a name that must stay what it is.
pub(super) fn warn_of_fixed_name(resource: &Resource, is_missing: impl Fn(Pack) -> bool, warnings: &Warnings) {
    let Some(first) = resource.history.first() else { return };
    let name = resource.name();
    if first.name != name
        && let Some(pack) = fixed_name(resource)
        && is_missing(pack)
    {
        let kind = resource.kind();
        let why = match kind.as_str() {
            "ConfigMap" => "is looked for by this name",
            _ => "has a host for a name",
        };
        let message = format!("the {kind} `{}` {why}, but is renamed to `{name}`; {}", first.name, hint(pack));
        warnings.add(message, resource.name_span());
    }
}

/// Warns of the Service of local gateways, which must be where their pods are: `namespace:` moves it with all else.
/// Whoever moves the Service alone knows why.
pub(super) fn warn_of_local_gateway(resources: &[Resource], warnings: &Warnings) {
    let moved = |kind: &str| {
        resources.iter().find_map(|resource| {
            let first = resource.history.first()?;
            let is_it = first.name == "knative-local-gateway" && first.kind == kind;
            (is_it && first.namespace != resource.namespace()).then_some((resource, first))
        })
    };
    if let (Some((service, first)), Some(_)) = (moved("Service"), moved("Gateway")) {
        let message = format!(
            "the Service `knative-local-gateway` was moved from `{}` to `{}`: it selects nothing unless the gateway's \
             pods are there",
            first.namespace,
            service.namespace()
        );
        warnings.add(message, service.name_span());
    }
}
