//! ConfigMap and Secret generators.
//!
//! Argument structs in, [`Resource`](crate::resource::Resource)s out. Nothing here opens
//! files: contents come through a [`FileSource`].

pub mod absorb;
pub mod config_map;
mod data;
pub mod iam_policy;
pub mod key_values;
pub mod options;
pub mod secret;

pub use absorb::absorb;
pub use config_map::ConfigMapArgs;
pub(crate) use data::base64_lines;
pub use key_values::{FileSource, KeyValueSources};
pub use options::{GeneratorArgs, GeneratorOptions};
pub use secret::SecretArgs;
