//! Warnings as data: collected during a render, printed by nobody but the command line.

use std::sync::{Arc, Mutex};

use crate::source::{Location, SourceMap, Span};

/// Something a person should know about a render that succeeded all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// One line, lower case, without a stop at the end.
    pub message: String,
    /// Where it is, if a file is concerned.
    pub location: Option<Location>,
    pub(crate) span: Span,
}

/// The warnings of one render, in the order in which they arose. Clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Warnings {
    list: Arc<Mutex<Vec<Warning>>>,
}

impl Warnings {
    /// Adds a warning about the place `span`; use [`Span::NONE`] where there is none.
    pub fn add(&self, message: impl Into<String>, span: Span) {
        let warning = Warning { message: message.into(), location: None, span };
        self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(warning);
    }

    /// Adds the warnings of another list, in their order.
    pub(crate) fn append(&self, other: &Self) {
        let mut others = std::mem::take(&mut *other.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(&mut others);
    }

    /// The warnings so far, which are then gone.
    pub(crate) fn take(&self) -> Vec<Warning> {
        std::mem::take(&mut *self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Adds warnings in their order.
    pub(crate) fn extend(&self, warnings: &[Warning]) {
        if !warnings.is_empty() {
            self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend_from_slice(warnings);
        }
    }

    /// The words of the warnings so far, each with its place.
    pub(crate) fn messages(&self) -> Vec<(String, Span)> {
        let list = self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        list.iter().map(|warning| (warning.message.clone(), warning.span)).collect()
    }

    /// The warnings so far, with spans resolved.
    #[must_use]
    pub(crate) fn resolve(&self, sources: &SourceMap) -> Vec<Warning> {
        let mut list = self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        for warning in &mut list {
            warning.location = sources.locate(warning.span);
        }
        list
    }
}
