//! Tests of charts with a script that stands in for `helm`.

use std::path::Path;

use super::{HelmChart, HelmGlobals, inflate};
use crate::error::Result;
use crate::plugin::testing::{Place, print, resources};
use crate::resource::Resource;
use crate::source::SourceMap;

/// A `helm` that notes its arguments and environment and prints one resource.
const HELM: &str = r#"
here=$(dirname "$0")
echo "$@" >> "$here/log"
case $1 in
version) echo v3.14.2+g0; exit;;
pull) exit;;
esac
echo "$HELM_CONFIG_HOME $HELM_CACHE_HOME $HELM_DATA_HOME" > "$here/env"
while [ $# -gt 0 ]; do [ "$1" = -f ] && cp "$2" "$here/values" && break; shift; done
printf '%s\n' '# Source: x' 'kind: A' 'metadata: {name: a}'
"#;

fn render(place: &Place, chart: &HelmChart, globals: &HelmGlobals) -> Result<Vec<Resource>> {
    let mut options = place.options.clone();
    options.helm_command = place.directory.path().join("bin/helm").display().to_string();
    options.helm_api_versions = vec!["a/v1".to_owned(), "b/v1".to_owned()];
    inflate(chart, globals, &place.loader(), &options, &SourceMap::default(), &place.warnings)
}

#[test]
fn renders_a_chart_that_is_there() {
    let place = Place::new();
    place.script("bin/helm", HELM);
    place.file("k/charts/foo/values.yaml", "# kept\na: 1\n");
    place.file("k/more.yaml", "");
    let chart = HelmChart {
        name: "foo".to_owned(),
        release_name: "rel".to_owned(),
        namespace: "ns".to_owned(),
        additional_values_files: vec!["more.yaml".to_owned()],
        kube_version: "1.30".to_owned(),
        name_template: "t".to_owned(),
        include_crds: true,
        skip_hooks: true,
        skip_tests: true,
        debug: true,
        devel: true,
        ..HelmChart::default()
    };
    let globals = HelmGlobals { config_home: "/cfg".to_owned(), ..HelmGlobals::default() };
    let made = render(&place, &chart, &globals).unwrap();
    assert_eq!(print(&made), "kind: A\nmetadata:\n  name: a\n");
    assert!(made[0].helm_generated);
    assert_eq!(place.read("bin/values"), "# kept\na: 1\n");
    assert_eq!(place.read("bin/env"), "/cfg /cfg/.cache /cfg/.data\n");
    let root = place.loader().root().display().to_string();
    let log = place.read("bin/log");
    let (version, template) = log.split_once('\n').unwrap();
    assert_eq!(version, "version --short");
    let values = template.split(' ').nth(8).unwrap();
    assert!(values.ends_with("/foo-kustomize-values.yaml"), "{values}");
    let want = format!(
        "template rel {root}/charts/foo --namespace ns --name-template t -f {values} -f {root}/more.yaml --api-versions a/v1 --api-versions b/v1 --kube-version 1.30 --include-crds --skip-tests --no-hooks --debug --devel\n"
    );
    assert_eq!(template, want);
    assert!(!Path::new(values).exists(), "temporary files are gone");
}

#[test]
fn pulls_a_chart_that_is_not_there() {
    let place = Place::new();
    place.script("bin/helm", HELM);
    let inline = resources("kind: A\nmetadata: {name: a}\nv: {x: 1}\n").remove(0).node.get("v").cloned();
    let chart = HelmChart {
        name: "foo".to_owned(),
        repo: "http://x".to_owned(),
        version: "1.2".to_owned(),
        values_inline: inline,
        values_merge: "replace".to_owned(),
        ..HelmChart::default()
    };
    let globals = HelmGlobals { chart_home: "../c".to_owned(), ..HelmGlobals::default() };
    render(&place, &chart, &globals).unwrap();
    let home = place.loader().root().parent().unwrap().join("c/foo-1.2").display().to_string();
    let log = place.read("bin/log");
    assert!(log.contains(&format!("\npull --untar --untardir {home} --repo http://x foo --version 1.2\ntemplate --generate-name {home}/foo -f ")), "{log}");
    assert_eq!(place.read("bin/values"), "x: 1\n");
    place.script("bin/helm", HELM);
    let oci = HelmChart { repo: "oci://x/y/".to_owned(), devel: true, ..chart.clone() };
    render(&place, &oci, &globals).unwrap();
    assert!(
        place
            .read("bin/log")
            .contains(&format!("\npull --untar --untardir {home} oci://x/y/foo --version 1.2 --devel\n"))
    );
    // The file of values is outside of the kustomization's directory.
    let merged = HelmChart { values_merge: "merge".to_owned(), ..chart };
    let error = render(&place, &merged, &globals).unwrap_err();
    assert!(error.message().ends_with("does not exist"), "{error}");
}

#[test]
fn says_what_is_wrong_with_helm() {
    let mut place = Place::new();
    let chart = HelmChart { name: "foo".to_owned(), ..HelmChart::default() };
    let globals = HelmGlobals::default();
    let fails = |place: &Place| render(place, &chart, &globals).unwrap_err().message().to_owned();
    let helm = place.directory.path().join("bin/helm").display().to_string();
    assert_eq!(fails(&place), format!("there is no program `{helm}` to render charts with"));
    place.script("bin/helm", "echo v2.16.1");
    assert_eq!(fails(&place), format!("`{helm}` is helm 2.16.1, but helm 3 or 4 is needed"));
    place.script("bin/helm", "echo nothing");
    assert_eq!(fails(&place), format!("`{helm} version --short` prints no version: nothing"));
    place.script("bin/helm", HELM);
    let root = place.loader().root().display().to_string();
    assert_eq!(fails(&place), format!("there is no chart at `{root}/charts/foo`, and no `repo` to pull it from"));
    place.options.enable_helm = false;
    assert_eq!(fails(&place), "charts are not enabled");
}
