//! Looks for what a reference means: by former name and by namespace.

use crate::resource::Gvk;
use crate::source::Span;
use crate::transform::name_reference_targets::{Reach, Target, Targets, choose};
use crate::warning::Warnings;

/// Finds what one object refers to.
pub(super) struct Finder<'a> {
    pub(super) targets: &'a Targets<'a>,
    pub(super) own: &'a Target<'a>,
    pub(super) warnings: &'a Warnings,
}

impl<'a> Finder<'a> {
    /// The object of the type `kind` that was called `name` and was in `namespace`; or, if there is none, is there.
    pub(super) fn find(&self, kind: &Gvk, name: &str, namespace: &str, span: Span) -> Option<&'a Target<'a>> {
        let mut candidates = self.targets.named(name, &Reach::Everything);
        candidates.retain(|target| target.was(kind));
        let was_there = candidates.iter().any(|target| target.first_namespace() == namespace);
        candidates.retain(|target| namespace == if was_there { target.first_namespace() } else { target.namespace() });
        self.only(candidates, span)
    }

    /// The object of the type `kind` in our own namespace that was called `name`.
    pub(super) fn find_near(&self, kind: &Gvk, name: &str, span: Span) -> Option<&'a Target<'a>> {
        let reach = Reach::Namespace { own: self.own.namespace(), accounts: Vec::new() };
        let mut candidates = self.targets.named(name, &reach);
        candidates.retain(|target| target.was(kind));
        self.only(candidates, span)
    }

    /// What is found twice is left alone, and said.
    fn only(&self, candidates: Vec<&'a Target<'a>>, span: Span) -> Option<&'a Target<'a>> {
        let same = |left: &Target<'_>, right: &Target<'_>| {
            left.id.name == right.id.name && left.namespace() == right.namespace()
        };
        match choose(candidates, self.own, same) {
            Ok(found) => found,
            Err(error) => {
                self.warnings.add(format!("{}: it stays as it is", error.message()), span);
                None
            }
        }
    }
}
