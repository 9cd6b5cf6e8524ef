//! What ConfigMap and Secret generators have in common (upstream: `types.GeneratorArgs`).

use std::collections::BTreeMap;

use crate::generate::KeyValueSources;
use crate::source::Span;

/// One entry of `configMapGenerator` or `secretGenerator`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GeneratorArgs {
    /// Name of the object; must not be empty.
    pub name: String,
    /// Namespace of the object; may be empty.
    pub namespace: String,
    /// `create`, `replace` or `merge`; anything else is the same as saying nothing.
    pub behavior: String,
    /// Where keys and values come from.
    pub sources: KeyValueSources,
    /// Labels and so on, with the kustomization's `generatorOptions` merged in.
    pub options: Option<GeneratorOptions>,
    /// Where the entry was written.
    pub(crate) span: Option<Span>,
}

/// `generatorOptions` of a kustomization, or `options` of one generator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GeneratorOptions {
    /// Labels of the object; `None` where the field is not there.
    pub labels: Option<BTreeMap<String, String>>,
    /// Annotations of the object.
    pub annotations: Option<BTreeMap<String, String>>,
    /// Whether the name gets no content hash.
    pub disable_name_suffix_hash: bool,
    /// Whether the object is immutable.
    pub immutable: bool,
}

impl GeneratorArgs {
    /// Where the entry was written.
    pub(crate) fn span(&self) -> Span {
        self.span.unwrap_or(Span::NONE)
    }

    /// Fills in what the kustomization's `generatorOptions` say: labels and annotations that are
    /// missing here, and switches that are on there, which can't be turned off here
    /// (upstream: `MergeGlobalOptionsIntoLocal`).
    pub fn merge_global_options(&mut self, global: Option<&GeneratorOptions>) {
        let Some(global) = global else { return };
        let local = self.options.get_or_insert_default();
        fill(&mut local.labels, global.labels.as_ref());
        fill(&mut local.annotations, global.annotations.as_ref());
        local.disable_name_suffix_hash |= global.disable_name_suffix_hash;
        local.immutable |= global.immutable;
    }
}

fn fill(local: &mut Option<BTreeMap<String, String>>, global: Option<&BTreeMap<String, String>>) {
    let Some(global) = global else { return };
    let local = local.get_or_insert_default();
    for (key, value) in global {
        local.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_options_fill_and_switch_on() {
        let labels = |pairs: &[(&str, &str)]| Some(pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect());
        let options = Some(GeneratorOptions { labels: labels(&[("a", "1")]), ..Default::default() });
        let mut args = GeneratorArgs { options, ..Default::default() };
        let global = GeneratorOptions {
            labels: labels(&[("a", "2"), ("b", "3")]),
            annotations: None,
            disable_name_suffix_hash: true,
            immutable: false,
        };
        args.merge_global_options(Some(&global));
        let merged = args.options.unwrap();
        assert_eq!(merged.labels, labels(&[("a", "1"), ("b", "3")]));
        assert_eq!(merged.annotations, None);
        assert!(merged.disable_name_suffix_hash && !merged.immutable);
    }
}
