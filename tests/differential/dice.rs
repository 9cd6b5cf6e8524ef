//! Choices made ahead: random numbers that generators use up one after the other.

use proptest::prelude::*;

/// A strategy for the choices of one part of a tree. Shorter and smaller is simpler.
pub fn throws(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

/// Hands out choices. When none are left every choice is the first, so generators put the
/// simplest alternative first and always come to an end.
#[derive(Debug)]
pub struct Dice<'a> {
    left: &'a [u8],
}

impl<'a> Dice<'a> {
    pub fn new(throws: &'a [u8]) -> Self {
        Self { left: throws }
    }

    /// A number below `count`, which must be from 1 to 256.
    pub fn below(&mut self, count: usize) -> usize {
        let Some((&first, rest)) = self.left.split_first() else { return 0 };
        self.left = rest;
        usize::from(first) % count
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
