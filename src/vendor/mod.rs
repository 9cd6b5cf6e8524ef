//! Vendoring: upstream's manifests, fetched into `base/<app>/upstream/` and held to what `vendor.yaml` says they are.
//!
//! ```yaml
//! vendor:
//! - app: knative-serving
//!   url: https://github.com/knative/serving/releases/download/knative-v1.5.0/serving-core.yaml
//!   sha256: 0123...
//! - app: ebs-csi
//!   git: https://github.com/kubernetes-sigs/aws-ebs-csi-driver?ref=v1.15.0
//!   path: deploy/kubernetes
//!   sha256: 4567...
//! ```
//!
//! The hash of a file is that of its bytes. The hash of a directory of a repository is that of a list with a line
//! `HASH  PATH` for each file, paths relative to the directory and sorted byte by byte: what
//! `find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum` prints there.

mod content;
mod edit;
mod fetch;
mod manifest;
mod place;
mod run;

pub use content::Content;
pub use manifest::{Entry, Manifest, Source};
pub use run::{State, Vendor, VendorOptions, Vendored};

/// Where in a base the files of others are.
pub const UPSTREAM: &str = "upstream";
