//! Prints trees as kustomize does (go-yaml v2's bytes).
//!
//! Walks the tree and writes indentation and indicators straight into the output; there is
//! no document in between. `order` knows in which order keys come, `scalar` how a text is
//! written, `passage` what JSON does to a text on the way, `known` which text is there already. Nothing here changes a tree.

mod known;
mod order;
mod passage;
mod printer;
#[cfg(test)]
mod property_tests;
mod scalar;
mod style;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::error::Result;
use crate::yaml::Node;

pub use known::Known;

/// Appends `node` as one YAML document to `out`, with a newline at its end and no `---`.
///
/// `out` is as before if there is an error.
///
/// # Errors
/// When the tree holds something kustomize can't print (duplicate keys, `.nan`, keys that are no strings).
pub fn emit(node: &Node, out: &mut String) -> Result<()> {
    emit_with(node, &[], out)
}

/// The same; the texts of what is `known` are copied.
///
/// # Errors
/// As [`emit`].
pub fn emit_with(node: &Node, known: &[Arc<Known>], out: &mut String) -> Result<()> {
    let length = out.len();
    let printed = printer::Printer::new(out, known).document(node);
    if printed.is_err() {
        out.truncate(length);
    }
    printed
}

/// `node` as one YAML document (see [`emit`]).
///
/// # Errors
/// As [`emit`].
pub fn to_yaml_string(node: &Node) -> Result<String> {
    let mut out = String::new();
    emit(node, &mut out)?;
    Ok(out)
}
