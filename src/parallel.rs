//! Work shared among threads: the same results in the same order, whatever the number of threads.
//!
//! Threads are started when there is enough to do, counted in bytes, and end with what they
//! were started for. Work may itself share out work: all of it together has no more threads
//! than were asked for. Nothing here knows what the work is.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

use crate::timings::{Phase, Timings};

/// How many bytes of work are worth a thread, unless somebody says otherwise.
pub const DEFAULT_SHARE: usize = 64 << 10;

/// The stack of a thread: enough for trees as deep as the parser allows, below kustomizations as
/// deep as the loader allows, in a build without optimization. It takes memory only where it is used.
const STACK: usize = 32 << 20;

/// Runs per thread: enough that none waits long for the others at the end.
const RUNS: usize = 8;

/// How many threads a render may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads {
    /// At most so many; `None` for as many as there are cores.
    pub limit: Option<NonZeroUsize>,
    /// One thread for so many bytes of work.
    pub share: usize,
}

impl Default for Threads {
    fn default() -> Self {
        Self { limit: None, share: DEFAULT_SHARE }
    }
}

/// The threads of one render.
#[derive(Debug, Default)]
pub struct Workers {
    threads: Threads,
    timings: Timings,
    limit: OnceLock<usize>,
    /// Threads at work beside the one that started the render.
    helpers: AtomicUsize,
}

/// A thread's right to be there.
struct Seat<'a>(&'a Workers);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.helpers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// No threads yet, and no more than `threads` says. How long they wait for each other goes to `timings`.
    #[must_use]
    pub const fn new(threads: Threads, timings: Timings) -> Self {
        Self { threads, timings, limit: OnceLock::new(), helpers: AtomicUsize::new(0) }
    }

    /// Whether work of so many bytes is shared out.
    #[must_use]
    pub fn shares(&self, cost: usize) -> bool {
        self.shares_of(cost) > 1
    }

    /// How many threads `cost` bytes of work are worth.
    fn shares_of(&self, cost: usize) -> usize {
        let shares = cost.checked_div(self.threads.share).unwrap_or(usize::MAX);
        // The system is asked only if need be: that takes longer than a small build's files.
        if shares > 1 { shares.min(self.limit()) } else { 1 }
    }

    fn limit(&self) -> usize {
        let cores = || available_parallelism().map_or(1, NonZeroUsize::get);
        *self.limit.get_or_init(|| self.threads.limit.map_or_else(cores, NonZeroUsize::get))
    }

    fn seat(&self) -> Option<Seat<'_>> {
        let free = |helpers| (helpers + 1 < self.limit()).then_some(helpers + 1);
        let seat = self.helpers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free);
        seat.is_ok().then(|| Seat(self))
    }

    /// What `work` makes of each item, in their order. `cost` is an item's size in bytes.
    ///
    /// A panic of `work` goes on in the caller.
    pub fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        cost: impl Fn(&T) -> usize,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        let made = self.map_runs(items, cost, |run| run.iter().map(&work).collect::<Vec<R>>());
        made.into_iter().flatten().collect()
    }

    /// What `work` makes of neighbouring items, in their order; all are one run where there is little to do.
    ///
    /// A panic of `work` goes on in the caller.
    pub fn map_runs<T: Sync, R: Send>(
        &self,
        items: &[T],
        cost: impl Fn(&T) -> usize,
        work: impl Fn(&[T]) -> R + Sync,
    ) -> Vec<R> {
        self.map_runs_of(items, cost, RUNS, work)
    }

    /// The same in about `a_thread` runs for each thread.
    ///
    /// A panic of `work` goes on in the caller.
    pub fn map_runs_of<T: Sync, R: Send>(
        &self,
        items: &[T],
        cost: impl Fn(&T) -> usize,
        a_thread: usize,
        work: impl Fn(&[T]) -> R + Sync,
    ) -> Vec<R> {
        // What it costs need not be known where nobody would share it.
        let alone = items.len() < 2 || self.threads.limit.is_some_and(|limit| limit.get() == 1);
        let total = if alone { 0 } else { items.iter().map(&cost).fold(0, usize::saturating_add) };
        let threads = if items.len() > 1 { self.shares_of(total).min(items.len()) } else { 1 };
        if threads == 1 {
            return vec![work(items)];
        }
        let (runs, order) = runs(items.iter().map(cost), total / (threads * a_thread.max(1)));
        let next = AtomicUsize::new(0);
        let step = || {
            let run = *order.get(next.fetch_add(1, Ordering::Relaxed))?;
            Some((run, work(&items[runs[run].clone()])))
        };
        let step = &step;
        let mut made = scope(|scope| {
            let (mut helpers, mut made) = (Vec::new(), Vec::new());
            loop {
                // Threads that were busy elsewhere may have become free.
                while helpers.len() + 1 < threads && next.load(Ordering::Relaxed) + 1 < runs.len() {
                    let Some(seat) = self.seat() else { break };
                    let help = move || {
                        let _seat = seat;
                        std::iter::from_fn(step).collect::<Vec<_>>()
                    };
                    let builder = Builder::new().name("crustomize".to_owned()).stack_size(STACK);
                    match builder.spawn_scoped(scope, help) {
                        Ok(helper) => helpers.push(helper),
                        // Without help it takes longer, that is all.
                        Err(_) => break,
                    }
                }
                let Some(run) = step() else { break };
                made.push(run);
            }
            let _span = self.timings.span(Phase::Waiting);
            for helper in helpers {
                made.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            made
        });
        made.sort_unstable_by_key(|(run, _)| *run);
        made.into_iter().map(|(_, made)| made).collect()
    }
}

/// Neighbours together until they cost `grain`; and the runs by cost, the dearest first, so that
/// none of them is begun last.
fn runs(costs: impl Iterator<Item = usize>, grain: usize) -> (Vec<Range<usize>>, Vec<usize>) {
    let (mut runs, mut sums): (Vec<Range<usize>>, Vec<usize>) = (Vec::new(), Vec::new());
    for (index, cost) in costs.enumerate() {
        match (runs.last_mut(), sums.last_mut()) {
            (Some(run), Some(sum)) if sum.saturating_add(cost) <= grain => {
                run.end = index + 1;
                *sum += cost;
            }
            _ => {
                runs.push(index..index + 1);
                sums.push(cost);
            }
        }
    }
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|run| std::cmp::Reverse(sums[*run]));
    (runs, order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workers(limit: usize, share: usize) -> Workers {
        Workers::new(Threads { limit: NonZeroUsize::new(limit), share }, Timings::off())
    }

    #[test]
    fn results_come_in_order() {
        let items: Vec<usize> = (0..1000).collect();
        let want: Vec<usize> = items.iter().map(|item| item * 3).collect();
        for (limit, share) in [(1, 0), (2, 0), (3, 100), (64, 1), (8, usize::MAX)] {
            let made = workers(limit, share).map(&items, |item| item * 7 % 90, |item| item * 3);
            assert_eq!(made, want, "{limit} threads, one for {share} bytes");
        }
    }

    #[test]
    fn work_within_work_has_no_more_threads() {
        let workers = workers(3, 0);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let inner = |_: &usize| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            1
        };
        let items: Vec<usize> = (0..20).collect();
        let made = workers.map(&items, |_| 1, |_| workers.map(&items, |_| 1, inner).into_iter().sum::<usize>());
        assert_eq!(made, [20; 20]);
        assert!(most.into_inner() <= 3);
        assert_eq!(workers.helpers.into_inner(), 0);
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let workers = workers(4, 0);
        let items: Vec<usize> = (0..50).collect();
        let work = |item: &usize| assert!(*item != 7, "item seven");
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| workers.map(&items, |_| 1, work)));
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"item seven"));
        assert_eq!(workers.helpers.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn little_work_takes_no_thread() {
        let own = std::thread::current().id();
        let ids = workers(8, 1000).map(&[1, 2, 3], |_| 600, |_| std::thread::current().id());
        assert!(ids.contains(&own) || ids.len() == 3);
        let ids = workers(8, 1000).map(&[1, 2, 3], |_| 600 / 3, |_| std::thread::current().id());
        assert_eq!(ids, [own; 3]);
        let ids = workers(1, 0).map(&[1, 2, 3], |_| 600, |_| std::thread::current().id());
        assert_eq!(ids, [own; 3]);
    }

    #[test]
    fn neighbours_run_together() {
        let (runs, order) = runs([1, 1, 5, 9, 2, 2].into_iter(), 4);
        assert_eq!(runs, [0..2, 2..3, 3..4, 4..6]);
        assert_eq!(order, [2, 1, 3, 0]);
    }
}
