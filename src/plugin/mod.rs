//! Programs that generate and transform resources: legacy exec plugins, functions, and `helm`.
//!
//! A [`Plugin`] is found by its configuration and then run over resources. Whatever a
//! program needs of files, environment and processes is dealt with in this room.

mod container;
mod environment;
pub(crate) mod exchange;
mod exec;
mod function;
mod function_spec;
pub mod helm;
mod lookup;
mod options;
pub mod process;
pub(crate) mod resource_list;
mod shell_words;

use std::path::PathBuf;

use crate::error::{Error, ErrorKind, Result};
use crate::loader::Loader;
use crate::resource::{ResMap, Resource};
use crate::source::SourceMap;
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;

pub use environment::Environment;
pub use exec::ExecPlugin;
pub use function::Function;
pub use function_spec::FunctionSpec;
pub use options::PluginOptions;

/// What a program may use, and where what it prints goes.
#[derive(Debug, Clone)]
pub struct Host {
    /// What the caller allows.
    pub options: PluginOptions,
    /// What the process's environment says.
    pub environment: Environment,
    /// The directory of the kustomization that names the program.
    pub root: PathBuf,
    /// Where the texts that programs print are registered.
    pub sources: SourceMap,
    /// Where warnings go.
    pub warnings: Warnings,
}

impl Host {
    /// A host for the programs that the kustomization of `loader` names.
    ///
    /// # Errors
    /// When the files are in memory, where no program sees them.
    pub fn new(loader: &Loader<'_>, options: &PluginOptions, sources: &SourceMap, warnings: &Warnings) -> Result<Self> {
        if !loader.file_system().on_disk() {
            return Err(Error::new(ErrorKind::Plugin, "programs can't be run where the files are in memory only"));
        }
        Ok(Self {
            options: options.clone(),
            environment: Environment::of_process(),
            root: loader.root().to_owned(),
            sources: sources.clone(),
            warnings: warnings.clone(),
        })
    }
}

/// A plugin that was found and configured.
#[derive(Debug, Clone)]
pub struct Plugin {
    program: Program,
    host: Host,
}

#[derive(Debug, Clone)]
enum Program {
    Exec(ExecPlugin),
    Function(Function),
}

impl Plugin {
    /// Finds the plugin that `config`, which is no built-in one's configuration, is for.
    ///
    /// # Errors
    /// When plugins are not enabled, there is none of that type, or its configuration is wrong.
    pub fn new(
        config: &Resource,
        loader: &Loader<'_>,
        options: &PluginOptions,
        sources: &SourceMap,
        warnings: &Warnings,
    ) -> Result<Self> {
        if !options.enable_plugins {
            let message = format!("`{}` is an external plugin, and plugins are not enabled", config.org_id().gvk.kind);
            let error = Error::new(ErrorKind::Plugin, message).at(config.node.span);
            return Err(error.hint("if you trust it, allow plugins with `--enable-alpha-plugins`"));
        }
        let host = Host::new(loader, options, sources, warnings).map_err(|error| error.at(config.node.span))?;
        Self::on(host, config, loader)
    }

    /// Finds the plugin that `config` is for, on a host of the caller's.
    ///
    /// # Errors
    /// When there is none of that type, or its configuration is wrong.
    pub fn on(host: Host, config: &Resource, loader: &Loader<'_>) -> Result<Self> {
        let program = match FunctionSpec::of(config)? {
            Some(spec) => Program::Function(Function::new(config, &spec, &host, loader)?),
            None => Program::Exec(ExecPlugin::find(config, &host, loader)?),
        };
        Ok(Self { program, host })
    }

    /// Whether `config` names a function, or plugins are enabled and the plugin directory holds a program for it.
    ///
    /// What we have built in under a type that plugins can have, too, gives way to such a one. A Go plugin (`.so`)
    /// counts for nothing here: no other program can load it.
    ///
    /// # Errors
    /// When the function that the configuration names is no function.
    pub fn is_of_user(config: &Resource, loader: &Loader<'_>, options: &PluginOptions) -> Result<bool> {
        if FunctionSpec::of(config)?.is_some() {
            return Ok(true);
        }
        let files = loader.file_system();
        if !options.enable_plugins || !files.on_disk() {
            return Ok(false);
        }
        let path = lookup::plugin_path(&config.org_id().gvk, &Environment::of_process(), files);
        Ok(path.is_ok_and(|path| files.is_file(&path)))
    }

    /// Lets the plugin make resources.
    ///
    /// # Errors
    /// When the program fails, goes beyond a limit, or prints what is no resource.
    pub fn generate(&self) -> Result<Vec<Resource>> {
        match &self.program {
            Program::Exec(plugin) => plugin.generate(&self.host),
            Program::Function(function) => function.generate(&self.host),
        }
    }
}

/// The program sees all resources and prints those that are to be; upon an error nothing has changed.
impl Transformer for Plugin {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        match &self.program {
            Program::Exec(plugin) => plugin.transform(resources, &self.host, context.schema),
            Program::Function(function) => function.transform(resources, &self.host, context.schema),
        }
    }
}

#[cfg(all(test, unix))]
mod testing;
#[cfg(all(test, unix))]
mod tests;
