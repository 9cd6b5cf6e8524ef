//! What names, hosts and ports may look like.

/// Whether `name` is a DNS label: what Services and most things are called.
pub(crate) fn is_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

/// Whether `name` is several labels with dots between them.
pub(crate) fn is_domain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether `host` is a domain, perhaps with `*` for its first label.
pub(crate) fn is_host(host: &str) -> bool {
    host == "*" || is_domain(host.strip_prefix("*.").unwrap_or(host))
}

/// Whether a Gateway may have `host`: perhaps with a namespace, `*` or `.` before it.
pub(crate) fn is_gateway_host(host: &str) -> bool {
    match host.split_once('/') {
        Some((namespace, host)) => (matches!(namespace, "*" | ".") || is_label(namespace)) && is_host(host),
        None => is_host(host),
    }
}

/// Whether two hosts of gateways have a name in common, wildcards and namespaces regarded.
pub(crate) fn hosts_overlap(left: &str, right: &str) -> bool {
    let split = |host: &'_ str| -> (String, String) {
        let (namespace, host) = host.split_once('/').unwrap_or(("*", host));
        (namespace.to_owned(), host.to_owned())
    };
    let ((left_namespace, left), (right_namespace, right)) = (split(left), split(right));
    let namespaces = left_namespace == "*" || right_namespace == "*" || left_namespace == right_namespace;
    let covers = |wide: &str, host: &str| {
        wide == "*" || wide == host || wide.strip_prefix('*').is_some_and(|end| host.ends_with(end))
    };
    namespaces && (covers(&left, &right) || covers(&right, &left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hosts() {
        assert!(is_label("a-1") && !is_label("A") && !is_label("-a") && !is_label("a.b") && !is_label(""));
        assert!(
            is_gateway_host("*") && is_gateway_host("*.a.b") && is_gateway_host("ns/*") && is_gateway_host("./a.b")
        );
        assert!(!is_gateway_host("a.*.b") && !is_gateway_host("NS/a") && !is_gateway_host("a..b"));
        assert!(hosts_overlap("*", "a.b") && hosts_overlap("*.b", "a.b") && hosts_overlap("x/*.c.b", "*.b"));
        assert!(!hosts_overlap("*.b", "b") && !hosts_overlap("x/a", "y/a"));
    }
}
