//! The table of types: text in sorted lines, searched where it lies.
//!
//! A table costs nothing until somebody asks, and a look-up is a binary search over
//! its lines: no index, no parsing. Two sorts of lines, each beginning with its key:
//!
//! ```text
//! io.k8s.api.core.v1.Service apiVersion metadata:io.k8s...ObjectMeta spec:io.k8s...ServiceSpec
//! ~v1~Service :io.k8s.api.core.v1.Service namespaced
//! ```
//!
//! The first describes a definition: its own expression (`=EXPRESSION`, left out if
//! it is empty), then its fields (`NAME` or `NAME:EXPRESSION`). The second describes a
//! type: its definition, its scope. Either is left out where it is not known.
//!
//! An expression says what a value may be:
//!
//! | Expression  | Meaning                                               |
//! |-------------|-------------------------------------------------------|
//! | (empty)     | known, with nothing inside                            |
//! | `NAME`      | what the definition `NAME` says                       |
//! | `[E]`       | a list of `E`                                         |
//! | `{E}`       | a mapping with values `E`                             |
//! | `E@S@K,L`   | `E`, merged by strategy `S` on the keys `K` and `L`   |
//!
//! Characters that separate are written `%XX` within names. A definition without a name
//! of its own is called after its place: `OWNER>FIELD`, `OWNER>|` for the items of a list,
//! `OWNER>*` for the values of a mapping.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;

/// A table; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    text: &'a str,
    /// Where each line begins.
    lines: &'a [u32],
}

/// How many lines a table has.
pub(super) const fn count_lines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut lines, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            lines += 1;
        }
        at += 1;
    }
    lines
}

/// Where each line of a table begins. Evaluated by the compiler for the built-in tables.
pub(super) const fn line_starts<const LINES: usize>(text: &str) -> [u32; LINES] {
    let bytes = text.as_bytes();
    let mut starts = [0; LINES];
    let (mut line, mut at) = (1, 0);
    while line < LINES {
        if bytes[at] == b'\n' {
            starts[line] = at as u32 + 1;
            line += 1;
        }
        at += 1;
    }
    starts
}

/// A table that a document was compiled to.
#[derive(Debug)]
pub(super) struct OwnedTable {
    text: String,
    lines: Vec<u32>,
}

impl OwnedTable {
    pub(super) fn new(text: String) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).filter(|&start| start < text.len());
        let lines = starts.map_while(|start| u32::try_from(start).ok()).collect();
        Self { text, lines }
    }

    pub(super) fn table(&self) -> Table<'_> {
        Table::new(&self.text, &self.lines)
    }
}

impl<'a> Table<'a> {
    /// A table whose lines begin at `lines`.
    pub(super) const fn new(text: &'a str, lines: &'a [u32]) -> Self {
        Self { text, lines }
    }

    /// The lines from the one that begins at `start` on.
    fn from(self, start: u32) -> &'a str {
        self.text.get(start as usize..).unwrap_or_default()
    }

    /// The rest of the line that begins with the (escaped) words `key` and a space, or ends there.
    pub(super) fn line(self, key: &str) -> Option<&'a str> {
        let compare = |start: &u32| {
            let line = self.from(*start).as_bytes();
            let head = line.get(..key.len()).unwrap_or(line);
            // A key that goes on is greater; separators are smaller than all that keys are made of.
            head.cmp(key.as_bytes()).then_with(|| match line.get(key.len()) {
                None | Some(b' ' | b'\n') => Ordering::Equal,
                Some(_) => Ordering::Greater,
            })
        };
        let found = self.lines.binary_search_by(compare).ok()?;
        let line = self.from(*self.lines.get(found)?).get(key.len()..)?;
        let line = line.split_once('\n').map_or(line, |(line, _)| line);
        Some(line.strip_prefix(' ').unwrap_or(line))
    }

    /// The words of the definition `name`, which is written as in the table.
    pub(super) fn definition(self, name: &str) -> Option<&'a str> {
        self.line(name)
    }

    /// The words of a type.
    pub(super) fn type_line(self, api_version: &str, kind: &str) -> Option<&'a str> {
        self.line(&type_key(api_version, kind))
    }
}

/// The first word of a type's line.
pub(super) fn type_key(api_version: &str, kind: &str) -> String {
    format!("~{}~{}", escape(api_version), escape(kind))
}

/// The name as tables write it.
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(separates) {
        return Cow::Borrowed(name);
    }
    let mut escaped = String::with_capacity(name.len() + 8);
    for character in name.chars() {
        match u8::try_from(character) {
            Ok(byte) if separates(byte) => {
                let _ = write!(escaped, "%{byte:02X}");
            }
            _ => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// The name that a table wrote.
pub(super) fn unescape(word: &str) -> Cow<'_, str> {
    if !word.contains('%') {
        return Cow::Borrowed(word);
    }
    let mut parts = word.split('%');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        name.push(code.map_or('%', char::from));
        name.push_str(part.get(2..).unwrap_or_default());
    }
    Cow::Owned(name)
}

fn separates(byte: u8) -> bool {
    matches!(
        byte,
        0..=b' ' | b':' | b'=' | b'@' | b',' | b'[' | b']' | b'{' | b'}' | b'%' | b'#' | b'~' | b'>' | b'|' | b'*'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let text = "#\na b:x\nb\nb.c =[] d\n~v1~Pod :a namespaced\n";
        let owned = OwnedTable::new(text.to_owned());
        let table = owned.table();
        assert_eq!(line_starts::<{ count_lines("a b:x\nb\n") }>("a b:x\nb\n"), [0, 6]);
        assert_eq!(table.line("#"), Some(""));
        assert_eq!(table.definition("a"), Some("b:x"));
        assert_eq!(table.definition("b"), Some(""));
        assert_eq!(table.definition("b.c"), Some("=[] d"));
        assert_eq!(table.type_line("v1", "Pod"), Some(":a namespaced"));
        for missing in ["", "a ", "b.", "c", "zz", "~v1~Po", "~v1~Pods"] {
            assert_eq!(table.line(missing), None, "{missing:?}");
        }
        assert_eq!(OwnedTable::new(String::new()).table().line("a"), None);
        assert_eq!(OwnedTable::new("a".to_owned()).table().line("a"), Some(""));
    }

    #[test]
    fn names_come_back() {
        for name in ["", "plain", "a b:c=d@e,f[g]{h}%i#j~k>l|m*\n", "é%", "%41"] {
            let escaped = escape(name);
            assert!(!escaped.bytes().any(|byte| separates(byte) && byte != b'%'), "{escaped}");
            assert_eq!(unescape(&escaped), name);
        }
    }
}
