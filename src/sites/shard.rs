//! One of several machines' part of the work.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use crate::fs::FileSystem;
use crate::sites::Unit;

/// Part `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no shard: write `i/n` with 1 <= i <= n, for instance `2/4`");
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let (index, count) = (index.parse().map_err(|_| wrong())?, count.parse().map_err(|_| wrong())?);
        if 1 <= index && index <= count { Ok(Self { index, count }) } else { Err(wrong()) }
    }
}

impl Shard {
    /// The units of this part, in their order. Every unit is in one part, and the parts cost about the same:
    /// the dearest unit goes first, each to the part that costs least so far.
    #[must_use]
    pub fn of(self, units: Vec<Unit>, costs: &[u64]) -> Vec<Unit> {
        let mut order: Vec<usize> = (0..units.len()).collect();
        let cost = |index: usize| costs.get(index).copied().unwrap_or_default();
        order.sort_by_key(|index| Reverse(cost(*index)));
        let mut parts = vec![(0_u64, 0_usize); self.count];
        let mut ours = vec![false; units.len()];
        for index in order {
            // Units that cost nothing are spread by number.
            let Some(part) = (0..parts.len()).min_by_key(|part| parts[*part]) else { break };
            parts[part].0 = parts[part].0.saturating_add(cost(index));
            parts[part].1 += 1;
            ours[index] = part + 1 == self.index;
        }
        units.into_iter().zip(ours).filter(|(_, ours)| *ours).map(|(unit, _)| unit).collect()
    }
}

/// What each unit costs: the bytes of the files in its folder and in its application's base.
#[must_use]
pub fn costs(files: &dyn FileSystem, units: &[Unit]) -> Vec<u64> {
    let mut bases: BTreeMap<&Path, u64> = BTreeMap::new();
    let mut costs = Vec::with_capacity(units.len());
    for unit in units {
        let base = *bases.entry(&unit.base).or_insert_with(|| bytes(files, &unit.base, 0));
        costs.push(base.saturating_add(bytes(files, &unit.directory, 0)));
    }
    costs
}

/// How deep folders are looked into.
const DEEPEST: usize = 32;

fn bytes(files: &dyn FileSystem, directory: &Path, depth: usize) -> u64 {
    let names = if depth < DEEPEST { files.read_dir(directory).unwrap_or_default() } else { Vec::new() };
    let size = |name: String| {
        let path = directory.join(name);
        let is_link = || files.canonicalize(&path).is_ok_and(|real| real.file_name() != path.file_name());
        if files.is_dir(&path) && is_link() {
            // A link to a folder above would be counted over and over.
            0
        } else if files.is_dir(&path) {
            bytes(files, &path, depth + 1)
        } else {
            files.size(&path).unwrap_or_default()
        }
    };
    names.into_iter().map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(count: usize) -> Vec<Unit> {
        let unit =
            |index| Unit { site: format!("s{index}"), app: "a".to_owned(), directory: "d".into(), base: "b".into() };
        (0..count).map(unit).collect()
    }

    proptest::proptest! {
        /// Every unit is in one part, and no part costs more than the dearest unit more than another.
        #[test]
        fn parts_are_whole_and_even(costs in proptest::collection::vec(0_u64..1000, 0..60), count in 1_usize..9) {
            let all = units(costs.len());
            let cost = |unit: &Unit| costs[unit.site[1..].parse::<usize>().unwrap()];
            let mut seen = Vec::new();
            let mut sums = Vec::new();
            for index in 1..=count {
                let part = Shard { index, count }.of(all.clone(), &costs);
                sums.push(part.iter().map(cost).sum::<u64>());
                seen.extend(part);
            }
            seen.sort_by_key(|unit| unit.site[1..].parse::<usize>().unwrap());
            proptest::prop_assert_eq!(seen, all);
            let spread = sums.iter().max().unwrap() - sums.iter().min().unwrap();
            proptest::prop_assert!(spread <= costs.iter().copied().max().unwrap_or_default());
        }
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!("2/3".parse::<Shard>().unwrap(), Shard { index: 2, count: 3 });
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
