//! Generates ConfigMaps (upstream: `generators.MakeConfigMap`).

use crate::error::Result;
use crate::generate::data::{base_node, base64_lines, finish, string, untyped_key};
use crate::generate::{FileSource, GeneratorArgs};
use crate::resource::Resource;
use crate::yaml::Node;

/// One entry of `configMapGenerator`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigMapArgs {
    /// What all generators take.
    pub common: GeneratorArgs,
}

impl ConfigMapArgs {
    /// Makes the ConfigMap. Values that are not UTF-8 go to `binaryData`.
    ///
    /// # Errors
    /// No name, or a source that can't be read.
    pub fn generate(&self, files: &dyn FileSource) -> Result<Resource> {
        let args = &self.common;
        let mut root = base_node("ConfigMap", args)?;
        let mut pairs = args.sources.load(&args.name, files)?;
        pairs.sort_by(|left, right| left.key.cmp(&right.key));
        for pair in pairs {
            let (field, text) = match String::from_utf8(pair.value) {
                Ok(text) => ("data", text),
                Err(error) => ("binaryData", base64_lines(error.as_bytes())),
            };
            if let Some(data) = root.get_or_insert_with(field, Node::mapping).as_mapping_mut() {
                data.push(untyped_key(pair.key, pair.span), string(text).at(pair.span));
            }
        }
        Ok(finish(root, args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Spanned;
    use crate::generate::KeyValueSources;
    use crate::resource::Behavior;
    use crate::source::Span;

    #[test]
    fn binary_values_go_to_binary_data() {
        let mut args = ConfigMapArgs::default();
        args.common.name = "x".to_owned();
        args.common.behavior = "merge".to_owned();
        args.common.sources = KeyValueSources {
            literals: vec![Spanned::new("b=true".to_owned(), Span::NONE)],
            files: vec![Spanned::new("app.bin".to_owned(), Span::NONE)],
            envs: Vec::new(),
        };
        let made = args.generate(&|_: &str| Ok(vec![0xff, 0xfd])).unwrap();
        assert!(made.needs_hash);
        assert_eq!(made.behavior, Behavior::Merge);
        assert_eq!(made.node.lookup(&["data", "b"]).and_then(Node::as_str), Some("true"));
        assert_eq!(made.node.lookup(&["binaryData", "app.bin"]).and_then(Node::as_str), Some("//0="));
        assert_eq!(made.name(), "x");
        args.common.name.clear();
        assert!(args.generate(&|_: &str| Ok(Vec::new())).is_err());
    }
}
