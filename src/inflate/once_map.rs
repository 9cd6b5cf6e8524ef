//! Values that are made once, when first asked for; who asks meanwhile waits.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Values by name, each made once.
#[derive(Debug)]
pub(super) struct OnceMap<V> {
    slots: Mutex<BTreeMap<String, Arc<OnceLock<V>>>>,
}

impl<V> Default for OnceMap<V> {
    fn default() -> Self {
        Self { slots: Mutex::default() }
    }
}

impl<V: Clone> OnceMap<V> {
    /// The value under `name`, which `make` makes unless somebody else has made it.
    pub(super) fn get(&self, name: &str, make: impl FnOnce() -> V) -> V {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(name.to_owned()).or_default())
        };
        slot.get_or_init(make).clone()
    }
}
