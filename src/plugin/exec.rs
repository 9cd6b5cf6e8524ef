//! Legacy plugins: programs in the plugin directory (upstream: `api/internal/plugins/execplugin`).
//!
//! Such a program gets the path of its configuration as first argument. A generator
//! prints resources; a transformer gets resources as its input and prints them changed.

use std::path::PathBuf;

use crate::decode::Fields;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::fs::TemporaryFile;
use crate::loader::Loader;
use crate::plugin::process::Process;
use crate::plugin::{Host, exchange, lookup, shell_words};
use crate::resource::{ResMap, Resource};
use crate::schema::Schema;
use crate::source::Span;

/// Linux takes no longer argument or variable.
const VARIABLE_LIMIT: usize = 131_071;

/// A program in the plugin directory, with its configuration.
#[derive(Debug, Clone)]
pub struct ExecPlugin {
    path: PathBuf,
    arguments: Vec<String>,
    config: String,
    span: Span,
}

impl ExecPlugin {
    /// Finds the program for a configuration.
    ///
    /// # Errors
    /// When there is no such program, it may not be run, or its arguments can't be read.
    pub fn find(config: &Resource, host: &Host, loader: &Loader<'_>) -> Result<Self> {
        let span = config.node.span;
        let gvk = config.org_id().gvk;
        let files = loader.file_system();
        let path = lookup::plugin_path(&gvk, &host.environment, files).at(span)?;
        let fail = |message: String| Error::new(ErrorKind::Plugin, message).at(span);
        if !files.is_file(&path) {
            let shared_object = PathBuf::from(format!("{}.so", path.display()));
            if files.is_file(&shared_object) {
                let error =
                    fail(format!("`{}` is a Go plugin, which only a Go program can load", shared_object.display()));
                return Err(error.hint("make it a program of its own, or a function"));
            }
            return Err(fail(format!("there is no plugin for `{gvk}`: `{}` does not exist", path.display())));
        }
        if !files.is_executable(&path) {
            return Err(fail(format!("the plugin `{}` may not be run", path.display()))
                .hint(format!("allow it with `chmod +x {}`", path.display())));
        }
        let arguments = arguments(config, loader).at(span)?;
        Ok(Self { path, arguments, config: exchange::configuration(config)?, span })
    }

    /// Lets the program make resources.
    ///
    /// # Errors
    /// When the program fails, goes beyond a limit, or prints what is no resource.
    pub fn generate(&self, host: &Host) -> Result<Vec<Resource>> {
        let output = self.run(String::new(), host)?;
        exchange::generated(exchange::incoming(&self.name(), output, host)?)
    }

    /// Lets the program change, add and remove resources.
    ///
    /// # Errors
    /// When the program fails, goes beyond a limit, or prints what is no resource; nothing has changed then.
    pub fn transform(&self, resources: &mut ResMap, host: &Host, schema: &Schema) -> Result<()> {
        let output = self.run(exchange::stream(resources)?, host)?;
        let output = exchange::incoming(&self.name(), output, host)?;
        exchange::transformed(&self.name(), output, resources, schema)
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn run(&self, input: String, host: &Host) -> Result<Vec<u8>> {
        let config = TemporaryFile::new("crustomize-plugin-config-", self.config.as_bytes())?;
        let root = &host.root;
        let mut process = Process::new(&self.path).arguments([config.path()]).arguments(&self.arguments);
        process.directory = Some(root.to_owned());
        let variables = [
            ("KUSTOMIZE_PLUGIN_CONFIG_STRING", self.config.as_str().into()),
            ("KUSTOMIZE_PLUGIN_CONFIG_ROOT", root.as_os_str().to_owned()),
        ];
        for (name, value) in variables {
            if name.len() + 1 + value.len() <= VARIABLE_LIMIT {
                process.environment.push((name.into(), value));
            } else {
                let message = format!("`{}` runs without the variable `{name}`, which would be too long", self.name());
                host.warnings.add(message, self.span);
            }
        }
        let limits = &host.options.limits;
        let result = process.run(input.into_bytes(), limits);
        Ok(exchange::check(&self.name(), result, limits).at(self.span)?.output)
    }
}

/// The arguments that a configuration asks for.
fn arguments(config: &Resource, loader: &Loader<'_>) -> Result<Vec<String>> {
    let mut fields = Fields::of(&config.node, "")?;
    let line: String = fields.take("argsOneLiner")?;
    let file: String = fields.take("argsFromFile")?;
    let mut arguments = shell_words::split(&line)
        .ok_or_else(|| Error::new(ErrorKind::Plugin, "a quote in `argsOneLiner` is never closed"))?;
    if !file.is_empty() {
        let content = loader.load(&file)?.bytes;
        let content = String::from_utf8_lossy(&content);
        let lines = content.split('\n').map(|line| line.trim_start_matches(' ')).filter(|line| !line.is_empty());
        arguments.extend(lines.map(str::to_owned));
    }
    Ok(arguments)
}
