//! What a build spends its time on.

/// Names the phases once: the enum, the list of all, and what they are called in reports.
macro_rules! phases {
    ($($(#[$doc:meta])* $phase:ident => $name:literal,)*) => {
        /// A part of a build that is measured on its own, in the order of the report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Phase {
            $($(#[$doc])* $phase,)*
        }

        impl Phase {
            pub(super) const ALL: &'static [Self] = &[$(Self::$phase,)*];

            /// What reports call it.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$phase => $name,)*
                }
            }
        }
    };
}

phases! {
    /// Files from the disk or the net, and the look-ups of directories and links.
    Read => "read",
    /// Texts to trees, to typed kustomizations and to patches.
    Parse => "parse",
    /// Bringing resources together: ids, configurations, everything between the other phases.
    Accumulate => "accumulate",
    ConfigMapGenerator => "ConfigMapGenerator",
    SecretGenerator => "SecretGenerator",
    HelmChartInflationGenerator => "HelmChartInflationGenerator",
    IamPolicyGenerator => "IAMPolicyGenerator",
    PatchStrategicMergeTransformer => "PatchStrategicMergeTransformer",
    PatchTransformer => "PatchTransformer",
    NamespaceTransformer => "NamespaceTransformer",
    PrefixTransformer => "PrefixTransformer",
    SuffixTransformer => "SuffixTransformer",
    PrefixSuffixTransformer => "PrefixSuffixTransformer",
    LabelTransformer => "LabelTransformer",
    AnnotationsTransformer => "AnnotationsTransformer",
    PatchJson6902Transformer => "PatchJson6902Transformer",
    ReplicaCountTransformer => "ReplicaCountTransformer",
    ImageTagTransformer => "ImageTagTransformer",
    ReplacementTransformer => "ReplacementTransformer",
    ValueAddTransformer => "ValueAddTransformer",
    /// Other programs, run as generators, transformers or validators.
    Plugins => "plugins",
    /// Content hashes of ConfigMaps and Secrets.
    Hash => "hash",
    /// Name references.
    References => "references",
    /// Vars: found in each kustomization, replaced at the root.
    Vars => "vars",
    /// The order of the output.
    Sort => "sort",
    /// Trees to text.
    Emit => "emit",
    /// The text to a stream or to files.
    Write => "write",
    /// Threads that have nothing left to do until the others are done. No work, so not counted as busy.
    Waiting => "waiting",
    /// Everything else within a build, the release of memory, say.
    Other => "other",
}

impl Phase {
    /// The phase of a generator or transformer that a config of this kind asks for; `None` if it isn't built in.
    pub(crate) fn of_built_in(kind: &str) -> Option<Self> {
        if kind == "HashTransformer" {
            return Some(Self::Hash);
        }
        // The other phases aren't called like kinds.
        let is_kind = kind.ends_with("Transformer") || kind.ends_with("Generator");
        Self::ALL.iter().copied().find(|phase| is_kind && phase.name() == kind)
    }
}
