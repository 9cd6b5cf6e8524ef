//! A report as text, in the formats that people and machines read. Pure: a [`Report`](crate::gitops::diff::Report)
//! and options in, texts out.
//!
//! What reports hold is masked already. What stands in names and manifests may be hostile all the same: every format
//! shows characters that terminals and browsers would act on instead of printing them (`visible.rs`).

mod around;
mod html;
mod hunk_text;
mod json;
mod markdown;
mod noise_mode;
mod paint;
mod semantic;
#[cfg(test)]
mod terminal_tests;
#[cfg(test)]
mod testing;
mod text;
mod unified;
mod view;
mod visible;
mod words;

pub use html::{HtmlOptions, html};
pub use json::json;
pub use markdown::{DEFAULT_BUDGET, MINIMUM_BUDGET, MarkdownOptions, markdown, markdown_parts};
pub use noise_mode::NoiseMode;
pub use semantic::semantic;
pub use text::{TextOptions, text};
pub use unified::unified;
