//! A report's objects sorted into those to show one by one and those to show together.

use crate::gitops::diff::{Change, Counts, Noise, ObjectChange, Report, UnitReport, UnitStatus};
use crate::gitops::format::NoiseMode;

/// What there is to show.
pub(super) struct View<'r> {
    pub report: &'r Report,
    pub noise_mode: NoiseMode,
    pub counts: Counts,
    /// Objects to show one by one, unit by unit, those removed first.
    pub listed: Vec<Entry<'r>>,
    /// Objects to show together, by the sort of their noise.
    pub grouped: Vec<(Noise, Vec<Entry<'r>>)>,
    /// Objects of which all that differs is ignored by rules.
    pub ignored: Vec<Entry<'r>>,
    /// How many are shown nowhere.
    pub hidden: usize,
}

/// A changed object and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Entry<'r> {
    pub unit: &'r UnitReport,
    pub object: &'r ObjectChange,
}

impl<'r> View<'r> {
    pub(super) fn new(report: &'r Report, noise_mode: NoiseMode) -> Self {
        let [listed, ignored] = [Vec::new(), Vec::new()];
        let mut view =
            Self { report, noise_mode, counts: report.counts(), listed, grouped: Vec::new(), ignored, hidden: 0 };
        for unit in &report.units {
            for object in &unit.objects {
                view.sort_in(Entry { unit, object });
            }
        }
        view.grouped.sort_by_key(|(noise, _)| *noise);
        view
    }

    /// What is ignored as a whole is in no other list.
    fn sort_in(&mut self, entry: Entry<'r>) {
        if entry.object.is_ignored() {
            return self.ignored.push(entry);
        }
        match (entry.noise(), self.noise_mode) {
            (None, _) | (_, NoiseMode::Show) => self.listed.push(entry),
            (Some(_), NoiseMode::Hide) => self.hidden += 1,
            (Some(noise), NoiseMode::Group) => match self.grouped.iter_mut().find(|(other, _)| *other == noise) {
                Some((_, entries)) => entries.push(entry),
                None => self.grouped.push((noise, vec![entry])),
            },
        }
    }

    /// How many units differ.
    pub(super) fn changed_units(&self) -> usize {
        self.report.units.iter().filter(|unit| unit.objects.iter().any(|object| !object.is_ignored())).count()
    }

    /// Units that failed, with what is wrong.
    pub(super) fn failed(&self) -> impl Iterator<Item = &'r UnitReport> {
        self.report.units.iter().filter(|unit| unit.status == UnitStatus::Failed || !unit.failures.is_empty())
    }

    /// How many units have this status.
    pub(super) fn units(&self, status: UnitStatus) -> usize {
        self.report.units.iter().filter(|unit| unit.status == status).count()
    }
}

impl Entry<'_> {
    /// The sort of noise that the change is. What is gone or new is never noise.
    pub(super) fn noise(&self) -> Option<Noise> {
        self.object.noise.filter(|_| !matches!(self.object.change, Change::Removed | Change::Added))
    }
}
