//! Filters for manifests, besides those of `tera`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::source::Span;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::json::from_json;

/// How long a label of a DNS name may be.
const LABEL: usize = 63;

/// How many digits of a hash tell texts apart.
const SHORT: usize = 10;

/// Gives `tera` our filters.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("to_yaml", to_yaml);
    tera.register_filter("indent", indent);
    tera.register_filter("quote", quote);
    tera.register_filter("b64encode", b64encode);
    tera.register_filter("dns_label", dns_label);
    tera.register_filter("sha256_short", sha256_short);
}

/// The value as it is printed, without the line end.
fn to_yaml(value: &Value, _: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let json = serde_json::to_value(value).map_err(|error| tera::Error::message(error.to_string()))?;
    let text = to_yaml_string(&from_json(json, Span::NONE));
    let text = text.map_err(|error| tera::Error::message(error.message().to_owned()))?;
    Ok(text.trim_end_matches('\n').to_owned())
}

/// All lines but the first moved in by `width` spaces, 2 unless given; the first, too, with `first=true`.
fn indent(text: &str, arguments: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let width = usize::try_from(arguments.get::<u64>("width")?.unwrap_or(2)).unwrap_or_default().min(200);
    let first = arguments.get::<bool>("first")?.unwrap_or(false);
    let space = " ".repeat(width);
    let line = |(number, line): (usize, &str)| match (number > 0 || first) && !line.is_empty() {
        true => format!("{space}{line}"),
        false => line.to_owned(),
    };
    Ok(text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n"))
}

/// A text in double quotes, as YAML and JSON read it; numbers and the like become texts.
fn quote(value: &Value, _: Kwargs, _: &State<'_>) -> String {
    serde_json::Value::String(value.to_string()).to_string()
}

fn b64encode(text: &str, _: Kwargs, _: &State<'_>) -> String {
    STANDARD.encode(text)
}

/// What a text may be called in DNS: lower case, digits and dashes; what is cut off lives on in a hash.
fn dns_label(text: &str, _: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    if plain.is_empty() {
        return Err(tera::Error::message(format!("`{text}` has nothing that a DNS label may have")));
    }
    if plain.len() <= LABEL {
        return Ok(plain.to_owned());
    }
    let head = plain[..LABEL - SHORT - 1].trim_end_matches('-');
    Ok(format!("{head}-{}", short(text)))
}

fn sha256_short(text: &str, _: Kwargs, _: &State<'_>) -> String {
    short(text)
}

fn short(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))[..SHORT].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str) -> String {
        let mut tera = Tera::new();
        register(&mut tera);
        let mut context = tera::Context::new();
        let values = serde_json::json!({"map": {"b": [1, "x"], "a": "yes"}, "text": "a\n\nb", "long": "Ä".repeat(10) + &"x".repeat(80)});
        context.insert("v", &values);
        match tera.render_str(template, &context, false) {
            Ok(text) => text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn values_as_manifests_have_them() {
        assert_eq!(render("{{ v.map | to_yaml }}"), "a: \"yes\"\nb:\n- 1\n- x");
        assert_eq!(render("x:\n  {{ v.map | to_yaml | indent(width=2) }}"), "x:\n  a: \"yes\"\n  b:\n  - 1\n  - x");
        assert_eq!(render("{{ v.text | indent(width=1, first=true) }}"), " a\n\n b");
        assert_eq!(render("{{ 'a\"b' | quote }} {{ 5 | quote }} {{ true | quote }}"), "\"a\\\"b\" \"5\" \"true\"");
        assert_eq!(render("{{ 'user' | b64encode }}"), "dXNlcg==");
    }

    #[test]
    fn names() {
        assert_eq!(render("{{ 'My_App.v1-' | dns_label }}"), "my-app-v1");
        let long = render("{{ v.long | dns_label }}");
        assert_eq!(long.len(), 63);
        assert!(long.starts_with("xxx") && long.ends_with(&render("-{{ v.long | sha256_short }}")), "{long}");
        assert!(render("{{ '__' | dns_label }}").contains("nothing that a DNS label may have"));
        assert_eq!(render("{{ '' | sha256_short }}"), "e3b0c44298");
    }
}
