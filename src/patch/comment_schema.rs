//! Schemas in comments (upstream: `kyaml/fieldmeta`, asked by `kyaml/yaml/walk`).
//!
//! A comment that is a JSON object says how its field is merged, and overrules what is
//! known of the type:
//!
//! ```text
//! steps: # {"type":"array","x-kubernetes-patch-strategy":"merge","x-kubernetes-patch-merge-key":"name"}
//! ```
//!
//! Trees keep no comments, so they are looked up by place in the source texts. A text is
//! searched once, and where no text has such a comment that is all the work there is.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::schema::{Schema, TypeSchema};
use crate::source::{SourceId, SourceMap, Span};

/// Knows of schemas that a merge has to use in the place of the usual ones.
pub trait MergeHints {
    /// The schema in a comment that belongs to the value written at `value`.
    fn hint(&self, value: Span) -> Option<TypeSchema<'_>>;

    /// The schema in a comment that belongs to the key written at `key`.
    fn key_hint(&self, key: Span) -> Option<TypeSchema<'_>>;
}

/// The comments of a render's texts. Clones share what they found.
#[derive(Debug, Clone)]
pub struct CommentSchemas {
    sources: SourceMap,
    found: Arc<Mutex<Found>>,
}

#[derive(Debug, Default)]
struct Found {
    searched: usize,
    comments: Vec<Comment>,
    hints: Option<Arc<CommentHints>>,
    stale: bool,
}

/// The comments that are schemas, as of one moment.
#[derive(Debug)]
pub struct CommentHints {
    schema: Schema,
    comments: Vec<Comment>,
}

#[derive(Debug, Clone)]
struct Comment {
    source: SourceId,
    line: u32,
    /// What it stands behind; `None` if the comment has the line for itself.
    behind: Option<String>,
    /// The line below.
    below: String,
    schema: Value,
}

impl CommentSchemas {
    /// The comments of the texts in `sources`, now and later.
    #[must_use]
    pub fn new(sources: SourceMap) -> Self {
        Self { sources, found: Arc::default() }
    }

    /// The hints of all texts that are known by now, over `schema`; `None` if there is none.
    #[must_use]
    pub fn hints(&self, schema: &Schema) -> Option<Arc<CommentHints>> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let before = found.comments.len();
        while let Some((source, text)) = self.sources.in_order(found.searched) {
            read(source, &text, &mut found.comments);
            found.searched += 1;
        }
        if found.comments.len() > before || (found.stale && before > 0) {
            // Texts come in any order where several threads read, some of them twice.
            found.comments.sort_by_key(Comment::place);
            found.comments.dedup_by_key(|comment| comment.place());
            found.hints = Some(Arc::new(CommentHints::new(found.comments.clone(), schema)));
            found.stale = false;
        }
        found.hints.clone()
    }

    /// Says that another schema is in use, which references in comments lead into.
    pub fn schema_changed(&self) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).stale = true;
    }
}

impl Comment {
    const fn place(&self) -> (u32, u32) {
        (self.source.0, self.line)
    }
}

impl CommentHints {
    fn new(comments: Vec<Comment>, schema: &Schema) -> Self {
        let schemas = comments.iter().enumerate().map(|(index, comment)| (index.to_string(), comment.schema.clone()));
        let definitions: Map<String, Value> = schemas.collect();
        Self { schema: schema.with_comments(&json!({ "definitions": definitions })), comments }
    }

    /// The comment in a line of its own, or behind something.
    fn at(&self, source: SourceId, line: u32, behind: bool) -> Option<(&Comment, TypeSchema<'_>)> {
        let place = (source.0, line);
        let index = self.comments.binary_search_by_key(&place, Comment::place).ok()?;
        let comment = self.comments.get(index).filter(|comment| comment.behind.is_some() == behind)?;
        Some((comment, self.schema.for_comment(index)?))
    }

    fn above(&self, span: Span) -> Option<(&Comment, TypeSchema<'_>)> {
        self.at(span.source(), span.line().checked_sub(1)?, false)
    }
}

impl MergeHints for CommentHints {
    fn hint(&self, value: Span) -> Option<TypeSchema<'_>> {
        let column = value.column().saturating_sub(1) as usize;
        let flow = |line: &str| matches!(line.chars().nth(column), Some('[' | '{'));
        if let Some((comment, schema)) = self.at(value.source(), value.line(), true)
            && comment.behind.as_deref().is_some_and(flow)
        {
            return Some(schema);
        }
        // An item of a list: its comment stands above the dash.
        let (comment, schema) = self.above(value)?;
        let before: String = comment.below.chars().take(column).collect();
        (before.contains('-') && before.chars().all(|character| matches!(character, ' ' | '-'))).then_some(schema)
    }

    fn key_hint(&self, key: Span) -> Option<TypeSchema<'_>> {
        if let Some((_, schema)) = self.at(key.source(), key.line(), true) {
            return Some(schema);
        }
        // Any comment behind the key hides the one above it.
        self.above(key).filter(|(comment, _)| !comment.below.contains(" #")).map(|(_, schema)| schema)
    }
}

/// Collects the comments of a text that are schemas.
fn read(source: SourceId, text: &str, comments: &mut Vec<Comment>) {
    if !may_hold_schemas(text) {
        return;
    }
    let lines: Vec<&str> = text.lines().collect();
    let is_comment = |index: Option<usize>| {
        index.and_then(|index| lines.get(index)).is_some_and(|line| line.trim_start().starts_with('#'))
    };
    for (index, line) in lines.iter().enumerate() {
        let whole = line.trim_start().starts_with('#');
        // Comments in lines one below the other are one comment, and no JSON.
        if whole && (is_comment(index.checked_sub(1)) || is_comment(Some(index + 1))) {
            continue;
        }
        let starts = line.match_indices('#').map(|(at, _)| at);
        let mut starts = starts.filter(|&at| line[..at].chars().next_back().is_none_or(char::is_whitespace));
        let Some((at, schema)) = starts.find_map(|at| Some((at, schema_of(&line[at..])?))) else { continue };
        comments.push(Comment {
            source,
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            behind: (!whole).then(|| line[..at].to_owned()),
            below: lines.get(index + 1).map_or_else(String::new, |line| (*line).to_owned()),
            schema,
        });
    }
}

/// Whether a `{` follows some `#`.
fn may_hold_schemas(text: &str) -> bool {
    let mut starts = memchr::memchr_iter(b'#', text.as_bytes());
    starts.any(|at| text[at..].trim_start_matches('#').trim_start_matches(' ').starts_with('{'))
}

/// The schema that a comment is; an empty one is none.
fn schema_of(comment: &str) -> Option<Value> {
    let object: Map<String, Value> = serde_json::from_str(comment.trim_start_matches('#')).ok()?;
    if object.is_empty() || object.get("type").is_some_and(|kind| !kind.is_string() && !kind.is_array()) {
        return None;
    }
    let setter = object.get("$openapi").and_then(Value::as_str).filter(|name| !name.is_empty());
    match setter.filter(|_| object.values().all(Value::is_string)) {
        Some(name) => Some(json!({ "$ref": format!("#/definitions/io.k8s.cli.setters.{name}") })),
        None => Some(Value::Object(object)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERGE: &str = r#"{"type":"array","x-kubernetes-patch-strategy":"merge","x-kubernetes-patch-merge-key":"k"}"#;

    /// The merge keys that the comments of `text` give to a key at the start of line 2.
    fn keys_of_second_line(text: &str) -> Option<Vec<String>> {
        let sources = SourceMap::default();
        let source = sources.add("a.yaml".as_ref(), text.into());
        let hints = CommentSchemas::new(sources).hints(&Schema::default())?;
        let strategy = hints.key_hint(Span::new(source, 2, 1))?.patch_strategy_and_keys();
        Some(strategy.keys.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn comments_at_keys() {
        let merged = Some(vec!["k".to_owned()]);
        assert_eq!(keys_of_second_line(&format!("a:\nlist: # {MERGE}\n- k: 1\n")), merged);
        assert_eq!(keys_of_second_line(&format!("# {MERGE}\nlist:\n- k: 1\n")), merged);
        assert_eq!(keys_of_second_line(&format!("##{MERGE}\nlist:\n- k: 1\n")), merged);
        assert_eq!(keys_of_second_line(&format!("# {MERGE}\nlist: # but\n- k: 1\n")), None);
        assert_eq!(keys_of_second_line(&format!("a: # {MERGE}\nlist:\n- k: 1\n")), None);
        assert_eq!(keys_of_second_line("a:\nlist: # {}\n- k: 1\n"), None);
        assert_eq!(keys_of_second_line("a:\nlist: # {{ template }}\n- k: 1\n"), None);
        assert_eq!(keys_of_second_line("a:\nlist: # {\"type\":5}\n- k: 1\n"), None);
        // A setter that is nowhere defined still takes the known schema's place.
        assert_eq!(keys_of_second_line("a:\nlist: # {\"$openapi\":\"x\"}\n- k: 1\n"), Some(vec![]));
    }

    #[test]
    fn comments_at_values() {
        let sources = SourceMap::default();
        let text = format!("a: [1] # {MERGE}\nb:\n# {MERGE}\n- k: 1 # {MERGE}\n");
        let source = sources.add("a.yaml".as_ref(), text.into());
        let hints = CommentSchemas::new(sources).hints(&Schema::default());
        let has =
            |line, column| hints.as_ref().is_some_and(|hints| hints.hint(Span::new(source, line, column)).is_some());
        assert!(has(1, 4), "a list in brackets");
        assert!(!has(1, 5), "an item of it");
        assert!(has(4, 3), "an item under its comment");
        assert!(!has(4, 1), "the list of items");
        assert!(!has(4, 6), "a plain value");
    }

    #[test]
    fn texts_are_searched_as_they_come() {
        let sources = SourceMap::default();
        let comments = CommentSchemas::new(sources.clone());
        let _ = sources.add("a.yaml".as_ref(), "a: 1 # plain\n".into());
        assert!(comments.hints(&Schema::default()).is_none());
        let later = sources.add("b.yaml".as_ref(), format!("b: # {MERGE}\n").into());
        let hints = comments.hints(&Schema::default());
        assert!(hints.is_some_and(|hints| hints.key_hint(Span::new(later, 1, 1)).is_some()));
    }

    #[test]
    fn references_lead_into_the_schema_in_use() {
        let sources = SourceMap::default();
        let source = sources.add("a.yaml".as_ref(), "a: # {\"$ref\":\"#/definitions/a.Mine\"}\n".into());
        let comments = CommentSchemas::new(sources);
        let text = "definitions: {a.Mine: {properties: {b: {}}}}".into();
        let mine = Schema::from_openapi(&text, source).unwrap();
        let knows_b = |schema: &Schema| {
            let hints = comments.hints(schema);
            hints.is_some_and(|hints| hints.key_hint(Span::new(source, 1, 1)).is_some_and(|a| a.field("b").is_some()))
        };
        assert!(!knows_b(&Schema::default()));
        comments.schema_changed();
        assert!(knows_b(&mine));
    }

    #[test]
    fn references_are_followed() {
        let sources = SourceMap::default();
        let text = "a: # {\"$ref\":\"#/definitions/io.k8s.api.core.v1.PodSpec\"}\n";
        let source = sources.add("a.yaml".as_ref(), text.into());
        let hints = CommentSchemas::new(sources).hints(&Schema::default());
        let found = hints.as_ref().and_then(|hints| hints.key_hint(Span::new(source, 1, 1))?.field("containers"));
        assert!(found.is_some_and(|found| found.patch_strategy_and_keys().merge));
    }
}
