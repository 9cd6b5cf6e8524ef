//! Where pods may run: the same block in all bundles that make pods.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::bundle::{Bundle, unless_empty, without_null};
use crate::bundle::parts::Texts;
use crate::bundle::parts::node_match::{LabelMatch, Match, expressions};
use crate::bundle::parts::toleration::Toleration;
use crate::bundle::version::{Version, is_at_least};

/// Where pods may run.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Placement {
    /// Labels that a node must have.
    #[serde(default)]
    pub node_selector: Texts,
    /// What nodes must or should be like.
    pub node_affinity: Option<NodeAffinity>,
    /// Which pods they must or should be near.
    pub pod_affinity: Option<PodAffinity>,
    /// Which pods they must or should be away from; themselves unless given.
    pub pod_anti_affinity: Option<PodAffinity>,
    /// Taints that they put up with, by key.
    #[serde(default)]
    pub tolerations: IndexMap<String, Toleration>,
    /// GPUs of the first container.
    pub gpu: Option<Gpu>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeAffinity {
    /// Terms by name: one of them must be so. Within a term, all labels must be so.
    #[serde(default)]
    required: IndexMap<String, Match>,
    /// Terms by name that are good to have.
    #[serde(default)]
    preferred: IndexMap<String, Preference>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preference {
    /// How good it is to have, from 1 to 100.
    #[serde(default = "full_weight")]
    weight: u8,
    /// The labels.
    #[serde(rename = "match")]
    labels: Match,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PodAffinity {
    /// Whether it must be so, or should.
    mode: Mode,
    /// What counts as one place.
    #[serde(default = "hostname")]
    topology_key: String,
    /// The labels of the pods; those of the bundle's own unless given.
    #[serde(rename = "match")]
    labels: Option<Match>,
    /// How much it should, from 1 to 100.
    #[serde(default = "full_weight")]
    weight: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Required,
    Preferred,
}

/// GPUs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gpu {
    /// How many.
    pub count: u32,
    /// Of which sort; `nvidia.com/gpu` unless given.
    resource: Option<String>,
}

fn hostname() -> String {
    "kubernetes.io/hostname".to_owned()
}

const fn full_weight() -> u8 {
    100
}

impl Gpu {
    pub(crate) fn resource(&self) -> &str {
        self.resource.as_deref().unwrap_or("nvidia.com/gpu")
    }
}

impl Placement {
    /// The fields that a pod's spec has for it; `own` are labels of the bundle's own pods.
    pub(crate) fn write(&self, own: &Texts) -> Map<String, Value> {
        let affinity = unless_empty(without_null(json!({
            "nodeAffinity": self.node_affinity.as_ref().map(NodeAffinity::write),
            "podAffinity": self.pod_affinity.as_ref().map(|affinity| affinity.write(own)),
            "podAntiAffinity": self.pod_anti_affinity.as_ref().map(|affinity| affinity.write(own)),
        })));
        let tolerations = self.tolerations.iter().map(|(name, toleration)| toleration.write(name)).collect();
        let mut fields = Map::new();
        fields.insert("nodeSelector".to_owned(), unless_empty(json!(self.node_selector)));
        fields.insert("affinity".to_owned(), affinity);
        fields.insert("tolerations".to_owned(), unless_empty(tolerations));
        fields
    }

    /// Says what will not work as meant in clusters of that version.
    pub(crate) fn check(&self, kubernetes: Option<Version>, bundle: &Bundle<'_>, path: &[&str]) {
        const OLD: &str = "node-role.kubernetes.io/master";
        const NEW: &str = "node-role.kubernetes.io/control-plane";
        let tolerates = |key: &str| self.tolerations.iter().any(|(name, toleration)| toleration.key(name) == key);
        if is_at_least(kubernetes, 1, 25) && tolerates(OLD) && !tolerates(NEW) {
            let message = format!("from Kubernetes 1.25 on the taint is `{NEW}`, not `{OLD}`");
            bundle.warn(&[path, &["tolerations"]].concat(), &message);
        }
    }
}

impl NodeAffinity {
    fn write(&self) -> Value {
        let terms: Value = self.required.values().map(|term| json!({"matchExpressions": expressions(term)})).collect();
        let preferred = self.preferred.values().map(|preference| {
            let matched = expressions(&preference.labels);
            json!({"weight": preference.weight, "preference": {"matchExpressions": matched}})
        });
        json!({
            "requiredDuringSchedulingIgnoredDuringExecution":
                (!self.required.is_empty()).then(|| json!({"nodeSelectorTerms": terms})),
            "preferredDuringSchedulingIgnoredDuringExecution": unless_empty(preferred.collect()),
        })
    }
}

impl PodAffinity {
    fn write(&self, own: &Texts) -> Value {
        let own = || own.iter().map(|(key, value)| (key.clone(), LabelMatch::In(vec![value.clone()]))).collect();
        let matched = expressions(&self.labels.clone().unwrap_or_else(own));
        let term = json!({"labelSelector": {"matchExpressions": matched}, "topologyKey": self.topology_key});
        match self.mode {
            Mode::Required => json!({"requiredDuringSchedulingIgnoredDuringExecution": [term]}),
            Mode::Preferred => json!({
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": self.weight, "podAffinityTerm": term}],
            }),
        }
    }
}
