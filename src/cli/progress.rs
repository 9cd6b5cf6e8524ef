//! How far a run is: a bar where somebody looks at it, a line for every tenth of a long run elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs with fewer units than this are over before anybody reads a line about them.
const LONG: usize = 20;

/// Progress on standard error; threads share it.
pub(super) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log.
    Lines(Lines),
    /// Where only programs read.
    Silent,
}

/// Counts units and knows when a line is due.
pub(super) struct Lines {
    done: AtomicUsize,
    length: usize,
}

impl Progress {
    /// For `length` units; `lines` says whether there may be lines if there is no terminal.
    pub(super) fn new(length: usize, lines: bool) -> Self {
        if stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::stderr());
            return Self::Bar(match ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            });
        }
        if lines { Self::Lines(Lines { done: AtomicUsize::new(0), length }) } else { Self::Silent }
    }

    /// One unit is done.
    pub(super) fn step(&self, unit: impl FnOnce() -> String) {
        match self {
            Self::Bar(bar) => {
                bar.set_message(unit());
                bar.inc(1);
            }
            Self::Lines(lines) => {
                if let Some(line) = lines.step() {
                    let _ = stderr().lock().write_all(line.as_bytes());
                }
            }
            Self::Silent => {}
        }
    }

    /// All units are done.
    pub(super) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Lines {
    /// The line that is due after one more unit. The same lines come out whatever the order of the units.
    fn step(&self) -> Option<String> {
        let (done, length) = (self.done.fetch_add(1, Ordering::Relaxed) + 1, self.length);
        let is_tenth = done * 10 / length != (done - 1) * 10 / length;
        (length >= LONG && is_tenth).then(|| format!("rendered {done} of {length} units\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_ten_lines_and_a_short_one_none() {
        let lines = |length| {
            let lines = Lines { done: AtomicUsize::new(0), length };
            (0..length).filter_map(|_| lines.step()).collect::<Vec<_>>()
        };
        assert_eq!(lines(19), [""; 0]);
        for length in [20, 33, 1000] {
            let lines = lines(length);
            assert_eq!(lines.len(), 10, "{length}");
            assert_eq!(lines.last().unwrap(), &format!("rendered {length} of {length} units\n"));
        }
    }
}
