//! Renders Kubernetes manifests as kustomize does, byte for byte.

pub mod config;
pub mod decode;
pub mod error;
pub mod fs;
pub mod generate;
pub mod kustomization;
pub mod loader;
pub mod patch;
pub mod plugin;
pub mod regexp;
pub mod resource;
pub mod schema;
pub mod source;
pub mod transform;
pub mod warning;
pub mod yaml;

pub use error::{Error, ErrorKind, Result};
pub use fs::{DiskFs, FileSystem, MemoryFs};
