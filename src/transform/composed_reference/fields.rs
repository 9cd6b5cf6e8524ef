//! Where composed references are.

use crate::pack::Pack;
use crate::transform::composed_reference::form::Form;

/// A field that may hold a reference.
pub(super) struct Field {
    pub(super) pack: Pack,
    pub(super) group: &'static str,
    pub(super) kind: &'static str,
    /// As `visit` takes it.
    pub(super) path: &'static [&'static str],
    pub(super) form: Form,
}

const fn rollout(path: &'static [&'static str]) -> Field {
    Field { pack: Pack::ArgoRollouts, group: "argoproj.io", kind: "Rollout", path, form: Form::DottedVirtualService }
}

const fn istio(kind: &'static str, path: &'static [&'static str], form: Form) -> Field {
    Field { pack: Pack::Istio, group: "networking.istio.io", kind, path, form }
}

const fn policy(path: &'static [&'static str], form: Form) -> Field {
    Field { pack: Pack::Istio, group: "security.istio.io", kind: "AuthorizationPolicy", path, form }
}

const fn kserve(kind: &'static str, path: &'static [&'static str], form: Form) -> Field {
    Field { pack: Pack::Kserve, group: "serving.kserve.io", kind, path, form }
}

/// All of them.
pub(super) static FIELDS: [Field; 27] = [
    rollout(&["spec", "strategy", "canary", "trafficRouting", "istio", "virtualService", "name"]),
    rollout(&["spec", "strategy", "canary", "trafficRouting", "istio", "virtualServices", "name"]),
    istio("VirtualService", &["spec", "hosts"], Form::Host),
    istio("VirtualService", &["spec", "http", "route", "destination", "host"], Form::Host),
    istio("VirtualService", &["spec", "http", "mirror", "host"], Form::Host),
    istio("VirtualService", &["spec", "http", "mirrors", "destination", "host"], Form::Host),
    istio("VirtualService", &["spec", "tcp", "route", "destination", "host"], Form::Host),
    istio("VirtualService", &["spec", "tls", "route", "destination", "host"], Form::Host),
    istio("VirtualService", &["spec", "gateways"], Form::ScopedGateway),
    istio("VirtualService", &["spec", "http", "match", "gateways"], Form::ScopedGateway),
    istio("VirtualService", &["spec", "tls", "match", "gateways"], Form::ScopedGateway),
    istio("VirtualService", &["spec", "tcp", "match", "gateways"], Form::ScopedGateway),
    istio("DestinationRule", &["spec", "host"], Form::Host),
    istio("Sidecar", &["spec", "egress", "hosts"], Form::ScopedHost),
    istio("EnvoyFilter", &["spec", "configPatches", "match", "cluster", "service"], Form::Host),
    istio("EnvoyFilter", &["spec", "configPatches", "match", "cluster", "name"], Form::Cluster),
    istio("EnvoyFilter", &["spec", "configPatches", "match", "routeConfiguration", "vhost", "name"], Form::Host),
    policy(&["spec", "rules", "from", "source", "principals"], Form::Principal),
    policy(&["spec", "rules", "from", "source", "notPrincipals"], Form::Principal),
    policy(&["spec", "rules", "to", "operation", "hosts"], Form::Host),
    policy(&["spec", "rules", "to", "operation", "notHosts"], Form::Host),
    Field {
        pack: Pack::Knative,
        group: "serving.knative.dev",
        kind: "DomainMapping",
        path: &["spec", "ref"],
        form: Form::TypedObject,
    },
    kserve("InferenceGraph", &["spec", "nodes", "*", "steps", "serviceName"], Form::InferenceService),
    kserve("InferenceService", &["spec", "**"], Form::Claim),
    kserve("ServingRuntime", &["spec", "**"], Form::Claim),
    kserve("ClusterServingRuntime", &["spec", "**"], Form::Claim),
    kserve("LocalModelCache", &["spec", "**"], Form::Claim),
];
