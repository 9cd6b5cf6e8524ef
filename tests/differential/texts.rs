//! YAML made of its smallest pieces, good and bad, as a value or as a whole file.

use super::dice::Dice;
use super::model::Files;

/// Without what stands after `...` and without tags of one's own: the scanners differ there, and nobody cares.
const PIECES: [&str; 68] = [
    "a",
    "b",
    "x y",
    "1",
    "0x1F",
    "true",
    "yes",
    "null",
    "~",
    "",
    " ",
    "  ",
    "    ",
    "\n",
    "\n",
    "\n",
    "\n  ",
    "\n  ",
    "\n    ",
    "\n    ",
    "\n\n",
    "\t",
    "a: ",
    "b: ",
    "c: ",
    "name: ",
    "- ",
    "- ",
    "- a",
    "? ",
    ": ",
    ":",
    "#c",
    " # c\n",
    "'",
    "''",
    "'a b'",
    "\"",
    "\"a\\tb\"",
    "\"\\u00e9\"",
    "\\",
    "|",
    "|-",
    "|+",
    "|2",
    ">",
    ">-",
    "&a ",
    "*a",
    "&b ",
    "*b",
    "!!str ",
    "!!int ",
    "!!null ",
    "{",
    "}",
    "{a: 1, b: [c]}",
    "[",
    "]",
    "[a, b]",
    ", ",
    "<<: ",
    "---\n",
    "@",
    "`",
    "2020-01-01",
    "é",
    "\u{1f600}",
];

/// A tree of one kustomization and one file.
pub fn files(throws: &[u8]) -> Files {
    let mut dice = Dice::new(throws);
    let (place, count) = (dice.below(4), dice.between(1, 24));
    let text: String = (0..count).map(|_| dice.pick(&PIECES)).collect();
    let object = "apiVersion: example.com/v1\nkind: Custom\nmetadata:\n  name: a\n";
    let mut kustomization = "resources: [a.yaml]\n".to_owned();
    let file = match place {
        0 => format!("{object}spec: {text}\n"),
        1 => format!("{object}spec:\n  {text}\n"),
        2 => {
            kustomization.push_str(&format!("commonAnnotations:\n  {text}\n"));
            object.to_owned()
        }
        _ => format!("{object}{text}"),
    };
    let mut files = Files { target: ".".to_owned(), ..Files::default() };
    files.files.insert("kustomization.yaml".to_owned(), kustomization);
    files.files.insert("a.yaml".to_owned(), file);
    files
}
