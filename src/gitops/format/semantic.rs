//! A report for a terminal: the fields that differ, object by object.

use serde_json::Value as Json;

use crate::gitops::diff::{FieldChange, FieldOperation, ObjectChange, Report, TextDiff, text_hunks, yaml_text};
use crate::gitops::format::TextOptions;
use crate::gitops::format::paint::{Paint, Paper};
use crate::gitops::format::text::{lines, print, write_hunk};
use crate::gitops::format::visible::{visible_line, visible_name};

/// Longer values take lines of their own.
const ONE_LINE: usize = 80;

/// The fields that differ, and what is to be said of them. What failed comes first, what is gone next.
#[must_use]
pub fn semantic(report: &Report, options: &TextOptions) -> String {
    print(report, options, |object, paper| match &object.text {
        // A file that is no object has no fields.
        text if object.id.kind.is_empty() && object.fields.is_empty() => lines(text, paper),
        TextDiff::Binary { .. } => lines(&object.text, paper),
        _ => fields(object, paper),
    })
}

/// The fields of an object that differ.
pub(super) fn fields(object: &ObjectChange, paper: &mut Paper) {
    object.fields.iter().for_each(|change| field(change, paper));
}

fn field(change: &FieldChange, paper: &mut Paper) {
    let FieldChange { pointer, operation, old, new, .. } = change;
    let path = visible_name(&dotted(pointer)).into_owned();
    match (operation, old, new) {
        (FieldOperation::Add, _, Some(value)) => one('+', Paint::Added, &path, value, paper),
        (FieldOperation::Remove, Some(value), _) => one('-', Paint::Removed, &path, value, paper),
        (FieldOperation::Reorder, Some(Json::Array(old)), Some(Json::Array(new))) => {
            let names = |items: &[Json]| items.iter().map(plain).collect::<Vec<_>>().join(", ");
            paper.line(Paint::Changed, &format!("  ~ {path}: order changed: {} -> {}", names(old), names(new)));
        }
        (FieldOperation::Reorder, ..) => paper.line(Paint::Changed, &format!("  ~ {path}: order changed")),
        (_, Some(Json::String(old)), Some(Json::String(new))) if old.contains('\n') || new.contains('\n') => {
            paper.line(Paint::Changed, &format!("  ~ {path}:"));
            text_hunks(old, new, 1).iter().for_each(|hunk| write_hunk(hunk, "      ", paper));
        }
        (_, Some(old), Some(new)) if is_short(old) && is_short(new) => {
            paper.line(Paint::Changed, &format!("  ~ {path}: {} -> {}", short(old), short(new)));
        }
        (_, Some(old), Some(new)) => {
            paper.line(Paint::Changed, &format!("  ~ {path}:"));
            block('-', Paint::Removed, old, paper);
            block('+', Paint::Added, new, paper);
        }
        _ => paper.line(Paint::Changed, &format!("  ~ {path}")),
    }
}

/// A value that only one side has.
fn one(sign: char, paint: Paint, path: &str, value: &Json, paper: &mut Paper) {
    if is_short(value) {
        return paper.line(paint, &format!("  {sign} {path}: {}", short(value)));
    }
    paper.line(paint, &format!("  {sign} {path}:"));
    block(sign, paint, value, paper);
}

/// A value on lines of its own.
fn block(sign: char, paint: Paint, value: &Json, paper: &mut Paper) {
    let text = value.as_str().map_or_else(|| yaml_text(value), str::to_owned);
    text.lines().for_each(|line| paper.line(paint, &format!("      {sign}{}", visible_line(line))));
}

fn is_short(value: &Json) -> bool {
    match value {
        Json::String(text) => !text.contains('\n') || text.len() <= ONE_LINE / 2,
        Json::Array(_) | Json::Object(_) => value.to_string().len() <= ONE_LINE,
        _ => true,
    }
}

fn short(value: &Json) -> String {
    visible_name(&value.to_string()).into_owned()
}

/// An element of a list whose order changed.
fn plain(value: &Json) -> String {
    visible_name(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)).into_owned()
}

/// `/spec/containers/[name=web]/ports/0` as people write it: `spec.containers[name=web].ports[0]`.
fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let is_number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if step.starts_with('[') && step.contains('=') && step.ends_with(']') {
            out.push_str(&step);
        } else if is_number {
            out.push_str(&format!("[{step}]"));
        } else if step.is_empty() || step.contains(['.', '[', ']', ' ', '"']) {
            out.push_str(&format!("[{}]", Json::from(step)));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&step);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_as_people_write_them() {
        for (pointer, path) in [
            ("/spec/replicas", "spec.replicas"),
            ("/spec/containers/[name=web]/ports/0", "spec.containers[name=web].ports[0]"),
            ("/metadata/annotations/checksum~1config", "metadata.annotations.checksum/config"),
            ("/data/nginx.conf", "data[\"nginx.conf\"]"),
            ("/spec/volumeMounts/[mountPath=~1a]", "spec.volumeMounts[mountPath=/a]"),
        ] {
            assert_eq!(dotted(pointer), path);
        }
    }
}
