//! A run of Markdown that can be cut between its pieces, and only there.

/// A list, a table or a fenced text. Each part of it that is shown by itself is valid.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// What comes first.
    pub open: String,
    /// What comes first where it goes on after a cut.
    pub again: String,
    /// Items, rows or lines, each with its line end.
    pub pieces: Vec<Piece>,
    /// What comes last.
    pub close: String,
}

/// What is never cut.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// The text with its line end.
    pub text: String,
    /// How many characters that is.
    pub chars: usize,
    /// Whether a hunk begins here: a better place for a cut.
    pub begins: bool,
}

impl Piece {
    pub(super) fn new(text: String) -> Self {
        Self { chars: chars(&text), text, begins: false }
    }

    /// What stands in the place of a line that no part can hold.
    pub(super) fn too_long(&self) -> Self {
        Self { begins: self.begins, ..Self::new(format!("\\ a line of {} characters is left out\n", self.chars)) }
    }
}

impl Block {
    /// A block without pieces.
    pub(super) fn paragraph(text: String) -> Self {
        Self { open: text, ..Self::default() }
    }

    /// How many characters all of it takes.
    pub(super) fn chars(&self) -> usize {
        chars(&self.open) + self.pieces.iter().map(|piece| piece.chars).sum::<usize>() + chars(&self.close)
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        self.first(self.pieces.len())
    }

    /// Its first pieces.
    pub(super) fn first(&self, pieces: usize) -> String {
        let mut out = self.open.clone();
        self.pieces[..pieces].iter().for_each(|piece| out.push_str(&piece.text));
        out.push_str(&self.close);
        out
    }

    /// How many pieces fit into `room` together with the frame; `None` if not even the frame does.
    pub(super) fn fitting(&self, room: usize) -> Option<usize> {
        let mut rest = room.checked_sub(chars(&self.open) + chars(&self.close))?;
        let fits = |piece: &&Piece| {
            let left = rest.checked_sub(piece.chars);
            rest = left.unwrap_or_default();
            left.is_some()
        };
        Some(self.pieces.iter().take_while(fits).count())
    }

    /// Where the hunk ends that begins at or before `from`.
    pub(super) fn hunk_end(&self, from: usize) -> usize {
        let rest = self.pieces.iter().skip(from + 1);
        from + 1 + rest.take_while(|piece| !piece.begins).count()
    }
}

/// The length of a text as comments are counted.
pub(super) fn chars(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        let mut pieces: Vec<Piece> = ["@@\n", "a\n", "@@\n", "b\n"].map(|text| Piece::new(text.to_owned())).into();
        pieces[0].begins = true;
        pieces[2].begins = true;
        Block { open: "<ä\n".to_owned(), pieces, close: ">\n".to_owned(), ..Block::default() }
    }

    #[test]
    fn it_is_cut_between_pieces() {
        let block = block();
        assert_eq!(block.chars(), 15);
        assert_eq!(block.text(), "<ä\n@@\na\n@@\nb\n>\n");
        let fitting = [4, 5, 7, 8, 10, 14, 15, 99].map(|room| block.fitting(room));
        assert_eq!(fitting, [None, Some(0), Some(0), Some(1), Some(2), Some(3), Some(4), Some(4)]);
        assert_eq!(block.first(2), "<ä\n@@\na\n>\n");
        assert_eq!([0, 1, 2].map(|from| block.hunk_end(from)), [2, 2, 4]);
    }
}
