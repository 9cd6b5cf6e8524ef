//! Keys of overrides: paths of keys, joined by dots.

use std::borrow::Cow;

/// What a backslash before a dot means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DottedKeys {
    /// `\.` is a dot of the key: `grafana\.ini.server` is `grafana.ini`, then `server`. So the transformer reads.
    #[default]
    Escaped,
    /// Every dot separates: `grafana\.ini` is `grafana\`, then `ini`. So `helm2yaml` reads.
    Plain,
}

impl DottedKeys {
    /// The keys of a path, outermost first.
    pub(crate) fn split(self, key: &str) -> Vec<Cow<'_, str>> {
        if self == Self::Plain || !key.contains("\\.") {
            return key.split('.').map(Cow::Borrowed).collect();
        }
        let mut keys = Vec::new();
        let mut current = String::new();
        let mut rest = key;
        while let Some(at) = rest.find('.') {
            let before = &rest[..at];
            rest = &rest[at + 1..];
            if let Some(before) = before.strip_suffix('\\') {
                current.push_str(before);
                current.push('.');
            } else {
                current.push_str(before);
                keys.push(Cow::Owned(std::mem::take(&mut current)));
            }
        }
        current.push_str(rest);
        keys.push(Cow::Owned(current));
        keys
    }
}
