//! Where models are.

use crate::bundle::bundle::Bundle;
use crate::bundle::version::{Version, is_at_least};
use crate::error::Result;

/// What all versions read.
const OLD: [&str; 6] = ["gs", "s3", "pvc", "file", "http", "https"];
/// What was added since.
const NEW: [&str; 6] = ["hdfs", "webhdfs", "oci", "oci+native", "oci+fetch", "hf"];

/// Fails unless KServe of that version can read `uri`. A path is one in the container.
pub(super) fn check(uri: &str, kserve: Option<Version>, bundle: &Bundle<'_>, path: &[&str]) -> Result<()> {
    let Some((scheme, rest)) = uri.split_once("://") else { return Ok(()) };
    if rest.is_empty() {
        return Err(bundle.refuse(path, format!("`{uri}` names nothing")));
    }
    if OLD.contains(&scheme) || (is_at_least(kserve, 0, 9) && NEW.contains(&scheme)) {
        return Ok(());
    }
    let error = bundle.refuse(path, format!("KServe does not read `{scheme}://`"));
    let known = if is_at_least(kserve, 0, 9) { [&OLD[..], &NEW].concat() } else { OLD.to_vec() };
    Err(error.hint(format!("it reads `{}`", known.join("`, `"))))
}
