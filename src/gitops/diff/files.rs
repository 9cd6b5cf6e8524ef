//! What differs file by file: the bytes themselves, or what may be shown of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::DiffOptions;
use super::canonical::{read, to_text};
use super::documents::{Entity, FileText, is_list};
use super::hunks::hunks;
use super::reading::{ReadFile, Reading, Side};
use super::report::{FileChange, TextDiff};
use super::secret::holds_secret;

/// What may be shown of the documents of one side, where that is not their text.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// By file and document.
    documents: BTreeMap<(usize, usize), Document>,
}

#[derive(Debug, Default)]
struct Document {
    hidden: bool,
    objects: Vec<Json>,
}

impl Shown {
    /// Keeps what may be shown of an object.
    pub(super) fn add(&mut self, entity: &Entity, shown: Option<Json>, hidden: bool) {
        if let Some(shown) = shown {
            let document = self.documents.entry((entity.file, entity.document)).or_default();
            document.hidden |= hidden;
            document.objects.push(shown);
        }
    }

    /// The text of a file as it may be shown; `None` if that is its own.
    fn text(&self, number: usize, file: &FileText, options: &DiffOptions) -> Option<String> {
        let shown = |document: usize| self.documents.get(&(number, document));
        let is_hidden = |document: usize| {
            shown(document).is_some_and(|shown| shown.hidden) || holds_secret(file.document(document))
        };
        let all = 0..file.documents.len();
        if options.show_secrets || !all.clone().any(is_hidden) {
            return None;
        }
        let mut out = String::new();
        for document in all {
            if document > 0 {
                out.push_str("---\n");
            }
            if !is_hidden(document) {
                out.push_str(file.document(document));
                if !out.ends_with('\n') {
                    out.push('\n');
                }
                continue;
            }
            // Without its comments, too.
            let value = read(file.document(document)).ok().flatten();
            match (value, shown(document).map(|shown| shown.objects.as_slice())) {
                (Some(value), Some(items)) if is_list(&value) => out.push_str(&to_text(&list(&value, items))),
                (Some(_), Some([object])) => out.push_str(&to_text(object)),
                // Nothing in it was a secret but in comments, or it was said to be by nobody who read it.
                (Some(value), None) if !holds_secret(&to_text(&value)) => out.push_str(&to_text(&value)),
                (Some(_), _) => out.push_str("***\n"),
                (None, _) => {}
            }
        }
        Some(out)
    }
}

/// A list with other items and nothing else of its own.
fn list(list: &Json, items: &[Json]) -> Json {
    let mut fields = Map::new();
    for field in ["apiVersion", "kind"] {
        if let Some(value) = list.get(field).filter(|value| value.is_string()) {
            fields.insert(field.to_owned(), value.clone());
        }
    }
    fields.insert("items".to_owned(), Json::Array(items.to_vec()));
    Json::Object(fields)
}

/// The files that differ.
pub(super) fn files(reading: &Reading<'_>, shown: &[Shown; 2], options: &DiffOptions) -> Vec<FileChange> {
    let change = |file: &ReadFile<'_>| {
        let plain = &file.plain;
        let (text, is_masked) = match file.objects {
            None => plain.lines(options),
            Some(objects) => {
                let shown_of = |side: &Side, shown: &Shown, number: Option<usize>| {
                    number.and_then(|number| shown.text(number, side.files.get(number)?, options))
                };
                let old = shown_of(&reading.old, &shown[0], objects[0]);
                let new = shown_of(&reading.new, &shown[1], objects[1]);
                let is_masked = old.is_some() || new.is_some();
                let own = |content: Option<&[u8]>| str::from_utf8(content.unwrap_or_default()).map(str::to_owned);
                match (old.map_or_else(|| own(plain.old), Ok), new.map_or_else(|| own(plain.new), Ok)) {
                    (Ok(old), Ok(new)) => (TextDiff::Hunks(hunks(&old, &new, options.context)), is_masked),
                    // UTF-16, of which no patch can be made.
                    _ => plain.lines(options),
                }
            }
        };
        FileChange {
            old_path: plain.old.map(|_| plain.path.to_owned()),
            new_path: plain.new.map(|_| plain.path.to_owned()),
            text,
            is_masked,
        }
    };
    reading.files.iter().map(change).collect()
}
