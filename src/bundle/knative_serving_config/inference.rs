//! KServe's `inferenceservice-config`: it names the same Gateways and Services, as JSON in a text.

use serde_json::{Map, Value, json};

use crate::bundle::bundle::Bundle;
use crate::bundle::knative_serving_config::{Ingress, KnativeServingConfig, istio};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResMap, Resource};
use crate::yaml::{Scalar, Style, Tag, Text, Value as Yaml};

const NAME: &str = "inferenceservice-config";

/// Changes the ConfigMap if it is among the resources.
pub(super) fn change(
    ingress: &Ingress,
    config: &KnativeServingConfig,
    resources: &mut ResMap,
    bundle: &Bundle<'_>,
) -> Result<()> {
    let is_it = |resource: &Resource| resource.kind() == "ConfigMap" && resource.org_id().name == NAME;
    let Some(index) = resources.iter().position(is_it) else { return Ok(()) };
    let work = |resource: &mut Resource| -> Result<()> {
        let field = resource.node.get_mut("data").and_then(|data| data.get_mut("ingress"));
        let Some(node) = field.filter(|node| node.as_str().is_some()) else { return Ok(()) };
        let text = node.as_str().unwrap_or_default();
        let mut said: Map<String, Value> = serde_json::from_str(text).map_err(|fault| {
            let message = format!("`ingress` of `{NAME}` is no JSON object: {fault}");
            Error::new(ErrorKind::Bundle, message).at(node.span)
        })?;
        set(&mut said, ingress, config, bundle);
        let printed = serde_json::to_string_pretty(&said).unwrap_or_default();
        node.value = Yaml::Scalar(Scalar { text: Text::from(printed), tag: Tag::Str, style: Style::Literal });
        Ok(())
    };
    resources.update(index, work).transpose()?;
    Ok(())
}

fn set(said: &mut Map<String, Value>, ingress: &Ingress, config: &KnativeServingConfig, bundle: &Bundle<'_>) {
    let mut set = |key: &str, value: String| {
        said.insert(key.to_owned(), json!(value));
    };
    set("ingressGateway", KnativeServingConfig::gateway_reference(&ingress.external_gateway, bundle));
    set("localGateway", KnativeServingConfig::gateway_reference(&ingress.local_gateway, bundle));
    set("localGatewayService", istio::local_host(ingress));
    // These only some versions have.
    let mut change = |key: &str, value: String| {
        if said.get(key).and_then(Value::as_str).is_some_and(|old| !old.is_empty()) {
            said.insert(key.to_owned(), json!(value));
        }
    };
    change("ingressService", ingress.workload.host());
    change("knativeLocalGatewayService", istio::local_host(ingress));
    let for_all = config.domains.iter().find(|(_, domain)| domain.selector.is_empty());
    if let Some((domain, _)) = for_all {
        change("ingressDomain", domain.clone());
    }
}
