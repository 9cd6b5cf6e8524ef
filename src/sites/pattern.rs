//! Which units somebody means.

use std::fmt;

use crate::sites::Unit;

/// `SITE` or `SITE/APP`; `*` stands for any one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPattern {
    site: String,
    app: String,
}

impl UnitPattern {
    /// Reads `SITE` or `SITE/APP`; `None` if it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (site, app) = text.split_once('/').unwrap_or((text, "*"));
        let is_name = |name: &str| !name.is_empty() && !name.contains('/');
        (is_name(site) && is_name(app)).then(|| Self { site: site.to_owned(), app: app.to_owned() })
    }

    /// Whether `unit` is meant.
    #[must_use]
    pub fn matches(&self, unit: &Unit) -> bool {
        let is = |pattern: &str, name: &str| pattern == "*" || pattern == name;
        is(&self.site, &unit.site) && is(&self.app, &unit.app)
    }
}

impl fmt::Display for UnitPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.site, self.app)
    }
}
