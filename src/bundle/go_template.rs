//! Templates of hosts, in the part of Go's language that Knative's documentation uses.

/// What a template may name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fields<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
    pub domain: &'a str,
    pub tag: &'a str,
}

/// What is wrong with a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `{{` without its end.
    Open,
    /// Something that is in no such template.
    Unknown(String),
    /// More of Go's language than is known here.
    Beyond,
}

/// The text that `template` stands for.
pub(crate) fn expand(template: &str, fields: &Fields<'_>) -> Result<String, Fault> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, after) = after.split_once("}}").ok_or(Fault::Open)?;
        out.push_str(before);
        out.push_str(match action.trim() {
            ".Name" => fields.name,
            ".Namespace" => fields.namespace,
            ".Domain" => fields.domain,
            ".Tag" => fields.tag,
            other => {
                let word = other.strip_prefix('.').filter(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
                return Err(word.map_or(Fault::Beyond, |_| Fault::Unknown(other.to_owned())));
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_put_in() {
        let fields = Fields { name: "a", namespace: "b", domain: "c.d", tag: "" };
        assert_eq!(expand("{{.Name}}-{{ .Namespace }}.{{.Domain}}", &fields).unwrap(), "a-b.c.d");
        assert_eq!(expand("{{.Name", &fields), Err(Fault::Open));
        assert_eq!(expand("{{.Nmae}}", &fields), Err(Fault::Unknown(".Nmae".to_owned())));
        assert_eq!(expand("{{ index .Annotations \"sub\"}}", &fields), Err(Fault::Beyond));
    }
}
