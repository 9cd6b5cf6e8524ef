//! Tests of legacy plugins and functions with real programs.

use std::path::Path;
use std::time::Duration;

use super::process::Limits;
use super::testing::{DISK, Place, map, print, resources, transform};
use super::{Environment, Host, Plugin, PluginOptions};
use crate::error::ErrorKind;
use crate::fs::FileSystem;
use crate::resource::{Behavior, PreviousId};
use crate::source::SourceMap;

const CONFIG: &str =
    "apiVersion: ex.com/v1\nkind: Foo\nmetadata: {name: f}\nargsOneLiner: a 'b c'\nargsFromFile: args\nz: 1\na: [x]\n";

#[test]
fn runs_a_legacy_generator() {
    let place = Place::new();
    place.file("k/args", "d e\n\n  f\n");
    place.script(
        "home/ex.com/v1/foo/Foo",
        "printf '%s|' \"$2\" \"$3\" \"$4\" \"$5\" > args.out; cat \"$1\" > config; printf %s \"$KUSTOMIZE_PLUGIN_CONFIG_STRING\" > variable
printf %s \"$KUSTOMIZE_PLUGIN_CONFIG_ROOT\" > root
cat <<X
kind: A
metadata: {name: a, annotations: {kustomize.config.k8s.io/needs-hash: 'true', kustomize.config.k8s.io/behavior: merge, n: 5}}
---
kind: A
metadata: {name: b, annotations: {kustomize.config.k8s.io/needs-hash: 'false'}}
X",
    );
    let made = place.plugin(CONFIG).unwrap().generate().unwrap();
    assert_eq!(place.read("k/args.out"), "a|b c|d e|f|");
    let config = "a:\n- x\napiVersion: ex.com/v1\nargsFromFile: args\nargsOneLiner: a 'b c'\nkind: Foo\nmetadata:\n  name: f\nz: 1\n";
    assert_eq!((place.read("k/config"), place.read("k/variable")), (config.to_owned(), config.to_owned()));
    assert_eq!(Path::new(&place.read("k/root")), place.loader().root());
    assert_eq!(
        print(&made),
        "kind: A\nmetadata:\n  annotations:\n    \"n\": \"5\"\n  name: a\n---\nkind: A\nmetadata:\n  name: b\n"
    );
    assert_eq!((made[0].needs_hash, made[0].behavior), (true, Behavior::Merge));
    assert_eq!((made[1].needs_hash, made[1].behavior), (false, Behavior::Unspecified));
}

#[test]
fn runs_a_legacy_transformer() {
    let place = Place::new();
    place.file("k/args", "");
    place.script(
        "home/ex.com/v1/foo/Foo",
        "cat > in; cat <<X
kind: A
metadata: {name: new}
---
kind: A
metadata: {name: b, annotations: {internal.config.kubernetes.io/previousNames: old, internal.config.kubernetes.io/previousNamespaces: default, internal.config.kubernetes.io/previousKinds: A, x: 1}}
d: 2
X",
    );
    let mut set = map("kind: A\nmetadata: {name: a}\n---\nkind: A\nmetadata: {name: b, annotations: {x: 1}}\n");
    set.update(1, |resource| {
        let old = |text: &str| text.into();
        resource.history.push(PreviousId { namespace: old("default"), name: old("old"), kind: old("A") });
        resource.needs_hash = true;
        resource.prefixes.push(old("p-"));
    });
    transform(&place.plugin(CONFIG).unwrap(), &mut set).unwrap();
    let want = "\
kind: A
metadata:
  annotations:
    kustomize.config.k8s.io/id: |
      kind: A
      name: a
  name: a
---
kind: A
metadata:
  annotations:
    internal.config.kubernetes.io/needsHashSuffix: enabled
    internal.config.kubernetes.io/prefixes: p-
    internal.config.kubernetes.io/previousKinds: A
    internal.config.kubernetes.io/previousNames: old
    internal.config.kubernetes.io/previousNamespaces: default
    kustomize.config.k8s.io/id: |
      kind: A
      name: b
    x: \"1\"
  name: b
";
    assert_eq!(place.read("k/in"), want);
    // `a` is gone, `b` stays in its place without what the program dropped, `new` comes last.
    let want =
        "d: 2\nkind: A\nmetadata:\n  annotations:\n    x: \"1\"\n  name: b\n---\nkind: A\nmetadata:\n  name: new\n";
    assert_eq!(print(&set), want);
    let changed = set.get(0).unwrap();
    assert_eq!((changed.history.len(), changed.needs_hash, changed.prefixes.len()), (1, false, 0));
}

#[test]
fn says_why_a_plugin_is_of_no_use() {
    let mut place = Place::new();
    place.file("k/args", "");
    let program = place.directory.path().join("home/ex.com/v1/foo/Foo").display().to_string();
    DISK.create_dir_all(&place.directory.path().join("home")).unwrap();
    let error = place.plugin(CONFIG).unwrap_err();
    assert_eq!(error.message(), format!("there is no plugin for `ex.com/v1 Foo`: `{program}` does not exist"));
    place.file("home/ex.com/v1/foo/Foo.so", "");
    let error = place.plugin(CONFIG).unwrap_err();
    assert_eq!(error.message(), format!("`{program}.so` is a Go plugin, which only a Go program can load"));
    place.file("home/ex.com/v1/foo/Foo", "");
    let error = place.plugin(CONFIG).unwrap_err();
    assert_eq!(error.message(), format!("the plugin `{program}` may not be run"));
    let fails = |script: &str| {
        place.script("home/ex.com/v1/foo/Foo", script);
        let mut set = map("kind: Secret\nmetadata: {name: a}\nstringData: {p: hunter2}\n");
        let error = transform(&place.plugin(CONFIG).unwrap(), &mut set).unwrap_err();
        assert_eq!(set.len(), 1, "nothing has changed");
        assert!(!error.message().contains("hunter2"));
        error.message().replace(&program, "Foo")
    };
    assert_eq!(fails("echo one >&2; echo two >&2; exit 3"), "`Foo` failed (exit status: 3):\n    one\n    two");
    assert_eq!(fails("kill -9 $$"), "`Foo` failed (signal: 9 (SIGKILL))");
    assert_eq!(
        fails("cat; echo ---; cat <<X\nkind: A\nmetadata: {name: a}\n---\nkind: A\nmetadata: {name: a}\nX"),
        "`Foo` printed two resources of the id `A a`"
    );
    assert_eq!(fails("echo kind: A"), "missing `metadata.name` in object of kind `A`");
    place.options.limits = Limits { time: Duration::from_millis(100), output: 1024 };
    let fails = |script: &str| {
        place.script("home/ex.com/v1/foo/Foo", script);
        place.plugin(CONFIG).unwrap().generate().unwrap_err().message().replace(&program, "Foo")
    };
    assert_eq!(fails("sleep 60"), "`Foo` ran longer than 100ms, the time limit for plugins");
    assert_eq!(fails("yes"), "`Foo` printed more than 1 KiB, the output limit for plugins");
}

#[test]
fn plugins_are_off_unless_allowed() {
    let place = Place::new();
    let config = resources(CONFIG).remove(0);
    let options = PluginOptions::default();
    let new = |options| Plugin::new(&config, &place.loader(), options, &SourceMap::default(), &place.warnings);
    let error = new(&options).unwrap_err();
    assert_eq!(error.message(), "`Foo` is an external plugin, and plugins are not enabled");
    assert_eq!(error.hints(), ["if you trust it, allow plugins with `--enable-alpha-plugins`"]);
}

const FUNCTION: &str = "\
kind: F
metadata:
  name: f
  annotations:
    config.kubernetes.io/function: |
      exec: {path: ./f.sh, args: [x, 'y z'], envs: [A=1, B=2]}
";

#[test]
fn runs_a_function_as_transformer() {
    let mut place = Place::new();
    place.options.env = vec!["B=3".to_owned(), "C".to_owned()];
    place.script("k/f.sh", "cat > in; echo \"$@\" $A $B > args; echo hello >&2; sed -e 's/v: 1/v: 2/' in; printf 'results:\\n- message: m\\n  severity: warning\\n'");
    let mut set = map("kind: A\nmetadata: {name: a}\nd: {v: 1}\n");
    transform(&place.plugin(FUNCTION).unwrap(), &mut set).unwrap();
    let want = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- d:
    v: 1
  kind: A
  metadata:
    annotations:
      config.k8s.io/id: \"1\"
      config.kubernetes.io/index: \"0\"
      internal.config.kubernetes.io/annotations-migration-resource-id: \"0\"
      internal.config.kubernetes.io/id: \"1\"
      internal.config.kubernetes.io/index: \"0\"
      kustomize.config.k8s.io/id: |
        kind: A
        name: a
    name: a
functionConfig:
  kind: F
  metadata:
    annotations:
      config.kubernetes.io/function: |
        exec: {path: ./f.sh, args: [x, 'y z'], envs: [A=1, B=2]}
      config.kubernetes.io/local-config: \"true\"
    name: f
";
    assert_eq!(place.read("k/in"), want);
    assert_eq!(place.read("k/args"), "x y z 1 3\n");
    assert_eq!(place.warnings(), ["`./f.sh`: hello", "`./f.sh`: warning: m"]);
    let want = "\
d:
  v: 2
kind: A
metadata:
  annotations:
    config.kubernetes.io/path: a_a.yaml
    internal.config.kubernetes.io/path: a_a.yaml
  name: a
";
    assert_eq!(print(&set), want);
}

#[test]
fn runs_a_function_as_generator() {
    let place = Place::new();
    place.script("k/f.sh", "cat; exit 0");
    let made = place.plugin(FUNCTION).unwrap().generate().unwrap();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].annotation("config.kubernetes.io/local-config").unwrap(), "true");
    place.script("k/f.sh", "exit 0");
    assert!(place.plugin(FUNCTION).unwrap().generate().unwrap().is_empty());
    place.script("k/f.sh", "echo bad >&2; exit 2");
    let error = place.plugin(FUNCTION).unwrap().generate().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Plugin, "`./f.sh` failed (exit status: 2): bad"));
}

#[test]
fn functions_see_only_their_directory() {
    let place = Place::new();
    place.script("k/f.sh", "cat > in; printf 'kind: ResourceList\\nitems: []\\n'");
    let function =
        FUNCTION.replace("annotations:", "annotations:\n    config.kubernetes.io/path: foo/functions/f.yaml");
    let item = |name: &str, path: &str| {
        format!("kind: A\nmetadata: {{name: {name}, annotations: {{config.kubernetes.io/path: {path}}}}}\n")
    };
    let mut set = map(&format!(
        "{}---\n{}---\nkind: A\nmetadata: {{name: c}}\n",
        item("a", "foo/x/a.yaml"),
        item("b", "bar/b.yaml")
    ));
    transform(&place.plugin(&function).unwrap(), &mut set).unwrap();
    let names: Vec<String> = set.iter().map(|resource| resource.name().to_string()).collect();
    assert_eq!(names, ["b", "c"]);
}

#[test]
fn programs_do_nothing_unless_allowed() {
    let mut place = Place::new();
    place.options.enable_exec = false;
    let function = place.plugin(FUNCTION).unwrap();
    let mut set = map("kind: A\nmetadata: {name: a}\n");
    transform(&function, &mut set).unwrap();
    assert_eq!(set.len(), 1);
    assert_eq!(function.generate().unwrap()[0].name(), "f");
    assert_eq!(
        place.warnings(),
        ["the function `./f.sh` is not run: functions that are programs need `--enable-exec`"]
    );
}

#[test]
fn runs_containers_with_what_is_in_the_path() {
    let place = Place::new();
    let podman = place.script("bin/podman", "echo \"$@\" > args; cat");
    let config =
        "kind: F\nmetadata: {name: f, annotations: {config.kubernetes.io/function: 'container: {image: i}'}}\n";
    let loader = place.loader();
    let mut host = Host::new(&loader, &place.options, &SourceMap::default(), &place.warnings).unwrap();
    host.environment = Environment::default();
    let config = resources(config).remove(0);
    let error = Plugin::on(host.clone(), &config, &loader).unwrap_err();
    assert_eq!(error.message(), "the function `i` is a container, and there is no `docker`");
    host.environment.path = Some(Path::new(&podman).parent().unwrap().as_os_str().to_owned());
    let function = Plugin::on(host, &config, &loader).unwrap();
    let mut set = map("kind: A\nmetadata: {name: a}\n");
    transform(&function, &mut set).unwrap();
    let want = "run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true i\n";
    assert_eq!(place.read("k/args"), want);
    let needy = "kind: F\nmetadata: {name: f, annotations: {config.kubernetes.io/function: 'container: {image: i, network: true}'}}\n";
    assert_eq!(place.plugin(needy).unwrap_err().message(), "the function `i` needs the network, which is not enabled");
}
