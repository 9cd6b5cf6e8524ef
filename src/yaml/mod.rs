//! YAML as go-yaml reads it and as kustomize prints it. Knows no Kubernetes.
//!
//! [`parse`] turns text into [`Node`] trees that know where they were written;
//! [`emit`] prints trees. Scalars share the text they were read from.

mod builder;
mod detach;
pub mod documents;
pub mod emit;
pub mod emit_v3;
mod escapes;
mod events;
mod fast;
pub mod json;
pub mod keys;
mod layout;
mod list;
pub mod mapping;
mod merge_key;
pub mod node;
pub mod number;
pub mod parse;
pub mod path;
pub mod path_match;
pub mod reread;
pub mod resolve;
mod scalar_v3;
pub mod text;
pub mod timestamp;
pub mod value;
pub mod yaml_to_json;

pub(crate) use detach::Copies;
pub use list::List;
pub use mapping::{Entry, Key, Mapping};
pub use node::{Node, Scalar, Sequence, Style, Tag, Value};
pub use text::Text;
