//! The one door to the parser library: libyaml's events, safely.
//!
//! libyaml's grammar is go-yaml's, down to its errors, which is why no other parser
//! will do. The library's interface is C's, so this file, and no other, uses `unsafe`;
//! what leaves it borrows from values whose lifetime the compiler checks.
#![expect(unsafe_code, reason = "the library's interface is raw pointers; each block says why it is sound")]

use std::ffi::CStr;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::addr_of_mut;
use std::slice;

use libyaml_rs as sys;

/// A position in the text, all counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Bytes before this character.
    pub index: usize,
    /// Lines before this one.
    pub line: usize,
    /// Characters before this one in its line.
    pub column: usize,
}

/// What the library found wrong with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The library's words.
    pub problem: String,
    /// Where, if the library knows; otherwise `None`.
    pub mark: Option<Mark>,
    /// The byte where the text stops being text, if that is the problem.
    pub offset: Option<usize>,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// What an event says. Strings borrow from the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'e> {
    /// Begin or end of the stream, or of nothing.
    Stream,
    /// The end of the stream.
    StreamEnd,
    /// A document begins; the version its directive names, if there is one.
    DocumentStart(Option<(i32, i32)>),
    /// A document ends.
    DocumentEnd,
    /// A use of an anchor.
    Alias(&'e str),
    /// A scalar.
    Scalar {
        /// The anchor's name.
        anchor: Option<&'e str>,
        /// The explicit tag.
        tag: Option<&'e str>,
        /// The text without quotes and escapes.
        value: &'e str,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A list begins; its anchor, and whether it is written in brackets.
    SequenceStart(Option<&'e str>, bool),
    /// A list ends.
    SequenceEnd,
    /// A mapping begins; its anchor, and whether it is written in braces.
    MappingStart(Option<&'e str>, bool),
    /// A mapping ends.
    MappingEnd,
}

/// One event; frees the library's memory when it goes.
pub struct Event(sys::yaml_event_t);

/// The events of one text.
pub struct Events<'a> {
    /// Boxed because the library keeps pointers into the struct.
    parser: Box<MaybeUninit<sys::yaml_parser_t>>,
    /// The library reads from the text until the parser goes.
    text: PhantomData<&'a str>,
}

impl<'a> Events<'a> {
    /// The events of `text`.
    ///
    /// # Errors
    /// When there is no memory for the parser.
    pub fn new(text: &'a str) -> Result<Self, Malformed> {
        let mut parser = Box::new(MaybeUninit::<sys::yaml_parser_t>::uninit());
        // SAFETY: the pointer is valid for writes of a whole parser; the library initialises it.
        let made = unsafe { sys::yaml_parser_initialize(parser.as_mut_ptr()) };
        if made.fail {
            return Err(Malformed { problem: "no memory for the parser".to_owned(), mark: None, offset: None });
        }
        // SAFETY: the parser is initialised, its address is stable in the box, and `'a` keeps the text
        // alive and unchanged for as long as this value, the only one that calls the parser.
        unsafe {
            sys::yaml_parser_set_encoding(parser.as_mut_ptr(), sys::YAML_UTF8_ENCODING);
            sys::yaml_parser_set_input_string(parser.as_mut_ptr(), text.as_ptr(), text.len() as u64);
        }
        Ok(Self { parser, text: PhantomData })
    }

    /// The next event. After an error or [`Kind::StreamEnd`] there is nothing more to ask for.
    ///
    /// # Errors
    /// When the text is malformed.
    pub fn next_event(&mut self) -> Result<Event, Malformed> {
        let mut event = MaybeUninit::<sys::yaml_event_t>::uninit();
        // SAFETY: the parser was initialised in `new`; the library fills the whole event when it says so.
        let read = unsafe { sys::yaml_parser_parse(self.parser.as_mut_ptr(), event.as_mut_ptr()) };
        if read.fail {
            return Err(self.problem());
        }
        // SAFETY: the call succeeded, so the event is initialised; `Event` frees it exactly once.
        Ok(Event(unsafe { event.assume_init() }))
    }

    fn problem(&mut self) -> Malformed {
        // SAFETY: the parser was initialised in `new` and stays so after an error.
        let parser = unsafe { &*self.parser.as_ptr() };
        // SAFETY: `problem` is null or one of the library's static C strings.
        let problem = unsafe { name(parser.problem.cast()) }.unwrap_or("malformed text");
        let mark = mark(&parser.problem_mark);
        let known = mark.line > 0 || mark.column > 0 || mark.index > 0;
        let unreadable = parser.error == sys::YAML_READER_ERROR;
        let offset = unreadable.then(|| usize::try_from(parser.problem_offset).unwrap_or_default());
        Malformed { problem: problem.to_owned(), mark: known.then_some(mark), offset }
    }
}

impl Drop for Events<'_> {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, deleted only here.
        unsafe { sys::yaml_parser_delete(self.parser.as_mut_ptr()) };
    }
}

impl Event {
    /// Where the event begins.
    #[must_use]
    pub fn start(&self) -> Mark {
        mark(&self.0.start_mark)
    }

    /// Where the event ends.
    #[must_use]
    pub fn end(&self) -> Mark {
        mark(&self.0.end_mark)
    }

    /// What the event says.
    #[must_use]
    pub fn kind(&self) -> Kind<'_> {
        let data = &self.0.data;
        // SAFETY (all blocks): the library sets the union member that belongs to `type_`, and its strings
        // are null or valid UTF-8 (the input is) of the length given or ended by a zero byte, owned by
        // the event, which outlives what is borrowed here.
        match self.0.type_ {
            sys::YAML_STREAM_END_EVENT => Kind::StreamEnd,
            sys::YAML_DOCUMENT_START_EVENT => {
                let version = unsafe { data.document_start.version_directive.as_ref() };
                Kind::DocumentStart(version.map(|version| (version.major, version.minor)))
            }
            sys::YAML_DOCUMENT_END_EVENT => Kind::DocumentEnd,
            sys::YAML_ALIAS_EVENT => Kind::Alias(unsafe { name(data.alias.anchor) }.unwrap_or_default()),
            sys::YAML_SCALAR_EVENT => {
                let scalar = unsafe { &data.scalar };
                let length = usize::try_from(scalar.length).unwrap_or_default();
                let value = unsafe { text(scalar.value, length) };
                let (anchor, tag) = unsafe { (name(scalar.anchor), name(scalar.tag)) };
                Kind::Scalar { anchor, tag, value, style: style(scalar.style) }
            }
            sys::YAML_SEQUENCE_START_EVENT => {
                let sequence = unsafe { &data.sequence_start };
                let flow = sequence.style == sys::YAML_FLOW_SEQUENCE_STYLE;
                Kind::SequenceStart(unsafe { name(sequence.anchor) }, flow)
            }
            sys::YAML_SEQUENCE_END_EVENT => Kind::SequenceEnd,
            sys::YAML_MAPPING_START_EVENT => {
                let mapping = unsafe { &data.mapping_start };
                let flow = mapping.style == sys::YAML_FLOW_MAPPING_STYLE;
                Kind::MappingStart(unsafe { name(mapping.anchor) }, flow)
            }
            sys::YAML_MAPPING_END_EVENT => Kind::MappingEnd,
            _ => Kind::Stream,
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: the event was filled by the library and is deleted only here.
        unsafe { sys::yaml_event_delete(addr_of_mut!(self.0)) };
    }
}

const fn style(style: sys::yaml_scalar_style_t) -> ScalarStyle {
    match style {
        sys::YAML_SINGLE_QUOTED_SCALAR_STYLE => ScalarStyle::SingleQuoted,
        sys::YAML_DOUBLE_QUOTED_SCALAR_STYLE => ScalarStyle::DoubleQuoted,
        sys::YAML_LITERAL_SCALAR_STYLE => ScalarStyle::Literal,
        sys::YAML_FOLDED_SCALAR_STYLE => ScalarStyle::Folded,
        _ => ScalarStyle::Plain,
    }
}

fn mark(mark: &sys::yaml_mark_t) -> Mark {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    Mark { index: number(mark.index), line: number(mark.line), column: number(mark.column) }
}

/// The text of `length` bytes at `start`.
///
/// # Safety
/// `start` is null or points to `length` bytes that outlive `'e`.
unsafe fn text<'e>(start: *const u8, length: usize) -> &'e str {
    if start.is_null() {
        return "";
    }
    // SAFETY: promised by the caller. UTF-8 is checked, not assumed.
    std::str::from_utf8(unsafe { slice::from_raw_parts(start, length) }).unwrap_or_default()
}

/// The text at `start` up to its zero byte, `None` for a null pointer.
///
/// # Safety
/// `start` is null or points to a string that ends with a zero byte and outlives `'e`.
unsafe fn name<'e>(start: *const u8) -> Option<&'e str> {
    if start.is_null() {
        return None;
    }
    // SAFETY: promised by the caller. UTF-8 is checked, not assumed.
    unsafe { CStr::from_ptr(start.cast()) }.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        let mut events = Events::new(text).unwrap();
        let mut seen = Vec::new();
        loop {
            match events.next_event() {
                Ok(event) => {
                    seen.push(format!("{:?} {}:{}", event.kind(), event.start().line, event.start().column));
                    if event.kind() == Kind::StreamEnd {
                        return seen;
                    }
                }
                Err(malformed) => {
                    seen.push(format!("{malformed:?}"));
                    return seen;
                }
            }
        }
    }

    /// Each string of an event must be the event's own: wrong lengths or freed memory would show here.
    #[test]
    fn strings_live_as_long_as_their_event() {
        let text = String::from("a: &x 'it''s'\nb: !t \"\\u00e9\"\nc: *x\n");
        let mut events = Events::new(&text).unwrap();
        let mut kept = Vec::new();
        loop {
            let event = events.next_event().unwrap();
            let done = event.kind() == Kind::StreamEnd;
            kept.push(event);
            if done {
                break;
            }
        }
        drop(events);
        let words: Vec<String> = kept
            .iter()
            .filter_map(|event| match event.kind() {
                Kind::Scalar { anchor, tag, value, .. } => Some(format!("{anchor:?} {tag:?} {value}")),
                Kind::Alias(anchor) => Some(format!("*{anchor}")),
                _ => None,
            })
            .collect();
        assert_eq!(
            words,
            ["None None a", "Some(\"x\") None it's", "None None b", "None Some(\"!t\") é", "None None c", "*x"]
        );
    }

    #[test]
    fn a_problem_is_told_with_its_place() {
        let seen = kinds("a: b\nc: \"d\n");
        assert!(seen.last().unwrap().contains("found unexpected end of stream"), "{seen:?}");
    }

    #[test]
    fn the_version_of_a_directive_is_seen() {
        let seen = kinds("%YAML 1.1\n---\na\n");
        assert!(seen.contains(&"DocumentStart(Some((1, 1))) 0:0".to_owned()), "{seen:?}");
    }
}
