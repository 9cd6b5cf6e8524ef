//! What kustomize knows of Kubernetes' types: scopes, merge keys, patch strategies.
//!
//! A [`Schema`] is a value of one build, passed in, never a global. The built-in facts
//! are Kubernetes 1.21.2's, as a table that `examples/schema_table.rs` makes from the
//! published `OpenAPI` document. Merging itself is no matter of this room.

mod compile;
mod scope;
mod table;
mod type_schema;

use std::sync::Arc;

use arcstr::ArcStr;
use serde_json::Value as Json;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::pack::Packs;
use crate::resource::Gvk;
use crate::source::{SourceId, Span};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::yaml_to_json::yaml_to_json;
use table::{OwnedTable, Table};

pub use compile::compile;
pub use type_schema::{PatchStrategy, TypeSchema};

/// The version of Kubernetes whose types are built in.
pub const BUILT_IN_VERSION: &str = "v1.21.2";

/// Kubernetes' types.
const KUBERNETES: &str = include_str!("kubernetes-v1.21.2.table");
static KUBERNETES_LINES: [u32; table::count_lines(KUBERNETES)] = table::line_starts(KUBERNETES);

/// kustomize's own types, which every build knows.
const KUSTOMIZATION: &str = include_str!("kustomization.table");
static KUSTOMIZATION_LINES: [u32; table::count_lines(KUSTOMIZATION)] = table::line_starts(KUSTOMIZATION);

/// The table of Kubernetes' types.
fn kubernetes() -> Table<'static> {
    Table::new(KUBERNETES, &KUBERNETES_LINES)
}

/// What becomes of the built-in types under a schema that a kustomization brings.
///
/// Upstream's process keeps what it had read before it met `openapi.path`. At the root of
/// a build that is nothing; in a base it depends on what was loaded before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BuiltIn {
    /// They are forgotten: nothing asked for them before.
    #[default]
    Forgotten,
    /// They fill what the new schema leaves open: a patch was merged before.
    Below,
    /// They win over the new schema: before, no patch was merged, but a resource was loaded whose type is not built in.
    Above,
}

/// Facts about types: built in, or from a kustomization's `openapi` field. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    custom: Option<Arc<OwnedTable>>,
    built_in: BuiltIn,
    /// The types of packs.
    packs: Option<Arc<OwnedTable>>,
    /// Schemas that comments hold, as definitions numbered from 0.
    comments: Option<Arc<OwnedTable>>,
}

impl Schema {
    /// The schema that an `openapi.path` file holds, as JSON or YAML; see [`Schema::with_built_in`].
    ///
    /// That `openapi.path` and `openapi.version` are not both given is for the caller to see.
    ///
    /// # Errors
    /// Malformed text, or a document that is no `OpenAPI` document. Upstream fails later, and
    /// only when it comes to use the schema.
    pub fn from_openapi(text: &ArcStr, source: SourceId) -> Result<Self> {
        let start = Span::new(source, 1, 1);
        let document = if text.starts_with('{') {
            serde_json::from_str(text).map_err(|error| {
                let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
                Error::new(ErrorKind::Syntax, "the OpenAPI schema is no JSON").at(Span::new(
                    source,
                    place(error.line()),
                    place(error.column()),
                ))
            })?
        } else {
            let document = parse(Chunk::whole(text, source), Dialect::V2)?;
            let nothing = || if text.is_empty() { Json::Null } else { Json::Object(serde_json::Map::new()) };
            document.as_ref().map(yaml_to_json).transpose()?.filter(|json| !json.is_null()).unwrap_or_else(nothing)
        };
        Self::from_document(&document).at(start)
    }

    fn from_document(document: &Json) -> Result<Self> {
        Ok(Self { custom: Some(Arc::new(OwnedTable::new(compile(document)?))), ..Self::default() })
    }

    /// The same schema with the built-in types where they belong.
    #[must_use]
    pub const fn with_built_in(mut self, built_in: BuiltIn) -> Self {
        self.built_in = built_in;
        self
    }

    /// The same schema with the built-in types, if a schema that was brought replaced them.
    pub(crate) fn with_forgotten_types(&self) -> Option<Self> {
        let forgotten = self.custom.is_some() && self.built_in == BuiltIn::Forgotten;
        forgotten.then(|| self.clone().with_built_in(BuiltIn::Below))
    }

    /// The same schema with the types of packs besides: they neither replace nor are replaced.
    #[must_use]
    pub fn with_packs(mut self, packs: Packs) -> Self {
        let mut lines: Vec<&str> = packs.iter().flat_map(|pack| pack.types().lines()).collect();
        lines.sort_unstable_by_key(|line| line.split(' ').next());
        self.packs = (!lines.is_empty()).then(|| Arc::new(OwnedTable::new(lines.join("\n"))));
        self
    }

    /// The schema of an `openapi.version`; empty means the built-in one.
    ///
    /// # Errors
    /// When that version is not built in.
    pub fn for_version(version: &str) -> Result<Self> {
        if version.is_empty() || version == BUILT_IN_VERSION {
            return Ok(Self::default());
        }
        let message = format!("no types of Kubernetes `{version}` are built in");
        Err(Error::new(ErrorKind::Kustomization, message)
            .hint(format!("`openapi.version` can be `{BUILT_IN_VERSION}`; other types come with `openapi.path`")))
    }

    /// What is known of the type `kind` of `api_version` (upstream: `SchemaForResourceType`).
    #[must_use]
    pub fn for_api_version(&self, api_version: &str, kind: &str) -> Option<TypeSchema<'_>> {
        self.tables().into_iter().flatten().find_map(|table| {
            let name = table.type_line(api_version, kind)?.split(' ').find_map(|word| word.strip_prefix(':'))?;
            // The line of the definition in the table that names the type.
            table.definition(name).map(|words| TypeSchema::of_definition(self, words))
        })
    }

    /// What is known of a type.
    #[must_use]
    pub fn for_type(&self, gvk: &Gvk) -> Option<TypeSchema<'_>> {
        self.for_api_version(&gvk.api_version(), &gvk.kind)
    }

    /// The same schema with schemas that comments hold.
    pub(crate) fn with_comments(&self, definitions: &Json) -> Self {
        Self { comments: compile(definitions).ok().map(|text| Arc::new(OwnedTable::new(text))), ..self.clone() }
    }

    /// The schema of a comment; a reference that leads nowhere is a schema without anything inside.
    pub(crate) fn for_comment(&self, number: usize) -> Option<TypeSchema<'_>> {
        let words = self.comments.as_ref()?.table().definition(&number.to_string())?;
        let found = TypeSchema::of_definition(self, words);
        Some(found.target().unwrap_or(found))
    }

    /// The words of a definition.
    fn definition(&self, name: &str) -> Option<&str> {
        let comments = self.comments.as_ref().map(|comments| comments.table());
        // Types of packs are made of Kubernetes' own, even where a schema that was brought has none of these.
        let beneath = self.packs.is_some().then(kubernetes);
        self.tables().into_iter().chain([comments, beneath]).flatten().find_map(|table| table.definition(name))
    }

    /// The tables, the one that wins first.
    fn tables(&self) -> [Option<Table<'_>>; 4] {
        let kustomization = Some(Table::new(KUSTOMIZATION, &KUSTOMIZATION_LINES));
        let kubernetes = Some(kubernetes());
        let custom = self.custom.as_ref().map(|custom| custom.table());
        let packs = self.packs.as_ref().map(|packs| packs.table());
        match (&custom, self.built_in) {
            (None, _) => [kustomization, kubernetes, None, packs],
            (Some(_), BuiltIn::Forgotten) => [kustomization, custom, None, packs],
            (Some(_), BuiltIn::Below) => [kustomization, custom, kubernetes, packs],
            (Some(_), BuiltIn::Above) => [kustomization, kubernetes, custom, packs],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strategy<'a>(found: Option<TypeSchema<'a>>) -> Option<(bool, Vec<std::borrow::Cow<'a, str>>)> {
        found.map(|found| found.patch_strategy_and_keys()).map(|strategy| (strategy.merge, strategy.keys))
    }

    #[test]
    fn lists_of_built_in_types() {
        let schema = Schema::default();
        let deployment = schema.for_api_version("apps/v1", "Deployment");
        let pod = deployment.and_then(|found| found.field("spec")?.field("template")?.field("spec"));
        let container = pod.and_then(|pod| pod.field("containers")?.elements());
        assert_eq!(strategy(pod.and_then(|pod| pod.field("containers"))), Some((true, vec!["name".into()])));
        assert_eq!(strategy(pod.and_then(|pod| pod.field("volumes"))), Some((true, vec!["name".into()])));
        assert_eq!(strategy(pod.and_then(|pod| pod.field("tolerations"))), Some((false, vec![])));
        let ports = container.and_then(|container| container.field("ports"));
        assert_eq!(strategy(ports), Some((true, vec!["containerPort".into(), "protocol".into()])));
        let finalizers = deployment.and_then(|found| found.field("metadata")?.field("finalizers"));
        assert_eq!(strategy(finalizers), Some((true, vec![])));
        // A strategy beside a reference is lost: the definition says nothing of it.
        let update = deployment.and_then(|found| found.field("spec")?.field("strategy"));
        assert_eq!(strategy(update), Some((false, vec![])));
    }

    #[test]
    fn known_and_unknown_fields() {
        let schema = Schema::default();
        let service = schema.for_api_version("v1", "Service");
        let selector = service.and_then(|found| found.field("spec")?.field("selector"));
        assert!(selector.and_then(|selector| selector.field("any/name")).is_some());
        assert!(selector.and_then(|selector| selector.elements()).is_none());
        assert!(service.and_then(|found| found.field("kind")).is_some());
        assert!(service.and_then(|found| found.field("kin")).is_none());
        assert!(service.and_then(|found| found.field("nothing")).is_none());
        assert!(schema.for_api_version("v1", "Deployment").is_none());
        assert!(schema.for_api_version("kustomize.config.k8s.io/v1beta1", "Kustomization").is_some());
    }

    fn custom() -> Json {
        serde_json::json!({"definitions": {
            "a.Rollout": {
                "type": "object",
                "x-kubernetes-group-version-kind": [{"group": "a.b", "version": "v1", "kind": "Rollout"}],
                "properties": {
                    "pod": {"$ref": "#/definitions/io.k8s.api.core.v1.PodSpec"},
                    "a": {"type": "array"}, "a-b": {}, "a b": {},
                    "alias": {"$ref": "#/definitions/a.Alias"},
                    "knot": {"$ref": "#/definitions/a.Knot"},
                    "deep": {"$ref": "#/definitions/a.Rollout/properties/spec"},
                    "spec": {"type": "object", "properties": {
                        "steps": {"type": "array", "x-kubernetes-patch-strategy": "merge",
                            "x-kubernetes-patch-merge-key": "a b",
                            "items": {"type": "object", "properties": {
                                "in": {"type": ["array"], "items": {"type": "array", "items": {"type": "string"},
                                    "x-kubernetes-patch-strategy": "merge"}}}}}}}
                }
            },
            "a.Alias": {"$ref": "#/definitions/a.Target"},
            "a.Target": {"additionalProperties": {"properties": {"x": {}}}},
            "a.Knot": {"$ref": "#/definitions/a.Knot"}
        }})
    }

    #[test]
    fn schemas_that_were_brought() -> Result<()> {
        let schema = Schema::from_document(&custom())?;
        let rollout = schema.for_api_version("a.b/v1", "Rollout");
        let steps = rollout.and_then(|found| found.field("spec")?.field("steps"));
        assert_eq!(strategy(steps), Some((true, vec!["a b".into()])));
        let lists = steps.and_then(|steps| steps.elements()?.field("in"));
        assert_eq!(strategy(lists), Some((false, vec![])));
        assert_eq!(strategy(lists.and_then(|lists| lists.elements())), Some((true, vec![])));
        for field in ["a", "a-b", "a b"] {
            assert!(rollout.and_then(|found| found.field(field)).is_some(), "{field}");
        }
        assert!(rollout.and_then(|found| found.field("alias")?.field("any")?.field("x")).is_some());
        assert!(rollout.and_then(|found| found.field("deep")?.field("steps")).is_some());
        assert!(rollout.and_then(|found| found.field("knot")).is_none());
        assert!(rollout.and_then(|found| found.field("pod")).is_none());
        assert!(schema.for_api_version("apps/v1", "Deployment").is_none());
        assert!(schema.for_api_version("kustomize.config.k8s.io/v1beta1", "Kustomization").is_some());
        Ok(())
    }

    #[test]
    fn built_in_types_may_stay() -> Result<()> {
        for stays in [BuiltIn::Below, BuiltIn::Above] {
            let schema = Schema::from_document(&custom())?.with_built_in(stays);
            assert!(schema.for_api_version("apps/v1", "Deployment").is_some());
            let pod = schema.for_api_version("a.b/v1", "Rollout").and_then(|found| found.field("pod"));
            assert_eq!(strategy(pod.and_then(|pod| pod.field("containers"))), Some((true, vec!["name".into()])));
        }
        Ok(())
    }

    #[test]
    fn texts() {
        let from = |text: &str| Schema::from_openapi(&text.into(), SourceId(0));
        let json = r#"{"definitions": {"a": {"x-kubernetes-group-version-kind": [{"version": "v1", "kind": "A"}]}}}"#;
        let yaml = "paths: {/a: {get: {responses: {200: {}}}}}\ndefinitions:\n  a:\n    x-kubernetes-group-version-kind:\n    - {version: v1, kind: A}\n";
        assert!(from("# nothing\n").is_ok());
        for text in [json, yaml] {
            assert!(from(text).is_ok_and(|schema| schema.for_api_version("v1", "A").is_some()), "{text}");
        }
        for text in ["", "{", "[]", "{} {}", "a: [", "definitions: [a]"] {
            assert!(from(text).is_err(), "{text}");
        }
    }

    #[test]
    fn versions() {
        assert!(Schema::for_version("").is_ok());
        assert!(Schema::for_version("v1.21.2").is_ok());
        assert!(Schema::for_version("v1.20.4").is_err());
    }

    #[test]
    fn documents_of_the_wrong_shape() {
        for document in [serde_json::json!([]), serde_json::json!({"definitions": 1})] {
            assert!(Schema::from_document(&document).is_err());
        }
    }
}
