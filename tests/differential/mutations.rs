//! Small changes to the texts of a tree, as slips of the hand make them: most are still YAML, and
//! what they mean then is for both programs to agree on.

use super::dice::Dice;
use super::model::Files;
use super::scalars;
use super::yaml::Yaml;

/// What is put into a text somewhere.
const PIECES: [&str; 37] = [
    " ", "\n", "\t", "-", "- ", ":", ": ", "#", " #", "'", "\"", "|", ">", "&a ", "*a", "{", "}", "[", "]", ",", "? ",
    "!!str ", "!!int ", "---\n", "%", "@", "`", "\\", "<<: ", "null", "~", "\u{e9}", "\r\n", "\u{85}", "\u{2028}",
    "\0", "\u{7f}",
];

/// Changes one of the texts.
pub fn mutate(files: &mut Files, throws: &[u8]) {
    let mut dice = Dice::new(throws);
    let count = files.files.len();
    let Some(text) = files.files.values_mut().nth(dice.below(count)) else { return };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return;
    }
    let at = (dice.below(256) * 256 + dice.below(256)) % lines.len();
    match dice.below(11) {
        0 | 1 => {
            let value = match scalars::any(&mut dice) {
                Yaml::Scalar(text) => text,
                _ => String::new(),
            };
            if let Some((key, _)) = lines[at].split_once(": ") {
                lines[at] = format!("{key}: {value}");
            } else {
                lines[at] = format!("{} {value}", lines[at]);
            }
        }
        2 => {
            let piece = dice.pick(&PIECES);
            let place = character(&lines[at], &mut dice);
            lines[at].insert_str(place, piece);
        }
        3 => {
            lines.remove(at);
        }
        4 => lines.insert(at, lines[at].clone()),
        5 => lines[at] = lines[at].chars().skip(dice.between(1, 4)).collect(),
        6 => lines[at] = format!("{}{}", " ".repeat(dice.between(1, 4)), lines[at]),
        7 => {
            let end = character(&lines[at], &mut dice);
            lines[at].truncate(end);
        }
        8 => {
            let other = (dice.below(256) * 256 + dice.below(256)) % lines.len();
            lines.swap(at, other);
        }
        9 => lines[at] = lines[at].to_uppercase(),
        _ => {
            if let Some((key, value)) = lines[at].clone().split_once(": ") {
                lines[at] = format!("{key}:");
                lines.insert(at + 1, format!("{}{value}", " ".repeat(dice.below(8))));
            }
        }
    }
    *text = lines.join("\n");
    if !dice.chance(10) {
        text.push('\n');
    }
}

/// A place in a line where a character begins, or its end.
fn character(line: &str, dice: &mut Dice<'_>) -> usize {
    let places: Vec<usize> = line.char_indices().map(|(place, _)| place).chain([line.len()]).collect();
    places[dice.below(256) % places.len()]
}
