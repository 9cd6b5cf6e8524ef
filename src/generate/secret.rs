//! Generates Secrets (upstream: `generators.MakeSecret`).

use crate::error::Result;
use crate::generate::data::{base_node, base64_lines, finish, string, untyped_key};
use crate::generate::{FileSource, GeneratorArgs};
use crate::resource::Resource;
use crate::yaml::{Mapping, Node, Value};

/// One entry of `secretGenerator`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretArgs {
    /// What all generators take.
    pub common: GeneratorArgs,
    /// The Secret's type; `Opaque` if it is empty.
    pub secret_type: String,
}

impl SecretArgs {
    /// Makes the Secret; every value is base64.
    ///
    /// # Errors
    /// No name, or a source that can't be read.
    pub fn generate(&self, files: &dyn FileSource) -> Result<Resource> {
        let args = &self.common;
        let mut root = base_node("Secret", args)?;
        let secret_type = if self.secret_type.is_empty() { "Opaque" } else { &self.secret_type };
        root.push("type", string(secret_type));
        let mut pairs = args.sources.load(&args.name, files)?;
        pairs.sort_by(|left, right| left.key.cmp(&right.key));
        let mut data = Mapping::new();
        for pair in pairs {
            data.push(untyped_key(pair.key, pair.span), string(base64_lines(&pair.value)).at(pair.span));
        }
        root.push("data", Node::new(Value::Mapping(data)).at(args.span()));
        Ok(finish(root, args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Spanned;
    use crate::generate::GeneratorOptions;
    use crate::source::Span;

    #[test]
    fn values_are_base64() {
        let mut args = SecretArgs::default();
        args.common.name = "x".to_owned();
        args.common.sources.literals = vec![Spanned::new("b=true".to_owned(), Span::NONE)];
        args.common.options =
            Some(GeneratorOptions { disable_name_suffix_hash: true, immutable: true, ..Default::default() });
        let made = args.generate(&|_: &str| Ok(Vec::new())).unwrap();
        assert!(!made.needs_hash);
        let text = |path: &[&str]| made.node.lookup(path).and_then(Node::as_str);
        assert_eq!(text(&["data", "b"]), Some("dHJ1ZQ=="));
        assert_eq!(text(&["type"]), Some("Opaque"));
        assert_eq!(text(&["immutable"]), Some("true"));
    }
}
