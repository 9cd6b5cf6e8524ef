//! The objects in the files of a unit: who they are and where, to be read when their turn comes.
//!
//! Trees of large units are not kept but read again: two sides of a large unit would not fit. Items of lists are the
//! exception.

use std::ops::Range;

use arcstr::ArcStr;
use serde_json::Value as Json;

use super::canonical;
use super::report::ObjectId;
use crate::error::Result;
use crate::resource::gvk::split_api_version;
use crate::source::SourceId;
use crate::yaml::documents::{Position, decode, split};

/// One side of a file.
#[derive(Debug)]
pub(super) struct FileText {
    pub(super) path: String,
    pub(super) text: ArcStr,
    /// Where its documents stand in the text.
    pub(super) documents: Vec<Range<usize>>,
    /// Whether it is known where one document ends and the next begins.
    pub(super) is_split: bool,
}

/// An object, or another document with something in it.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) id: ObjectId,
    /// The API version, for the schema.
    pub(super) api_version: String,
    /// Its file, by number.
    pub(super) file: usize,
    /// Its document in the file, by number.
    pub(super) document: usize,
    /// Whether it is an item of a list.
    pub(super) is_item: bool,
    /// The object itself, if it is kept.
    kept: Option<Box<Json>>,
}

impl FileText {
    /// A file as YAML; `None` if its bytes are no text.
    pub(super) fn new(path: &str, content: &[u8]) -> Option<Self> {
        let text = decode(content.to_vec()).ok()?;
        let documents = split(&text, Position::start(SourceId::NONE)).ok();
        let documents: Option<Vec<_>> =
            documents.map(|chunks| chunks.iter().map(|chunk| chunk.start..chunk.end).collect());
        Some(Self {
            path: path.to_owned(),
            is_split: documents.is_some(),
            documents: documents.unwrap_or_default(),
            text,
        })
    }

    pub(super) fn document(&self, document: usize) -> &str {
        self.documents.get(document).and_then(|range| self.text.get(range.clone())).unwrap_or_default()
    }

    /// What a document comes to; items of lists are entities of their own. `ordinal` counts documents that are no
    /// objects. Their values are kept if `keep` says so.
    pub(super) fn entities(
        &self,
        file: usize,
        document: usize,
        ordinal: &mut usize,
        keep: bool,
    ) -> Result<Vec<Entity>> {
        let Some(value) = canonical::read(self.document(document))?.filter(|value| !value.is_null()) else {
            return Ok(Vec::new());
        };
        if !is_list(&value) {
            let mut entity = self.entity(file, document, value, ordinal);
            // If not, it is read again when it is compared.
            entity.kept.take_if(|_| !keep);
            return Ok(vec![entity]);
        }
        let mut found = Vec::new();
        unpack(value, "", "", &mut |value| found.push(value));
        let item = |value| Entity { is_item: true, ..self.entity(file, document, value, ordinal) };
        Ok(found.into_iter().map(item).collect())
    }

    fn entity(&self, file: usize, document: usize, value: Json, ordinal: &mut usize) -> Entity {
        let api_version = text(&value, "apiVersion").to_owned();
        let id = identity(&value).unwrap_or_else(|| {
            *ordinal += 1;
            let name = if *ordinal == 1 { self.path.clone() } else { format!("{}#{ordinal}", self.path) };
            ObjectId { group: String::new(), kind: String::new(), namespace: None, name }
        });
        Entity { id, api_version, file, document, is_item: false, kept: Some(Box::new(value)) }
    }

    /// The value of an entity.
    pub(super) fn read(&self, entity: &Entity) -> Json {
        match &entity.kept {
            Some(value) => (**value).clone(),
            // It was read before.
            None => canonical::read(self.document(entity.document)).ok().flatten().unwrap_or_default(),
        }
    }
}

fn text<'a>(value: &'a Json, field: &str) -> &'a str {
    value.get(field).and_then(Json::as_str).unwrap_or_default()
}

/// Who an object is; `None` if it is none.
fn identity(value: &Json) -> Option<ObjectId> {
    let metadata = value.get("metadata")?;
    let (kind, name) = (text(value, "kind"), text(metadata, "name"));
    let namespace = Some(text(metadata, "namespace")).filter(|namespace| !namespace.is_empty());
    let group = split_api_version(text(value, "apiVersion")).0;
    (!kind.is_empty() && !name.is_empty()).then(|| ObjectId {
        group: group.to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    })
}

/// Whether a value is a list of objects rather than an object.
pub(super) fn is_list(value: &Json) -> bool {
    let named = value.get("metadata").is_some_and(|metadata| !text(metadata, "name").is_empty());
    text(value, "kind").ends_with("List") && value.get("items").is_some_and(Json::is_array) && !named
}

/// Tells of the items of a list and of lists in it. Items of a typed list need not say what they are.
fn unpack(value: Json, api_version: &str, kind: &str, found: &mut dyn FnMut(Json)) {
    if !is_list(&value) {
        let mut value = value;
        if let Json::Object(fields) = &mut value {
            for (field, said) in [("kind", kind), ("apiVersion", api_version)] {
                if !said.is_empty() && !fields.contains_key(field) {
                    fields.insert(field.to_owned(), Json::from(said));
                }
            }
        }
        return found(value);
    }
    let api_version = text(&value, "apiVersion").to_owned();
    let kind = text(&value, "kind").strip_suffix("List").unwrap_or_default().to_owned();
    let Json::Object(mut fields) = value else { return };
    if let Some(Json::Array(items)) = fields.remove("items") {
        let api_version = if kind.is_empty() { "" } else { &api_version };
        items.into_iter().for_each(|item| unpack(item, api_version, &kind, found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        let file = FileText::new("a.yaml", text.as_bytes()).unwrap();
        let mut ordinal = 0;
        let all =
            (0..file.documents.len()).flat_map(|document| file.entities(0, document, &mut ordinal, true).unwrap());
        all.map(|entity| format!("{}/{} {:?} {}", entity.id.group, entity.id.kind, entity.id.namespace, entity.id.name))
            .collect()
    }

    #[test]
    fn objects_and_lists_and_other_documents() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: m}\n---\n# nothing\n---\na: 1\n---\nb: 1\n---\nkind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n- {kind: SecretList, apiVersion: v1, items: [{metadata: {name: s}}]}\n";
        assert_eq!(
            ids(text),
            ["apps/Deployment Some(\"m\") a", "/ None a.yaml", "/ None a.yaml#2", "/Pod None p", "/Secret None s"]
        );
    }

    #[test]
    fn an_object_may_be_called_a_list() {
        assert_eq!(
            ids("{apiVersion: a/v1, kind: AccessList, metadata: {name: x}, items: [1]}"),
            ["a/AccessList None x"]
        );
        assert_eq!(ids("{apiVersion: v1, kind: List, items: []}"), [""; 0]);
    }
}
