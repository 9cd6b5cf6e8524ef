//! Writes hashes into the text of `vendor.yaml`; nothing else of it changes.

use crate::source::Span;
use crate::vendor::Entry;

/// The text with the hash of each entry set.
pub(super) fn with_hashes(text: &str, hashes: &[(&Entry, String)]) -> String {
    let mut edits: Vec<(usize, usize, String)> =
        hashes.iter().filter_map(|(entry, hash)| edit(text, entry, hash)).collect();
    edits.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
    let mut edited = text.to_owned();
    for (start, end, new) in edits {
        edited.replace_range(start..end, &new);
    }
    edited
}

/// Replaces the hash that is there, or adds one behind the address.
fn edit(text: &str, entry: &Entry, hash: &str) -> Option<(usize, usize, String)> {
    if let Some(old) = &entry.sha256 {
        let start = offset(text, old.span())?;
        let start = start + usize::from(text.get(start..)?.starts_with(['"', '\'']));
        let end = start + old.value.len();
        return (text.get(start..end)? == old.value).then(|| (start, end, hash.to_owned()));
    }
    let start = offset(text, entry.span)?;
    if text.get(start..)?.starts_with('{') {
        return Some((start + 1, start + 1, format!("sha256: {hash}, ")));
    }
    let column = usize::try_from(entry.span.column()).ok()?.checked_sub(1)?;
    let indent = " ".repeat(column);
    let address = offset(text, entry.address)?;
    let rest = text.get(address..)?;
    let line = rest.split('\n').next()?;
    // An address that goes on in the next line is no place for anything; the entry's beginning always is one.
    let goes_on = line.starts_with(['>', '|'])
        || rest[line.len()..].strip_prefix('\n').is_some_and(|next| {
            let deeper = next.len() - next.trim_start_matches(' ').len() > column;
            deeper && !next.starts_with('\n')
        });
    if goes_on {
        return Some((start, start, format!("sha256: {hash}\n{indent}")));
    }
    let end = address + line.trim_end().len();
    Some((end, end, format!("\n{indent}sha256: {hash}")))
}

/// The byte where a span begins.
fn offset(text: &str, span: Span) -> Option<usize> {
    let line = usize::try_from(span.line()).ok()?.checked_sub(1)?;
    let start = match line {
        0 => 0,
        line => text.match_indices('\n').nth(line - 1)?.0 + 1,
    };
    let column = usize::try_from(span.column()).ok()?.checked_sub(1)?;
    let rest = text.get(start..)?;
    Some(start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at))
}
