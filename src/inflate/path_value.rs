//! Single values by path, as `helm --set` takes them: `a.b[0].c\.d`.

use crate::error::Result;
use crate::inflate::field::fault;
use crate::yaml::{Mapping, Node, Tag, Value};

/// The longest list that a path can make, as in Helm.
const LONGEST: usize = 65_536;

enum Step {
    Key(String),
    Index(usize),
}

/// Sets the value at `path`; `place` is for errors.
pub(super) fn set(values: &mut Node, path: &str, value: Node, place: &Node) -> Result<()> {
    let steps = steps(path).ok_or_else(|| fault(place, format!("`{path}` is no path of a value")))?;
    let mut node = values;
    for step in steps {
        node = match step {
            Step::Key(key) => {
                if node.as_mapping().is_none() {
                    node.value = Value::Mapping(Mapping::new());
                }
                let Value::Mapping(mapping) = &mut node.value else { unreachable!("set to a mapping above") };
                mapping.get_or_insert_with(&key, Node::null)
            }
            Step::Index(index) => {
                if node.as_sequence().is_none() {
                    *node = Node::sequence();
                }
                let Value::Sequence(items) = &mut node.value else { unreachable!("set to a list above") };
                while items.len() <= index {
                    items.push(Node::null());
                }
                &mut items[index]
            }
        };
    }
    *node = value;
    Ok(())
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut key = String::new();
    let mut after_index = false;
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => key.push(letters.next()?),
            '.' if after_index => after_index = false,
            '.' if key.is_empty() => return None,
            '.' => steps.push(Step::Key(std::mem::take(&mut key))),
            '[' => {
                if !key.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut key)));
                }
                let digits: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                steps.push(Step::Index(digits.parse().ok().filter(|index| *index <= LONGEST)?));
                after_index = true;
            }
            _ if after_index => return None,
            other => key.push(other),
        }
    }
    if !key.is_empty() {
        steps.push(Step::Key(key));
    }
    (matches!(steps.first(), Some(Step::Key(_))) && !path.ends_with('.')).then_some(steps)
}

/// A value of the type that its text looks like, or a list of such: `{a,b}`.
pub(super) fn typed(text: &str) -> Node {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some("") => Node::sequence(),
        Some(list) => Node::new(Value::Sequence(split(list).iter().map(|item| scalar(item)).collect())),
        None => scalar(text),
    }
}

/// A text, whatever it looks like.
pub(super) fn string(text: &str) -> Node {
    Node::string(unescape(text))
}

/// At commas that no backslash stands before.
pub(super) fn split(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, letter) in list.char_indices() {
        if letter == ',' && !escaped {
            parts.push(&list[start..at]);
            start = at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    parts.push(&list[start..]);
    parts
}

fn scalar(text: &str) -> Node {
    let text = unescape(text);
    let is_integer = text == "0" || (!text.starts_with('0') && text.parse::<i64>().is_ok() && !text.starts_with('+'));
    let tag = match text.to_ascii_lowercase().as_str() {
        "true" | "false" => Tag::Bool,
        "null" => return Node::null(),
        _ if is_integer => Tag::Int,
        _ => return Node::string(text),
    };
    Node::scalar(if tag == Tag::Bool { text.to_ascii_lowercase() } else { text }, tag)
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        out.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::emit::to_yaml_string;

    #[test]
    fn paths_make_what_is_missing() {
        let mut values = Node::mapping();
        let place = Node::null();
        let pairs = [
            ("a.b\\.c", "1"),
            ("l[1].x", "TRUE"),
            ("l[1].y", "{a,b\\,c,3}"),
            ("s", "007"),
            ("f", "1.5"),
            ("n", "null"),
            ("a.d[0][1]", "-2"),
        ];
        for (path, text) in pairs {
            set(&mut values, path, typed(text), &place).unwrap();
        }
        set(&mut values, "a.t", string("true"), &place).unwrap();
        let want = "a:\n  b.c: 1\n  d:\n  - - null\n    - -2\n  t: \"true\"\nf: \"1.5\"\nl:\n- null\n- x: true\n  \"y\":\n  - a\n  - b,c\n  - 3\n\"n\": null\ns: \"007\"\n";
        assert_eq!(to_yaml_string(&values).unwrap(), want);
        for path in ["", ".a", "a.", "a..b", "[0]", "a[x]", "a[99999999]", "a[0]b", "a\\"] {
            assert!(set(&mut values, path, Node::null(), &place).is_err(), "{path}");
        }
    }
}
