//! What Knative would refuse, or what would not work as meant.

use crate::bundle::bundle::Bundle;
use crate::bundle::go_template::{Fault, Fields, expand};
use crate::bundle::knative_serving_config::KnativeServingConfig;
use crate::bundle::names::{is_domain, is_gateway_host};
use crate::error::Result;

/// The template that is in use where none is said.
pub(crate) const DEFAULT_TEMPLATE: &str = "{{.Name}}.{{.Namespace}}.{{.Domain}}";

impl KnativeServingConfig {
    pub(super) fn check(&self, bundle: &Bundle<'_>) -> Result<()> {
        if let Some(domain) = self.domains.keys().find(|domain| !is_domain(domain)) {
            return Err(bundle.refuse(&["domains", domain], "this is no domain"));
        }
        let for_all = self.domains.values().filter(|domain| domain.selector.is_empty()).count();
        if !self.domains.is_empty() && for_all == 0 {
            bundle.warn(&["domains"], "all have selectors, so other Services are reached from inside the cluster only");
        }
        if for_all > 1 {
            bundle.warn(&["domains"], "several are for all Services; Knative takes the first by name");
        }
        let domain = self.domains.keys().next().map_or("example.com", String::as_str);
        let fields = Fields { name: "name", namespace: "namespace", domain, tag: "tag" };
        let host = match &self.domain_template {
            None => expand(DEFAULT_TEMPLATE, &fields).ok(),
            Some(template) => self.check_template(template, &fields, bundle)?,
        };
        if let Some(template) = &self.tag_template {
            let fields = Fields { namespace: "", domain: "", ..fields };
            match expand(template, &fields) {
                Err(Fault::Beyond) => {}
                Ok(name) if is_domain(&name) => {}
                _ => return Err(bundle.refuse(&["tagTemplate"], "this makes no name; it may use `.Tag` and `.Name`")),
            }
        }
        self.check_tls(host.as_deref(), bundle)
    }

    /// Fails unless the template makes hosts, and gives one back if it can be told.
    fn check_template(&self, template: &str, fields: &Fields<'_>, bundle: &Bundle<'_>) -> Result<Option<String>> {
        let path = ["domainTemplate"];
        match expand(template, fields) {
            Ok(host) if is_domain(&host) && host.contains('.') => Ok(Some(host)),
            Ok(host) => Err(bundle.refuse(&path, format!("this makes `{host}`, which is no full host"))),
            Err(Fault::Open) => Err(bundle.refuse(&path, "`{{` has no end")),
            Err(Fault::Unknown(name)) => {
                let error = bundle.refuse(&path, format!("there is no `{name}`"));
                Err(error.hint("there are `.Name`, `.Namespace`, `.Domain`, `.Annotations` and `.Labels`"))
            }
            Err(Fault::Beyond) => Ok(None),
        }
    }

    /// A wildcard is for one label only: `a.b.example.com` is not below `*.example.com`.
    fn check_tls(&self, host: Option<&str>, bundle: &Bundle<'_>) -> Result<()> {
        let Some(tls) = self.ingress.as_ref().and_then(|ingress| ingress.tls.as_ref()) else { return Ok(()) };
        let path = ["ingress", "tls", "hosts"];
        if let Some(host) = tls.hosts.iter().find(|host| !is_gateway_host(host)) {
            return Err(bundle.refuse(&path, format!("`{host}` is no host")));
        }
        if tls.hosts.is_empty() && self.domains.is_empty() {
            return Err(bundle.refuse(&path, "say for which hosts, or say `domains`"));
        }
        let Some(host) = host else { return Ok(()) };
        let domain = self.domains.keys().next();
        let deep = domain.and_then(|domain| host.strip_suffix(domain.as_str())?.strip_suffix('.'));
        let wild = tls.hosts.is_empty() || tls.hosts.iter().any(|host| host.starts_with("*."));
        if wild && deep.is_some_and(|before| before.contains('.')) {
            let message = format!(
                "a certificate with `*` is for one label, and hosts such as `{host}` have more before the domain; \
                 put a dash there: `domainTemplate: \"{{{{.Name}}}}-{{{{.Namespace}}}}.{{{{.Domain}}}}\"`"
            );
            bundle.warn(&["ingress", "tls"], &message);
        }
        Ok(())
    }
}
