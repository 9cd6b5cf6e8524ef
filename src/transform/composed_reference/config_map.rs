//! References in texts of ConfigMaps that Knative and KServe read.

use crate::pack::{Pack, Packs};
use crate::resource::Resource;
use crate::transform::composed_reference::embedded::edit;
use crate::transform::composed_reference::finder::Finder;
use crate::transform::composed_reference::form::{Form, gateway};
use crate::yaml::{Node, Tag, Text};

/// Settings in examples have no effect, and a checksum watches over them.
const EXAMPLE: &str = "_example";

/// Mends the texts in `data` of a ConfigMap that is known to refer to something.
pub(super) fn mend_config_map(resource: &Resource, node: &mut Node, packs: Packs, finder: &Finder<'_>) {
    let name = resource.history.first().map_or_else(|| resource.name(), |first| first.name.clone());
    let pack = match name.as_str() {
        "config-istio" | "config-gateway" => Pack::Knative,
        "inferenceservice-config" => Pack::Kserve,
        _ => return,
    };
    if !packs.contains(pack) {
        return;
    }
    let Some(data) = node.get_mut("data").and_then(Node::as_mapping_mut) else { return };
    for entry in data.iter_mut().filter(|entry| entry.key.text() != EXAMPLE) {
        if let Some(key) = mend_key(entry.key.text(), finder) {
            entry.key.scalar.text = Text::from(key);
        }
        let span = entry.value.span;
        let Some(scalar) = entry.value.as_scalar_mut() else { continue };
        let mend = |_: &str, text: &str| {
            Form::Host.mend(text, span, finder).or_else(|| Form::ScopedGateway.mend(text, span, finder))
        };
        let both = |name: &str, namespace: &str| {
            let target = gateway(name, namespace, span, finder)?;
            Some((target.id.name.to_string(), target.namespace().to_string()))
        };
        if let Some(text) = edit(&scalar.text, &mend, &both) {
            scalar.text = Text::from(text);
            scalar.tag = Tag::Unresolved;
        }
    }
}

/// `gateway.NAMESPACE.NAME` and `local-gateway.NAMESPACE.NAME`, as Knative had them until 1.13.
fn mend_key(key: &str, finder: &Finder<'_>) -> Option<String> {
    let mut parts = key.splitn(3, '.');
    let (sort, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
    if !matches!(sort, "gateway" | "local-gateway") {
        return None;
    }
    let target = gateway(name, namespace, crate::source::Span::NONE, finder)?;
    Some(format!("{sort}.{}.{}", target.namespace(), target.id.name))
}
