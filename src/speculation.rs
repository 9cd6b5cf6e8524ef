//! Work that is done before its turn, while what comes before it is still under way.
//!
//! Such work may read files and nothing else that anybody could notice. When it comes to
//! anything more, it stops, and whoever started it does it again when its turn has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// Whether the work at hand is done before its turn, and if so, whether it had to stop.
/// Clones belong to the same work.
#[derive(Debug, Clone, Default)]
pub struct Speculation(Option<Arc<AtomicBool>>);

impl Speculation {
    /// Work before its turn.
    #[must_use]
    pub fn ahead() -> Self {
        Self(Some(Arc::default()))
    }

    /// Stops work that is done before its turn; to be called before anything that must be done in turn.
    ///
    /// # Errors
    /// For work before its turn, one that nobody gets to see: what the work gives is thrown away.
    pub fn in_turn(&self) -> Result<()> {
        let Some(stopped) = &self.0 else { return Ok(()) };
        stopped.store(true, Ordering::Relaxed);
        Err(Error::new(ErrorKind::Usage, "this must wait for its turn"))
    }

    /// Whether the work came to something that must be done in turn.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.0.as_ref().is_some_and(|stopped| stopped.load(Ordering::Relaxed))
    }
}
