//! How the command is linked.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "cargo talks with build scripts so")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        // At a fixed address, as Go links programs (kustomize is one), there is nothing to relocate: a sixth of
        // a small build's time was that.
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
