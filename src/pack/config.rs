//! A pack's configuration, read: what it says to stock kustomize, and what more it says here.
//!
//! The files are ours and have one entry a line, so they are read line by line; a test reads them as YAML, too.

use std::sync::{LazyLock, OnceLock};

use arcstr::ArcStr;

use crate::config::{FieldSpec, FieldSpecs, NameReference, NameReferences, TransformerConfig};
use crate::pack::{Pack, Packs};
use crate::resource::Gvk;
use crate::yaml::Text;

/// Fields of a Rollout with a pod template of its own that are made like those of a Deployment; which Rollouts get
/// none is a rule (`rules`).
const MADE_IN_ROLLOUTS: [&str; 3] =
    ["spec/selector/matchLabels", "spec/template/metadata/labels", "spec/template/metadata/annotations"];

/// The configurations, each read when somebody first asks for it.
static READ: [LazyLock<TransformerConfig>; 4] = [
    LazyLock::new(|| native(Pack::ArgoRollouts)),
    LazyLock::new(|| native(Pack::Istio)),
    LazyLock::new(|| native(Pack::Knative)),
    LazyLock::new(|| native(Pack::Kserve)),
];

/// The built-in configuration with packs, which is what most builds with packs need, by the packs.
static EXTENDED: [OnceLock<TransformerConfig>; 1 << Pack::ALL.len()] =
    [const { OnceLock::new() }; 1 << Pack::ALL.len()];

fn native(pack: Pack) -> TransformerConfig {
    let mut config = read(pack, |_| true);
    if pack == Pack::ArgoRollouts {
        for list in [&mut config.common_labels, &mut config.template_labels, &mut config.common_annotations] {
            *list = made_in_rollouts(list);
        }
    }
    config
}

fn made_in_rollouts(specs: &[FieldSpec]) -> FieldSpecs {
    let make = |spec: &FieldSpec| FieldSpec { create: MADE_IN_ROLLOUTS.contains(&spec.path.as_str()), ..spec.clone() };
    specs.iter().map(make).collect::<Vec<_>>().into()
}

/// What a pack says of objects of the kinds that `is_wanted`.
fn read(pack: Pack, is_wanted: impl Fn(&str) -> bool) -> TransformerConfig {
    let text = ArcStr::from(pack.configuration());
    let part = |part: &str| Text::shared(&text, part);
    let mut references: Vec<NameReference> = Vec::new();
    let mut lists: Vec<(&str, Vec<FieldSpec>)> = Vec::new();
    for line in text.lines() {
        if let Some(entry) = line.trim_start().strip_prefix("- {").and_then(|line| line.strip_suffix('}')) {
            let mut spec = FieldSpec::default();
            for (key, value) in entry.split(", ").filter_map(|field| field.split_once(": ")) {
                match key {
                    "kind" => spec.gvk.kind = part(value),
                    "group" => spec.gvk.group = part(value),
                    "create" => spec.create = value == "true",
                    _ => spec.path = value.into(),
                }
            }
            if !is_wanted(&spec.gvk.kind) {
                continue;
            }
            if line.starts_with(' ') {
                references.last_mut().into_iter().for_each(|reference| reference.referrers.push(spec.clone()));
            } else if let Some((_, list)) = lists.last_mut() {
                list.push(spec);
            }
        } else if let Some(kind) = line.strip_prefix("- kind: ") {
            references.push(NameReference { gvk: Gvk { kind: part(kind), ..Gvk::default() }, referrers: Vec::new() });
        } else if let (Some(group), Some(last)) = (line.strip_prefix("  group: "), references.last_mut()) {
            last.gvk.group = part(group);
        } else if let (Some(version), Some(last)) = (line.strip_prefix("  version: "), references.last_mut()) {
            last.gvk.version = part(version);
        } else if let Some(name) = line.strip_suffix(':').filter(|name| !name.starts_with(' ')) {
            lists.push((name, Vec::new()));
        }
    }
    references.retain(|reference| !reference.referrers.is_empty());
    let list = |name: &str| {
        let specs = lists.iter().find(|(list, _)| *list == name).map(|(_, specs)| specs.clone());
        FieldSpecs::sorted(specs.unwrap_or_default())
    };
    TransformerConfig {
        namespace: list("namespace"),
        common_labels: list("commonLabels"),
        template_labels: list("templateLabels"),
        common_annotations: list("commonAnnotations"),
        name_references: NameReferences::sorted(references),
        images: list("images"),
        replicas: list("replicas"),
        ..TransformerConfig::empty()
    }
}

impl Pack {
    /// What the pack tells the transformers.
    pub(crate) fn config(self) -> &'static TransformerConfig {
        &READ[self as usize]
    }

    /// Which fields of objects of the kinds that `is_wanted` refer to something. Cheaper than the whole pack.
    pub(crate) fn references(self, is_wanted: impl Fn(&str) -> bool) -> NameReferences {
        read(self, is_wanted).name_references
    }
}

impl Packs {
    /// `config` and what the packs add to it; where both speak of a field, `config` is right.
    pub(crate) fn extend(self, config: &TransformerConfig) -> TransformerConfig {
        let extended = || {
            let mut config = config.clone();
            self.iter().for_each(|pack| config.add_missing(pack.config()));
            config
        };
        match EXTENDED.get(self.bits()) {
            Some(cached) if config.is_built_in() => cached.get_or_init(extended).clone(),
            _ => extended(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::yaml::parse::{Chunk, parse};
    use crate::yaml::resolve::Dialect;

    #[test]
    fn all_are_read_as_yaml_is() {
        for pack in Pack::ALL {
            let text = ArcStr::from(pack.configuration());
            let node = parse(Chunk::whole(&text, SourceId(0)), Dialect::V2).unwrap().unwrap();
            let config = TransformerConfig::from_node(&node).unwrap();
            assert_eq!(read(pack, |_| true), config, "{}", pack.name());
            // Whatever it says must arrive.
            let mut added = TransformerConfig::empty();
            added.add_missing(&config);
            assert_eq!(added, config, "{}", pack.name());
        }
    }

    #[test]
    fn a_part_is_that_of_some_kinds() {
        let part = Pack::Knative.references(|kind| kind == "DomainMapping");
        assert!(part.iter().flat_map(|reference| &reference.referrers).all(|spec| spec.gvk.kind == "DomainMapping"));
        assert_eq!(part.len(), 2);
    }

    #[test]
    fn images_are_in_the_kinds_that_are_said_to_have_some() {
        for pack in Pack::ALL {
            for spec in pack.config().images.iter().filter(|spec| !spec.gvk.group.is_empty()) {
                assert!(pack.has_images(&spec.gvk.kind), "{spec:?}");
            }
        }
    }

    /// What somebody says in a `configurations` file of his own is no conflict.
    #[test]
    fn a_config_of_ones_own_goes_first() {
        let own = FieldSpec {
            gvk: Gvk::new("argoproj.io", "", "Rollout"),
            path: "spec/selector/matchLabels".into(),
            create: false,
        };
        let packs = Packs::none().with(Pack::ArgoRollouts);
        let mut config = TransformerConfig::built_in();
        assert_eq!(packs.extend(&config), packs.extend(&config));
        config.common_labels = vec![own.clone()].into();
        let extended = packs.extend(&config);
        let there: Vec<_> = extended.common_labels.iter().filter(|spec| spec.path == own.path).collect();
        assert_eq!(there, [&own]);
        assert!(extended.replicas.iter().any(|spec| spec.gvk.kind == "Rollout"));
    }
}
