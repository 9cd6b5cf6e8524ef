//! The guard against Secrets in plain text.

use memchr::memmem;

use crate::gitops::publish::pattern::ResourceName;
use crate::gitops::publish::{Guard, SecretPolicy, Violation};
use crate::gitops::{ManifestFile, UnitName};
use crate::source::SourceId;
use crate::yaml::Node;
use crate::yaml::documents::{Position, decode, split};
use crate::yaml::parse::parse;
use crate::yaml::resolve::Dialect;

/// The annotation in which `kubectl apply` keeps a whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How deep lists may lie in lists.
const DEPTH: usize = 16;

/// The Secrets of a unit that may not be published as they are. Nothing but their names is said.
pub(super) fn secrets(unit: &UnitName, files: &[ManifestFile], policy: &SecretPolicy) -> Vec<Violation> {
    let allowed = match policy {
        SecretPolicy::Allow => return Vec::new(),
        SecretPolicy::Refuse => &[][..],
        SecretPolicy::Listed(patterns) => patterns,
    };
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| may_hold_secret(&file.content)) {
        let mut found = Vec::new();
        in_text(&file.content, &mut found);
        let is_refused = |name: &Option<ResourceName>| match name {
            Some(name) => !allowed.iter().any(|pattern| pattern.matches(name)),
            None => true,
        };
        for name in found.into_iter().filter(is_refused) {
            let (subject, fault) = match name {
                Some(name) => (name.to_string(), "is a Secret in plain text"),
                None => (file.path.clone(), "can't be read, and seems to hold a Secret"),
            };
            violations.push(Violation {
                guard: Guard::Secret,
                unit: Some(unit.clone()),
                subject,
                fault: fault.to_owned(),
            });
        }
    }
    violations
}

/// A quick look: the word, or escapes that may spell it.
fn may_hold_secret(content: &[u8]) -> bool {
    let has = |word: &str| memmem::find(content, word.as_bytes()).is_some();
    has("Secret") || has("\\u") || has("\\x") || has("\\U") || std::str::from_utf8(content).is_err()
}

/// The names of Secrets in plain text; `None` for what can't be read and may hold one.
fn in_text(content: &[u8], found: &mut Vec<Option<ResourceName>>) {
    let unreadable = |found: &mut Vec<_>| {
        let text = String::from_utf8_lossy(content);
        if text.contains("Secret") || std::str::from_utf8(content).is_err() {
            found.push(None);
        }
    };
    let Ok(text) = decode(content.to_vec()) else { return unreadable(found) };
    let Ok(chunks) = split(&text, Position::start(SourceId(0))) else { return unreadable(found) };
    for chunk in chunks {
        match parse(chunk, Dialect::V3) {
            Ok(Some(node)) => in_object(&node, found, 0),
            Ok(None) => {}
            Err(_) => unreadable(found),
        }
    }
}

fn in_object(node: &Node, found: &mut Vec<Option<ResourceName>>, depth: usize) {
    if depth > DEPTH {
        return found.push(None);
    }
    let text = |path: &[&str]| node.lookup(path).and_then(Node::as_str).unwrap_or_default().to_owned();
    let is_secret = text(&["kind"]) == "Secret" && matches!(text(&["apiVersion"]).as_str(), "v1" | "");
    if is_secret && ["data", "stringData"].iter().any(|field| node.get(field).is_some_and(is_plain)) {
        let (namespace, name) = (text(&["metadata", "namespace"]), text(&["metadata", "name"]));
        found.push(Some(ResourceName { group: String::new(), kind: "Secret".to_owned(), namespace, name }));
    }
    for item in node.get("items").and_then(Node::as_sequence).into_iter().flatten() {
        in_object(item, found, depth + 1);
    }
    let applied = text(&["metadata", "annotations", LAST_APPLIED]);
    if !applied.is_empty() && may_hold_secret(applied.as_bytes()) {
        in_text(applied.as_bytes(), found);
    }
}

/// Whether there is a value that is no ciphertext of SOPS.
fn is_plain(data: &Node) -> bool {
    let Some(values) = data.as_mapping() else { return !data.is_null() };
    values.iter().any(|entry| match entry.value.as_str() {
        Some(text) => !text.is_empty() && !is_encrypted(text),
        None => !entry.value.is_null(),
    })
}

fn is_encrypted(text: &str) -> bool {
    text.starts_with("ENC[") && text.ends_with(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(content: &str) -> Vec<String> {
        let unit = UnitName { site: "s".into(), app: "a".into() };
        let file = ManifestFile {
            path: "f.yaml".into(),
            content: content.into(),
            resources: Vec::new(),
            generated: Vec::new(),
        };
        let violations = secrets(&unit, &[file], &SecretPolicy::Refuse);
        violations.iter().map(ToString::to_string).collect()
    }

    const PLAIN: &str = "`Secret/n/s` is a Secret in plain text";

    #[test]
    fn finds_every_disguise() {
        let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: n}\n";
        let json =
            r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"n"},"stringData":{"a":"x"}}"#;
        let disguises = [
            format!("{head}data: {{a: aHVudGVyMg==}}\n"),
            format!("{head}stringData: {{a: hunter2}}\n"),
            format!("apiVersion: v1\nkind: List\nitems:\n- {json}\n"),
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  annotations:\n    {LAST_APPLIED}: '{json}'\n"
            ),
            json.replace("Secret", "\\u0053ecret"),
            format!("a: 1\n---\n{head}data: {{a: 'ENC[x]', b: hunter2}}\n"),
        ];
        for text in disguises {
            assert_eq!(found(&text), [PLAIN], "{text}");
        }
        assert_eq!(found("kind: Secret\ndata: [\n"), ["`f.yaml` can't be read, and seems to hold a Secret"]);
    }

    #[test]
    fn lets_ciphertext_and_empty_ones_pass() {
        let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
        let passing = [
            format!("{head}type: Opaque\n"),
            format!("{head}data: {{}}\nstringData: {{a: ''}}\n"),
            format!("{head}data: {{a: \"ENC[AES256_GCM,data:x]\"}}\nsops: {{}}\n"),
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {a: x}}\n".to_owned(),
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {data: []}\n".to_owned(),
            "apiVersion: v1\nkind: ConfigMap\ndata: {text: kind Secret}\n".to_owned(),
        ];
        for text in passing {
            assert_eq!(found(&text), [""; 0], "{text}");
        }
    }
}
