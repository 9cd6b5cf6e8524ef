//! Functions: programs and containers that speak the function protocol (upstream:
//! `api/internal/plugins/fnplugin`, `kyaml/runfn`).

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::loader::Loader;
use crate::plugin::function_spec::with_annotation;
use crate::plugin::process::Process;
use crate::plugin::{FunctionSpec, Host, container, exchange, resource_list};
use crate::resource::annotations::with_annotations;
use crate::resource::{ResMap, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::Node;

/// Keeps the configuration, which a generator may print, out of the output.
const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";

/// A function with its configuration.
#[derive(Debug, Clone)]
pub struct Function {
    /// The image or program.
    name: String,
    /// `None` where upstream runs nothing, without a word.
    process: Option<Process>,
    /// The configuration as the function gets it.
    config: Node,
    /// The directory whose resources it sees; empty for all.
    directory: String,
    span: Span,
}

impl Function {
    /// A function with its configuration.
    ///
    /// # Errors
    /// When the function needs what is not allowed, or what is not there.
    pub fn new(config: &Resource, spec: &FunctionSpec, host: &Host, loader: &Loader<'_>) -> Result<Self> {
        let span = config.node.span;
        let is_container = !spec.container.image.is_empty();
        let directory = if is_container { None } else { resource_list::directory_of(config) };
        Ok(Self {
            name: if is_container { &spec.container.image } else { &spec.exec.path }.clone(),
            process: process(spec, host, loader, span).at(span)?,
            config: with_annotation(&with_annotations(config)?, LOCAL_CONFIG, "true"),
            directory: directory.unwrap_or_default(),
            span,
        })
    }

    /// Lets the function make resources. Its configuration is its only input.
    ///
    /// # Errors
    /// When the function fails, goes beyond a limit, or prints what is no resource.
    pub fn generate(&self, host: &Host) -> Result<Vec<Resource>> {
        let mut config = Resource::new(self.config.clone());
        let Some(process) = &self.process else {
            // What comes in goes out.
            return exchange::generated(vec![config]);
        };
        exchange::edit_annotations(&mut config, |annotations| resource_list::mark(annotations, 0));
        exchange::generated(self.run(process, &[config.node], host)?)
    }

    /// Lets the function change, add and remove resources.
    ///
    /// # Errors
    /// When the function fails, goes beyond a limit, or prints what is no resource; nothing has changed then.
    pub fn transform(&self, resources: &mut ResMap, host: &Host, schema: &Schema) -> Result<()> {
        let Some(process) = &self.process else { return Ok(()) };
        let mut items = Vec::new();
        let mut unseen = Vec::new();
        for resource in resources.iter() {
            if !self.sees(resource) {
                unseen.push(resource.clone());
                continue;
            }
            let mut item = Resource::new(exchange::outgoing(resource)?);
            let index = items.len();
            exchange::edit_annotations(&mut item, |annotations| resource_list::mark(annotations, index));
            items.push(item.node);
        }
        let mut output = self.run(process, &items, host)?;
        output.extend(unseen);
        exchange::transformed(&self.name, output, resources, schema)
    }

    fn sees(&self, resource: &Resource) -> bool {
        self.directory.is_empty()
            || resource_list::directory_of(resource).is_some_and(|directory| directory.starts_with(&self.directory))
    }

    fn run(&self, process: &Process, items: &[Node], host: &Host) -> Result<Vec<Resource>> {
        let input = resource_list::print(items, &self.config)?;
        let limits = &host.options.limits;
        let result = process.run(input.into_bytes(), limits);
        let (name, span) = (self.name.as_str(), self.span);
        let finished = exchange::check(name, result, limits).map_err(|error| error.at(span))?;
        if !finished.error_output.is_empty() {
            host.warnings.add(format!("`{name}`{}", finished.said()), span);
        }
        let (text, source) = exchange::register(name, finished.output, host)?;
        for result in resource_list::results(&text, source) {
            host.warnings.add(format!("`{name}`: {result}"), span);
        }
        let mut resources = exchange::read(name, &text, source)?;
        for resource in &mut resources {
            resource_list::unmark(resource, &self.directory);
        }
        Ok(resources)
    }
}

/// The program to run; `None` where upstream runs nothing, without a word.
fn process(spec: &FunctionSpec, host: &Host, loader: &Loader<'_>, span: Span) -> Result<Option<Process>> {
    let FunctionSpec { container, exec } = spec;
    let fail = |message: String| Error::new(ErrorKind::Plugin, message);
    if container.network && !host.options.network {
        let message = format!("the function `{}` needs the network, which is not enabled", container.image);
        return Err(fail(message).hint("allow it with `--network`"));
    }
    if container.image.is_empty() && (exec.path.is_empty() || !host.options.enable_exec) {
        let message = if exec.path.is_empty() {
            "the function is neither a container nor a program, so it does nothing".to_owned()
        } else {
            format!("the function `{}` is not run: functions that are programs need `--enable-exec`", exec.path)
        };
        host.warnings.add(message, span);
        return Ok(None);
    }
    if host.root == Path::new("/") {
        return Err(fail("functions can't run in the directory `/`".to_owned()));
    }
    if !container.image.is_empty() {
        return container::command(container, host, loader.file_system()).map(Some);
    }
    let program = Path::new(&exec.path);
    // A bare name is looked up in `PATH`.
    let program = if exec.path.contains('/') { host.root.join(program) } else { program.to_owned() };
    let mut process = Process::new(&program).arguments(&exec.args);
    process.environment = variables(&exec.env, &host.options.env);
    process.directory = Some(host.root.clone());
    Ok(Some(process))
}

/// Variables of the form `NAME=value`; all others are ignored, as upstream does. The command line wins.
fn variables(of_function: &[String], of_command_line: &[String]) -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
    let mut values = BTreeMap::new();
    for variable in of_function.iter().chain(of_command_line) {
        if let Some((name, value)) = variable.split_once('=').filter(|(_, value)| !value.contains('=')) {
            values.insert(name, value);
        }
    }
    values.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}
