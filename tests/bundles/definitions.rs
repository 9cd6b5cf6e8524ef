//! CustomResourceDefinitions of the projects, as they lie in the corpus: what they say of an object.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::{build, objects};

/// Where the definitions are, below the corpus.
const FILES: [&str; 4] = [
    "manifests/tree/common/istio/istio-crds/base/crd.yaml",
    "manifests/tree/common/knative/knative-serving/base/upstream/serving-core.yaml",
    "manifests/tree/applications/kserve/kserve/kserve.yaml",
    "argo-rollouts/expected/manifests__crds.yaml",
];

/// Schemas by type.
pub struct Definitions(HashMap<String, jsonschema::Validator>);

impl Definitions {
    /// Reads them, if the corpus is here.
    pub fn read() -> Option<Self> {
        let beside = ["../shared", "../../shared"].map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
        let Some(shared) = beside.iter().find(|path| path.is_dir()) else {
            println!("skipped: ../shared, with the definitions, is not here");
            return None;
        };
        let wanted = [
            "Gateway",
            "VirtualService",
            "DestinationRule",
            "InferenceService",
            "InferenceGraph",
            "ServingRuntime",
            "Rollout",
            "AnalysisTemplate",
            "DomainMapping",
            "ClusterDomainClaim",
        ];
        let mut schemas = HashMap::new();
        for file in FILES {
            let text = fs::read_to_string(shared.join("corpus/real").join(file)).unwrap();
            // Other documents of the release are not asked for, and long.
            let definitions: Vec<&str> = text
                .split("\n---")
                .filter(|document| {
                    let names = |kind: &&str| document.contains(&format!("\n    kind: {kind}\n"));
                    document.contains("kind: CustomResourceDefinition") && wanted.iter().any(names)
                })
                .collect();
            let files = [("kustomization.yaml", "resources: [all.yaml]\n"), ("all.yaml", &*definitions.join("\n---"))];
            for definition in objects(&build(&files).unwrap()) {
                add(&definition, &mut schemas);
            }
        }
        assert!(schemas.len() >= wanted.len(), "{:?}", schemas.keys());
        Some(Self(schemas))
    }

    /// Fails if the definition of the object's type refuses it; 0 if there is none.
    pub fn check(&self, object: &Value) -> usize {
        let name = format!("{} {}", object["apiVersion"].as_str().unwrap(), object["kind"].as_str().unwrap());
        let Some(schema) = self.0.get(&name) else {
            let known = ["v1", "apps/v1", "autoscaling/", "networking.k8s.io/", "storage.k8s.io/"];
            assert!(known.iter().any(|known| name.starts_with(known)), "no definition of {name}");
            return 0;
        };
        let faults: Vec<String> =
            schema.iter_errors(object).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        1
    }
}

/// Adds the schemas of all versions that are served.
fn add(definition: &Value, schemas: &mut HashMap<String, jsonschema::Validator>) {
    let (group, kind) = (&definition["spec"]["group"], &definition["spec"]["names"]["kind"]);
    for version in definition["spec"]["versions"].as_array().into_iter().flatten() {
        if version["served"] == false {
            continue;
        }
        let mut schema = version["schema"]["openAPIV3Schema"].clone();
        for field in ["apiVersion", "kind", "metadata"] {
            if schema["properties"][field].is_null() {
                schema["properties"][field] = json!({});
            }
        }
        strict(&mut schema);
        let name =
            format!("{}/{} {}", group.as_str().unwrap(), version["name"].as_str().unwrap(), kind.as_str().unwrap());
        schemas.insert(name, jsonschema::validator_for(&schema).unwrap());
    }
}

/// What OpenAPI says in its own way, as JSON Schema; unknown fields are refused, as `kubectl` does.
fn strict(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    if map.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        map.remove("type");
        map.insert("anyOf".to_owned(), json!([{"type": "integer"}, {"type": "string"}]));
    }
    // Formats are for other checks.
    map.remove("format");
    let open = map.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    if map.contains_key("properties") && !open && !map.contains_key("additionalProperties") {
        map.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    for key in ["properties", "additionalProperties", "items"] {
        match map.get_mut(key) {
            Some(Value::Object(all)) if key == "properties" => all.values_mut().for_each(strict),
            Some(inner) => strict(inner),
            None => {}
        }
    }
}
