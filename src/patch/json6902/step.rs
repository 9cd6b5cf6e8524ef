//! One operation: the rules of `evanphx/json-patch` around the `json-patch` crate.
//!
//! They differ from the RFC's: what stands before a pointer's first `/` means nothing,
//! indices may be negative and have leading zeros, `replace` makes a missing key, `copy` of
//! a missing key makes null, and the root can be replaced but neither added nor removed.

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, PatchOperation, RemoveOperation, ReplaceOperation, TestOperation, patch};
use serde_json::Value as Json;

use super::operation::Operation;
use crate::error::{Error, Result};

/// Applies one operation.
///
/// # Errors
/// Whatever makes `evanphx/json-patch` refuse it.
pub(super) fn apply(document: &mut Json, operation: &Operation) -> Result<()> {
    match operation.kind() {
        "add" => {
            let value = operation.value().cloned().unwrap_or_default();
            add(document, operation, value)
        }
        "remove" => remove(document, operation, "path").map(drop),
        "replace" => replace(document, operation),
        "move" => {
            let value = remove(document, operation, "from")?;
            add(document, operation, value)
        }
        "copy" => {
            let (parent, key) = find(document, operation, "from")?;
            let value = parent.get(operation, "from", &key)?.cloned().unwrap_or_default();
            add(document, operation, value)
        }
        "test" => test(document, operation),
        unknown => Err(operation
            .error(format!("unknown operation `{unknown}`"))
            .hint("`op` can be `add`, `remove`, `replace`, `move`, `copy` or `test`")),
    }
}

fn add(document: &mut Json, operation: &Operation, value: Json) -> Result<()> {
    let (parent, key) = find(document, operation, "path")?;
    let last = match parent.value {
        Json::Array(_) if key == "-" => key,
        Json::Array(items) => index(operation, "path", &key, items.len() + 1)?.to_string(),
        _ => key,
    };
    let path = parent.child(last);
    run(document, operation, PatchOperation::Add(AddOperation { path, value }))
}

/// Removes and returns what `field` points at.
fn remove(document: &mut Json, operation: &Operation, field: &str) -> Result<Json> {
    let (parent, key) = find(document, operation, field)?;
    let Some(value) = parent.get(operation, field, &key)?.cloned() else {
        return Err(missing(operation, field));
    };
    let path = parent.pointer_to(operation, field, key)?;
    run(document, operation, PatchOperation::Remove(RemoveOperation { path }))?;
    Ok(value)
}

fn replace(document: &mut Json, operation: &Operation) -> Result<()> {
    let value = operation.value().cloned().unwrap_or_default();
    if operation.pointer("path")?.is_empty() {
        if !value.is_object() && !value.is_array() {
            return Err(operation.error("the whole document can only be replaced by a mapping"));
        }
        let path = PointerBuf::new();
        return run(document, operation, PatchOperation::Replace(ReplaceOperation { path, value }));
    }
    let (parent, key) = find(document, operation, "path")?;
    let change = match (parent.get(operation, "path", &key)?, parent.pointer_to(operation, "path", key)?) {
        (Some(_), path) => PatchOperation::Replace(ReplaceOperation { path, value }),
        (None, path) => PatchOperation::Add(AddOperation { path, value }),
    };
    run(document, operation, change)
}

fn test(document: &mut Json, operation: &Operation) -> Result<()> {
    let wanted = operation.value();
    if operation.pointer("path")?.is_empty() {
        let equal = wanted.is_some_and(|wanted| same(document, wanted, operation.verbatim));
        return if equal { Ok(()) } else { Err(failed(operation)) };
    }
    let (parent, key) = find(document, operation, "path")?;
    let found = parent.get(operation, "path", &key)?;
    match (found.filter(|found| !found.is_null()), wanted) {
        (None, None | Some(Json::Null)) => Ok(()),
        (Some(found), Some(wanted)) if same(found, wanted, operation.verbatim) => {
            let path = parent.pointer_to(operation, "path", key)?;
            let value = found.clone();
            run(document, operation, PatchOperation::Test(TestOperation { path, value }))
        }
        _ => Err(failed(operation)),
    }
}

/// Whether two values are written alike in JSON.
///
/// Go writes some characters of text as escapes. A patch that was JSON itself hardly does, so text
/// with such characters never equals the patch's.
fn same(found: &Json, wanted: &Json, verbatim: bool) -> bool {
    match (found, wanted) {
        (Json::Object(found), Json::Object(wanted)) => {
            found.len() == wanted.len()
                && found.iter().all(|(key, found)| wanted.get(key).is_some_and(|wanted| same(found, wanted, verbatim)))
        }
        (Json::Array(found), Json::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| same(found, wanted, verbatim))
        }
        (Json::String(text), Json::String(wanted)) => {
            text == wanted && !(verbatim && text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']))
        }
        _ => found == wanted,
    }
}

/// The mapping or list that a pointer's last part is looked up in.
struct Parent<'d> {
    value: &'d Json,
    tokens: Vec<String>,
}

impl<'d> Parent<'d> {
    fn child(mut self, last: String) -> PointerBuf {
        self.tokens.push(last);
        PointerBuf::from_tokens(self.tokens)
    }

    /// The value under `key`; a list must have it, a mapping need not.
    fn get(&self, operation: &Operation, field: &str, key: &str) -> Result<Option<&'d Json>> {
        match self.value {
            Json::Array(items) => Ok(items.get(index(operation, field, key, items.len())?)),
            value => Ok(value.get(key)),
        }
    }

    fn pointer_to(self, operation: &Operation, field: &str, key: String) -> Result<PointerBuf> {
        let last = match self.value {
            Json::Array(items) => index(operation, field, &key, items.len())?.to_string(),
            _ => key,
        };
        Ok(self.child(last))
    }
}

/// Walks to the last part but one of the pointer in `field`, and returns the last part.
fn find<'d>(document: &'d Json, operation: &Operation, field: &str) -> Result<(Parent<'d>, String)> {
    let pointer = operation.pointer(field)?;
    let mut parts = pointer.split('/').skip(1).map(unescape).collect::<Vec<_>>();
    let Some(last) = parts.pop() else { return Err(missing(operation, field)) };
    let mut parent = Parent { value: document, tokens: Vec::with_capacity(parts.len() + 1) };
    for part in parts {
        let token = match parent.value {
            Json::Array(items) => position(&part, items.len()).map(|index| index.to_string()),
            _ => Some(part),
        };
        let next = token.as_ref().and_then(|token| match parent.value {
            Json::Array(items) => items.get(token.parse::<usize>().ok()?),
            value => value.get(token),
        });
        let next = next.filter(|next| next.is_object() || next.is_array());
        let (Some(token), Some(next)) = (token, next) else { return Err(missing(operation, field)) };
        parent.tokens.push(token);
        parent.value = next;
    }
    Ok((parent, last))
}

/// Undoes `~0` and `~1`; any other `~` stays.
fn unescape(part: &str) -> String {
    let mut parts = part.split('~');
    let mut unescaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (character, rest) = match part.as_bytes().first() {
            Some(b'0') => ("~", &part[1..]),
            Some(b'1') => ("/", &part[1..]),
            _ => ("~", part),
        };
        unescaped.push_str(character);
        unescaped.push_str(rest);
    }
    unescaped
}

/// The place in a list that `key` means, counted from the end if it is negative.
fn position(key: &str, length: usize) -> Option<usize> {
    let number: i64 = key.parse().ok()?;
    let index = if number < 0 { number.checked_add(i64::try_from(length).ok()?)? } else { number };
    usize::try_from(index).ok().filter(|&index| index < length)
}

fn index(operation: &Operation, field: &str, key: &str, length: usize) -> Result<usize> {
    position(key, length).ok_or_else(|| {
        let pointer = operation.pointer(field).unwrap_or_default();
        let error = operation.error(format!("`{pointer}` is no place in a list of {length}"));
        if key == "-" { error.hint("`-` can only be added to") } else { error }
    })
}

fn run(document: &mut Json, operation: &Operation, change: PatchOperation) -> Result<()> {
    patch(document, &[change]).map_err(|error| operation.error(error.to_string()))
}

fn missing(operation: &Operation, field: &str) -> Error {
    let pointer = operation.pointer(field).unwrap_or_default();
    operation.error(format!("the `{}` operation finds nothing at `{pointer}`", operation.kind()))
}

// The values stay out of the message: they may be secret.
fn failed(operation: &Operation) -> Error {
    operation.error(format!("the value at `{}` is not the tested one", operation.pointer("path").unwrap_or_default()))
}
