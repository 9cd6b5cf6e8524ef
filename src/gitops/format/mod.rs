//! A report as text, in the formats that people and machines read. Pure: a [`Report`](crate::gitops::diff::Report)
//! and options in, texts out.
//!
//! What reports hold is masked already. What stands in names and manifests may be hostile all the same: every format
//! shows characters that terminals and browsers would act on instead of printing them (`visible.rs`).

mod markdown;
mod noise_mode;
#[cfg(test)]
mod testing;
mod view;
mod visible;
mod words;

pub use markdown::{DEFAULT_BUDGET, MINIMUM_BUDGET, MarkdownOptions, markdown, markdown_parts};
pub use noise_mode::NoiseMode;
