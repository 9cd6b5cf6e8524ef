//! Renders Kubernetes manifests as kustomize does, byte for byte.
//!
//! A kustomization on disk, or anywhere else a [`FileSystem`] reaches, becomes resources;
//! resources print as kustomize prints them. Nothing is kept between two renders, and any
//! number of them may run at once.
//!
//! ```
//! use crustomize::{MemoryFs, RenderOptions, render};
//!
//! let files = MemoryFs::new()
//!     .with_file("/app/kustomization.yaml", "namePrefix: prod-\nresources: [service.yaml]\n")
//!     .with_file("/app/service.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}}\n");
//!
//! let rendered = render(&files, "/app", &RenderOptions::default())?;
//!
//! assert_eq!(rendered.resources()[0].name(), "prod-web");
//! assert_eq!(rendered.to_yaml()?, "apiVersion: v1\nkind: Service\nmetadata:\n  name: prod-web\n");
//! # Ok::<(), crustomize::Error>(())
//! ```
//!
//! In a test of one's own manifests, with [insta](https://insta.rs):
//!
//! ```
//! use crustomize::{DiskFs, RenderOptions, render};
//!
//! let rendered = render(&DiskFs::new(), "sites/aws-msa-reference/nginx", &RenderOptions::default())?;
//! let kinds: Vec<String> = rendered.resources().iter().map(|resource| resource.cur_id().to_string()).collect();
//! insta::assert_snapshot!(kinds.join("\n"), @r"
//! v1 Service nginx-blue-svc
//! apps/v1 Deployment nginx-blue
//! ");
//! # Ok::<(), crustomize::Error>(())
//! ```
//!
//! What went wrong is an [`Error`]: one root cause with file, line and column, how we got
//! there, and what to do. [`diagnostic`] makes text or JSON of it.

mod accumulate;
pub mod bundle;
pub mod cli;
mod config;
pub mod decapod;
mod decode;
pub mod diagnostic;
pub mod error;
mod finish;
pub mod fs;
pub mod function;
mod generate;
pub mod git;
pub mod gitops;
pub mod inflate;
mod kustomization;
pub mod layout;
mod loader;
pub mod output;
pub mod pack;
mod parallel;
mod patch;
mod pitfalls;
pub mod plugin;
mod regexp;
pub mod render;
pub mod resource;
pub mod schema;
pub mod site_values;
pub mod sites;
pub mod source;
mod speculation;
pub mod template;
pub mod timings;
mod transform;
pub mod vendor;
pub mod warning;
pub mod yaml;

pub use accumulate::RenderCache;
pub use error::{Error, ErrorKind, Result};
pub use fs::{DiskFs, FileSystem, MemoryFs};
pub use loader::LoadRestriction;
pub use pack::{Pack, Packs};
pub use plugin::PluginOptions;
pub use render::{RenderOptions, Rendered, Reorder, render};
pub use resource::Resource;
pub use timings::Timings;
pub use warning::Warning;
