//! Flags as kustomize's users write them: `--flag`, `--flag=true`, `--flag=false`.

use clap::builder::{BoolishValueParser, TypedValueParser};

/// Parses the optional value of a flag.
pub(super) fn switch() -> impl TypedValueParser<Value = bool> {
    BoolishValueParser::new()
}
