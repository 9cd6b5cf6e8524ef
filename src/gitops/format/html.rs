//! A report as one page that needs nothing else: no server, no network, and for reading no script.
//!
//! All content stands in the page as text, so it can be read and searched without a script; the script builds the
//! rows of a diff when they come into view, which is why ten thousand objects open at once. The page's policy lets
//! only its own style and script run.

mod around;
mod escape;
mod object;
#[cfg(test)]
mod property_tests;
mod template;
#[cfg(test)]
mod tests;
mod tree;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::gitops::diff::{Report, UnitReport};
use crate::gitops::format::NoiseMode;
use crate::gitops::format::view::{Entry, View};

use escape::name;

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = concat!(include_str!("html/lines.js"), include_str!("html/script.js"));

/// How to print a report as a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlOptions {
    /// The page's title.
    pub title: String,
    /// What to show of objects that are noise only.
    pub noise: NoiseMode,
}

impl Default for HtmlOptions {
    fn default() -> Self {
        Self { title: "Rendered manifests".to_owned(), noise: NoiseMode::default() }
    }
}

/// The page.
#[must_use]
pub fn html(report: &Report, options: &HtmlOptions) -> String {
    let view = View::new(report, options.noise);
    let objects = Numbered::new(&view);
    let values = [
        ("title", name(&options.title).into_owned()),
        ("style", STYLE.to_owned()),
        ("script", SCRIPT.to_owned()),
        ("style-hash", policy_hash(STYLE)),
        ("script-hash", policy_hash(SCRIPT)),
        ("sides", format!("<code>{}</code> → <code>{}</code>", name(&report.base), name(&report.head))),
        ("counts", around::counts(&view)),
        ("switches", around::switches(&view)),
        ("tree", tree::tree(&view, &objects)),
        ("content", content(&view, &objects)),
    ];
    template::fill(PAGE, &values)
}

/// The objects of a view by number, in the order of the page: those to show one by one, then those in groups.
struct Numbered<'v, 'r> {
    /// Objects to show one by one, by their units.
    units: Vec<(&'r UnitReport, &'v [Entry<'r>])>,
}

impl<'v, 'r> Numbered<'v, 'r> {
    fn new(view: &'v View<'r>) -> Self {
        let same = |one: &Entry<'_>, other: &Entry<'_>| std::ptr::eq(one.unit, other.unit);
        Self { units: view.listed.chunk_by(same).map(|entries| (entries[0].unit, entries)).collect() }
    }
}

/// The page's right side: what failed first.
fn content(view: &View<'_>, objects: &Numbered<'_, '_>) -> String {
    let mut out = around::failures(view) + &around::warnings(view);
    let mut number = 0;
    for (unit, entries) in &objects.units {
        out += &around::unit_head(unit);
        for entry in *entries {
            object::object(&mut out, number, entry);
            number += 1;
        }
        out += "</section>\n";
    }
    out += &around::noise(view, number);
    out += &around::ignored(view);
    out += &around::rules(view);
    out += &around::same(view);
    out
}

/// What a policy knows a style or a script by.
fn policy_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
