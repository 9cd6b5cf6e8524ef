//! A report as a patch: what `git apply` takes, with the bytes of the files, unless something in it is masked.
//!
//! Lines are the files' own, whatever is in them: this format is for programs. A file of which something is masked
//! has names that contradict each other, so that no masks are ever written to a file: `git apply` refuses the patch.

use std::fmt::Write as _;

use crate::gitops::UnitName;
use crate::gitops::diff::{FileChange, Hunk, Report, TextDiff};
use crate::gitops::format::hunk_text::{NO_NEWLINE, hunk_head, sign};
use crate::gitops::format::visible::visible_name;

/// The patch that makes the new side of the old one. Needs a report with files in it.
#[must_use]
pub fn unified(report: &Report) -> String {
    let mut out = String::new();
    for unit in &report.units {
        for failure in &unit.failures {
            let side = if failure.on_base { "old" } else { "new" };
            let message = failure.error.to_string();
            let _ = writeln!(
                out,
                "# failed: {} ({side} side): {}",
                visible_name(&unit.unit.to_string()),
                visible_name(&message)
            );
        }
    }
    for unit in &report.units {
        unit.files.iter().for_each(|file| write_file(&unit.unit, file, &mut out));
    }
    out
}

fn write_file(unit: &UnitName, file: &FileChange, out: &mut String) {
    let FileChange { old_path, new_path, text, is_masked } = file;
    let Some(either) = new_path.as_ref().or(old_path.as_ref()) else { return };
    let name = |side: char, path: &str| quoted(&format!("{side}/{unit}/{path}"));
    let (old, new) = (name('a', old_path.as_ref().unwrap_or(either)), name('b', new_path.as_ref().unwrap_or(either)));
    let _ = writeln!(out, "diff --git {old} {new}");
    if old_path.is_none() {
        out.push_str("new file mode 100644\n");
    } else if new_path.is_none() {
        out.push_str("deleted file mode 100644\n");
    }
    // Of names with blanks, the end must be seen.
    let end = |name: &str| if name.contains(' ') { "\t" } else { "" };
    let old_end = if *is_masked { " (masked)\t" } else { end(&old) };
    let names = match (old_path, new_path, is_masked) {
        (None, _, false) => format!("--- /dev/null\n+++ {new}{}\n", end(&new)),
        (_, None, false) => format!("--- {old}{old_end}\n+++ /dev/null\n"),
        _ => format!("--- {old}{old_end}\n+++ {new}{}\n", end(&new)),
    };
    match text {
        TextDiff::Hunks(hunks) => {
            if !hunks.is_empty() || *is_masked {
                out.push_str(&names);
            }
            hunks.iter().for_each(|hunk| write_hunk(hunk, out));
        }
        TextDiff::Replaced { .. } | TextDiff::Binary { .. } => {
            let side = |path: &Option<String>, name| if path.is_some() { name } else { "/dev/null".to_owned() };
            let _ = writeln!(out, "Binary files {} and {} differ", side(old_path, old), side(new_path, new));
        }
    }
}

/// A hunk as it is.
fn write_hunk(hunk: &Hunk, out: &mut String) {
    out.push_str(&hunk_head(hunk));
    for line in &hunk.lines {
        out.push(sign(line));
        out.push_str(&line.text);
        out.push('\n');
        if line.no_newline {
            out.push_str(NO_NEWLINE);
        }
    }
}

/// A path as git writes it: in quotes and with octal bytes if it holds anything but ordinary characters.
fn quoted(path: &str) -> String {
    let is_plain = |byte: u8| (0x20..0x7f).contains(&byte) && !matches!(byte, b'"' | b'\\');
    if path.bytes().all(is_plain) {
        return path.to_owned();
    }
    let mut out = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            byte if is_plain(byte) => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_git_does() {
        assert_eq!(quoted("a/b c%20.yaml"), "a/b c%20.yaml");
        assert_eq!(quoted("a/ä\"\\\n\u{1}"), "\"a/\\303\\244\\\"\\\\\\n\\001\"");
    }
}
