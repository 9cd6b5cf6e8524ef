//! What tests of programs share: shell scripts in temporary directories.
#![expect(clippy::disallowed_methods, reason = "programs are made executable around the door")]

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use arcstr::ArcStr;

use super::process::Limits;
use super::{Host, Plugin, PluginOptions};
use crate::error::Result;
use crate::fs::{DiskFs, FileSystem};
use crate::loader::{Loader, LoaderOptions};
use crate::pack::Packs;
use crate::resource::read::read_resources;
use crate::resource::{ResMap, Resource};
use crate::schema::Schema;
use crate::source::{SourceId, SourceMap};
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::emit::to_yaml_string;

pub(super) static DISK: DiskFs = DiskFs;

/// A directory with a kustomization's files and a plugin directory.
pub(super) struct Place {
    pub(super) directory: tempfile::TempDir,
    pub(super) options: PluginOptions,
    pub(super) warnings: Warnings,
}

impl Place {
    pub(super) fn new() -> Self {
        let limits = Limits { time: Duration::from_secs(20), output: 1 << 20 };
        let options = PluginOptions {
            enable_plugins: true,
            enable_exec: true,
            enable_helm: true,
            limits,
            ..PluginOptions::default()
        };
        Self { directory: tempfile::tempdir().unwrap(), options, warnings: Warnings::default() }
    }

    pub(super) fn file(&self, path: &str, content: &str) -> String {
        let path = self.directory.path().join(path);
        DISK.create_dir_all(path.parent().unwrap()).unwrap();
        DISK.write(&path, content.as_bytes()).unwrap();
        path.to_string_lossy().into_owned()
    }

    pub(super) fn script(&self, path: &str, script: &str) -> String {
        let path = self.file(path, &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    pub(super) fn read(&self, path: &str) -> String {
        String::from_utf8(DISK.read(&self.directory.path().join(path), 1 << 20).unwrap()).unwrap()
    }

    pub(super) fn loader(&self) -> Loader<'static> {
        let root = self.directory.path().join("k");
        DISK.create_dir_all(&root).unwrap();
        Loader::new(&DISK, &root.to_string_lossy(), LoaderOptions::default()).unwrap()
    }

    pub(super) fn plugin(&self, config: &str) -> Result<Plugin> {
        let loader = self.loader();
        let mut host = Host::new(&loader, &self.options, &SourceMap::default(), &self.warnings).unwrap();
        host.environment.plugin_home = Some(self.directory.path().join("home"));
        Plugin::on(host, &resources(config).remove(0), &loader)
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        self.warnings.resolve(&SourceMap::default()).into_iter().map(|warning| warning.message).collect()
    }
}

pub(super) fn resources(text: &str) -> Vec<Resource> {
    read_resources(&ArcStr::from(text), SourceId(0)).unwrap()
}

pub(super) fn map(text: &str) -> ResMap {
    let mut map = ResMap::new();
    map.replace_all(resources(text));
    map
}

pub(super) fn transform(plugin: &Plugin, resources: &mut ResMap) -> Result<()> {
    let (schema, warnings) = (Schema::default(), Warnings::default());
    plugin.transform(resources, &Context { schema: &schema, warnings: &warnings, packs: Packs::none() })
}

pub(super) fn print<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> String {
    let documents: Vec<String> =
        resources.into_iter().map(|resource| to_yaml_string(&resource.node).unwrap()).collect();
    documents.join("---\n")
}
