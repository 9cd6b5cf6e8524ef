//! Scalars as go-yaml v3 prints them: the style that was written where the text allows it, and
//! a tag where the text alone would mean something else.

use crate::yaml::resolve::{Dialect, resolve_plain};
use crate::yaml::{Scalar, Style, Tag};

/// Where a scalar stands; that decides which styles it can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Block,
    BlockKey,
    Flow,
    FlowKey,
}

pub(super) const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Writes a scalar; lines of a block are indented by `indent`.
pub(super) fn write_scalar(scalar: &Scalar, indent: usize, place: Place, out: &mut String) {
    let (tag, style) = tag_and_style(scalar);
    if let Some(tag) = tag {
        out.push_str(tag);
        if !scalar.text.is_empty() || style != Style::Plain {
            out.push(' ');
        }
    }
    let text = scalar.text.as_str();
    match allowed(style, &Traits::of(text), text.is_empty(), place) {
        Style::Plain => out.push_str(text),
        Style::SingleQuoted => write_single(text, indent, out),
        Style::DoubleQuoted => write_double(text, out),
        Style::Literal => write_block('|', text, indent, out),
        Style::Folded => write_block('>', text, indent, out),
    }
}

/// The tag that must be written because the text alone means something else, and the style wanted.
fn tag_and_style(scalar: &Scalar) -> (Option<&'static str>, Style) {
    let quoted = scalar.style != Style::Plain;
    let alone = || resolve_plain(&scalar.text, Dialect::V3);
    let literal_if_long = if scalar.text.contains('\n') { Style::Literal } else { Style::Plain };
    let style = if quoted { scalar.style } else { literal_if_long };
    let name = match scalar.tag {
        Tag::Unresolved => return (None, style),
        Tag::Str if quoted || alone() == Tag::Str => return (None, style),
        Tag::Str => return (None, if style == Style::Literal { style } else { Style::DoubleQuoted }),
        tag if alone() == tag => return (None, style),
        Tag::Null => "!!null",
        Tag::Bool => "!!bool",
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Timestamp => "!!timestamp",
        Tag::Binary => "!!binary",
    };
    (Some(name), style)
}

/// What a text's characters allow.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent permissions")]
struct Traits {
    no_plain: bool,
    no_flow_plain: bool,
    no_single: bool,
    no_block: bool,
    multi_line: bool,
}

impl Traits {
    fn of(text: &str) -> Self {
        let mut traits = Self::default();
        if text.starts_with("---") || text.starts_with("...") {
            traits.no_plain = true;
        }
        let mut before = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            let blank_follows = next.is_none_or(|next| matches!(next, ' ' | '\t'));
            let first = before.is_none();
            traits.no_plain |= match c {
                '#' => before.is_none_or(|before| matches!(before, ' ' | '\t') || is_break(before)),
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => first,
                '?' | '-' => first && blank_follows,
                ':' => blank_follows,
                _ => false,
            };
            traits.no_flow_plain |= matches!(c, ',' | '?' | '[' | ']' | '{' | '}' | ':');
            let special = c != '\t' && !is_printable(c);
            let at_edge = first || next.is_none();
            if c == ' ' {
                let after_break = before.is_some_and(is_break);
                traits.no_plain |= at_edge || after_break;
                traits.no_single |= after_break;
                traits.no_block |= next.is_none();
            } else if is_break(c) {
                let after_blank = before == Some(' ');
                traits.multi_line = true;
                traits.no_plain = true;
                traits.no_single |= after_blank;
                traits.no_block |= after_blank;
            }
            if special || c == '\t' {
                traits.no_plain = true;
                traits.no_single = true;
                traits.no_block |= special;
            }
            before = Some(c);
        }
        traits
    }
}

/// The style that can be used instead of the one wanted.
fn allowed(wanted: Style, traits: &Traits, is_empty: bool, place: Place) -> Style {
    let is_key = matches!(place, Place::BlockKey | Place::FlowKey);
    let in_flow = matches!(place, Place::Flow | Place::FlowKey);
    let mut style = if is_key && traits.multi_line { Style::DoubleQuoted } else { wanted };
    if style == Style::Plain {
        let refused = traits.no_plain || (in_flow && traits.no_flow_plain);
        if refused || (is_empty && place != Place::Block) {
            style = Style::SingleQuoted;
        }
    }
    if style == Style::SingleQuoted && traits.no_single {
        style = Style::DoubleQuoted;
    }
    let no_block = traits.no_block || is_empty || place != Place::Block;
    if matches!(style, Style::Literal | Style::Folded) && no_block {
        style = Style::DoubleQuoted;
    }
    style
}

/// What go-yaml prints as it is: nothing beyond the basic plane, no control characters.
const fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn write_single(text: &str, indent: usize, out: &mut String) {
    out.push('\'');
    let mut in_breaks = false;
    for c in text.chars() {
        if is_break(c) {
            if !in_breaks && c == '\n' {
                out.push('\n');
            }
            out.push(c);
            in_breaks = true;
            continue;
        }
        if in_breaks && c != ' ' {
            out.extend(std::iter::repeat_n(' ', indent));
            in_breaks = false;
        }
        if c == '\'' {
            out.push('\'');
        }
        out.push(c);
    }
    out.push('\'');
}

fn write_double(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if is_printable(c) && !is_break(c) && c != '"' && c != '\\' {
            out.push(c);
            continue;
        }
        out.push('\\');
        match c {
            '\0' => out.push('0'),
            '\u{7}' => out.push('a'),
            '\u{8}' => out.push('b'),
            '\t' => out.push('t'),
            '\n' => out.push('n'),
            '\u{b}' => out.push('v'),
            '\u{c}' => out.push('f'),
            '\r' => out.push('r'),
            '\u{1b}' => out.push('e'),
            '"' | '\\' => out.push(c),
            '\u{85}' => out.push('N'),
            '\u{2028}' => out.push('L'),
            '\u{2029}' => out.push('P'),
            _ => out.push_str(&match u32::from(c) {
                code @ 0..=0xff => format!("x{code:02X}"),
                code @ 0x100..=0xffff => format!("u{code:04X}"),
                code => format!("U{code:08X}"),
            }),
        }
    }
    out.push('"');
}

/// A literal or folded block with its header. Lines are never folded: kyaml sets no width.
fn write_block(indicator: char, text: &str, indent: usize, out: &mut String) {
    out.push(indicator);
    if text.starts_with(|c| c == ' ' || is_break(c)) {
        out.push('2');
    }
    let mut ends = text.chars().rev();
    match (ends.next().is_some_and(is_break), ends.next().map(is_break)) {
        (false, _) => out.push('-'),
        (true, None | Some(true)) => out.push('+'),
        (true, Some(false)) => {}
    }
    out.push('\n');
    let folded = indicator == '>';
    let mut in_breaks = true;
    let mut indented_line = true;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_break(c) {
            let plain_next = rest.clone().find(|c| !is_break(*c)).is_some_and(|c| c != ' ' && c != '\t');
            if folded && !in_breaks && !indented_line && c == '\n' && plain_next {
                out.push('\n');
            }
            out.push(c);
            in_breaks = true;
            continue;
        }
        if in_breaks {
            out.extend(std::iter::repeat_n(' ', indent));
            indented_line = c == ' ' || c == '\t';
            in_breaks = false;
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Text;

    fn written(text: &str, tag: Tag, style: Style) -> String {
        let mut out = String::new();
        write_scalar(&Scalar { text: Text::from(text), tag, style }, 2, Place::Block, &mut out);
        out.trim_end().to_owned()
    }

    #[test]
    fn styles_stay_where_they_can() {
        use Style::{DoubleQuoted, Folded, Literal, Plain, SingleQuoted};
        for (text, tag, style, expected) in [
            ("web", Tag::Str, Plain, "web"),
            ("web", Tag::Str, DoubleQuoted, "\"web\""),
            ("it's", Tag::Str, SingleQuoted, "'it''s'"),
            ("5", Tag::Str, Plain, "\"5\""),
            ("5", Tag::Int, Plain, "5"),
            ("abc", Tag::Int, Plain, "!!int abc"),
            ("5", Tag::Unresolved, Plain, "5"),
            ("yes", Tag::Str, Plain, "yes"),
            ("a: b", Tag::Str, Plain, "'a: b'"),
            ("#a", Tag::Str, Plain, "'#a'"),
            ("a\tb", Tag::Str, SingleQuoted, "\"a\\tb\""),
            ("😀", Tag::Str, Plain, "\"\\U0001F600\""),
            ("a\nb", Tag::Str, Plain, "|-\n  a\n  b"),
            ("a\nb\n\n", Tag::Str, Literal, "|+\n  a\n  b"),
            (" a\n", Tag::Str, Literal, "|2\n   a"),
            ("a \nb", Tag::Str, Literal, "\"a \\nb\""),
            ("a b\nc\n", Tag::Str, Folded, ">\n  a b\n\n  c"),
            ("", Tag::Str, Plain, "\"\""),
            ("", Tag::Null, Plain, ""),
        ] {
            assert_eq!(written(text, tag, style), expected, "{text:?}");
        }
    }
}
