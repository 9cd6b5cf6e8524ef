//! The order in which the keys of a mapping are printed.
//!
//! go-yaml v2 compares runs of digits as numbers and puts other characters before letters.
//! That comparison contradicts itself (`a1b` < `a2` < `a10` < `a1b`), so that upstream's
//! order then depends on the random order of a Go map. We print the order that results
//! where that order happens to be the one of the bytes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

use crate::error::Result;
use crate::yaml::{Entry, Key, Mapping, Tag, keys};

/// The entries of a mapping in the order of printing.
pub enum Ordered<'a> {
    /// The mapping's own order.
    AsWritten(&'a Mapping),
    /// Another order of few entries.
    Positions(Positions),
    /// Entries with the texts of their keys.
    Sorted(Vec<(Cow<'a, str>, &'a Entry)>),
}

/// Orders the entries of `mapping`; `top` as in [`keys::key_text`].
///
/// # Errors
/// For a key that is no string or is there twice.
pub fn order(mapping: &Mapping, top: bool) -> Result<Ordered<'_>> {
    if mapping.iter().all(|entry| is_plain(&entry.key)) {
        if is_sorted(mapping) {
            return Ok(Ordered::AsWritten(mapping));
        }
        if let Some(positions) = Positions::new(mapping) {
            return Ok(Ordered::Positions(positions));
        }
    }
    let mut entries = keys::with_text(mapping, top)?;
    if entries.iter().all(|(key, _)| is_consistent(key)) {
        entries.sort_by(|left, right| compare(&left.0, &right.0));
        keys::refuse_duplicates(&entries)?;
    } else {
        entries = keys::sorted_by_bytes(mapping, top)?;
        sort_as_upstream(&mut entries);
    }
    Ok(Ordered::Sorted(entries))
}

/// Positions of the entries of a small mapping in the order of printing.
pub struct Positions {
    positions: [u8; Self::MOST],
    length: usize,
}

impl Positions {
    const MOST: usize = 32;

    /// Sorts by inserting, as long as every comparison is one without digits: these never contradict each other.
    fn new(mapping: &Mapping) -> Option<Self> {
        let mut keys = [""; Self::MOST];
        let mut positions = [0; Self::MOST];
        let length = mapping.len();
        let (keys, places) = (keys.get_mut(..length)?, positions.get_mut(..length)?);
        for (number, entry) in (0_u8..).zip(mapping) {
            let key = entry.key.text().as_str();
            let mut at = usize::from(number);
            while at > 0 && compare_without_digits(key, keys[at - 1])? == Ordering::Less {
                keys[at] = keys[at - 1];
                places[at] = places[at - 1];
                at -= 1;
            }
            keys[at] = key;
            places[at] = number;
        }
        Some(Self { positions, length })
    }

    /// The entries of the mapping that this is the order of.
    pub fn of<'a>(&'a self, mapping: &'a Mapping) -> impl Iterator<Item = &'a Entry> {
        let entries = mapping.as_slice();
        self.positions.iter().take(self.length).filter_map(|position| entries.get(usize::from(*position)))
    }
}

/// Whether the keys, which are plain, are distinct and in order already, whatever digits they hold.
fn is_sorted(mapping: &Mapping) -> bool {
    mapping.as_slice().windows(2).all(|pair| match pair {
        [left, right] => compare_without_digits(left.key.text(), right.key.text()) == Some(Ordering::Less),
        _ => true,
    })
}

/// Whether a key is a string of ASCII on one line that is not too long.
fn is_plain(key: &Key) -> bool {
    let text = key.text().as_str();
    key.scalar.tag == Tag::Str && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && keys::is_simple_ascii(text)
}

/// Compares two texts in ASCII as [`compare`] does; gives up if they are equal or differ in a digit.
///
/// Texts that were sorted by such comparisons alone are in the one order that is theirs: of any two of
/// them, the first characters that differ were compared with neighbours', so these are no digits either.
fn compare_without_digits(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    match left.iter().zip(right).find(|(left, right)| left != right) {
        Some((left, right)) if left.is_ascii_digit() || right.is_ascii_digit() => None,
        Some((left, right)) => Some((left.is_ascii_alphabetic(), left).cmp(&(right.is_ascii_alphabetic(), right))),
        None => Some(left.len().cmp(&right.len())).filter(|order| order.is_ne()),
    }
}

/// Whether keys like this one are compared without contradictions, which begin with digits.
fn is_consistent(key: &str) -> bool {
    key.is_ascii() && !key.bytes().any(|byte| byte.is_ascii_digit())
}

/// Sorts as Go sorts short lists; longer ones by merging sorted runs.
///
/// The standard library's sorts may panic over a comparison that contradicts itself.
fn sort_as_upstream<T>(entries: &mut Vec<(Cow<'_, str>, T)>) {
    const RUN: usize = 12;
    let less = |left: &(Cow<'_, str>, T), right: &(Cow<'_, str>, T)| compare(&left.0, &right.0) == Ordering::Less;
    for run in entries.chunks_mut(RUN) {
        for sorted in 1..run.len() {
            let mut at = sorted;
            while at > 0 && less(&run[at], &run[at - 1]) {
                run.swap(at, at - 1);
                at -= 1;
            }
        }
    }
    let mut width = RUN;
    while width < entries.len() {
        let mut merged = Vec::with_capacity(entries.len());
        let mut rest = std::mem::take(entries).into_iter().peekable();
        while rest.peek().is_some() {
            let left: Vec<_> = rest.by_ref().take(width).collect();
            let right: Vec<_> = rest.by_ref().take(width).collect();
            let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
            while let Some(first) = left.peek() {
                let take_right = right.peek().is_some_and(|second| less(second, first));
                merged.extend(if take_right { right.next() } else { left.next() });
            }
            merged.extend(right);
        }
        *entries = merged;
        width *= 2;
    }
}

/// Compares two keys as go-yaml v2 does.
fn compare(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        return compare_units(left.as_bytes(), right.as_bytes());
    }
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    compare_units(&left, &right)
}

fn compare_units<U: Unit>(left: &[U], right: &[U]) -> Ordering {
    let Some(at) = left.iter().zip(right).position(|(left, right)| left != right) else {
        return left.len().cmp(&right.len());
    };
    let (Some(&first), Some(&second)) = (left.get(at), right.get(at)) else { return Ordering::Equal };
    match (first.is_letter(), second.is_letter()) {
        (true, true) => return first.cmp(&second),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // Behind a digit other than zero, a zero is a digit like others; elsewhere it only leads.
    let in_number = (first.code() == u32::from('0') || second.code() == u32::from('0'))
        && left.iter().take(at).rev().take_while(|unit| unit.is_digit()).any(|unit| unit.code() != u32::from('0'));
    let number = |units: &[U]| {
        let digits = units.iter().skip(at).take_while(|unit| unit.is_digit());
        digits.fold((i64::from(in_number), 0_usize), |(value, length), unit| {
            let digit = i64::from(unit.code()) - i64::from(u32::from('0'));
            (value.wrapping_mul(10).wrapping_add(digit), length + 1)
        })
    };
    number(left).cmp(&number(right)).then(first.cmp(&second))
}

/// A character of a key: a byte where keys are ASCII.
trait Unit: Copy + Ord {
    fn code(self) -> u32;
    fn is_letter(self) -> bool;
    fn is_digit(self) -> bool;
}

impl Unit for u8 {
    fn code(self) -> u32 {
        u32::from(self)
    }

    fn is_letter(self) -> bool {
        self.is_ascii_alphabetic()
    }

    fn is_digit(self) -> bool {
        self.is_ascii_digit()
    }
}

/// Unicode's letters and decimal digits, which `char` knows only together with other characters.
static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{L}").ok());
static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Nd}").ok());

fn is_in(class: &LazyLock<Option<Regex>>, character: char) -> bool {
    class.as_ref().is_some_and(|class| class.is_match(character.encode_utf8(&mut [0; 4])))
}

impl Unit for char {
    fn code(self) -> u32 {
        u32::from(self)
    }

    fn is_letter(self) -> bool {
        if self.is_ascii() { self.is_ascii_alphabetic() } else { is_in(&LETTER, self) }
    }

    fn is_digit(self) -> bool {
        if self.is_ascii() { self.is_ascii_digit() } else { is_in(&DIGIT, self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &[&str]) -> Vec<String> {
        let mut entries: Vec<(Cow<'_, str>, ())> = keys.iter().map(|key| (Cow::Borrowed(*key), ())).collect();
        entries.sort();
        sort_as_upstream(&mut entries);
        entries.into_iter().map(|(key, ())| key.into_owned()).collect()
    }

    #[test]
    fn digits_are_numbers_and_letters_come_last() {
        let expected =
            ["", "_a", "1", "01", "2", "10", "A", "B", "a", "a b", "a-b", "a.b", "a1", "a2", "a10", "aB", "ab"];
        let mut keys = expected;
        keys.sort_unstable();
        assert_eq!(sorted(&keys), expected);
        keys.reverse();
        assert_eq!(sorted(&keys), expected);
    }

    #[test]
    fn contradictions_have_one_order() {
        assert_eq!(sorted(&["a1b", "a2", "a10"]), ["a10", "a1b", "a2"]);
        assert_eq!(sorted(&["a2", "a10", "a1b"]), ["a10", "a1b", "a2"]);
    }

    #[test]
    fn long_lists_are_merged() {
        let keys: Vec<String> = (0..100).map(|number| format!("key-{number}")).collect();
        let reversed: Vec<&str> = keys.iter().rev().map(String::as_str).collect();
        assert_eq!(sorted(&reversed), keys);
    }

    #[test]
    fn characters_beyond_ascii() {
        // U+0661 is a digit worth far more than 9; U+2160 is a number but no digit; U+0345 is a mark.
        assert_eq!(compare("a\u{661}", "a9"), Ordering::Greater);
        assert_eq!(compare("\u{2160}", "a"), Ordering::Less);
        assert_eq!(compare("\u{345}", "a"), Ordering::Less);
        assert_eq!(compare("\u{e9}", "z"), Ordering::Greater);
    }
}
