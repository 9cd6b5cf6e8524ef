//! How a reference is composed, and how it is put together again.

use std::sync::LazyLock;

use crate::resource::Gvk;
use crate::source::Span;
use crate::transform::composed_reference::finder::Finder;
use crate::transform::name_reference_targets::Target;
use crate::yaml::{Node, Tag, Text};

static SERVICE: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("", "v1", "Service"));
static KNATIVE_SERVICE: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("serving.knative.dev", "", "Service"));
static GATEWAY: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("networking.istio.io", "", "Gateway"));
static VIRTUAL_SERVICE: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("networking.istio.io", "", "VirtualService"));
static SERVICE_ACCOUNT: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("", "v1", "ServiceAccount"));
static CLAIM: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("", "v1", "PersistentVolumeClaim"));
static INFERENCE_SERVICE: LazyLock<Gvk> = LazyLock::new(|| Gvk::new("serving.kserve.io", "", "InferenceService"));

/// How a reference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `service.namespace`, perhaps with `.svc` and a domain behind, perhaps with a port.
    Host,
    /// `namespace/host`.
    ScopedHost,
    /// `namespace/gateway`.
    ScopedGateway,
    /// `virtual-service.namespace`.
    DottedVirtualService,
    /// `domain/ns/namespace/sa/service-account`.
    Principal,
    /// `outbound|port|subset|host`.
    Cluster,
    /// `pvc://claim/path`.
    Claim,
    /// The name of an `InferenceService` of our own namespace.
    InferenceService,
    /// A mapping of `apiVersion`, `kind` and `name`.
    TypedObject,
}

impl Form {
    /// The reference as it must be now, if it must change.
    pub(super) fn mend(self, text: &str, span: Span, finder: &Finder<'_>) -> Option<String> {
        let mended = match self {
            Self::Host => host(text, span, finder),
            Self::ScopedHost => scoped_host(text, span, finder),
            Self::ScopedGateway => {
                let (namespace, name) = text.split_once('/')?;
                let target = finder.find(&GATEWAY, name, namespace, span)?;
                Some(format!("{}/{}", target.namespace(), target.id.name))
            }
            Self::DottedVirtualService => {
                let (name, namespace) = text.split_once('.')?;
                let target = finder.find(&VIRTUAL_SERVICE, name, namespace, span)?;
                Some(format!("{}.{}", target.id.name, target.namespace()))
            }
            Self::Principal => principal(text, span, finder),
            Self::Cluster => {
                let (head, name) = text.rsplit_once('|')?;
                host(name, span, finder).map(|name| format!("{head}|{name}"))
            }
            Self::Claim => {
                let rest = text.strip_prefix("pvc://")?;
                let (name, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let target = finder.find_near(&CLAIM, name, span)?;
                Some(format!("pvc://{}{path}", target.id.name))
            }
            Self::InferenceService => {
                finder.find_near(&INFERENCE_SERVICE, text, span).map(|target| target.id.name.to_string())
            }
            Self::TypedObject => None,
        };
        mended.filter(|mended| mended != text)
    }
}

/// The Gateway `namespace/name`, wherever it is now.
pub(super) fn gateway<'a>(name: &str, namespace: &str, span: Span, finder: &Finder<'a>) -> Option<&'a Target<'a>> {
    finder.find(&GATEWAY, name, namespace, span)
}

/// A Knative Service comes to have a Service of its name.
fn host(text: &str, span: Span, finder: &Finder<'_>) -> Option<String> {
    let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    let (name, rest) = host.split_once('.')?;
    let (namespace, domain) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    if !(domain.is_empty() || domain == ".svc" || domain.starts_with(".svc.")) {
        return None;
    }
    let find = |kind| finder.find(kind, name, namespace, span);
    let target = find(&SERVICE).or_else(|| find(&KNATIVE_SERVICE))?;
    Some(format!("{}.{}{domain}{port}", target.id.name, target.namespace()))
}

/// The namespace in front is that of the host, unless it stands for several.
fn scoped_host(text: &str, span: Span, finder: &Finder<'_>) -> Option<String> {
    let (scope, name) = text.split_once('/')?;
    let mended = host(name, span, finder)?;
    let namespace = |host: &str| host.split('.').nth(1).map(str::to_owned);
    let scope = if namespace(name).as_deref() == Some(scope) { namespace(&mended)? } else { scope.to_owned() };
    Some(format!("{scope}/{mended}"))
}

fn principal(text: &str, span: Span, finder: &Finder<'_>) -> Option<String> {
    let (domain, rest) = text.split_once("/ns/")?;
    let (namespace, name) = rest.split_once("/sa/")?;
    let target = finder.find(&SERVICE_ACCOUNT, name, namespace, span)?;
    Some(format!("{domain}/ns/{}/sa/{}", target.namespace(), target.id.name))
}

/// The field spec of the pack means Knative Services; whoever names another type means that.
pub(super) fn mend_typed_object(node: &mut Node, finder: &Finder<'_>) {
    let text = |key: &str| node.get(key).and_then(Node::text).cloned().unwrap_or_default();
    let gvk = Gvk::from_api_version(&text("apiVersion"), text("kind"));
    if gvk.kind.is_empty() || gvk.group == KNATIVE_SERVICE.group {
        return;
    }
    let target = finder.find_near(&gvk, &text("name"), node.span);
    if let (Some(target), Some(name)) = (target, node.get_mut("name").and_then(Node::as_scalar_mut)) {
        name.text = Text::from(target.id.name);
        name.tag = Tag::Unresolved;
    }
}
