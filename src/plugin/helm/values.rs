//! The values that `helm` gets: a file's, a kustomization's, or both merged.

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result};
use crate::patch::strategic::{Outcome, apply_strategic_merge};
use crate::schema::Schema;
use crate::source::SourceId;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::number::{json_float, parse_float, parse_int};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Text, Value};

/// How inline values and a file of values go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    /// The inline values win.
    Override,
    /// The file's values win.
    Below,
    /// The file is not read.
    Replace,
}

impl Merge {
    pub(super) fn parse(text: &str) -> Result<Self> {
        match text {
            "" | "override" => Ok(Self::Override),
            "merge" => Ok(Self::Below),
            "replace" => Ok(Self::Replace),
            _ => Err(Error::new(ErrorKind::Transform, format!("`valuesMerge` can't be `{text}`"))
                .hint("it may be `merge`, `override` or `replace`")),
        }
    }
}

/// Prints the inline values.
pub(super) fn print_inline(inline: &Node) -> Result<String> {
    to_yaml_string(&through_json(inline))
}

/// Prints the inline values and those of a file, merged without any schema: lists are replaced.
pub(super) fn print_merged(inline: &Node, file: &ArcStr, source: SourceId, merge: Merge) -> Result<String> {
    let file = parse(Chunk::whole(file, source), Dialect::V3)?.filter(|node| !node.is_null());
    let (inline, file) = (through_json(inline), file.unwrap_or_else(Node::mapping));
    let (mut target, patch) = if merge == Merge::Below { (inline, file) } else { (file, inline) };
    match apply_strategic_merge(&mut target, &patch, &Schema::default(), None)? {
        Outcome::Kept => to_yaml_string(&target),
        Outcome::Removed => Ok("{}\n".to_owned()),
    }
}

/// The values as JSON carries them: numbers are doubles, and keys are strings.
pub(crate) fn through_json(node: &Node) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => Value::Scalar(scalar_through_json(scalar)),
        Value::Sequence(items) => Value::Sequence(items.iter().map(through_json).collect()),
        Value::Mapping(mapping) => {
            let mut out = Mapping::new();
            for entry in mapping {
                let mut key = entry.key.clone();
                key.scalar = Scalar::string(scalar_through_json(&key.scalar).text);
                out.set(key, through_json(&entry.value));
            }
            Value::Mapping(out)
        }
    };
    Node { span: node.span, value }
}

fn scalar_through_json(scalar: &Scalar) -> Scalar {
    let text = scalar.text.as_str();
    #[expect(clippy::cast_precision_loss, reason = "this is what happens to numbers in JSON")]
    let number = match scalar.tag {
        Tag::Int => parse_int(text, Dialect::V2).map(|value| value as f64),
        Tag::Float => parse_float(text),
        _ => None,
    };
    let (text, tag) = match (scalar.tag, number) {
        (_, Some(number)) => {
            let text = json_float(number);
            let tag = if text.contains(['.', 'e']) { Tag::Float } else { Tag::Int };
            (Text::from(text), tag)
        }
        (Tag::Bool, None) => {
            let truth = matches!(text.as_bytes(), [b'y' | b'Y' | b't' | b'T', ..]) || text.eq_ignore_ascii_case("on");
            (Text::from(if truth { "true" } else { "false" }), Tag::Bool)
        }
        (Tag::Null, None) => (Text::from("null"), Tag::Null),
        (Tag::Timestamp, None) => (scalar.text.clone(), Tag::Str),
        (tag, None) => (scalar.text.clone(), tag),
    };
    Scalar { text, tag, style: Style::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# comment
a: 1
b: {c: 2, d: null, e: [1,2]}
n: 0777
f: 1.0
y: yes
date: 2020-01-01
nul: null
nul2: {x: null, y: ~, z: }
str: \"5\"
big: 12345678901234567
fold: >
  abc
  def
obj: {k: v}
l: [{name: a, v: 1}]
";
    const INLINE: &str = "\
a: 2
b: {c: null, e: [3], new: {q: null, r: 1, s: []}}
y: yes
big2: 12345678901234567
n2: 0777
fl: 1.50
d2: 2020-01-01
nul: 5
nn: null
obj: null
l: [{name: a, w: null, x: 2}]
s: \"yes\"
e: 1e3
m: |
  a
   b
";

    fn merged(merge: Merge) -> String {
        let inline = ArcStr::from(INLINE);
        let inline = parse(Chunk::whole(&inline, SourceId(0)), Dialect::V2).unwrap().unwrap();
        match merge {
            Merge::Replace => print_inline(&inline).unwrap(),
            merge => print_merged(&inline, &ArcStr::from(FILE), SourceId(1), merge).unwrap(),
        }
    }

    #[test]
    fn inline_values_override() {
        let want = "\
a: 2
b:
  d: null
  e:
  - 3
  new:
    r: 1
    s: []
big: 12345678901234567
big2: 12345678901234568
d2: \"2020-01-01\"
date: \"2020-01-01T00:00:00Z\"
e: 1000
f: 1
fl: 1.5
fold: |
  abc def
l:
- name: a
  w: null
  x: 2
m: |
  a
   b
\"n\": 511
n2: 511
nul: 5
nul2:
  x: null
  \"y\": null
s: \"yes\"
str: \"5\"
\"true\": true
\"y\": \"yes\"
";
        assert_eq!(merged(Merge::Override), want);
    }

    #[test]
    fn values_of_the_file_are_merged_in() {
        let want = "\
a: 1
b:
  c: 2
  e:
  - 1
  - 2
  new:
    q: null
    r: 1
    s: []
big: 12345678901234567
big2: 12345678901234568
d2: \"2020-01-01\"
date: \"2020-01-01T00:00:00Z\"
e: 1000
f: 1
fl: 1.5
fold: |
  abc def
l:
- name: a
  v: 1
m: |
  a
   b
\"n\": 511
n2: 511
nn: null
nul2: {}
obj:
  k: v
s: \"yes\"
str: \"5\"
\"true\": true
\"y\": \"yes\"
";
        assert_eq!(merged(Merge::Below), want);
    }

    #[test]
    fn inline_values_replace_the_file() {
        let want = "\
a: 2
b:
  c: null
  e:
  - 3
  new:
    q: null
    r: 1
    s: []
big2: 12345678901234568
d2: \"2020-01-01\"
e: 1000
fl: 1.5
l:
- name: a
  w: null
  x: 2
m: |
  a
   b
n2: 511
nn: null
nul: 5
obj: null
s: \"yes\"
\"true\": true
";
        assert_eq!(merged(Merge::Replace), want);
    }
}
