//! JSON patches, RFC 6902 (upstream: `api/filters/patchjson6902` over `evanphx/json-patch` v4).
//!
//! The target becomes JSON, is patched, and becomes a tree again, and so does what the patch
//! does not touch: numbers pass through 64-bit floats, dates become text, styles are lost.
//! [`operation`] reads patches, [`step`] applies one operation where `evanphx/json-patch`
//! would apply it, [`places`] finds out again where every value was written.

mod operation;
mod places;
mod step;

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Node, json};

pub use operation::Operations;

/// Applies all operations to `target`, in order.
///
/// # Errors
/// The first operation that can't be applied, at its place; a target that JSON can't hold;
/// a patch that leaves something else than a mapping. The target is then as it was.
pub fn apply_json6902(target: &mut Node, operations: &Operations) -> Result<()> {
    let mut document = json::to_json(target)?;
    for operation in operations.iter() {
        step::apply(&mut document, operation)?;
    }
    if !document.is_object() {
        return Err(
            Error::new(ErrorKind::Patch, "the patch leaves something else than a mapping").at(operations.span())
        );
    }
    *target = places::place(document, target, operations);
    Ok(())
}

#[cfg(test)]
mod tests;
