//! Which program or container a configuration asks for (upstream: `kyaml/fn/runtime/runtimeutil`).

use std::path::{Component, Path};

use arcstr::ArcStr;

use crate::decode::{Decode, Fields};
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::fs::clean;
use crate::resource::Resource;
use crate::source::SourceId;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Mapping, Node, Value};

const ANNOTATIONS: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];
const IMAGE_ANNOTATION: &str = "config.kubernetes.io/container";

/// The program or container that a function is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunctionSpec {
    /// The container.
    pub container: ContainerSpec,
    /// The program.
    pub exec: ExecSpec,
}

/// A function in a container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContainerSpec {
    /// The image; empty if the function is no container.
    pub image: String,
    /// Whether it needs the network.
    pub network: bool,
    /// What it sees of the disk.
    pub mounts: Vec<Mount>,
    /// Its variables: `NAME=value`, or `NAME` for our own value.
    pub env: Vec<String>,
}

/// A function that is a program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExecSpec {
    /// The program; empty if the function is none.
    pub path: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its variables: `NAME=value`.
    pub env: Vec<String>,
}

/// A part of the disk in a container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// `bind`, `volume` or `tmpfs`.
    pub kind: String,
    /// What is mounted.
    pub source: String,
    /// Where it is mounted.
    pub target: String,
    /// Whether the container may write to it.
    pub writable: bool,
}

impl FunctionSpec {
    /// What a plugin's configuration asks for; `None` if it is no function's.
    ///
    /// # Errors
    /// When the annotation can't be read, or mounts something outside of the kustomization.
    pub fn of(config: &Resource) -> Result<Option<Self>> {
        let Some(spec) = Self::read(config).at(config.node.span)? else { return Ok(None) };
        for mount in &spec.container.mounts {
            let source = Path::new(&mount.source);
            let leaves = matches!(clean(source).components().next(), Some(Component::ParentDir));
            if source.is_absolute() || leaves {
                let message = format!("the function may not mount `{}`", mount.source);
                let error = Error::new(ErrorKind::Plugin, message).at(config.node.span);
                return Err(error.hint("mount paths must be relative, and below the directory of the kustomization"));
            }
        }
        Ok(Some(spec))
    }

    fn read(config: &Resource) -> Result<Option<Self>> {
        for annotation in ANNOTATIONS {
            let Some(text) = config.annotation(annotation).filter(|text| !text.is_empty()) else { continue };
            let text = ArcStr::from(text.as_str());
            let node = parse(Chunk::whole(&text, SourceId::NONE), Dialect::V2);
            let spec = node.and_then(|node| match node {
                Some(node) if !node.is_null() => Self::decode(&node, "").map(Some),
                _ => Ok(Some(Self::default())),
            });
            return spec.map_err(|error| {
                let message = format!("in the annotation `{annotation}`: {}", error.message());
                let fresh = Error::new(ErrorKind::Plugin, message);
                error.hints().iter().fold(fresh, |error, hint| error.hint(hint.clone()))
            });
        }
        if let Some(node) = config.node.lookup(&["metadata", "configFn"]).filter(|node| !node.is_null()) {
            return Self::decode(node, "metadata.configFn").map(Some);
        }
        let image = config.annotation(IMAGE_ANNOTATION).filter(|image| !image.is_empty());
        let container = |image: &str| ContainerSpec { image: image.to_owned(), ..ContainerSpec::default() };
        Ok(image.map(|image| Self { container: container(&image), ..Self::default() }))
    }
}

impl Decode for FunctionSpec {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        // A function that fails fails the build, now or, as this says, later.
        fields.take::<bool>("deferFailure")?;
        let spec = Self { container: fields.take("container")?, exec: fields.take("exec")? };
        fields.finish()?;
        Ok(spec)
    }
}

impl Decode for ContainerSpec {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let spec = Self {
            image: fields.take("image")?,
            network: fields.take("network")?,
            mounts: fields.take("mounts")?,
            env: fields.take("envs")?,
        };
        fields.finish()?;
        Ok(spec)
    }
}

impl Decode for ExecSpec {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let spec = Self { path: fields.take("path")?, args: fields.take("args")?, env: fields.take("envs")? };
        fields.finish()?;
        Ok(spec)
    }
}

impl Decode for Mount {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let mount = Self {
            kind: fields.take("type")?,
            source: fields.take("src")?,
            target: fields.take("dst")?,
            writable: fields.take("rw")?,
        };
        fields.finish()?;
        Ok(mount)
    }
}

impl Mount {
    /// Reads `type=bind,src=/a,dst=/b,rw=true`; what can't be read is ignored, as upstream does.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut mount = Self::default();
        for (key, value) in text.split(',').filter_map(|option| option.split_once('=')) {
            match key {
                "type" => value.clone_into(&mut mount.kind),
                "src" | "source" => value.clone_into(&mut mount.source),
                "dst" | "target" => value.clone_into(&mut mount.target),
                "rw" => mount.writable = value == "true",
                _ => {}
            }
        }
        mount
    }
}

/// The tree of a configuration with an annotation more.
pub(super) fn with_annotation(config: &Node, key: &'static str, value: &str) -> Node {
    let mut resource = Resource::new(config.clone());
    let annotations = resource.metadata_mut().get_or_insert_with("annotations", Node::mapping);
    if annotations.as_mapping().is_none() {
        annotations.value = Value::Mapping(Mapping::new());
    }
    if let Some(annotations) = annotations.as_mapping_mut() {
        annotations.set(key, Node::string(value));
    }
    resource.node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::read::read_resources;

    fn spec(annotations: &str) -> Result<Option<FunctionSpec>> {
        let text = ArcStr::from(format!("kind: A\nmetadata:\n  name: a\n{annotations}"));
        FunctionSpec::of(&read_resources(&text, SourceId(0)).unwrap().remove(0))
    }

    #[test]
    fn reads_every_form() {
        let container = |image: &str| ContainerSpec { image: image.to_owned(), ..ContainerSpec::default() };
        let text = "  annotations:\n    config.kubernetes.io/function: |\n      container:\n        image: a:1\n        network: true\n        mounts: [{type: bind, src: ./d, dst: /d, rw: true}]\n        envs: [A=b, C]\n";
        let mount = Mount { kind: "bind".into(), source: "./d".into(), target: "/d".into(), writable: true };
        let want = ContainerSpec {
            network: true,
            mounts: vec![mount],
            env: vec!["A=b".to_owned(), "C".to_owned()],
            ..container("a:1")
        };
        assert_eq!(spec(text).unwrap().unwrap().container, want);
        let old =
            spec("  annotations:\n    config.k8s.io/function: 'exec: {path: ./f, args: [\"1\"]}'\n").unwrap().unwrap();
        assert_eq!((old.exec.path.as_str(), old.exec.args.as_slice()), ("./f", ["1".to_owned()].as_slice()));
        let older = spec("  configFn:\n    container: {image: b}\n").unwrap().unwrap();
        assert_eq!(older.container, container("b"));
        let oldest = spec("  annotations: {config.kubernetes.io/container: c}\n").unwrap().unwrap();
        assert_eq!(oldest.container, container("c"));
        assert_eq!(spec("").unwrap(), None);
    }

    #[test]
    fn refuses_unknown_fields_and_mounts_outside() {
        let error = spec("  annotations:\n    config.kubernetes.io/function: 'exac: {path: ./f}'\n").unwrap_err();
        assert_eq!(error.message(), "in the annotation `config.kubernetes.io/function`: unknown field `exac`");
        assert_eq!(error.hints(), ["did you mean `exec`?"]);
        for source in ["/etc", "../x", "a/../../x"] {
            let text = format!("  configFn:\n    container: {{image: b, mounts: [{{src: {source}}}]}}\n");
            assert_eq!(spec(&text).unwrap_err().message(), format!("the function may not mount `{source}`"));
        }
    }

    #[test]
    fn reads_mounts_of_the_command_line() {
        let mount = Mount::parse("type=bind,source=/a,target=/b,rw=true,x");
        assert_eq!(mount, Mount { kind: "bind".into(), source: "/a".into(), target: "/b".into(), writable: true });
        assert!(!Mount::parse("rw=invalid").writable);
    }
}
