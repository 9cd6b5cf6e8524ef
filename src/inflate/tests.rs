//! Tests of what releases say.

use super::{ChartOrigin, Release, release_of};
use crate::error::Error;
use crate::resource::Resource;
use crate::resource::read::read_resources;
use crate::source::SourceId;
use crate::yaml::emit::to_yaml_string;

fn unit(text: &str) -> Vec<Resource> {
    read_resources(&text.into(), SourceId(0)).unwrap()
}

/// What the first resource says among all of them.
fn first(text: &str) -> Release {
    let unit = unit(text);
    release_of(&unit[0], &unit).unwrap().unwrap()
}

fn fault(text: &str) -> Error {
    let unit = unit(text);
    release_of(&unit[0], &unit).unwrap_err()
}

/// Name, namespace, chart and values as one text.
fn told(text: &str) -> String {
    let Release { name, namespace, chart, values, .. } = first(text);
    let chart = match chart {
        ChartOrigin::Repository { url, name, version } => format!("{url} {name} {version}"),
        ChartOrigin::Git { url, path, reference } => format!("git {url} {path} {reference}"),
    };
    format!("{name} in {namespace}: {chart}\n{}", to_yaml_string(&values).unwrap())
}

fn operator(metadata: &str, spec: &str) -> String {
    let chart = "chart: {repository: https://x, name: c, version: 1.0.0}";
    format!(
        "apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata: {{{metadata}}}\nspec:\n  {chart}\n  {}\n",
        spec.replace('\n', "\n  ")
    )
}

fn flux(spec: &str) -> String {
    format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: r, namespace: own}}\nspec:\n  {}\n",
        spec.replace('\n', "\n  ")
    )
}

fn argo(spec: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: app, namespace: argocd}}\nspec:\n  {}\n",
        spec.replace('\n', "\n  ")
    )
}

const REPOSITORY: &str = "---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: repo, namespace: own}
spec: {url: https://y}
";

const FLUX_CHART: &str = "chart: {spec: {chart: c, version: '>=1', sourceRef: {kind: HelmRepository, name: repo}}}";

#[test]
fn the_helm_operator_makes_up_names_of_both_namespaces() {
    let name = |metadata: &str, spec: &str| {
        let release = first(&operator(metadata, spec));
        format!("{}/{}", release.namespace, release.name)
    };
    assert_eq!(name("name: r", ""), "default/default-r");
    assert_eq!(name("name: r, namespace: own", ""), "own/own-r");
    assert_eq!(name("name: r, namespace: own", "targetNamespace: own"), "own/own-r");
    assert_eq!(name("name: r, namespace: own", "targetNamespace: to"), "to/own-to-r");
    assert_eq!(name("name: r", "targetNamespace: to\nreleaseName: x"), "to/x");
    assert!(first(&operator("name: r", "")).include_crds);
    assert!(!first(&operator("name: r", "skipCRDs: true")).include_crds);
}

#[test]
fn values_of_the_helm_operator_lie_over_those_it_refers_to() {
    let spec = "releaseName: r
valueFileSecrets: [{name: old}]
valuesFrom:
- configMapKeyRef: {name: map, key: k}
- secretKeyRef: {name: secret, namespace: other}
values: {d: {x: null, w: [own]}, e: 5}";
    let objects = "---
apiVersion: v1
kind: ConfigMap
metadata: {name: map}
data: {k: \"b: map\\nc: map\\nd: {x: map, z: 0777}\\n\"}
---
apiVersion: v1
kind: Secret
metadata: {name: secret, namespace: other}
data: {values.yaml: YzogeWVzCmQ6IHt3OiBbMSwyXX0K}
---
apiVersion: v1
kind: Secret
metadata: {name: old}
stringData: {values.yaml: 'a: old
    
    b: old'}
";
    let want =
        "r in default: https://x c 1.0.0\na: old\nb: map\nc: true\nd:\n  w:\n  - own\n  x: null\n  z: 511\ne: 5\n";
    assert_eq!(told(&(operator("name: r", spec) + objects)), want);
}

#[test]
fn what_only_a_cluster_knows_is_an_error() {
    let missing = operator("name: r", "valuesFrom: [{secretKeyRef: {name: s}}]");
    let error = fault(&missing);
    assert_eq!(error.message(), "the Secret `s` with values is not among the unit's resources");
    assert_eq!(error.span().line(), 6);
    assert!(error.hints()[0].starts_with("add it to the unit"));
    let key = missing.clone() + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: eA==}\n";
    assert_eq!(fault(&key).message(), "the Secret `s` has no values under the key `values.yaml`");
    // No word of a Secret is told.
    for (data, want) in [
        ("data: {values.yaml: '%%%'}", "`data.values.yaml` is no text in base64"),
        ("stringData: {values.yaml: 'pass: [hunter2'}", "the values in this text are no YAML"),
        ("stringData: {values.yaml: hunter2}", "the values in this text must be a mapping, but are a string"),
    ] {
        let error = fault(&format!("{missing}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{data}\n"));
        assert!(error.message().starts_with(want), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let cases = [
        (operator("name: r", "valuesFrom: [{externalSourceRef: {url: x}}]"), "values from elsewhere than"),
        (
            flux("chart: {spec: {chart: c, sourceRef: {name: none}}}"),
            "the HelmRepository `none` in the namespace `own`",
        ),
        (flux("postRenderers: [{kustomize: {}}]"), "`spec.postRenderers` can't be resolved without a cluster"),
        (flux("values: {}"), "the release has neither `spec.chart.spec` nor `spec.chartRef`"),
        (flux("chart: {spec: {chart: c, valuesFiles: [a]}}"), "`spec.chart.spec.valuesFiles` can't be resolved"),
        (argo("source: {repoURL: https://x, chart: c, helm: {valueFiles: [a]}}"), "`helm.valueFiles` can't be"),
        (
            argo("sources: [{repoURL: https://x, chart: c}, {repoURL: https://y, path: a}]"),
            "an application with a chart and",
        ),
        (argo("source: {chart: c}"), "the release has no `repoURL`"),
        (operator("name: r", "values: [a]"), "`spec.values` must be a mapping, but is a list"),
    ];
    for (text, want) in cases {
        let error = fault(&text);
        assert!(error.message().starts_with(want), "{error}");
        assert!(!error.span().is_none());
    }
}

#[test]
fn charts_of_the_helm_operator_in_git() {
    let chart = |fields: &str| {
        let text =
            operator("name: r", "releaseName: r").replace("repository: https://x, name: c, version: 1.0.0", fields);
        told(&text).lines().next().unwrap().to_owned()
    };
    assert_eq!(chart("git: 'git@h:r', path: charts/c, ref: v1"), "r in default: git git@h:r charts/c v1");
    assert_eq!(chart("git: 'git@h:r', path: charts/c"), "r in default: git git@h:r charts/c master");
    let decapods = "type: git, repository: 'https://h/r', name: c, version: main";
    assert_eq!(chart(decapods), "r in default: git https://h/r c main");
}

#[test]
fn releases_of_flux() {
    let full = format!(
        "{FLUX_CHART}
targetNamespace: to
install: {{crds: Skip}}
valuesFrom:
- {{kind: ConfigMap, name: v}}
- {{kind: ConfigMap, name: v, valuesKey: one, targetPath: 'a.b[1]'}}
- {{kind: ConfigMap, name: v, valuesKey: quoted, targetPath: q}}
values: {{x: own}}"
    );
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: v, namespace: own}\ndata: {values.yaml: 'x: map', one: '12', quoted: '\"a,b\"'}\n";
    let text = flux(&full) + REPOSITORY + map;
    assert_eq!(told(&text), "to-r in to: https://y c >=1\na:\n  b:\n  - null\n  - 12\nq: a,b\nx: own\n");
    assert!(!first(&text).include_crds);
    let plain = |spec: &str, objects: &str| told(&(flux(spec) + objects));
    assert_eq!(plain(FLUX_CHART, REPOSITORY), "r in own: https://y c >=1\n{}\n");
    assert_eq!(plain(&format!("{FLUX_CHART}\nreleaseName: n"), REPOSITORY), "n in own: https://y c >=1\n{}\n");
    let git = "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: g, namespace: own}\nspec: {url: https://g, ref: {branch: main, tag: v2}}\n";
    let spec = "chart: {spec: {chart: ./c, sourceRef: {kind: GitRepository, name: g}}}";
    assert_eq!(plain(spec, git), "r in own: git https://g ./c v2\n{}\n");
    let oci = "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: o, namespace: else}\nspec: {url: 'oci://h/a/c', ref: {tag: 1.2.3}}\n";
    assert_eq!(
        plain("chartRef: {kind: OCIRepository, name: o, namespace: else}", oci),
        "r in own: oci://h/a c 1.2.3\n{}\n"
    );
    let chart = "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: h, namespace: own}\nspec: {chart: c, version: '*', sourceRef: {kind: HelmRepository, name: repo}}\n";
    assert_eq!(
        plain("chartRef: {kind: HelmChart, name: h}", &format!("{chart}{REPOSITORY}")),
        "r in own: https://y c \n{}\n"
    );
}

#[test]
fn applications_of_argo_cd() {
    let spec = "destination: {namespace: to}
source:
  repoURL: registry/charts
  chart: c
  targetRevision: 1.0.0
  helm:
    releaseName: n
    skipTests: true
    skipCrds: true
    kubeVersion: 1.30.0
    apiVersions: [a/v1]
    values: 'hidden: 1'
    valuesObject: {a: {b: 1, c: 2}}
    parameters: [{name: a.b, value: '2'}, {name: s, value: '2', forceString: true}]";
    let release = first(&argo(spec));
    assert_eq!(told(&argo(spec)), "n in to: oci://registry/charts c 1.0.0\na:\n  b: 2\n  c: 2\ns: \"2\"\n");
    assert!(release.skip_tests && !release.include_crds);
    assert_eq!((release.kube_version.as_str(), release.api_versions), ("1.30.0", vec!["a/v1".to_owned()]));
    let text = "sources: [{repoURL: https://v, ref: values}, {repoURL: https://x, chart: c, helm: {values: 'a: yes'}}]";
    assert_eq!(told(&argo(text)), "app in default: https://x c \na: true\n");
    let git = "source: {repoURL: https://x, path: a, targetRevision: HEAD, helm: {releaseName: r}}";
    assert_eq!(told(&argo(git)), "r in default: git https://x a \n{}\n");
    // No chart, no release.
    for spec in ["source: {repoURL: https://x, path: a}", "sources: [{repoURL: https://x, path: a}]", "project: x"] {
        let unit = unit(&argo(spec));
        assert!(release_of(&unit[0], &unit).unwrap().is_none());
    }
}
