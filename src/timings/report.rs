//! What was recorded, and how it is printed.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::Phase;

/// The version of the JSON object; another one when a field changes its meaning or goes.
const JSON_VERSION: u32 = 1;

/// Where the time of a build went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimingsReport {
    /// The phases that were entered, in the order of the work. On one thread they add up to [`Self::total`].
    pub phases: Vec<PhaseReport>,
    /// Wall time.
    pub total: Duration,
    /// How many files were read.
    pub files: u64,
    /// How many bytes those had.
    pub bytes_read: u64,
    /// How many resources came out.
    pub resources: u64,
    /// How many bytes were written.
    pub bytes_written: u64,
}

/// The time that went into one phase.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PhaseReport {
    /// `read`, `parse`, the kind of a built-in transformer, and so on; `waiting` for other threads; `other` is what
    /// no phase covers.
    pub name: &'static str,
    /// Time in this phase and in no phase within it, summed over threads.
    pub busy: Duration,
    /// How often it was entered.
    pub calls: u64,
}

impl TimingsReport {
    /// A table for people: milliseconds, shares of the busy time, calls, and the counts.
    #[must_use]
    pub fn to_text(&self) -> String {
        let busy = self.busy();
        let width = self.phases.iter().map(|phase| phase.name.len()).chain(["busy".len()]).max().unwrap_or_default();
        let mut out = format!("{:width$} {:>12} {:>6} {:>8}\n", "phase", "ms", "%", "calls");
        for phase in &self.phases {
            let share = share(phase.busy, busy);
            let _ = writeln!(out, "{:width$} {} {share:>6.1} {:>8}", phase.name, milliseconds(phase.busy), phase.calls);
        }
        let _ = writeln!(out, "{:width$} {}  (phases but waiting, summed over threads)", "busy", milliseconds(busy));
        let _ = writeln!(out, "{:width$} {}  (wall time)", "total", milliseconds(self.total));
        let _ = writeln!(
            out,
            "files read: {} ({} bytes), resources: {}, bytes written: {}",
            self.files, self.bytes_read, self.resources, self.bytes_written
        );
        out
    }

    /// One JSON object in one line. Times are whole microseconds; phases that were never entered are left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let phase = |phase: &PhaseReport| json!({ "name": phase.name, "busyMicroseconds": microseconds(phase.busy), "calls": phase.calls });
        let object = json!({
            "timings": JSON_VERSION,
            "wallMicroseconds": microseconds(self.total),
            "busyMicroseconds": microseconds(self.busy()),
            "phases": self.phases.iter().map(phase).collect::<Vec<_>>(),
            "filesRead": self.files,
            "bytesRead": self.bytes_read,
            "resources": self.resources,
            "bytesWritten": self.bytes_written,
        });
        format!("{object}\n")
    }

    /// What all phases took but `waiting`, summed over threads.
    #[must_use]
    pub fn busy(&self) -> Duration {
        let waiting = Phase::Waiting.name();
        self.phases.iter().filter(|phase| phase.name != waiting).map(|phase| phase.busy).sum()
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:>12.3}", duration.as_secs_f64() * 1e3)
}

fn microseconds(duration: Duration) -> Json {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).into()
}

/// How many per cent of `whole` are `part`.
fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { part.as_secs_f64() / whole.as_secs_f64() * 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> TimingsReport {
        let phase = |name, micros, calls| PhaseReport { name, busy: Duration::from_micros(micros), calls };
        TimingsReport {
            phases: vec![phase("read", 250, 3), phase("ImageTagTransformer", 12_740, 1), phase("other", 7_010, 1)],
            total: Duration::from_micros(15_000),
            files: 3,
            bytes_read: 4096,
            resources: 12,
            bytes_written: 5000,
        }
    }

    #[test]
    fn a_report_for_people() {
        insta::assert_snapshot!(report().to_text(), @r"
        phase                         ms      %    calls
        read                       0.250    1.2        3
        ImageTagTransformer       12.740   63.7        1
        other                      7.010   35.0        1
        busy                      20.000  (phases but waiting, summed over threads)
        total                     15.000  (wall time)
        files read: 3 (4096 bytes), resources: 12, bytes written: 5000
        ");
    }

    #[test]
    fn a_report_for_programs() {
        insta::assert_snapshot!(report().to_json(), @r#"{"timings":1,"wallMicroseconds":15000,"busyMicroseconds":20000,"phases":[{"name":"read","busyMicroseconds":250,"calls":3},{"name":"ImageTagTransformer","busyMicroseconds":12740,"calls":1},{"name":"other","busyMicroseconds":7010,"calls":1}],"filesRead":3,"bytesRead":4096,"resources":12,"bytesWritten":5000}"#);
    }

    #[test]
    fn nothing_is_no_division_by_nothing() {
        assert!(!TimingsReport::default().to_text().contains("NaN"));
    }
}
