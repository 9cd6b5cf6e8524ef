//! When to try again: the only place of publishing that knows of time and chance. Nothing of either is published.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::thread;
use std::time::{Duration, Instant};

/// The shortest pause.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest one.
const LONGEST: Duration = Duration::from_secs(5);

/// How often, and for how long.
#[derive(Debug)]
pub(super) struct Pace {
    started: Instant,
    retries: u32,
    limit: Duration,
    tries: u32,
}

impl Pace {
    pub(super) fn new(retries: u32, limit: Duration) -> Self {
        Self { started: Instant::now(), retries, limit, tries: 0 }
    }

    /// How often something was tried again.
    pub(super) const fn retried(&self) -> u32 {
        self.tries
    }

    /// Waits for a while, the longer the more often; `false` if there is no time or try left.
    pub(super) fn wait(&mut self) -> bool {
        let pause = SHORTEST + scatter(span(self.tries));
        if self.tries >= self.retries || self.started.elapsed() + pause > self.limit {
            return false;
        }
        self.tries += 1;
        thread::sleep(pause);
        true
    }
}

/// Within what time the next try is.
fn span(tries: u32) -> Duration {
    SHORTEST.saturating_mul(1 << tries.min(10)).min(LONGEST - SHORTEST)
}

/// Any time up to `longest`: writers that met once should not meet again.
fn scatter(longest: Duration) -> Duration {
    let chance = RandomState::new().build_hasher().finish() % 1000;
    longest * u32::try_from(chance).unwrap_or_default() / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        assert_eq!(span(0), SHORTEST);
        assert_eq!(span(2), SHORTEST * 4);
        assert_eq!(span(99), LONGEST - SHORTEST);
        assert!(scatter(LONGEST) < LONGEST);
    }

    #[test]
    fn tries_end() {
        let mut none = Pace::new(0, LONGEST);
        assert!(!none.wait());
        let mut late = Pace::new(9, Duration::ZERO);
        assert!(!late.wait() && late.retried() == 0);
        let mut once = Pace::new(1, LONGEST);
        assert!(once.wait() && !once.wait() && once.retried() == 1);
    }
}
