//! Texts that are held until it is known that all are right, each as what differs from a text of its kind: a
//! fleet's texts are those of one application a thousand times over, and memory that is touched for the first time
//! costs more than to compare them.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memchr;

/// What is the same for fewer bytes is written anew.
const SHORTEST: usize = 3 * size_of::<Piece>();

/// So many lines ahead a line is looked for, where lines were added or taken out.
const AHEAD: usize = 8;

/// Texts of several kinds, put there by any thread.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<HashMap<String, Arc<[u8]>>>);

/// A text.
#[derive(Debug)]
pub(super) struct Held {
    /// The text that it is like.
    like: Arc<[u8]>,
    /// What it does not have in common with that one.
    own: Box<[u8]>,
    pieces: Box<[Piece]>,
}

/// So many bytes of the text's own, and then a part of the other one.
#[derive(Debug, Clone, Copy)]
struct Piece {
    own: u32,
    start: u32,
    end: u32,
}

impl Shelf {
    /// Takes a text of the kind `kind`.
    pub(super) fn put(&self, kind: &str, text: String) -> Held {
        let like = self.kinds(|kinds| kinds.get(kind).cloned());
        if let Some(held) = like.and_then(|like| Differences::between(like, text.as_bytes())) {
            return held;
        }
        // Those that come may be like this one.
        let held = Held::whole(text.into_bytes().into());
        self.kinds(|kinds| kinds.insert(kind.to_owned(), Arc::clone(&held.like)));
        held
    }

    fn kinds<T>(&self, work: impl FnOnce(&mut HashMap<String, Arc<[u8]>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Held {
    /// A text that others may be like.
    fn whole(text: Arc<[u8]>) -> Self {
        // What is too long for a piece is its own.
        let (own, pieces): (Box<[u8]>, Box<[Piece]>) = match u32::try_from(text.len()) {
            Ok(end) => (Box::default(), [Piece { own: 0, start: 0, end }].into()),
            Err(_) => (text.as_ref().into(), Box::default()),
        };
        Self { like: text, own, pieces }
    }

    /// Writes the text.
    ///
    /// # Errors
    /// What `out` returns.
    pub(super) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut own = &*self.own;
        for &Piece { own: length, start, end } in &self.pieces {
            let (before, after) = own.split_at_checked(length as usize).unwrap_or((own, &[]));
            out.write_all(before)?;
            out.write_all(self.like.get(start as usize..end as usize).unwrap_or_default())?;
            own = after;
        }
        out.write_all(own)
    }
}

/// The walk along two texts.
struct Differences<'a> {
    like: &'a [u8],
    text: &'a [u8],
    own: Vec<u8>,
    pieces: Vec<Piece>,
    /// How many bytes of `own` are in pieces.
    placed: usize,
}

impl Differences<'_> {
    /// The text as what differs from `like`; `None` if that is most of it.
    fn between(like: Arc<[u8]>, text: &[u8]) -> Option<Held> {
        u32::try_from(like.len().max(text.len())).ok()?;
        let mut walk = Differences { like: &like, text, own: Vec::new(), pieces: Vec::new(), placed: 0 };
        walk.run()?;
        let (own, pieces) = (walk.own.into(), walk.pieces.into());
        Some(Held { like, own, pieces })
    }

    fn run(&mut self) -> Option<()> {
        let (mut there, mut here) = (0, 0);
        loop {
            let same = common(self.like.get(there..)?, self.text.get(here..)?);
            self.take(there, here, same)?;
            (there, here) = (there + same, here + same);
            if here == self.text.len() {
                return Some(());
            }
            // The rest of a line that is another one.
            let after = here + line(self.text.get(here..)?);
            self.own.extend_from_slice(self.text.get(here..after)?);
            (there, here) = self.next(there + line(self.like.get(there..)?), after)?;
            if self.own.len() > self.text.len() / 2 {
                return None;
            }
        }
    }

    /// Notes that `same` bytes are the same.
    fn take(&mut self, there: usize, here: usize, same: usize) -> Option<()> {
        if same < SHORTEST {
            self.own.extend_from_slice(self.text.get(here..here + same)?);
            return Some(());
        }
        let number = |number: usize| u32::try_from(number).ok();
        let piece =
            Piece { own: number(self.own.len() - self.placed)?, start: number(there)?, end: number(there + same)? };
        self.pieces.push(piece);
        self.placed = self.own.len();
        Some(())
    }

    /// Where both go on: at lines that are the same, if there are such lines near.
    fn next(&mut self, there: usize, here: usize) -> Option<(usize, usize)> {
        let (mut ahead, mut behind) = (there, here);
        for _ in 0..AHEAD {
            let wanted = self.text.get(here..here + line(self.text.get(here..)?))?;
            if self.like.get(ahead..)?.starts_with(wanted) {
                return Some((ahead, here));
            }
            let wanted = self.like.get(there..there + line(self.like.get(there..)?))?;
            if !wanted.is_empty() && self.text.get(behind..)?.starts_with(wanted) {
                self.own.extend_from_slice(self.text.get(here..behind)?);
                return Some((there, behind));
            }
            ahead += line(self.like.get(ahead..)?);
            behind += line(self.text.get(behind..)?);
        }
        Some((there, here))
    }
}

/// How many bytes both begin with.
fn common(left: &[u8], right: &[u8]) -> usize {
    const STEP: usize = 32;
    let steps = left.chunks_exact(STEP).zip(right.chunks_exact(STEP)).take_while(|(left, right)| left == right);
    let begun = steps.count() * STEP;
    let rest = left.iter().skip(begun).zip(right.iter().skip(begun)).take_while(|(left, right)| left == right);
    begun + rest.count()
}

/// How long the rest of the line is, with its end.
fn line(text: &[u8]) -> usize {
    memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(held: &Held) -> String {
        let mut out = Vec::new();
        held.write_to(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn lines() -> impl Strategy<Value = Vec<String>> {
        let line = prop_oneof!["[ab]{0,3}", Just("a line that is long enough to be worth a link, ü".to_owned())];
        prop::collection::vec(line, 0..30)
    }

    proptest! {
        /// Whatever was put there before, a text comes back as it was.
        #[test]
        fn texts_come_back_as_they_were(
            first in lines(),
            edits in prop::collection::vec((0_usize..30, 0_usize..3, "[ab]{0,5}"), 0..6),
            others in lines(),
        ) {
            let mut second = first.clone();
            for (at, sort, text) in edits {
                match (at < second.len(), sort) {
                    (true, 0) => second[at] = text,
                    (true, 1) => drop(second.remove(at)),
                    _ => second.insert(at.min(second.len()), text),
                }
            }
            let texts = [first.join("\n"), second.join("\n"), others.join("\n"), second.join("\n")];
            let shelf = Shelf::default();
            let held: Vec<Held> = texts.iter().map(|text| shelf.put("a", text.clone())).collect();
            for (held, text) in held.iter().zip(&texts) {
                prop_assert_eq!(&written(held), text);
            }
        }
    }

    /// Texts of thousands of sites differ in a name here and there, and in lines that only some have.
    #[test]
    fn what_is_alike_is_held_once() {
        let text = |site: &str, more: &str| {
            (0..100)
                .map(|number| {
                    format!("name: server-{number}\nnamespace: {site}\n{more}spec: {{replicas: 2, paused: false}}\n")
                })
                .collect::<String>()
        };
        let shelf = Shelf::default();
        shelf.put("web", text("site-a", ""));
        for (site, more) in [("site-b", ""), ("another-site", ""), ("site-c", "labels: {}\n")] {
            let held = shelf.put("web", text(site, more));
            let size = held.own.len() + size_of_val(&*held.pieces);
            assert!(size < text(site, more).len() / 2 && !held.own.is_empty(), "{site}: {size}");
            assert_eq!(written(&held), text(site, more));
        }
        // Another application is like none of them, and has texts of its own to be like.
        let other = "x: 1\n".repeat(100);
        assert_eq!(shelf.put("db", other.clone()).own.len(), 0);
        assert_eq!(shelf.put("db", other).own.len(), 0);
    }
}
