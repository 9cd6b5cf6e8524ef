//! Renders Kubernetes manifests as kustomize does, byte for byte.

pub mod decode;
pub mod error;
pub mod regexp;
pub mod source;
pub mod warning;
pub mod yaml;
