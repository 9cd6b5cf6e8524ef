//! What is built in, as a plugin and a function of other programs: the same bytes as `crustomize build` by itself.
//!
//! Plugins and functions in containers run under `kubectl kustomize`, functions that are programs under `kustomize`
//! (`CRUSTOMIZE_ORACLE` or the one in `PATH`; `kubectl` has no `--enable-exec`). Where there is no such program, a
//! line says so.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

#[path = "plugins/command.rs"]
mod command;
#[path = "plugins/function.rs"]
mod function;
#[path = "plugins/host.rs"]
mod host;
#[path = "plugins/install.rs"]
mod install;
mod support;
#[path = "plugins/under_kustomize.rs"]
mod under_kustomize;
