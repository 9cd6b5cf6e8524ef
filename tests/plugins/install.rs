//! Launchers: what is in the repository, and what `crustomize plugin install` does.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crustomize::function::SHIPPED;
use insta::assert_snapshot;

use crate::command::{CRUSTOMIZE, command, plugins, show};
use crate::support::Tree;

const PLACE: &str = "openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer";

const CONFIG: &str = "apiVersion: openinfradev.github.com/v1\nkind: HelmValuesTransformer\nmetadata: {name: \
                      s}\ncharts:\n- name: web\n  override: {tag: v2}\n";

const RELEASE: &str = "apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata: {name: web, annotations: \
                       {internal.config.kubernetes.io/previousNames: old}}\nspec: {values: {tag: v1}}\n";

fn install(tree: &Tree, arguments: &[&str]) -> String {
    let arguments = [&["plugin", "install"], arguments].concat();
    let said = show(command(CRUSTOMIZE, tree.path(), &arguments).env("HOME", tree.at("home")), "");
    said.replace(&tree.path().to_string_lossy().into_owned(), "TREE")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o111
}

#[test]
fn the_repository_holds_what_install_writes() {
    let tree = Tree::new();
    install(&tree, &["--dir", "p"]);
    for launcher in SHIPPED {
        let (ours, written) = (plugins().join(launcher.path()), tree.at("p").join(launcher.path()));
        assert_eq!(fs::read_to_string(&ours).unwrap(), fs::read_to_string(&written).unwrap());
        assert_eq!(fs::read_to_string(&ours).unwrap(), launcher.script());
        assert!(mode(&ours) == 0o111 && mode(&written) == 0o111);
    }
}

#[test]
fn installs_once() {
    let tree = Tree::new();
    assert_snapshot!(install(&tree, &["--dir", "p"]), @r"
    status: 0
    ----- stdout
    wrote p/openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer
    ----- stderr
    ");
    assert_snapshot!(install(&tree, &["--dir", "p"]), @r"
    status: 0
    ----- stdout
    unchanged p/openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer
    ----- stderr
    ");
    fs::set_permissions(tree.at("p").join(PLACE), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(install(&tree, &["--dir", "p"]).contains("wrote p/"), "it can't be run like that");
    assert_eq!(mode(&tree.at("p").join(PLACE)), 0o111);
    let names: Vec<_> = fs::read_dir(tree.at("p").join(PLACE).parent().unwrap()).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing is left behind: {names:?}");
}

#[test]
fn leaves_files_of_others_alone() {
    let tree = Tree::new().with(&format!("p/{PLACE}"), "#!/bin/sh\ncat\n");
    assert_snapshot!(install(&tree, &["--dir", "p"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: somebody else's file is where `HelmValuesTransformer` belongs
      --> p/openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer
    hint: replace it with `--force`
    ");
    assert_eq!(fs::read_to_string(tree.at("p").join(PLACE)).unwrap(), "#!/bin/sh\ncat\n");
    assert!(install(&tree, &["--dir", "p", "--force"]).starts_with("status: 0\n"));
    assert_eq!(fs::read_to_string(tree.at("p").join(PLACE)).unwrap(), SHIPPED[0].script());
    // One of another version is ours.
    fs::write(tree.at("p").join(PLACE), "#!/bin/sh\n# Written by `crustomize plugin install`.\nexit 1\n").unwrap();
    assert!(install(&tree, &["--dir", "p"]).starts_with("status: 0\n"));
}

#[test]
fn a_link_is_replaced_and_not_followed() {
    let tree = Tree::new().with("program", "mine").with(&format!("p/{PLACE}"), "");
    fs::remove_file(tree.at("p").join(PLACE)).unwrap();
    symlink(tree.at("program"), tree.at("p").join(PLACE)).unwrap();
    assert_snapshot!(install(&tree, &["--dir", "p"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: something that is no file is where `HelmValuesTransformer` belongs
      --> p/openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer
    hint: replace it with `--force`
    ");
    assert!(install(&tree, &["--dir", "p", "--force"]).starts_with("status: 0\n"));
    assert_eq!(fs::read_to_string(tree.at("program")).unwrap(), "mine");
}

#[test]
fn goes_where_kustomize_looks() {
    let tree = Tree::new();
    let at = |variables: &[(&str, &str)]| {
        let mut command = command(CRUSTOMIZE, tree.path(), &["plugin", "install"]);
        command.env_remove("HOME");
        command.envs(variables.iter().copied());
        show(&mut command, "")
    };
    let (plugin, config, home) = (("KUSTOMIZE_PLUGIN_HOME", "k"), ("XDG_CONFIG_HOME", "x"), ("HOME", "h"));
    assert!(at(&[plugin, config, home]).contains(&format!("wrote k/{PLACE}\n")));
    assert!(at(&[config, home]).contains(&format!("wrote x/kustomize/plugin/{PLACE}\n")));
    assert!(at(&[home]).contains(&format!("wrote h/.config/kustomize/plugin/{PLACE}\n")));
    assert_snapshot!(at(&[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: no variable says where plugins belong: `KUSTOMIZE_PLUGIN_HOME`, `XDG_CONFIG_HOME` and `HOME` are not set
    hint: name the directory with `--dir`
    ");
}

#[test]
fn a_launcher_says_that_the_program_is_missing() {
    let tree = Tree::new().with("c.yaml", CONFIG);
    let launcher = plugins().join(PLACE);
    let run = |crustomize: &str| {
        let mut command = command(&launcher.to_string_lossy(), tree.path(), &["c.yaml"]);
        show(command.env("CRUSTOMIZE", crustomize).env("PATH", "/nonexistent"), "")
    };
    assert_snapshot!(run(""), @r"
    status: 127
    ----- stdout
    ----- stderr
    HelmValuesTransformer: there is no program `crustomize`; put crustomize into PATH, or its path into CRUSTOMIZE
    ");
    assert_snapshot!(run("/no such/$(place)"), @r"
    status: 127
    ----- stdout
    ----- stderr
    HelmValuesTransformer: there is no program `/no such/$(place)`; put crustomize into PATH, or its path into CRUSTOMIZE
    ");
}

#[test]
fn works_under_the_name_of_a_plugin() {
    let tree = Tree::new().with("c.yaml", CONFIG).with("other.yaml", CONFIG.replace("ValuesT", "T"));
    symlink(CRUSTOMIZE, tree.at("HelmValuesTransformer")).unwrap();
    let named = tree.at("HelmValuesTransformer");
    let run = |arguments: &[&str]| show(&mut command(&named.to_string_lossy(), tree.path(), arguments), RELEASE);
    assert_snapshot!(run(&["c.yaml"]), @r"
    status: 0
    ----- stdout
    apiVersion: helm.fluxcd.io/v1
    kind: HelmRelease
    metadata:
      annotations:
        internal.config.kubernetes.io/previousNames: old
      name: web
    spec:
      chart: {}
      values:
        tag: v2
    ----- stderr
    ");
    assert_snapshot!(run(&["other.yaml"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: the plugin `HelmValuesTransformer` was given a configuration of kind `HelmTransformer`
      --> other.yaml:1:1
       | apiVersion: openinfradev.github.com/v1
    ");
    assert!(run(&[]).starts_with("status: 2\n"));
}

#[test]
fn a_plugin_says_what_is_wrong() {
    let tree = Tree::new().with("c.yaml", CONFIG).with("empty.yaml", "").with("g.yaml", CONFIG.replace("web", "wep"));
    let run = |file: &str, input: &str| show(&mut command(CRUSTOMIZE, tree.path(), &["plugin", "exec", file]), input);
    assert_snapshot!(run("g.yaml", RELEASE), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no Helm release `wep` to override
      --> g.yaml:5:9
       | - name: wep
    hint: did you mean `web`?
    ");
    assert_snapshot!(run("empty.yaml", RELEASE), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: the configuration of the plugin is empty
      --> empty.yaml
    ");
    assert_snapshot!(run("none.yaml", RELEASE), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `none.yaml` does not exist
    ");
    assert_snapshot!(run("c.yaml", "a: ["), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: malformed YAML: did not find expected node content
      --> stdin:2:1
    ");
}

/// A generator gets no input; what it wishes goes into annotations.
#[test]
fn a_generator_is_a_plugin_too() {
    let config = "apiVersion: crustomize/v1\nkind: ConfigMapGenerator\nmetadata: {name: c}\nfiles: [a.txt]\n";
    let tree = Tree::new().with("k/a.txt", "text").with("c.yaml", format!("{config}behavior: merge\n"));
    let mut command = command(CRUSTOMIZE, tree.path(), &["plugin", "exec", "c.yaml"]);
    assert_snapshot!(show(command.env("KUSTOMIZE_PLUGIN_CONFIG_ROOT", tree.at("k")), ""), @r#"
    status: 0
    ----- stdout
    apiVersion: v1
    data:
      a.txt: text
    kind: ConfigMap
    metadata:
      annotations:
        kustomize.config.k8s.io/behavior: merge
        kustomize.config.k8s.io/needs-hash: "true"
      name: c
    ----- stderr
    "#);
}
