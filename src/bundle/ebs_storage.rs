//! `EbsStorage`: classes of EBS volumes, and claims.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::Generator;
use crate::bundle::bundle::{Bundle, unless_empty};
use crate::error::Result;

const IS_DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// Classes of EBS volumes for the CSI driver, and claims.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct EbsStorage {
    /// StorageClasses by name.
    #[serde(default)]
    classes: IndexMap<String, Class>,
    /// PersistentVolumeClaims by name.
    #[serde(default)]
    claims: IndexMap<String, Claim>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Class {
    /// Whether claims without a class get it.
    #[serde(default)]
    default: bool,
    /// The type of the volumes; the driver's default unless given.
    #[serde(rename = "type")]
    volume_type: Option<VolumeType>,
    /// The file system.
    fstype: Option<FsType>,
    /// Operations a second.
    iops: Option<u32>,
    /// Operations a second for each GiB.
    #[serde(rename = "iopsPerGB")]
    iops_per_gb: Option<u32>,
    /// MiB a second, of gp3.
    throughput: Option<u32>,
    /// Whether volumes are encrypted.
    encrypted: Option<bool>,
    /// The key that they are encrypted with.
    kms_key_id: Option<String>,
    /// What becomes of a volume without a claim.
    #[serde(default)]
    reclaim_policy: ReclaimPolicy,
    /// When a volume is made.
    #[serde(default)]
    volume_binding_mode: BindingMode,
    /// Whether claims may grow.
    allow_volume_expansion: Option<bool>,
    /// The zones that volumes may be in.
    #[serde(default)]
    zones: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum VolumeType {
    Io1,
    Io2,
    Gp2,
    Gp3,
    Sc1,
    St1,
    Standard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum FsType {
    Xfs,
    Ext3,
    Ext4,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize, JsonSchema)]
enum ReclaimPolicy {
    #[default]
    Delete,
    Retain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize, JsonSchema)]
enum BindingMode {
    #[default]
    WaitForFirstConsumer,
    Immediate,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Claim {
    /// How much: `4Gi`.
    size: String,
    /// The class; the cluster's default unless given.
    class: Option<String>,
    /// How it may be mounted. A volume is on one node at a time.
    #[serde(default)]
    access_mode: AccessMode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize, JsonSchema)]
enum AccessMode {
    #[default]
    ReadWriteOnce,
    ReadWriteOncePod,
}

impl Generator for EbsStorage {
    fn generate(&self, bundle: &Bundle<'_>) -> Result<Vec<Value>> {
        if let Some((name, _)) = self.classes.iter().filter(|(_, class)| class.default).nth(1) {
            return Err(bundle.refuse(&["classes", name], "another class is the default one already"));
        }
        let mut made = Vec::new();
        for (name, class) in &self.classes {
            made.push(class.write(name, bundle)?);
        }
        for (name, claim) in &self.claims {
            let class = claim.class.as_ref().map(|class| match self.classes.contains_key(class) {
                true => bundle.own(class),
                false => class.clone(),
            });
            made.push(bundle.object(
                "v1",
                "PersistentVolumeClaim",
                name,
                json!({"spec": {
                    "accessModes": [claim.access_mode],
                    "storageClassName": class,
                    "resources": {"requests": {"storage": claim.size}},
                }}),
            ));
        }
        if made.is_empty() {
            return Err(bundle.refuse(&[], "say `classes` or `claims`"));
        }
        Ok(made)
    }
}

impl Class {
    fn write(&self, name: &str, bundle: &Bundle<'_>) -> Result<Value> {
        self.check(bundle, &["classes", name])?;
        // The driver takes texts only.
        let text = |value: Option<String>| json!(value);
        let parameters = json!({
            "type": self.volume_type,
            "csi.storage.k8s.io/fstype": self.fstype,
            "iops": text(self.iops.map(|iops| iops.to_string())),
            "iopsPerGB": text(self.iops_per_gb.map(|iops| iops.to_string())),
            "throughput": text(self.throughput.map(|throughput| throughput.to_string())),
            "encrypted": text(self.encrypted.map(|encrypted| encrypted.to_string())),
            "kmsKeyId": self.kms_key_id,
        });
        let annotations: Map<String, Value> =
            self.default.then(|| (IS_DEFAULT.to_owned(), json!("true"))).into_iter().collect();
        let zones =
            json!([{"matchLabelExpressions": [{"key": "topology.ebs.csi.aws.com/zone", "values": self.zones}]}]);
        Ok(bundle.cluster_object(
            "storage.k8s.io/v1",
            "StorageClass",
            name,
            json!({
                "metadata": {"annotations": unless_empty(Value::Object(annotations))},
                "provisioner": "ebs.csi.aws.com",
                "parameters": unless_empty(crate::bundle::bundle::without_null(parameters)),
                "reclaimPolicy": self.reclaim_policy,
                "volumeBindingMode": self.volume_binding_mode,
                "allowVolumeExpansion": self.allow_volume_expansion,
                "allowedTopologies": (!self.zones.is_empty()).then_some(zones),
            }),
        ))
    }

    fn check(&self, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
        use VolumeType::{Gp3, Io1, Io2};
        let within = |field| [path, &[field]].concat();
        if self.iops.is_some() && self.iops_per_gb.is_some() {
            return Err(bundle.refuse(&within("iopsPerGB"), "`iops` is there already"));
        }
        let fast = matches!(self.volume_type, Some(Io1 | Io2 | Gp3));
        if (self.iops.is_some() || self.iops_per_gb.is_some()) && !fast {
            return Err(bundle.refuse(path, "`iops` and `iopsPerGB` are for io1, io2 and gp3"));
        }
        if self.throughput.is_some() && self.volume_type != Some(Gp3) {
            return Err(bundle.refuse(&within("throughput"), "it is for gp3 only"));
        }
        Ok(())
    }
}
