//! Texts that are held until it is known that all are right.
//!
//! They lie one behind the other in large pieces of memory, for which the system is asked for large pages. A fleet's
//! texts take thousands of pages of the usual size otherwise, and to find and clear each of these is a good
//! part of the time that a run takes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use memmap2::MmapMut;

/// How large the first piece is; each is twice as large as the one before it.
const FIRST: usize = 256 << 10;

/// No piece is larger than this, unless a text is.
const LARGEST: usize = 32 << 20;

/// Texts, put there by any thread.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<Pieces>);

#[derive(Debug, Default)]
struct Pieces {
    /// Pieces that nobody writes to now.
    free: Vec<Piece>,
    /// How many there are in all.
    number: usize,
}

/// Memory, and how much of it is in use.
#[derive(Debug)]
struct Piece {
    number: usize,
    memory: MmapMut,
    used: usize,
}

/// Where a text is.
#[derive(Debug)]
pub(super) enum Held {
    /// In the piece of that number.
    In { piece: usize, start: usize, end: usize },
    /// Here: the system gave no piece.
    Here(String),
}

impl Shelf {
    /// Takes a text.
    pub(super) fn put(&self, text: String) -> Held {
        let Some(mut piece) = self.piece_for(text.len()) else { return Held::Here(text) };
        let (start, end) = (piece.used, piece.used + text.len());
        let held = match piece.memory.get_mut(start..end) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                piece.used = end;
                Held::In { piece: piece.number, start, end }
            }
            None => Held::Here(text),
        };
        self.pieces(|pieces| pieces.free.push(piece));
        held
    }

    /// All texts, to be read.
    pub(super) fn into_texts(self) -> Texts {
        let pieces = self.0.into_inner().unwrap_or_else(PoisonError::into_inner).free;
        Texts(pieces.into_iter().map(|piece| (piece.number, piece.memory)).collect())
    }

    /// A piece with room for a text of that length.
    fn piece_for(&self, length: usize) -> Option<Piece> {
        let number = self.pieces(|pieces| {
            let has_room = |piece: &Piece| piece.memory.len() - piece.used >= length;
            // The latest ones have the most room.
            match pieces.free.iter().rposition(has_room) {
                Some(at) => Ok(pieces.free.swap_remove(at)),
                None => {
                    pieces.number += 1;
                    Err(pieces.number - 1)
                }
            }
        });
        number.map_or_else(|number| Piece::new(number, length), Some)
    }

    fn pieces<T>(&self, work: impl FnOnce(&mut Pieces) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Piece {
    fn new(number: usize, length: usize) -> Option<Self> {
        let usual = FIRST.checked_shl(u32::try_from(number).ok()?).filter(|size| *size > 0);
        let memory = MmapMut::map_anon(usual.map_or(LARGEST, |size| size.min(LARGEST)).max(length)).ok()?;
        // Only a wish.
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::HugePage);
        Some(Self { number, memory, used: 0 })
    }
}

/// All texts of a shelf.
#[derive(Debug)]
pub(super) struct Texts(BTreeMap<usize, MmapMut>);

impl Texts {
    /// The bytes of a text.
    pub(super) fn get<'a>(&'a self, held: &'a Held) -> &'a [u8] {
        match held {
            Held::In { piece, start, end } => {
                self.0.get(piece).and_then(|memory| memory.get(*start..*end)).unwrap_or_default()
            }
            Held::Here(text) => text.as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let shelf = Shelf::default();
        let text = |thread: usize, number: usize| format!("{thread}.{number} ").repeat(number * number % 4000);
        let put = |thread: usize| (0..600).map(|number| shelf.put(text(thread, number))).collect::<Vec<_>>();
        let held: Vec<Vec<Held>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3).map(|thread| scope.spawn(move || put(thread))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let large = shelf.put("x".repeat(LARGEST + 1));
        let texts = shelf.into_texts();
        assert!(texts.0.len() >= 4 && texts.0.values().any(|memory| memory.len() > FIRST), "{:?}", texts.0.len());
        for (thread, held) in held.iter().enumerate() {
            for (number, held) in held.iter().enumerate() {
                assert!(texts.get(held) == text(thread, number).as_bytes(), "{thread}.{number}");
            }
        }
        assert!(texts.get(&large).len() == LARGEST + 1 && texts.get(&large).iter().all(|byte| *byte == b'x'));
    }

    #[test]
    fn pieces_grow() {
        let sizes = [0, 1, 5, 7, 20, 63, 64, 1000].map(|number| Piece::new(number, 1).unwrap().memory.len() >> 10);
        assert_eq!(sizes, [256, 512, 8192, 32768, 32768, 32768, 32768, 32768]);
        assert_eq!(Piece::new(0, 1 << 20).unwrap().memory.len(), 1 << 20);
    }
}
