//! `hydrator.metadata`: what a folder was rendered from, with the keys that Argo CD's hydrator writes and GitOps
//! Promoter reads.

use serde_json::{Map, Value, json};

use crate::git::CommitInfo;
use crate::gitops::UnitName;
use crate::gitops::publish::Provenance;

/// The name of the file in a unit's folder.
pub const METADATA: &str = "hydrator.metadata";

/// The content of the file, for a unit or for the whole branch.
pub(super) fn metadata(provenance: &Provenance, unit: Option<&UnitName>) -> String {
    let mut object = Map::new();
    let mut set = |key: &str, value: &str| {
        if !value.is_empty() {
            object.insert(key.to_owned(), Value::from(value));
        }
    };
    let info = &provenance.info;
    set("repoURL", provenance.repository.as_deref().unwrap_or_default());
    // What no commit has is said in the trailer of the commit only.
    if !provenance.is_dirty {
        set("drySha", &provenance.commit.as_ref().map(ToString::to_string).unwrap_or_default());
        set("author", &info.author);
        set("date", &info.date);
        set("subject", &info.subject);
        set("body", &info.body);
    }
    if let (false, Some(unit)) = (provenance.commands.is_empty(), unit) {
        let commands = provenance.commands.iter().map(|command| command.replace("{unit}", &unit.to_string()));
        object.insert("commands".to_owned(), Value::from(commands.collect::<Vec<_>>()));
    }
    if let Some(reference) = reference(info).filter(|_| !provenance.is_dirty) {
        object.insert("references".to_owned(), json!([{ "commit": reference }]));
    }
    const ORDER: [&str; 8] = ["repoURL", "drySha", "commands", "author", "date", "subject", "body", "references"];
    let ordered: Map<String, Value> =
        ORDER.iter().filter_map(|key| object.remove(*key).map(|value| ((*key).to_owned(), value))).collect();
    format!("{:#}\n", Value::Object(ordered))
}

/// The commit that the source commit says it was made for, in trailers that Argo CD defines.
fn reference(info: &CommitInfo) -> Option<Value> {
    const KEYS: [(&str, &str); 6] = [
        ("author", "author"),
        ("date", "date"),
        ("subject", "subject"),
        ("body", "body"),
        ("sha", "sha"),
        ("repourl", "repoURL"),
    ];
    let mut object = Map::new();
    for (trailer, key) in KEYS {
        if let Some(value) = info.trailer(&format!("Argocd-reference-commit-{trailer}")) {
            // A body has lines, so it is written as JSON.
            let text = serde_json::from_str::<String>(value).ok().filter(|_| key == "body");
            object.insert(key.to_owned(), Value::from(text.unwrap_or_else(|| value.to_owned())));
        }
    }
    (!object.is_empty()).then_some(Value::Object(object))
}

/// What of a `hydrator.metadata` decides whether it may be overwritten.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Source {
    /// `drySha`
    pub(super) dry_sha: Option<String>,
    /// `repoURL`
    pub(super) repository: Option<String>,
}

impl Source {
    /// Reads the file; of something else nothing is known.
    pub(super) fn parse(content: &[u8]) -> Self {
        let object: Value = serde_json::from_slice(content).unwrap_or_default();
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        Self { dry_sha: text("drySha"), repository: text("repoURL") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::ObjectId;

    #[test]
    fn has_the_keys_of_argo_cd() {
        let trailers = [("Argocd-reference-commit-sha", "abc"), ("Argocd-reference-commit-body", "\"two\\nlines\"")];
        let info = CommitInfo {
            author: "Ada <ada@example.org>".to_owned(),
            date: "2024-01-02T03:04:05+00:00".to_owned(),
            subject: "web: 1.2".to_owned(),
            body: String::new(),
            trailers: trailers.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        };
        let provenance = Provenance {
            commit: ObjectId::parse(&"a".repeat(40)),
            is_dirty: false,
            repository: Some("https://host/dry".to_owned()),
            info,
            commands: vec!["crustomize render {unit}".to_owned()],
        };
        let unit = UnitName { site: "a".into(), app: "web".into() };
        let text = metadata(&provenance, Some(&unit));
        insta::assert_snapshot!(text, @r#"
        {
          "repoURL": "https://host/dry",
          "drySha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "commands": [
            "crustomize render a/web"
          ],
          "author": "Ada <ada@example.org>",
          "date": "2024-01-02T03:04:05+00:00",
          "subject": "web: 1.2",
          "references": [
            {
              "commit": {
                "body": "two\nlines",
                "sha": "abc"
              }
            }
          ]
        }
        "#);
        let source = Source::parse(text.as_bytes());
        assert_eq!(source.dry_sha, Some("a".repeat(40)));
        let dirty = metadata(&Provenance { is_dirty: true, ..provenance }, None);
        assert_eq!(Source::parse(dirty.as_bytes()).dry_sha, None);
        assert_eq!(Source::parse(b"no"), Source::default());
    }
}
