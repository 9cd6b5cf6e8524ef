//! One object: what happened to it, its fields and its lines.

use std::fmt::Write as _;

use serde_json::Value;

use crate::gitops::diff::{FieldChange, FieldOperation, Hunk, ObjectChange, ObjectId, TextDiff};
use crate::gitops::format::html::escape::{line, name};
use crate::gitops::format::hunk_text::{NO_NEWLINE, hunk_head, sign};
use crate::gitops::format::view::Entry;
use crate::gitops::format::words::{Extent, change_word, count, object_name, operation_word};

/// The longest value that is shown whole, in characters; the lines show it anyway.
const LONGEST_VALUE: usize = 2_000;

/// Adds an object to the page.
pub(super) fn object(out: &mut String, number: usize, entry: &Entry<'_>) {
    let Entry { unit, object } = entry;
    let ObjectId { group, kind, namespace, name: called } = &object.id;
    let word = change_word(object.change);
    let hunks = hunks(&object.text);
    let lines: usize = hunks.iter().map(|hunk| hunk.lines.len() + 1).sum();
    let mut classes = format!("object {word}");
    if !object.fields.is_empty() {
        classes += " has-fields";
    }
    if !hunks.is_empty() {
        classes += " has-lines";
    }
    let noise = if entry.noise().is_some() { " data-noise=\"yes\"" } else { "" };
    let _ = write!(
        out,
        "<article class=\"{classes}\" id=\"o{number}\" tabindex=\"-1\" aria-labelledby=\"h{number}\" \
         data-change=\"{word}\"{noise} data-lines=\"{lines}\">\n\
         <header><span class=\"change {word}\">{word}</span> <h3 id=\"h{number}\"><span class=\"kind\">"
    );
    if !group.is_empty() {
        let _ = write!(out, "{}/", name(group));
    }
    out.push_str(&name(if kind.is_empty() { "file" } else { kind }));
    out.push_str("</span> ");
    if let Some(namespace) = namespace {
        let _ = write!(out, "{}/", name(namespace));
    }
    let _ = write!(out, "{}</h3> <span class=\"whose\">{}</span> ", name(called), name(&unit.unit.to_string()));
    if object.is_masked {
        out.push_str("<span class=\"badge\">secret values masked</span> ");
    }
    let _ = writeln!(out, "{}</header>", extent(&object.text));
    out.push_str(&remarks(object));
    out.push_str(&fields(&object.fields));
    if !hunks.is_empty() {
        out.push_str("<div class=\"lines\"><pre class=\"diff\">");
        hunks.iter().for_each(|hunk| push_hunk(out, hunk));
        out.push_str("</pre></div>\n");
    }
    out.push_str("</article>\n");
}

fn hunks(text: &TextDiff) -> &[Hunk] {
    match text {
        TextDiff::Hunks(hunks) => hunks,
        TextDiff::Replaced { .. } | TextDiff::Binary { .. } => &[],
    }
}

fn push_hunk(out: &mut String, hunk: &Hunk) {
    out.push_str(&hunk_head(hunk));
    for hunk_line in &hunk.lines {
        out.push(sign(hunk_line));
        out.push_str(&line(&hunk_line.text));
        out.push('\n');
        if hunk_line.no_newline {
            out.push_str(NO_NEWLINE);
        }
    }
}

fn extent(text: &TextDiff) -> String {
    let inside = match Extent::of(text) {
        Extent::Lines { added, removed } => {
            format!("<span class=\"plus\">+{added}</span> <span class=\"minus\">−{removed}</span>")
        }
        other => other.to_string(),
    };
    format!("<span class=\"extent\">{inside}</span>")
}

/// What neither fields nor lines say.
fn remarks(object: &ObjectChange) -> String {
    let mut out = Vec::new();
    if let Some(old) = &object.old_id {
        out.push(format!("It was <code>{}</code>.", name(&object_name(old))));
    }
    match (&object.old_path, &object.new_path) {
        (Some(old), Some(new)) if old != new => {
            out.push(format!("File: <code>{}</code> → <code>{}</code>.", name(old), name(new)));
        }
        (_, Some(path)) | (Some(path), None) => out.push(format!("File: <code>{}</code>.", name(path))),
        (None, None) => {}
    }
    match &object.text {
        TextDiff::Hunks(hunks) if hunks.is_empty() => out.push("The text is the same.".to_owned()),
        TextDiff::Hunks(_) => {}
        TextDiff::Replaced { old_lines, new_lines } => {
            let old = count(*old_lines, "line");
            out.push(format!("Too much differs to show it: {old} became {new_lines}."));
        }
        TextDiff::Binary { old_sha256, new_sha256 } => {
            let hash = |hash: &Option<String>| hash.as_deref().map_or("nothing".into(), name).into_owned();
            let [old, new] = [old_sha256, new_sha256].map(hash);
            out.push(format!("It is no text. SHA-256: <code>{old}</code> → <code>{new}</code>."));
        }
    }
    if !object.ignored.is_empty() {
        let pointers = object.ignored.iter().map(|field| format!("<code>{}</code>", name(&field.pointer)));
        out.push(format!("Ignored by rules: {}.", pointers.collect::<Vec<_>>().join(", ")));
    }
    if out.is_empty() { String::new() } else { format!("<p class=\"remarks\">{}</p>\n", out.join(" ")) }
}

/// The fields that differ, as a list.
fn fields(fields: &[FieldChange]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let mut out = String::from("<ul class=\"fields\" aria-label=\"Fields that differ\">\n");
    for field in fields {
        let masked = if field.is_masked { " class=\"masked\"" } else { "" };
        let _ = write!(out, "<li><code>{}</code>", name(&field.pointer));
        if field.operation != FieldOperation::Replace {
            let _ = write!(out, " <span class=\"word\">{}</span>", operation_word(field.operation));
        }
        if let Some(old) = &field.old {
            let _ = write!(out, " <del{masked}>{}</del>", name(&value(old, field.is_masked)));
        }
        if let Some(new) = &field.new {
            let _ = write!(out, " <ins{masked}>{}</ins>", name(&value(new, field.is_masked)));
        }
        if field.is_masked {
            out.push_str(" <span class=\"badge\">masked</span>");
        }
        out.push_str("</li>\n");
    }
    out + "</ul>\n"
}

/// A value as JSON, which tells `"1"` from `1`; masks as they are.
fn value(value: &Value, is_masked: bool) -> String {
    let text = match value {
        Value::String(mask) if is_masked => mask.clone(),
        value => value.to_string(),
    };
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}
