//! What a text has besides its tree: comments, and which collections stand in brackets.
//!
//! Trees carry neither. Where a text is read, changed and written anew, the writer asks here
//! what stood where. Which comment belongs to what follows go-yaml v3: a comment right below
//! some content and above an empty line is that content's, any other is its successor's.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::source::Span;
use crate::yaml::events::{Events, Kind, ScalarStyle};

/// Line and column, both from 1.
type Place = (u32, u32);

/// The layout of one text.
#[derive(Debug, Default)]
pub(super) struct Layout<'a> {
    lines: Vec<&'a str>,
    /// Where collections in brackets begin.
    brackets: HashSet<Place>,
    /// On which line a comment behind a value stands, by the value's beginning.
    ends: HashMap<Place, u32>,
    /// Comments behind content, by line.
    behind: HashMap<u32, &'a str>,
    /// Comments on lines of their own, from top to bottom.
    gaps: VecDeque<Gap<'a>>,
}

/// The comments between two lines with content.
#[derive(Debug)]
pub(super) struct Gap<'a> {
    /// Comments with their columns (from 1), and empty lines.
    lines: Vec<Option<(u32, &'a str)>>,
    /// The line above, 0 for none.
    above: u32,
    /// The line below and the column of its content; nothing at the end of the text.
    below: Option<Place>,
    /// Whether the comment right below the line above can belong to it.
    can_be_foot: bool,
}

/// Comments that belong together.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Remark<'a> {
    /// Belongs to what is above, in the block of this column; nothing for the innermost block.
    Foot(Option<u32>, Vec<&'a str>),
    /// Belongs to what is below.
    Head(Vec<&'a str>),
    /// Belongs to the whole text, at its end.
    End(Vec<&'a str>),
}

impl<'a> Layout<'a> {
    /// Reads the layout of `text`, which is known to be well-formed YAML.
    pub(super) fn of(text: &'a str) -> Self {
        let mut layout = Self { lines: text.lines().collect(), ..Self::default() };
        if let Some(scan) = Scan::of(text, &mut layout) {
            scan.comments(&mut layout);
        }
        layout
    }

    /// Whether the collection at `span` stands in brackets.
    pub(super) fn is_bracketed(&self, span: Span) -> bool {
        self.brackets.contains(&(span.line(), span.column()))
    }

    /// The comment behind the value at `span`, once.
    pub(super) fn behind(&mut self, span: Span) -> Option<&'a str> {
        let line = self.ends.get(&(span.line(), span.column()))?;
        self.behind.remove(line)
    }

    /// The comment behind the content of a line, once.
    pub(super) fn behind_line(&mut self, line: u32) -> Option<&'a str> {
        self.behind.remove(&line)
    }

    /// The next gap, if it is above the line `line`, or any if there is no line.
    pub(super) fn gap_above(&mut self, line: Option<u32>) -> Option<Gap<'a>> {
        let below = self.gaps.front()?.below;
        let is_above = line.is_none_or(|line| below.is_some_and(|(below, _)| below <= line));
        if is_above { self.gaps.pop_front() } else { None }
    }

    /// The line of the dash of a list item whose value is at `span`.
    pub(super) fn dash_line(&self, span: Span) -> u32 {
        let line = |number: u32| self.lines.get((number as usize).wrapping_sub(1)).copied().unwrap_or_default();
        let before: String = line(span.line()).chars().take(span.column().saturating_sub(1) as usize).collect();
        if before.contains('-') {
            return span.line();
        }
        let has_content = |number: &u32| !matches!(line(*number).trim_start().chars().next(), None | Some('#'));
        (1..span.line()).rev().find(has_content).unwrap_or(span.line())
    }
}

impl<'a> Gap<'a> {
    /// Divides the comments among what is above, whose innermost block begins at the column
    /// `innermost`, and what is below.
    pub(super) fn remarks(self, innermost: u32) -> Vec<Remark<'a>> {
        let mut remarks = Vec::new();
        let mut text: Vec<&str> = Vec::new();
        let (mut start_line, mut start) = (0, 0);
        let (mut first_empty, mut recent_empty) = (true, false);
        let end = self.below.is_none().then_some(None);
        for (number, line) in (self.above + 1..).zip(self.lines.into_iter().chain(end)) {
            let Some((column, comment)) = line else {
                if !recent_empty && !text.is_empty() {
                    let below = self.can_be_foot && start_line == self.above + 1;
                    if self.above > 0 && first_empty && (below || start < innermost) {
                        remarks.push(Remark::Foot(Some(start), std::mem::take(&mut text)));
                    } else {
                        text.push("");
                    }
                }
                (first_empty, recent_empty) = (false, true);
                continue;
            };
            if !text.is_empty() && column < innermost && column != start {
                text.pop_if(|line| line.is_empty());
                remarks.push(Remark::Foot(Some(start), std::mem::take(&mut text)));
            }
            if text.is_empty() {
                (start_line, start) = (number, column);
            }
            text.push(comment);
            recent_empty = false;
        }
        if text.is_empty() {
            return remarks;
        }
        // Above the first content, an empty line stays.
        if self.above > 0 {
            text.pop_if(|line| line.is_empty());
        }
        remarks.push(match self.below {
            None => Remark::End(text),
            Some((_, column)) if column < innermost && start > column => {
                Remark::Foot((!remarks.is_empty()).then_some(start), text)
            }
            Some(_) => Remark::Head(text),
        });
        remarks
    }
}

/// Where values are, to tell comments from `#` within them.
struct Scan {
    /// Per line, the columns (from 0) that values cover.
    covered: HashMap<usize, Vec<std::ops::Range<usize>>>,
    /// Lines from the first to the last of each collection in brackets.
    brackets: Vec<std::ops::Range<usize>>,
    /// Lines and columns at which plain scalars end.
    plain_ends: HashSet<(usize, usize)>,
}

impl Scan {
    /// Notes beginnings and ends of values; nothing if the text can't be read.
    fn of(text: &str, layout: &mut Layout<'_>) -> Option<Self> {
        let place = |line: usize, column: usize| Some((u32::try_from(line + 1).ok()?, u32::try_from(column + 1).ok()?));
        let mut scan = Self { covered: HashMap::new(), brackets: Vec::new(), plain_ends: HashSet::new() };
        let mut open = Vec::new();
        let mut events = Events::new(text).ok()?;
        loop {
            let event = events.next_event().ok()?;
            let (start, end) = (event.start(), event.end());
            match event.kind() {
                Kind::StreamEnd => return Some(scan),
                Kind::Scalar { style, .. } => {
                    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    scan.cover(start.line, start.column, end.line, end.column, is_block);
                    if style == ScalarStyle::Plain {
                        scan.plain_ends.insert((end.line, end.column));
                    }
                    let (line, _) = place(if is_block { start.line } else { end.line }, 0)?;
                    layout.ends.insert(place(start.line, start.column)?, line);
                }
                Kind::SequenceStart(_, flow) | Kind::MappingStart(_, flow) => {
                    open.push(flow.then_some((start.line, start.column)));
                }
                Kind::SequenceEnd | Kind::MappingEnd => {
                    if let Some((line, column)) = open.pop()? {
                        layout.brackets.insert(place(line, column)?);
                        layout.ends.insert(place(line, column)?, place(end.line, 0)?.0);
                        scan.brackets.push(line..end.line);
                    }
                }
                Kind::Stream | Kind::DocumentStart(_) | Kind::DocumentEnd | Kind::Alias(_) => {}
            }
        }
    }

    fn cover(&mut self, line: usize, column: usize, end_line: usize, end_column: usize, is_block: bool) {
        for number in line..=end_line {
            let from = if number == line { column } else { 0 };
            let to = match number {
                _ if number == line && is_block => column + 1,
                _ if number == end_line => end_column,
                _ => usize::MAX,
            };
            self.covered.entry(number).or_default().push(from..to);
        }
    }

    fn is_covered(&self, line: usize, column: usize) -> bool {
        self.covered.get(&line).is_some_and(|ranges| ranges.iter().any(|range| range.contains(&column)))
    }

    /// The column (in characters) and the byte at which a comment begins.
    fn comment_in(&self, number: usize, line: &str) -> Option<(usize, usize)> {
        let mut blank_before = true;
        for (column, (byte, c)) in line.char_indices().enumerate() {
            if c == '#' && blank_before && !self.is_covered(number, column) {
                return Some((column, byte));
            }
            blank_before = c == ' ' || c == '\t';
        }
        None
    }

    /// Collects the comments. Those within brackets are too intricate: then there are none at all.
    fn comments(self, layout: &mut Layout<'_>) {
        let mut lines: Vec<Option<(u32, &str)>> = Vec::new();
        let (mut above, mut can_be_foot) = (0, false);
        let numbered = layout.lines.clone().into_iter().enumerate();
        for (number, line) in numbered {
            let comment = self.comment_in(number, line);
            if comment.is_some() && self.brackets.iter().any(|lines| lines.contains(&number)) {
                layout.behind.clear();
                layout.gaps.clear();
                return;
            }
            let Ok(place) = u32::try_from(number + 1) else { return };
            let content = comment.map_or(line, |(_, byte)| line.get(..byte).unwrap_or_default());
            let trimmed = content.trim_end();
            let is_mark = |mark: &str| trimmed == mark && !self.is_covered(number, 0);
            if is_mark("---") || is_mark("...") {
                continue;
            }
            let text = comment.map(|(column, byte)| {
                (u32::try_from(column + 1).unwrap_or(u32::MAX), line.get(byte..).unwrap_or_default())
            });
            if trimmed.trim_start().is_empty() {
                lines.push(text);
                continue;
            }
            let column = trimmed.len() - trimmed.trim_start().len() + 1;
            let below = Some((place, u32::try_from(column).unwrap_or(u32::MAX)));
            if lines.iter().any(Option::is_some) {
                let lines = std::mem::take(&mut lines);
                layout.gaps.push_back(Gap { lines, above, below, can_be_foot });
            }
            lines.clear();
            let length = trimmed.chars().count();
            let is_pending = trimmed.ends_with([':', '-']) && !self.is_covered(number, length - 1);
            let only_dashes = trimmed.chars().all(|c| matches!(c, ' ' | '-')) && is_pending;
            above = place;
            // go-yaml takes the first line for something that can have no foot, unless it read on.
            can_be_foot =
                !is_pending && (number > 0 || (self.plain_ends.contains(&(number, length)) && comment.is_none()));
            match text {
                // Behind a dash alone it is a remark on what follows.
                Some(_) if only_dashes => lines.push(text),
                Some((_, comment)) => {
                    layout.behind.insert(place, comment);
                }
                None => {}
            }
        }
        if lines.iter().any(Option::is_some) {
            layout.gaps.push_back(Gap { lines, above, below: None, can_be_foot });
        }
    }
}
