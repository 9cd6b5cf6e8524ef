//! The command that runs a function in a container (upstream: `kyaml/fn/runtime/container`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::FileSystem;
use crate::plugin::function_spec::{ContainerSpec, Mount};
use crate::plugin::process::Process;
use crate::plugin::{Host, PluginOptions};

/// The programs that run containers, the one that upstream uses first.
const PROGRAMS: [&str; 2] = ["docker", "podman"];

/// The command that runs the container.
///
/// # Errors
/// When no program that runs containers is there.
pub fn command(spec: &ContainerSpec, host: &Host, files: &dyn FileSystem) -> Result<Process> {
    let found = PROGRAMS.iter().find_map(|name| host.environment.find_program(name, files));
    let program = found.ok_or_else(|| {
        Error::new(ErrorKind::Plugin, format!("the function `{}` is a container, and there is no `docker`", spec.image))
            .hint("install docker or podman and make sure that it is in `PATH`")
    })?;
    let arguments = arguments(spec, &host.options, &host.root);
    let mut process = Process::new(&program).arguments(arguments);
    process.directory = Some(host.root.clone());
    Ok(process)
}

fn arguments(spec: &ContainerSpec, options: &PluginOptions, root: &Path) -> Vec<String> {
    let named = options.network_name.as_deref().unwrap_or("host");
    let network = if spec.network { named } else { "none" };
    let fixed = ["run", "--rm", "-i", "-a", "STDIN", "-a", "STDOUT", "-a", "STDERR", "--network", network, "--user"];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).to_vec();
    arguments.extend([user(options.as_current_user), "--security-opt=no-new-privileges".to_owned()]);
    let asked_for: Vec<Mount> = options.mounts.iter().map(|text| Mount::parse(text)).collect();
    for mount in spec.mounts.iter().chain(&asked_for) {
        arguments.extend(["--mount".to_owned(), print_mount(mount, root)]);
    }
    arguments.extend(variables(&spec.env, &options.env));
    arguments.push(spec.image.clone());
    arguments
}

fn print_mount(mount: &Mount, root: &Path) -> String {
    let source = Path::new(&mount.source);
    let source = if source.is_absolute() { PathBuf::from(source) } else { crate::fs::join(root, source) };
    let mode = if mount.writable { "" } else { ",readonly" };
    format!("type={},source={},target={}{mode}", mount.kind, source.display(), mount.target)
}

/// Variables as arguments: those with values sorted, then the names. The command line wins over the function.
fn variables(of_function: &[String], of_command_line: &[String]) -> Vec<String> {
    let defaults = ["LOG_TO_STDERR=true".to_owned(), "STRUCTURED_RESULTS=true".to_owned()];
    let mut values = BTreeMap::new();
    let mut names: Vec<&str> = Vec::new();
    // Upstream has the defaults win over what the function says, too.
    for variable in of_function.iter().chain(&defaults).chain(of_command_line) {
        match variable.split_once('=') {
            Some((name, value)) => drop(values.insert(name, value)),
            None if names.contains(&variable.as_str()) => {}
            None => names.push(variable),
        }
    }
    let values = values.into_iter().map(|(name, value)| format!("{name}={value}"));
    values.chain(names.into_iter().map(str::to_owned)).flat_map(|variable| ["-e".to_owned(), variable]).collect()
}

#[cfg(unix)]
fn user(current: bool) -> String {
    if current {
        format!("{}:{}", rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
    } else {
        "nobody".to_owned()
    }
}

/// Elsewhere users have no numbers.
#[cfg(not(unix))]
fn user(_current: bool) -> String {
    "nobody".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_arguments_that_upstream_does() {
        let mount = |kind: &str, source: &str| Mount {
            kind: kind.to_owned(),
            source: source.to_owned(),
            target: "/t".to_owned(),
            writable: false,
        };
        let spec = ContainerSpec {
            image: "i:1".to_owned(),
            network: true,
            mounts: vec![mount("bind", "./d/../e"), mount("volume", "v")],
            env: vec!["B=1".to_owned(), "LOG_TO_STDERR=false".to_owned(), "X".to_owned(), "A=2".to_owned()],
        };
        let options = PluginOptions {
            mounts: vec!["type=bind,src=/s,dst=/u,rw=true".to_owned()],
            env: vec!["A=3=4".to_owned(), "X".to_owned(), "Y".to_owned()],
            ..PluginOptions::default()
        };
        let want = "run --rm -i -a STDIN -a STDOUT -a STDERR --network host --user nobody \
            --security-opt=no-new-privileges --mount type=bind,source=/k/e,target=/t,readonly \
            --mount type=volume,source=/k/v,target=/t,readonly --mount type=bind,source=/s,target=/u \
            -e A=3=4 -e B=1 -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true -e X -e Y i:1";
        assert_eq!(arguments(&spec, &options, Path::new("/k")).join(" "), want);
    }

    #[test]
    fn keeps_containers_off_the_network() {
        let spec = ContainerSpec { image: "i".to_owned(), ..ContainerSpec::default() };
        let line = arguments(&spec, &PluginOptions::default(), Path::new("/k")).join(" ");
        assert!(line.contains("--network none --user nobody "), "{line}");
    }
}
