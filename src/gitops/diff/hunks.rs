//! Texts as hunks of lines, as `diff -u` has them.

use std::ops::Range;

use super::report::{Hunk, HunkLine, LineKind, TextDiff};
use super::sequence::{Numbers, Part, parts};

/// What differs between two texts: hunks with so many lines around them.
pub(in crate::gitops) fn hunks(old: &str, new: &str, context: usize) -> Vec<Hunk> {
    if old == new {
        return Vec::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let parts = if old.is_empty() || new.is_empty() {
        vec![Part::Different { old: 0..old.len(), new: 0..new.len() }]
    } else {
        let mut numbers = Numbers::new();
        let old: Vec<u32> = old.iter().map(|line| numbers.of(*line)).collect();
        let new: Vec<u32> = new.iter().map(|line| numbers.of(*line)).collect();
        parts(&old, &new)
    };
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut open: Option<Open> = None;
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Different { old: removed, new: added } => {
                let hunk = open.get_or_insert_with(|| Open {
                    old: removed.start..removed.start,
                    new: added.start..added.start,
                    lines: Vec::new(),
                });
                hunk.change(&old, &new, removed, added);
            }
            Part::Same { old: at_old, new: at_new, length } => {
                let is_last = index + 1 == parts.len();
                if let Some(mut hunk) = open.take() {
                    let joins = !is_last && *length <= 2 * context;
                    let behind = if joins { *length } else { context.min(*length) };
                    hunk.same(&old, behind);
                    if joins {
                        open = Some(hunk);
                        continue;
                    }
                    hunks.push(hunk.close());
                }
                if !is_last {
                    let before = context.min(*length);
                    let (from_old, from_new) = (at_old + length - before, at_new + length - before);
                    let mut hunk = Open { old: from_old..from_old, new: from_new..from_new, lines: Vec::new() };
                    hunk.same(&old, before);
                    open = Some(hunk);
                }
            }
        }
    }
    hunks.extend(open.map(Open::close));
    hunks
}

/// The same for texts that people read: more than `most` changed lines say nothing.
pub(super) fn text_diff(old: &str, new: &str, context: usize, most: usize) -> TextDiff {
    let hunks = hunks(old, new, context);
    let changed = |hunk: &Hunk| hunk.lines.iter().filter(|line| line.kind != LineKind::Context).count();
    if hunks.iter().map(changed).sum::<usize>() > most {
        return TextDiff::Replaced { old_lines: lines(old).len(), new_lines: lines(new).len() };
    }
    TextDiff::Hunks(hunks)
}

/// Lines with their ends.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A hunk that is being made.
struct Open {
    old: Range<usize>,
    new: Range<usize>,
    lines: Vec<HunkLine>,
}

impl Open {
    fn same(&mut self, old: &[&str], count: usize) {
        self.lines.extend(old[self.old.end..self.old.end + count].iter().map(|line| made(LineKind::Context, line)));
        self.old.end += count;
        self.new.end += count;
    }

    fn change(&mut self, old: &[&str], new: &[&str], removed: &Range<usize>, added: &Range<usize>) {
        self.lines.extend(old[removed.clone()].iter().map(|line| made(LineKind::Removed, line)));
        self.lines.extend(new[added.clone()].iter().map(|line| made(LineKind::Added, line)));
        self.old.end = removed.end;
        self.new.end = added.end;
    }

    fn close(self) -> Hunk {
        // Of no lines, the number is that of the line before.
        let start = |range: &Range<usize>| if range.is_empty() { range.start } else { range.start + 1 };
        Hunk {
            old_start: start(&self.old),
            old_lines: self.old.len(),
            new_start: start(&self.new),
            new_lines: self.new.len(),
            lines: self.lines,
        }
    }
}

fn made(kind: LineKind, line: &str) -> HunkLine {
    let text = line.strip_suffix('\n');
    HunkLine { kind, text: text.unwrap_or(line).to_owned(), no_newline: text.is_none() }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str, context: usize) -> String {
        let mut out = String::new();
        for hunk in hunks(old, new, context) {
            let _ = writeln!(out, "@{},{}+{},{}", hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines);
            for line in hunk.lines {
                let sign = match line.kind {
                    LineKind::Context => ' ',
                    LineKind::Removed => '-',
                    LineKind::Added => '+',
                };
                let _ = writeln!(out, "{sign}{}{}", line.text, if line.no_newline { "$" } else { "" });
            }
        }
        out
    }

    #[test]
    fn hunks_join_where_they_touch() {
        let old = "a\nb\nc\nd\ne\nf\ng\n";
        assert_eq!(shown(old, "a\nB\nc\nd\ne\nf\nG\n", 1), "@1,3+1,3\n a\n-b\n+B\n c\n@6,2+6,2\n f\n-g\n+G\n");
        assert_eq!(shown(old, "a\nB\nc\nd\nE\nf\ng\n", 1), "@1,6+1,6\n a\n-b\n+B\n c\n d\n-e\n+E\n f\n");
        assert_eq!(shown(old, "a\nc\nd\ne\nf\ng\n", 0), "@2,1+1,0\n-b\n");
        assert_eq!(shown("", "a\n", 3), "@0,0+1,1\n+a\n");
        assert_eq!(shown("a\n", "", 3), "@1,1+0,0\n-a\n");
        assert_eq!(shown("a", "a\n", 3), "@1,1+1,1\n-a$\n+a\n");
        assert_eq!(shown("a\nb", "b\nb", 3), "@1,2+1,2\n-a\n+b\n b$\n");
        assert_eq!(shown(old, old, 3), "");
    }

    #[test]
    fn too_much_is_said_in_numbers() {
        let old = "a\n".repeat(10);
        assert_eq!(text_diff(&old, "b\n", 3, 10), TextDiff::Replaced { old_lines: 10, new_lines: 1 });
        assert!(matches!(text_diff(&old, "b\n", 3, 11), TextDiff::Hunks(_)));
    }

    /// The new text, made of the old one and the hunks.
    fn patched(old: &str, hunks: &[Hunk]) -> String {
        let old = lines(old);
        let (mut out, mut at) = (String::new(), 0);
        for hunk in hunks {
            let start = if hunk.old_lines == 0 { hunk.old_start } else { hunk.old_start - 1 };
            old[at..start].iter().for_each(|line| out.push_str(line));
            let kept = hunk.lines.iter().filter(|line| line.kind != LineKind::Removed);
            kept.for_each(|line| out.push_str(&format!("{}{}", line.text, if line.no_newline { "" } else { "\n" })));
            at = start + hunk.old_lines;
        }
        old[at..].iter().for_each(|line| out.push_str(line));
        out
    }

    proptest! {
        #[test]
        fn hunks_make_the_new_of_the_old(old in "[abc\n]{0,40}", new in "[abc\n]{0,40}", context in 0..4_usize) {
            prop_assert_eq!(patched(&old, &hunks(&old, &new, context)), new);
        }
    }
}
