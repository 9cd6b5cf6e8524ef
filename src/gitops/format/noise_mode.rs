//! What is shown of objects that only changed as every release changes everything.

/// What is shown of objects whose [`noise`](crate::gitops::diff::ObjectChange::noise) is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NoiseMode {
    /// They are shown like all others.
    Show,
    /// They are counted and listed together, by the sort of their noise.
    #[default]
    Group,
    /// They are counted only.
    Hide,
}
