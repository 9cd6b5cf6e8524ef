//! What a site says of its charts: the `HelmValuesTransformer` document of Decapod (`global`, `charts`), and
//! the rules by which its overrides become values. Pure: trees in, trees out, each value with its place.
//!
//! Two programs read such documents, and differ. The transformer of `kustomize-helm-transformer` substitutes
//! an override before it is merged; `helm2yaml` merges first and then substitutes every value, those of the
//! base too. What both share is here; the first is `transform::helm_values`, the second [`crate::decapod`].
//!
//! Departures from both, because the originals lose something without a word:
//!
//! - A global that is a mapping or a list is put where its reference stands, with its types. In a longer text it
//!   is an error; the originals print it as Go or Python print such things.
//! - A global may refer to other globals however it is used. What a *whole* value refers to and no global
//!   defines stays as it is, with a warning; the originals leave all of it.
//! - A reference inside a list or mapping keeps the global's type, and text stays text. The Go plugin writes such
//!   values as YAML and reads them again, so that `"1.10"` becomes a number there.
//! - Numbers in a longer text are written out: `1000000` and not `1e+06`.
//! - Globals that go round in a circle are an error; the originals never come to an end.

mod chart_values;
mod document;
mod dotted_key;
mod field;
mod globals;
mod override_tree;
mod substitute;
mod substitute_text;
#[cfg(test)]
mod tests;
mod value_path;

pub use chart_values::{ChartValues, SourceValues};
pub(crate) use document::no_charts;
pub use document::{API_VERSION, KIND, SiteValues};
pub use dotted_key::DottedKeys;
pub use field::Field;
pub use globals::Globals;
pub(crate) use override_tree::{merge, tree};
pub(crate) use substitute::{Rules, Seen, Substitution};
pub(crate) use value_path::ValuePath;

use crate::error::Error;

/// Something wrong with one value: where it is in the values, and the error.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The path of the value, keys with dots escaped; empty if no single value is at fault.
    pub path: String,
    /// What is wrong, and the line that is to blame.
    pub error: Error,
}
