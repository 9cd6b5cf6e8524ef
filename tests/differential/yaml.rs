//! Trees of YAML as a generator needs them: scalars are text that is written as it stands.

use super::dice::Dice;

/// A tree that knows how it wants to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Yaml {
    /// Text on one line, as it stands; fit for flow style, too.
    Scalar(String),
    /// A literal or folded block: its header and its lines.
    Block(&'static str, String),
    Mapping(Style, Vec<(String, Yaml)>),
    Sequence(Style, Vec<Yaml>),
}

/// How a collection is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Block,
    /// With a comment above it, and deeper than it needs to be.
    Spacious,
    Flow,
}

/// A step into a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

pub fn scalar(text: impl Into<String>) -> Yaml {
    Yaml::Scalar(text.into())
}

pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Yaml)>) -> Yaml {
    Yaml::Mapping(Style::Block, entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

pub fn list(items: impl IntoIterator<Item = Yaml>) -> Yaml {
    Yaml::Sequence(Style::Block, items.into_iter().collect())
}

/// A text in double quotes, whatever is in it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

impl Yaml {
    /// The same tree, written in another style here and there.
    pub fn restyled(self, dice: &mut Dice<'_>) -> Self {
        let style = |dice: &mut Dice<'_>| match dice.below(16) {
            15 => Style::Flow,
            14 | 13 => Style::Spacious,
            _ => Style::Block,
        };
        match self {
            Self::Mapping(_, entries) => {
                let style = style(dice);
                Self::Mapping(style, entries.into_iter().map(|(key, value)| (key, value.restyled(dice))).collect())
            }
            Self::Sequence(_, items) => {
                let style = style(dice);
                Self::Sequence(style, items.into_iter().map(|item| item.restyled(dice)).collect())
            }
            other => other,
        }
    }

    /// The text of a document.
    pub fn print(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Mapping(..) | Self::Sequence(..) if !self.is_flow() => self.lines(0, &mut out),
            _ => {
                self.inline(&mut out);
                out.push('\n');
            }
        }
        out
    }

    fn is_flow(&self) -> bool {
        match self {
            Self::Scalar(_) | Self::Block(..) => false,
            Self::Mapping(style, entries) => *style == Style::Flow || entries.is_empty(),
            Self::Sequence(style, items) => *style == Style::Flow || items.is_empty(),
        }
    }

    /// The lines of a collection in block style.
    fn lines(&self, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        match self {
            Self::Mapping(style, entries) => {
                for (key, value) in entries {
                    if *style == Style::Spacious {
                        out.push_str(&format!("{margin}# about what follows\n"));
                    }
                    out.push_str(&format!("{margin}{key}:"));
                    value.after_colon(indent, out);
                }
            }
            Self::Sequence(_, items) => {
                for item in items {
                    out.push_str(&margin);
                    out.push('-');
                    match item {
                        Self::Mapping(..) if !item.is_flow() => {
                            let mut inner = String::new();
                            item.lines(indent + 2, &mut inner);
                            let start = inner.len() - inner.trim_start_matches(' ').len();
                            out.push_str(&format!(" {}", &inner[start..]));
                        }
                        _ => item.after_colon(indent + 2, out),
                    }
                }
            }
            Self::Scalar(_) | Self::Block(..) => {}
        }
    }

    /// What follows `key:` or `-`, with the end of the line.
    fn after_colon(&self, indent: usize, out: &mut String) {
        match self {
            Self::Block(header, text) => {
                out.push_str(&format!(" {header}\n"));
                for line in text.lines() {
                    let margin = if line.is_empty() { 0 } else { indent + 2 };
                    out.push_str(&format!("{}{line}\n", " ".repeat(margin)));
                }
            }
            Self::Mapping(..) if !self.is_flow() => {
                out.push('\n');
                self.lines(indent + 2, out);
            }
            Self::Sequence(style, _) if !self.is_flow() => {
                out.push('\n');
                self.lines(indent + if *style == Style::Spacious { 4 } else { 0 }, out);
            }
            _ => {
                out.push(' ');
                self.inline(out);
                out.push('\n');
            }
        }
    }

    fn inline(&self, out: &mut String) {
        match self {
            Self::Scalar(text) => out.push_str(text),
            Self::Block(_, text) => out.push_str(&quoted(text)),
            Self::Mapping(_, entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    out.push_str(&format!("{key}: "));
                    value.inline(out);
                }
                out.push('}');
            }
            Self::Sequence(_, items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    item.inline(out);
                }
                out.push(']');
            }
        }
    }

    /// The ways to all values below, parents first.
    pub fn paths(&self) -> Vec<Vec<Step>> {
        let mut all = Vec::new();
        self.gather(&mut Vec::new(), &mut all);
        all
    }

    fn gather(&self, here: &mut Vec<Step>, all: &mut Vec<Vec<Step>>) {
        let mut below = |step: Step, value: &Self| {
            here.push(step);
            all.push(here.clone());
            value.gather(here, all);
            here.pop();
        };
        match self {
            Self::Mapping(_, entries) => {
                entries.iter().for_each(|(key, value)| below(Step::Key(key.clone()), value));
            }
            Self::Sequence(_, items) => {
                items.iter().enumerate().for_each(|(index, item)| below(Step::Index(index), item));
            }
            Self::Scalar(_) | Self::Block(..) => {}
        }
    }

    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        let Some((step, rest)) = path.split_first() else { return Some(self) };
        match (self, step) {
            (Self::Mapping(_, entries), Step::Key(key)) => {
                entries.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.at(rest))
            }
            (Self::Sequence(_, items), Step::Index(index)) => items.get(*index).and_then(|item| item.at(rest)),
            _ => None,
        }
    }

    /// The value of an entry.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.at(&[Step::Key(key.to_owned())])
    }
}
