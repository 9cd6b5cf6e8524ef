//! What a bundle is called by its author, and what kustomizations have put around that since.

use crate::resource::Resource;

/// A bundle's name, taken apart.
pub(super) struct Naming {
    /// What its author calls it.
    pub(super) name: String,
    /// What stands before the names of its objects, too.
    pub(super) prefix: String,
    /// What stands behind them.
    pub(super) suffix: String,
}

impl Naming {
    pub(super) fn of(bundle: &Resource) -> Self {
        let name = bundle.org_id().name.to_string();
        let prefix: String = bundle.prefixes.iter().rev().map(crate::yaml::Text::as_str).collect();
        let suffix: String = bundle.suffixes.iter().map(crate::yaml::Text::as_str).collect();
        if format!("{prefix}{name}{suffix}") == bundle.name().as_str() {
            return Self { name, prefix, suffix };
        }
        // Something else renamed it, too.
        Self { name: bundle.name().to_string(), prefix: String::new(), suffix: String::new() }
    }
}
