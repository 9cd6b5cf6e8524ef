//! The way of a write: lock, clean up after killed runs, stage everything, swap everything.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::plan::UnitPlan;
use super::recover::{NEW, OLD, remove_all};
use super::stage::stage;
use super::swap::{Places, Swapped, rescue, swap, undo};
use super::{Inventory, LOCK, OutputFolder, STAGING};
use crate::error::Result;

/// How units are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whether files in the way are overwritten: those that others wrote, or changed since we wrote them.
    pub force: bool,
    /// Whether new files are brought to the disk before they are seen.
    pub durable: bool,
    /// How many units are staged at the same time.
    pub threads: NonZero<usize>,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { force: false, durable: true, threads: NonZero::<usize>::MIN }
    }
}

impl OutputFolder<'_> {
    /// Does what was planned, for all units or for none, and gives back the plans as they were carried out:
    /// a unit that another run wrote in the meantime is planned anew. Removes what killed runs left.
    ///
    /// # Errors
    /// When something stands in the way of a unit or can't be written; all units are then as they were.
    pub fn apply(&self, plans: Vec<UnitPlan>, options: WriteOptions) -> Result<Vec<UnitPlan>> {
        plans.iter().try_for_each(|plan| plan.check(options.force))?;
        if !plans.iter().any(UnitPlan::is_changed) && !self.has_leftovers()? {
            return Ok(plans);
        }
        self.files.create_dir_all(&self.directory)?;
        let path = self.directory.join(LOCK);
        let lock = self.files.lock(&path)?;
        let result = self.recover().and_then(|()| self.apply_locked(plans, options));
        let unlocked = self.files.unlock(&path, lock);
        let plans = result?;
        unlocked?;
        Ok(plans)
    }

    fn has_leftovers(&self) -> Result<bool> {
        for name in [STAGING, LOCK] {
            if self.files.entry(&self.directory.join(name))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn apply_locked(&self, plans: Vec<UnitPlan>, options: WriteOptions) -> Result<Vec<UnitPlan>> {
        let plans: Vec<UnitPlan> = plans.into_iter().map(|plan| self.refresh(plan)).collect::<Result<_>>()?;
        plans.iter().try_for_each(|plan| plan.check(options.force))?;
        let changed: Vec<&UnitPlan> = plans.iter().filter(|plan| plan.is_changed()).collect();
        let staging = self.directory.join(STAGING);
        let result = self.stage_all(&changed, options).and_then(|staged| self.swap_all(&changed, &staged));
        if let Err(error) = result {
            // Not just removed: a folder that could not be put back may be there still.
            let _ = self.recover();
            return Err(error);
        }
        if self.files.entry(&staging)?.is_some() {
            remove_all(self.files, &staging)?;
        }
        Ok(plans)
    }

    /// The plan, made anew if another run wrote the unit since.
    fn refresh(&self, plan: UnitPlan) -> Result<UnitPlan> {
        let now = Inventory::read(self.files, &plan.folder)?;
        let bytes = |read: &Option<(Inventory, Vec<u8>)>| read.as_ref().map(|(_, bytes)| bytes.clone());
        if bytes(&now) == bytes(&plan.before) { Ok(plan) } else { self.plan(plan.unit) }
    }

    /// Stages every unit; says for each whether there is a new folder.
    fn stage_all(&self, plans: &[&UnitPlan], options: WriteOptions) -> Result<Vec<bool>> {
        if plans.is_empty() {
            return Ok(Vec::new());
        }
        self.files.create_dir_all(&self.directory.join(STAGING))?;
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((index, plan)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                plans.get(index).map(|plan| (index, plan))
            } {
                let result = stage(self.files, plan, &self.places(plan).new);
                let failed = result.is_err();
                done.push((index, result));
                if failed {
                    // Nobody starts another unit.
                    next.store(plans.len(), Ordering::Relaxed);
                }
            }
            done
        };
        let mut done = if options.threads.get() == 1 {
            work()
        } else {
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..options.threads.get().min(plans.len())).map(|_| scope.spawn(work)).collect();
                let join = |thread: std::thread::ScopedJoinHandle<'_, _>| match thread.join() {
                    Ok(done) => done,
                    Err(panic) => std::panic::resume_unwind(panic),
                };
                threads.into_iter().flat_map(join).collect()
            })
        };
        done.sort_by_key(|(index, _)| *index);
        let staged = done.into_iter().map(|(_, result)| result).collect::<Result<Vec<bool>>>()?;
        if options.durable {
            self.files.sync(&self.directory.join(STAGING))?;
        }
        Ok(staged)
    }

    /// Swaps every unit; if one can't be swapped, those before it are swapped back.
    fn swap_all(&self, plans: &[&UnitPlan], staged: &[bool]) -> Result<()> {
        let mut done: Vec<(&UnitPlan, Places, Swapped)> = Vec::new();
        for (plan, has_new) in plans.iter().zip(staged) {
            let places = self.places(plan);
            match swap(self.files, &places, *has_new) {
                Ok(None) => {}
                Ok(Some(swapped)) => done.push((plan, places, swapped)),
                Err(failure) => {
                    let failure = failure.shown_as(&plan.folder);
                    for (_, places, swapped) in done.iter().rev() {
                        // The first fault is the one to tell of; what stays moved away is brought back.
                        let _ = undo(self.files, places, *swapped);
                    }
                    return Err(failure.into());
                }
            }
        }
        done.iter().try_for_each(|(plan, places, swapped)| rescue(self.files, plan, places, *swapped))
    }

    fn places(&self, plan: &UnitPlan) -> Places {
        let below = |name: &str| self.directory.join(STAGING).join(name).join(&plan.unit.site).join(&plan.unit.app);
        Places { folder: plan.folder.clone(), new: below(NEW), old: below(OLD) }
    }
}
