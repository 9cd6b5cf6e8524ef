//! A kind in words: its fields, read out of its schema.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::bundle::{API_VERSION, Kind};
use crate::decode::suggestion;
use crate::error::{Error, ErrorKind, Result};

impl Kind {
    /// What the kind is for, in one sentence.
    #[must_use]
    pub fn about(&self) -> String {
        let about = description((self.spec)().as_value());
        about.split_once(". ").map_or_else(|| about.clone(), |(first, _)| format!("{first}."))
    }

    /// The kind and its fields, or the field at `path` (`spec.gateways`, names of entries left out) and those below it.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn explain(&self, path: &str) -> Result<String> {
        let root = (self.spec)().to_value();
        let root =
            Walk { definitions: root.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default(), root };
        let mut schema = &root.root;
        let mut about = description(schema);
        let mut out = format!("{} of `{API_VERSION}`, {}\n\n", self.name, self.sort());
        for name in path.split('.').filter(|name| !name.is_empty() && *name != "spec") {
            schema = root.below(schema, name)?;
            about = Some(description(schema))
                .filter(|own| !own.is_empty())
                .unwrap_or_else(|| description(root.resolved(schema)));
        }
        let _ = writeln!(out, "{about}\n");
        root.fields(schema, 1, &mut Vec::new(), &mut out);
        Ok(out)
    }
}

/// A schema and the types that it refers to.
struct Walk {
    root: Value,
    definitions: Map<String, Value>,
}

impl Walk {
    /// The schema that `schema` stands for.
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let named = |schema: &'a Value| {
            let reference = schema.get("$ref")?.as_str()?;
            self.definitions.get(reference.rsplit('/').next()?)
        };
        if let Some(schema) = named(schema) {
            return schema;
        }
        // Something that may be left out is it, or null.
        let choices = schema.get("anyOf").and_then(Value::as_array);
        let some = choices.and_then(|all| all.iter().find(|choice| choice.get("type") != Some(&Value::from("null"))));
        match some.filter(|_| choices.is_some_and(|all| all.len() == 2 && all.iter().any(is_null))) {
            Some(schema) => self.resolved(schema),
            None => schema,
        }
    }

    /// What the entries of a list or mapping are like, or the schema itself.
    fn inner<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let schema = self.resolved(schema);
        let entries = schema.get("additionalProperties").filter(|entries| entries.is_object());
        match entries.or_else(|| schema.get("items")) {
            Some(inner) => self.inner(inner),
            None => schema,
        }
    }

    fn below<'a>(&'a self, schema: &'a Value, name: &str) -> Result<&'a Value> {
        let properties = self.inner(schema).get("properties").and_then(Value::as_object);
        properties.and_then(|properties| properties.get(name)).ok_or_else(|| {
            let known: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
            let error = Error::new(ErrorKind::Usage, format!("there is no field `{name}`"));
            error.hint(suggestion(name, &known, || match known.as_slice() {
                [] => "there are no fields below".to_owned(),
                known => format!("there are `{}`", known.join("`, `")),
            }))
        })
    }

    fn fields(&self, schema: &Value, depth: usize, above: &mut Vec<String>, out: &mut String) {
        let inner = self.inner(schema);
        let needed: Vec<&str> =
            inner.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let choices = inner.get("oneOf").or_else(|| inner.get("anyOf")).and_then(Value::as_array);
        for choice in choices.into_iter().flatten() {
            match choice.get("properties").and_then(Value::as_object) {
                // One of several: none is needed, and what is said of the choice is said of its field.
                Some(properties) => {
                    for (name, field) in properties {
                        self.field(name, field, &description(choice), "", depth, above, out);
                    }
                }
                None if choice.get("$ref").is_some() => self.fields(choice, depth, above, out),
                None => {}
            }
        }
        for (name, field) in inner.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let need = if needed.contains(&name.as_str()) { ", needed" } else { "" };
            self.field(name, field, "", need, depth, above, out);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a step of one walk")]
    fn field(
        &self,
        name: &str,
        field: &Value,
        said: &str,
        need: &str,
        depth: usize,
        above: &mut Vec<String>,
        out: &mut String,
    ) {
        let indent = "  ".repeat(depth);
        let default = field.get("default").filter(|default| !is_empty(default));
        let default = default.map(|default| format!(", {default} unless given")).unwrap_or_default();
        let _ = writeln!(out, "{indent}{name}: {}{need}{default}", self.sort(field));
        let own = [said.to_owned(), description(field), description(self.resolved(field))];
        if let Some(said) = own.iter().find(|said| !said.is_empty()) {
            let _ = writeln!(out, "{indent}    {said}");
        }
        // Types that hold themselves are told of once.
        let key = self.inner(field).to_string();
        if !above.contains(&key) {
            above.push(key);
            self.fields(field, depth + 1, above, out);
            above.pop();
        }
    }

    /// What sort of value it is.
    fn sort(&self, schema: &Value) -> String {
        let schema = self.resolved(schema);
        if let Some(value) = schema.get("const") {
            return value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        }
        if let Some(names) = schema.get("enum").and_then(Value::as_array) {
            return names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
        }
        if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
            let mut sorts: Vec<String> =
                choices.iter().filter(|choice| !is_null(choice)).map(|c| self.sort(c)).collect();
            sorts.dedup();
            return sorts.join(" | ");
        }
        let of_type = schema.get("type").and_then(|sort| match sort {
            Value::Array(sorts) => sorts.iter().filter_map(Value::as_str).find(|sort| *sort != "null"),
            sort => sort.as_str(),
        });
        match of_type {
            Some("object") => match schema.get("additionalProperties").filter(|entries| entries.is_object()) {
                Some(entries) => format!("by name: {}", self.sort(entries)),
                None => "mapping".to_owned(),
            },
            Some("array") => {
                format!("list of {}", schema.get("items").map_or_else(String::new, |item| self.sort(item)))
            }
            Some("boolean") => "true | false".to_owned(),
            Some(other) => other.to_owned(),
            None => "anything".to_owned(),
        }
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        // A mapping of defaults says what its fields say.
        Value::Object(_) => true,
        _ => false,
    }
}

fn description(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}
