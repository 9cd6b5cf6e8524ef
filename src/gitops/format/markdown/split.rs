//! As many comments as it takes, each valid by itself.

use crate::gitops::format::markdown::block::{Block, Piece, chars};
use crate::gitops::format::markdown::document::Document;
use crate::gitops::format::markdown::summary::{continued, marker};

/// A number of parts with as many digits as any will have.
const MOST_PARTS: usize = 999_999_999;

/// The document in parts of at most `budget` characters.
pub(super) fn parts(document: &Document<'_>, budget: usize) -> Vec<String> {
    let head = |part, parts| {
        let words = if part == 1 { document.summary.clone() } else { continued(&document.view, part, parts) };
        format!("{}\n{words}", marker(document.options, part, parts))
    };
    let longest = chars(&head(1, MOST_PARTS)).max(chars(&head(MOST_PARTS, MOST_PARTS)));
    let mut packer = Packer { room: budget.saturating_sub(longest), bodies: vec![String::new()], used: 0 };
    document.blocks().iter().for_each(|block| packer.add(block));
    let parts = packer.bodies.len();
    packer.bodies.iter().enumerate().map(|(place, body)| head(place + 1, parts) + body).collect()
}

/// Fills one part after the other.
struct Packer {
    /// How many characters a part has for its body.
    room: usize,
    bodies: Vec<String>,
    /// How many of them the last body has taken.
    used: usize,
}

impl Packer {
    fn add(&mut self, block: &Block) {
        let size = block.chars() + 1;
        // To begin anew is worth it if the block then stays in one piece, and not much is given away.
        let is_worth_it = size <= self.room && self.used * 2 > self.room;
        if size > self.left() && (is_worth_it || block.pieces.is_empty()) {
            self.begin();
        }
        if size <= self.left() {
            return self.push(&block.text());
        }
        self.add_in_parts(block);
    }

    fn add_in_parts(&mut self, block: &Block) {
        let longest = self.room.saturating_sub(chars(&block.open).max(chars(&block.again)) + chars(&block.close) + 1);
        let piece = |piece: &Piece| if piece.chars > longest { piece.too_long() } else { piece.clone() };
        let block = &Block { pieces: block.pieces.iter().map(piece).collect(), ..block.clone() };
        let mut from = 0;
        let mut open = &block.open;
        while from < block.pieces.len() {
            let frame = chars(open) + chars(&block.close) + 1;
            let end = self.last_that_fits(block, from, frame);
            if end > from {
                let lines: String = block.pieces[from..end].iter().map(|piece| piece.text.as_str()).collect();
                self.push(&format!("{open}{lines}{}", block.close));
                (from, open) = (end, &block.again);
            } else {
                self.begin();
            }
        }
    }

    /// The end of the pieces that fit into this part; before a hunk, if that is further on in the next part.
    fn last_that_fits(&self, block: &Block, from: usize, frame: usize) -> usize {
        let Some(mut left) = self.left().checked_sub(frame) else { return from };
        let mut end = from;
        while let Some(piece) = block.pieces.get(end)
            && piece.chars <= left
        {
            left -= piece.chars;
            end += 1;
        }
        let hunk = (from + 1..end).rev().find(|place| block.pieces[*place].begins);
        match hunk {
            Some(start) if end < block.pieces.len() && !block.pieces[end].begins => {
                let whole: usize = block.pieces[start..block.hunk_end(start)].iter().map(|piece| piece.chars).sum();
                if whole + chars(&block.again) + chars(&block.close) < self.room { start } else { end }
            }
            _ => end,
        }
    }

    fn left(&self) -> usize {
        self.room - self.used
    }

    fn begin(&mut self) {
        self.bodies.push(String::new());
        self.used = 0;
    }

    fn push(&mut self, text: &str) {
        if let Some(body) = self.bodies.last_mut() {
            body.push('\n');
            body.push_str(text);
            self.used += chars(text) + 1;
        }
    }
}
