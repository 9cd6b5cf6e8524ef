//! Where a build's time goes. The only room that reads a clock to measure.
//!
//! Whoever directs the work (`accumulate`, `finish`, `render`, `cli`) opens a span around a
//! piece of it; a span within another takes its time from the outer one, so that every
//! moment of a thread counts once. Without a recorder a span is a test of an `Option`.

mod phase;
mod report;

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

pub(crate) use phase::Phase;
pub use report::{PhaseReport, TimingsReport};

/// Records where the time of a build goes; off unless made with [`Timings::on`].
///
/// Clones share what they record. One recorder is for one build: that of two adds up.
///
/// ```
/// use crustomize::{MemoryFs, RenderOptions, Timings, render};
///
/// let files = MemoryFs::new()
///     .with_file("/app/kustomization.yaml", "resources: [service.yaml]\n")
///     .with_file("/app/service.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}}\n");
/// let timings = Timings::on();
///
/// let rendered = render(&files, "/app", &RenderOptions::default().with_timings(timings.clone()))?;
/// let text = rendered.to_yaml()?;
///
/// let report = timings.report();
/// assert_eq!((report.files, report.resources), (2, 1));
/// assert!(report.phases.iter().any(|phase| phase.name == "parse"));
/// # Ok::<(), crustomize::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Timings(Option<Arc<Recorder>>);

#[derive(Debug, Default)]
struct Recorder {
    /// By [`Phase`].
    phases: [Figures; Phase::ALL.len()],
    /// Wall time within builds, in nanoseconds.
    total: AtomicU64,
    /// How many builds are open, one within the other.
    builds: AtomicUsize,
    files: AtomicU64,
    bytes_read: AtomicU64,
    resources: AtomicU64,
    bytes_written: AtomicU64,
}

#[derive(Debug, Default)]
struct Figures {
    /// Self time in nanoseconds.
    busy: AtomicU64,
    calls: AtomicU64,
}

thread_local! {
    /// How long the spans took that were closed within the span that is open on this thread, in nanoseconds.
    static WITHIN: Cell<u64> = const { Cell::new(0) };
}

/// A phase under way on this thread; over when dropped.
#[must_use = "a phase ends when its span is dropped"]
#[derive(Debug)]
pub(crate) struct PhaseSpan<'a>(Option<Open<'a>>);

#[derive(Debug)]
struct Open<'a> {
    recorder: &'a Recorder,
    phase: Phase,
    start: Instant,
    /// What the outer span had within it when this one was opened.
    outer: u64,
    /// A whole build, which counts as wall time unless it is within another.
    build: bool,
    /// What is within is counted by thread.
    stays_on_its_thread: PhantomData<*const ()>,
}

impl Timings {
    /// A recorder that records.
    #[must_use]
    pub fn on() -> Self {
        Self(Some(Arc::default()))
    }

    /// A recorder that records nothing and costs nothing; the default.
    #[must_use]
    pub const fn off() -> Self {
        Self(None)
    }

    /// Whether anything is recorded.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// What was recorded so far; all zero if nothing is recorded.
    #[must_use]
    pub fn report(&self) -> TimingsReport {
        let Some(recorder) = &self.0 else { return TimingsReport::default() };
        let figures = |phase: &Phase| {
            let figures = &recorder.phases[*phase as usize];
            let (busy, calls) = (Duration::from_nanos(figures.busy.load(Relaxed)), figures.calls.load(Relaxed));
            PhaseReport { name: phase.name(), busy, calls }
        };
        TimingsReport {
            phases: Phase::ALL.iter().map(figures).filter(|phase| phase.calls > 0).collect(),
            total: Duration::from_nanos(recorder.total.load(Relaxed)),
            files: recorder.files.load(Relaxed),
            bytes_read: recorder.bytes_read.load(Relaxed),
            resources: recorder.resources.load(Relaxed),
            bytes_written: recorder.bytes_written.load(Relaxed),
        }
    }

    /// Opens a phase.
    pub(crate) fn span(&self, phase: Phase) -> PhaseSpan<'_> {
        PhaseSpan(self.0.as_deref().map(|recorder| Open::new(recorder, phase, false)))
    }

    /// Opens a whole build, or a part of one that callers of the library ask for by itself.
    pub(crate) fn build(&self) -> PhaseSpan<'_> {
        PhaseSpan(self.0.as_deref().map(|recorder| Open::new(recorder, Phase::Other, true)))
    }

    /// Counts a file that was read.
    pub(crate) fn count_file(&self, bytes: usize) {
        if let Some(recorder) = &self.0 {
            recorder.files.fetch_add(1, Relaxed);
            recorder.bytes_read.fetch_add(bytes as u64, Relaxed);
        }
    }

    /// Counts resources that came out of a build.
    pub(crate) fn count_resources(&self, number: usize) {
        if let Some(recorder) = &self.0 {
            recorder.resources.fetch_add(number as u64, Relaxed);
        }
    }

    /// Counts what was written.
    pub(crate) fn count_written(&self, bytes: usize) {
        if let Some(recorder) = &self.0 {
            recorder.bytes_written.fetch_add(bytes as u64, Relaxed);
        }
    }
}

/// Recorders are equal if they are one, or both record nothing.
impl PartialEq for Timings {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

impl Eq for Timings {}

impl<'a> Open<'a> {
    fn new(recorder: &'a Recorder, phase: Phase, build: bool) -> Self {
        if build {
            recorder.builds.fetch_add(1, Relaxed);
        }
        let outer = WITHIN.replace(0);
        Self { recorder, phase, start: Instant::now(), outer, build, stays_on_its_thread: PhantomData }
    }
}

impl Drop for PhaseSpan<'_> {
    fn drop(&mut self) {
        if let Some(open) = &self.0 {
            open.close();
        }
    }
}

impl Open<'_> {
    fn close(&self) {
        let took = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let within = WITHIN.replace(self.outer.saturating_add(took));
        let figures = &self.recorder.phases[self.phase as usize];
        figures.busy.fetch_add(took.saturating_sub(within), Relaxed);
        figures.calls.fetch_add(1, Relaxed);
        if self.build && self.recorder.builds.fetch_sub(1, Relaxed) == 1 {
            self.recorder.total.fetch_add(took, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(report: &TimingsReport) -> Duration {
        report.phases.iter().map(|phase| phase.busy).sum()
    }

    fn calls(report: &TimingsReport) -> Vec<(&'static str, u64)> {
        report.phases.iter().map(|phase| (phase.name, phase.calls)).collect()
    }

    #[test]
    fn on_one_thread_the_phases_add_up_to_the_total() {
        let timings = Timings::on();
        for _ in 0..3 {
            let _build = timings.build();
            let _inner = timings.build();
            let _accumulate = timings.span(Phase::Accumulate);
            for _ in 0..2 {
                let _parse = timings.span(Phase::Parse);
                drop(timings.span(Phase::Read));
            }
            drop(timings.span(Phase::Accumulate));
        }
        let report = timings.report();
        assert_eq!(calls(&report), [("read", 6), ("parse", 6), ("accumulate", 6), ("other", 6)]);
        assert_eq!(busy(&report), report.total);
    }

    #[test]
    fn threads_share_a_recorder() {
        let timings = Timings::on();
        std::thread::scope(|scope| {
            let _build = timings.build();
            for _ in 0..4 {
                scope.spawn(|| {
                    drop(timings.span(Phase::Parse));
                    timings.count_file(5);
                });
            }
        });
        let report = timings.report();
        assert_eq!(calls(&report), [("parse", 4), ("other", 1)]);
        assert_eq!((report.files, report.bytes_read), (4, 20));
    }

    #[test]
    fn what_is_off_records_nothing() {
        let timings = Timings::off();
        {
            let _build = timings.build();
            let _span = timings.span(Phase::Emit);
            timings.count_written(1);
        }
        assert_eq!(timings.report(), TimingsReport::default());
        assert!(timings == Timings::default() && timings != Timings::on() && Timings::on() != Timings::on());
    }

    #[test]
    fn built_in_kinds_have_phases_of_their_own() {
        assert_eq!(Phase::of_built_in("PatchTransformer"), Some(Phase::PatchTransformer));
        assert_eq!(Phase::of_built_in("HashTransformer"), Some(Phase::Hash));
        for kind in ["read", "plugins", "", "MyTransformer"] {
            assert_eq!(Phase::of_built_in(kind), None, "{kind}");
        }
    }
}
