//! A kind that is built in, as templates to start from: what its example becomes, with the example's values in it
//! found again and written as references to them.

use std::collections::HashMap;

use arcstr::ArcStr;
use serde_json::Value as Json;

use crate::bundle::{API_VERSION, Kind, generate, is_generator};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Resource;
use crate::resource::read::read_resources;
use crate::source::SourceId;
use crate::template::definition::is_kind;
use crate::warning::Warnings;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Node, Tag, Text, Value};

/// The files of a definition.
#[derive(Debug, Clone)]
pub struct Ejected {
    /// Names and texts.
    pub files: Vec<(String, String)>,
}

/// The definition of a kind called `name` that makes of the example of `kind` what `kind` makes of it.
///
/// # Errors
/// When `kind` makes no objects of its own, or `name` is no name of a kind.
pub fn eject(kind: &Kind, name: &str) -> Result<Ejected> {
    if !is_kind(name) {
        let error = Error::new(ErrorKind::Bundle, format!("`{name}` is no name of a kind"));
        return Err(error.hint("`MyApp` is one"));
    }
    let text = ArcStr::from(kind.example);
    let example = read_resources(&text, SourceId::PASSING)?.into_iter().next();
    let example = example.filter(|example| is_generator(example).unwrap_or(false)).ok_or_else(|| {
        let message = format!("`{}` changes other objects, which templates can't do", kind.name);
        Error::new(ErrorKind::Bundle, message)
    })?;
    let mut references = References::of(&example);
    let mut documents = Vec::new();
    for mut made in generate(&example, &Warnings::default())? {
        references.write(&mut made.node, "");
        documents.push(to_yaml_string(&made.node)?);
    }
    let template = references.resolve(&documents.join("---\n"));
    let file = file_name(name);
    let definition = format!(
        "apiVersion: {API_VERSION}\nkind: BundleDefinition\nmetadata:\n  name: {file}\nspec:\n  kind: {name}\n  \
         templates:\n  - {file}.yaml.tera\n  schema: {file}.schema.json\n"
    );
    let example = kind.example.replacen(&format!("kind: {}\n", kind.name), &format!("kind: {name}\n"), 1);
    Ok(Ejected {
        files: vec![
            (format!("{file}.yaml"), definition),
            (format!("{file}.yaml.tera"), template),
            (format!("{file}.schema.json"), format!("{:#}\n", schema(kind))),
            (format!("{file}.example.yaml"), example),
        ],
    })
}

/// The schema of the spec alone.
fn schema(kind: &Kind) -> Json {
    let mut whole = kind.schema();
    let mut take = |key: &str| whole.as_object_mut().and_then(|whole| whole.shift_remove(key)).unwrap_or_default();
    let (definitions, mut properties) = (take("$defs"), take("properties"));
    let mut spec = properties.as_object_mut().and_then(|all| all.shift_remove("spec")).unwrap_or_default();
    if let Some(spec) = spec.as_object_mut() {
        spec.insert("$defs".to_owned(), definitions);
    }
    spec
}

/// `MyWebService` as `my-web-service`.
fn file_name(name: &str) -> String {
    let mut file = String::new();
    let mut before = 'A';
    for character in name.chars() {
        if character.is_ascii_uppercase() && !before.is_ascii_uppercase() {
            file.push('-');
        }
        file.push(character.to_ascii_lowercase());
        before = character;
    }
    file
}

/// Which values of the example are where, and what stands in their places meanwhile.
struct References {
    name: Text,
    namespace: Text,
    /// Paths by value, of values that are there once.
    values: HashMap<(String, bool), Option<String>>,
    written: Vec<String>,
}

impl References {
    fn of(example: &Resource) -> Self {
        let mut values = HashMap::new();
        if let Some(spec) = example.node.get("spec") {
            collect(spec, "values", &mut values);
        }
        Self { name: example.name(), namespace: example.namespace(), values, written: Vec::new() }
    }

    fn write(&mut self, node: &mut Node, key: &str) {
        match &mut node.value {
            Value::Mapping(mapping) => {
                mapping.iter_mut().for_each(|entry| self.write(&mut entry.value, &entry.key.scalar.text));
            }
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.write(item, key)),
            Value::Scalar(scalar) => {
                let Some((text, is_text)) = leaf(scalar) else { return };
                if let Some(written) = self.written(key, &text, is_text) {
                    scalar.text = Text::from(sign(self.written.len()));
                    scalar.tag = Tag::Str;
                    self.written.push(written);
                }
            }
        }
    }

    /// How a value is written in a template, if not as it is.
    fn written(&self, key: &str, text: &str, is_text: bool) -> Option<String> {
        let (name, namespace) = (self.name.as_str(), self.namespace.as_str());
        if is_text && !namespace.is_empty() && text == namespace && (key == "namespace" || name != namespace) {
            return Some("{{ metadata.namespace | quote }}".to_owned());
        }
        if is_text && text == name {
            return Some("{{ metadata.name | quote }}".to_owned());
        }
        if let Some(Some(path)) = self.values.get(&(text.to_owned(), is_text)) {
            return Some(if is_text { format!("{{{{ {path} | quote }}}}") } else { format!("{{{{ {path} }}}}") });
        }
        if let Some(rest) = text.strip_prefix(name).filter(|rest| is_text && rest.starts_with('-') && !is_sign(rest)) {
            return Some(format!("\"{{{{ metadata.name }}}}{rest}\""));
        }
        is_sign(text).then(|| format!("{{% raw %}}{}{{% endraw %}}", Json::String(text.to_owned())))
    }

    fn resolve(&self, text: &str) -> String {
        // From the last one, so that none is the beginning of another.
        let numbered = self.written.iter().enumerate().rev();
        numbered.fold(text.to_owned(), |text, (number, written)| text.replace(&sign(number), written))
    }
}

/// Whether the text means something in a template.
fn is_sign(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|sign| text.contains(sign))
}

/// What stands for a reference until the text is printed.
fn sign(number: usize) -> String {
    format!("crustomize-reference-{number}-here")
}

fn leaf(scalar: &crate::yaml::Scalar) -> Option<(String, bool)> {
    match resolve(scalar).ok()? {
        Resolved::Str(text) => Some((text.into_owned(), true)),
        Resolved::Int(value) => Some((value.to_string(), false)),
        Resolved::Null | Resolved::Bool(_) | Resolved::Float(_) => None,
    }
}

/// Notes where each value is; one that is there twice might mean either.
fn collect(node: &Node, path: &str, values: &mut HashMap<(String, bool), Option<String>>) {
    match &node.value {
        Value::Scalar(scalar) => {
            // Short texts are found again where nobody meant them.
            if let Some(key) = leaf(scalar).filter(|(text, is_text)| !is_text || text.len() > 2) {
                values.entry(key).and_modify(|path| *path = None).or_insert_with(|| Some(path.to_owned()));
            }
        }
        Value::Sequence(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &format!("{path}[{index}]"), values));
        }
        Value::Mapping(mapping) => {
            for entry in mapping {
                let key = entry.key.text();
                let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let plain = key.bytes().all(is_name) && !key.bytes().next().is_none_or(|first| first.is_ascii_digit());
                let path = match plain {
                    true => format!("{path}.{key}"),
                    false => format!("{path}[{}]", Json::String(key.to_string())),
                };
                collect(&entry.value, &path, values);
            }
        }
    }
}
