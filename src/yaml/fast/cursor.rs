//! A place in the text that knows its line, and how to get to the next thing on it.

use memchr::memchr;

use super::Unless;
use super::scan::Content;
use crate::source::Span;
use crate::yaml::Text;
use crate::yaml::parse::Chunk;

/// What stands behind the last byte; no text that is read here holds it.
pub(super) const END: u8 = 0;

/// A place in the text of a chunk.
pub(super) struct Cursor<'a> {
    chunk: Chunk<'a>,
    text: &'a str,
    /// The byte that comes next.
    pub at: usize,
    /// How many lines stand before this one.
    pub line: usize,
    /// The line's first byte.
    pub line_start: usize,
    /// What sorts of characters there are.
    pub content: Content,
    /// A byte of this line, and how many bytes before it only continue a character.
    counted: (usize, usize),
}

/// A place to come back to.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'a> Cursor<'a> {
    /// The beginning of `text`, or `None` if it holds characters that need the library's eye.
    pub(super) fn new(chunk: Chunk<'a>, text: &'a str) -> Unless<Self> {
        let content = Content::of(text)?;
        Some(Self { chunk, text, at: 0, line: 0, line_start: 0, content, counted: (0, 0) })
    }

    pub(super) const fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Where we are, to come back to.
    pub(super) const fn place(&self) -> Place {
        Place { at: self.at, line: self.line, line_start: self.line_start }
    }

    pub(super) const fn go_back(&mut self, place: Place) {
        if self.line != place.line {
            self.counted = (place.line_start, 0);
        }
        (self.at, self.line, self.line_start) = (place.at, place.line, place.line_start);
    }

    /// The byte `ahead` bytes from here.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes().get(self.at + ahead).copied().unwrap_or(END)
    }

    pub(super) fn byte(&self) -> u8 {
        self.peek(0)
    }

    /// A part of the text; `None` never happens for ends that were found in it.
    pub(super) fn slice(&self, start: usize, end: usize) -> Unless<&'a str> {
        self.text.get(start..end)
    }

    /// A part of the text that shares the source's buffer.
    pub(super) fn shared(&self, part: &str) -> Text {
        Text::shared(self.chunk.text, part)
    }

    /// Where this line ends: its line break, or the end of the text.
    pub(super) fn line_end(&self) -> usize {
        memchr(b'\n', &self.bytes()[self.at..]).map_or(self.text.len(), |found| self.at + found)
    }

    /// Steps over a line break.
    pub(super) const fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
        self.counted = (self.at, 0);
    }

    /// Over spaces, eight at a time where there are as many: most lines begin with a lot of them.
    pub(super) fn skip_spaces(&mut self) {
        while let Some(eight) = self.bytes().get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let others = u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]);
            if others != 0 {
                self.at += (others.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        while self.byte() == b' ' {
            self.at += 1;
        }
    }

    /// Whether the byte `ahead` bytes from here ends a word.
    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\n' | b'\t' | END)
    }

    /// Whether an item of a block sequence begins here.
    pub(super) fn is_item(&self) -> bool {
        self.byte() == b'-' && self.is_blank_or_end(1)
    }

    /// Whether a line begins here that starts or ends a document.
    pub(super) fn is_document_mark(&self) -> bool {
        let rest = &self.bytes()[self.at..];
        self.at == self.line_start && (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.is_blank_or_end(3)
    }

    /// From behind a value to the next line, over spaces and a comment.
    pub(super) fn skip_line_end(&mut self) -> Unless<()> {
        let value_end = self.at;
        self.skip_spaces();
        match self.byte() {
            b'#' if self.at > value_end => self.at = self.line_end(),
            b'\n' | END => {}
            _ => return None,
        }
        if self.at < self.text.len() {
            self.newline();
        }
        Some(())
    }

    /// Over blank lines; gives their number. The cursor then stands at the first thing that is no space.
    pub(super) fn skip_blank_lines(&mut self) -> usize {
        let mut blank = 0;
        loop {
            self.skip_spaces();
            if self.byte() != b'\n' {
                return blank;
            }
            self.newline();
            blank += 1;
        }
    }

    /// Over blank lines and comments to the next content; gives its column, or -1 at the end.
    pub(super) fn skip_to_content(&mut self) -> Unless<isize> {
        loop {
            self.skip_blank_lines();
            match self.byte() {
                b'#' => self.at = self.line_end(),
                END => return Some(-1),
                b'\t' => return None,
                _ if self.is_document_mark() => return None,
                // Before a line's content stand only spaces and dashes, so bytes are characters.
                _ => return isize::try_from(self.at - self.line_start).ok(),
            }
        }
    }

    /// Over the line `---` at the beginning; says whether there was one.
    pub(super) fn skip_document_start(&mut self) -> Unless<bool> {
        loop {
            self.skip_blank_lines();
            match self.byte() {
                b'#' => self.at = self.line_end(),
                b'-' if self.is_document_mark() => {
                    self.at += 3;
                    self.skip_line_end()?;
                    return Some(true);
                }
                _ => {
                    // What stands before the content is counted again by whoever reads it.
                    self.at = self.line_start;
                    return Some(false);
                }
            }
        }
    }

    /// The place of byte `at` of this line.
    pub(super) fn span(&mut self, at: usize) -> Span {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let column = at - self.line_start - if self.content.wide { self.continuation_bytes(at) } else { 0 };
        Span::new(self.chunk.source, number(self.chunk.line + self.line + 1), number(self.chunk.column + column + 1))
    }

    /// How many bytes of the line before `at` only continue a character. Counts on from the last answer.
    fn continuation_bytes(&mut self, at: usize) -> usize {
        if at < self.counted.0 {
            self.counted = (self.line_start, 0);
        }
        let (from, before) = self.counted;
        let more = self.bytes()[from..at].iter().filter(|byte| (**byte as i8) < -64).count();
        self.counted = (at, before + more);
        before + more
    }
}
