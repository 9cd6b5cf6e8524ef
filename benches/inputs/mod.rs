//! What the benchmarks build: kustomizations made by a program, the same each time.

#![allow(dead_code, reason = "each benchmark uses its own part")]

mod definitions;
pub mod fleet;
mod resources;

/// A kustomization, which starts in the directory `overlay`, and all the files it needs.
pub struct Workload {
    pub name: &'static str,
    /// Paths below the workload's directory, and what is in the files.
    pub files: Vec<(String, String)>,
}

impl Workload {
    /// From a small one to sixteen thousand resources.
    pub fn all() -> Vec<Self> {
        vec![
            Self { name: "small", files: resources::small() },
            Self { name: "CRDs", files: definitions::patched(3_500_000) },
            Self { name: "1,000", files: resources::many(1_000) },
            Self { name: "4,000", files: resources::many(4_000) },
            Self { name: "16,000", files: resources::many(16_000) },
        ]
    }
}
