//! Charts mode, rule by rule, on files in memory.

use std::path::Path;

use super::*;
use crate::fs::MemoryFs;
use crate::site_values::DottedKeys;
use crate::yaml::emit::to_yaml_string;

const BASE: &str = "\
apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: web}
spec:
  chart: {type: helmrepo, repository: https://charts.example, name: web-chart, version: 1.10}
  releaseName: other
  targetNamespace: apps
  values:
    host: base.$(domain)
    enabled: yes
    letter: y
    list: [a, b]
    nested: {x: 1, y: 2}
    todo: TO_BE_FIXED
";

fn run(base: &[(&str, &str)], site: &str, options: &ChartsOptions) -> Resolution {
    let start = MemoryFs::new().with_file("/site/web/site-values.yaml", site);
    let files = base.iter().fold(start, |files, (path, text)| files.with_file(Path::new("/base/web").join(path), text));
    let unit = Unit {
        site: "site".to_owned(),
        app: "web".to_owned(),
        base: "/base/web".into(),
        site_values: "/site/web/site-values.yaml".into(),
        common_values: None,
    };
    resolve_units(&files, &[unit], options)
}

fn resolved(site: &str) -> Resolution {
    run(&[("base/resources.yaml", BASE)], site, &ChartsOptions::default())
}

fn values(resolution: &Resolution, chart: usize) -> String {
    assert!(resolution.is_ok(), "{:?}", problems(resolution));
    to_yaml_string(&resolution.units[0].charts[chart].values).unwrap()
}

fn problems(resolution: &Resolution) -> Vec<String> {
    let path = |problem: &Problem| problem.path.clone().unwrap_or_default();
    resolution.units[0].problems.iter().map(|problem| format!("{} [{}]", problem.error, path(problem))).collect()
}

fn warnings(resolution: &Resolution) -> Vec<String> {
    resolution.units[0].warnings.iter().map(|warning| warning.message.clone()).collect()
}

#[test]
fn overrides_go_over_the_base_and_references_are_replaced_in_both() {
    let resolution = resolved(
        "global: {domain: example.com, port: 80, m: {k: v}}\ncharts:\n- name: web\n  override:\n    nested.y: $(port)\n    \
         list: [c]\n    nested.url: http://$(domain):$(port)\n    m: $(m)\n    m.extra: 1\n    gone: null\n    todo: done\n",
    );
    assert_eq!(
        values(&resolution, 0),
        "enabled: true\ngone: null\nhost: base.example.com\nletter: \"y\"\nlist:\n- c\nm:\n  extra: 1\n  k: v\nnested:\n  \
         url: http://example.com:80\n  x: 1\n  \"y\": 80\ntodo: done\n"
    );
    let chart = &resolution.units[0].charts[0];
    assert_eq!((chart.release.text.as_str(), chart.namespace.text.as_str()), ("web", "apps"));
    assert_eq!((chart.source.chart.text.as_str(), chart.source.version.text.as_str()), ("web-chart", "1.1"));
    let place = |path: &[&str]| {
        let location = resolution.sources.locate(chart.values.lookup(path).unwrap().span).unwrap();
        format!("{}:{}", location.path.display(), location.line)
    };
    assert_eq!(place(&["nested", "x"]), "/base/web/base/resources.yaml:13");
    assert_eq!(place(&["nested", "url"]), "/site/web/site-values.yaml:7");
    assert_eq!(place(&["nested", "y"]), "/site/web/site-values.yaml:1");
}

#[test]
fn only_the_charts_that_the_site_names_are_made_several_of_one_base() {
    let resolution = resolved(
        "global: {domain: d}\ncharts:\n- {name: a, base: web, override: {todo: 1}}\n- {name: b, base: web, override: {todo: 2}}\n",
    );
    let names: Vec<&str> = resolution.units[0].charts.iter().map(|chart| chart.release.text.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(values(&resolution, 0).contains("todo: 1\n") && values(&resolution, 1).contains("todo: 2\n"));
    assert!(resolved("charts: []\n").units[0].charts.is_empty());
}

#[test]
fn every_problem_is_told_with_its_line_and_path() {
    let resolution = resolved(
        "global:\n  left: CHANGEME\n  none:\ncharts:\n- name: web\n  source: {repository: $(repo)}\n  override:\n    a: FIXME\n    \
         b: $(left)\n    c: [1, x$(left)]\n    d: $(unknown)\n    e: x$(none)\n    f: $(open\n    g: FIXME not alone\n- name: wbe\n",
    );
    assert_eq!(
        problems(&resolution),
        [
            "/base/web/base/resources.yaml:9:11: there is no global `domain` [host]",
            "/site/web/site-values.yaml:11:8: there is no global `unknown` [d]",
            "/site/web/site-values.yaml:12:8: the global `none` has no value [e]",
            "/site/web/site-values.yaml:13:8: `$(` begins a reference that is malformed [f]",
            "/site/web/site-values.yaml:6:24: there is no global `repo` [source.repository]",
            "/site/web/site-values.yaml:8:8: the value is still `FIXME` [a]",
            "/site/web/site-values.yaml:2:9: the value is still `CHANGEME` [b]",
            "/site/web/site-values.yaml:2:9: the value is still `CHANGEME` [c[1]]",
            "/site/web/site-values.yaml:15:9: the base has no release `wbe` []",
        ]
    );
    let frames = resolution.units[0].problems[6].error.frames().iter().filter_map(|frame| frame.location.as_ref());
    assert_eq!(frames.map(|location| location.line).collect::<Vec<_>>(), [9, 5]);
}

#[test]
fn what_is_to_be_fixed_is_a_warning_unless_one_is_strict() {
    let site = "global: {domain: d}\ncharts: [{name: web}]\n";
    let lenient = resolved(site);
    assert!(lenient.is_ok());
    assert_eq!(warnings(&lenient), ["`todo` of chart `web`: the value is still `TO_BE_FIXED`"]);
    let placeholders = Placeholders { strict: true, ..Placeholders::default() };
    let options = ChartsOptions { placeholders, ..ChartsOptions::default() };
    let strict = run(&[("base/resources.yaml", BASE)], site, &options);
    assert_eq!(problems(&strict), ["/base/web/base/resources.yaml:14:11: the value is still `TO_BE_FIXED` [todo]"]);
    let placeholders = Placeholders { forbidden: vec!["a".to_owned()], suspected: Vec::new(), strict: true };
    let own = run(&[("base/resources.yaml", BASE)], site, &ChartsOptions { placeholders, ..ChartsOptions::default() });
    assert_eq!(problems(&own), ["/base/web/base/resources.yaml:12:12: the value is still `a` [list[0]]"]);
}

#[test]
fn a_backslash_before_a_dot_means_what_one_asks_for() {
    let site = "global: {domain: d}\ncharts: [{name: web, override: {'a\\.b': 1, todo: 1}}]\n";
    let plain = resolved(site);
    assert!(values(&plain, 0).starts_with("a\\:\n  b: 1\n"));
    assert!(warnings(&plain)[0].starts_with("`a\\.b` of chart `web`: "));
    let options = ChartsOptions { keys: DottedKeys::Escaped, ..ChartsOptions::default() };
    let escaped = run(&[("base/resources.yaml", BASE)], site, &options);
    assert!(values(&escaped, 0).starts_with("a.b: 1\n"));
    assert!(warnings(&escaped).is_empty());
}

#[test]
fn every_resources_file_below_the_base_counts_and_a_second_release_gives_values() {
    let second = "---\nnot: a release\n---\n\
        apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: flux}\nspec: {}\n";
    let more = "---\napiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata: {name: web}\nspec: {values: {nested: {x: 9}, todo: 1}}\n";
    let first = format!("{BASE}{more}");
    let base = [("a/b/resources.yaml", first.as_str()), ("c/resources.yaml", second), ("c/other.yaml", "{")];
    let site = "global: {domain: d}\ncharts: [{name: web}]\n";
    let resolution = run(&base, site, &ChartsOptions::default());
    assert!(values(&resolution, 0).contains("nested:\n  x: 9\n  \"y\": 2\ntodo: 1\n"));
    assert_eq!(warnings(&resolution), ["this is no release with `metadata.name` and `spec`, so it is ignored"]);
    let other = BASE.replace("nested: {x: 1, y: 2}", "nested: {z: 3}");
    let two = [("a/resources.yaml", first.as_str()), ("b/resources.yaml", other.as_str())];
    let resolution = run(&two, site, &ChartsOptions::default());
    assert!(values(&resolution, 0).contains("nested:\n  z: 3\ntodo: TO_BE_FIXED\n"));
    assert_eq!(warnings(&resolution)[0], "the release `web` takes the place of one in an earlier `resources.yaml`");
    let named = run(&base, "charts: [{name: flux}]\n", &ChartsOptions::default());
    let want = "charts are made of releases of `helm.fluxcd.io/v1`, and this is `helm.toolkit.fluxcd.io/v2`";
    assert_eq!(problems(&named), [format!("/base/web/c/resources.yaml:4:1: {want} []")]);
}

#[test]
fn a_source_of_the_site_goes_before_the_base() {
    let resolution = resolved(
        "global: {domain: d, v: '2.0'}\ncharts: [{name: web, source: {repository: https://$(domain), version: $(v), name: dir, type: git}, override: {todo: 1}}]\n",
    );
    assert!(resolution.is_ok());
    let source = &resolution.units[0].charts[0].source;
    assert_eq!(source.source_type, SourceType::Git);
    let texts = [&source.repository.text, &source.chart.text, &source.version.text];
    assert_eq!(texts, ["https://d", "dir", "2.0"]);
}

#[test]
fn common_values_are_below_the_own_ones() {
    let files = MemoryFs::new()
        .with_file("/base/web/resources.yaml", BASE)
        .with_file(
            "/s/site-values.yaml",
            "global: {domain: common, port: 1}\ncharts: [{name: web, override: {todo: 1, p: $(port)}}]\n",
        )
        .with_file(
            "/s/web/site-values.yaml",
            "global: {domain: own}\ncharts: [{name: web, override: {p.q: 2, todo: 2}}]\n",
        );
    let unit = Unit {
        site: "s".to_owned(),
        app: "web".to_owned(),
        base: "/base/web".into(),
        site_values: "/s/web/site-values.yaml".into(),
        common_values: Some("/s/site-values.yaml".into()),
    };
    let resolution = resolve_units(&files, &[unit], &ChartsOptions::default());
    let text = values(&resolution, 0);
    assert!(text.contains("host: base.own\n") && text.contains("p:\n  q: 2\n") && text.contains("todo: 2\n"), "{text}");
    assert!(is_charts_base(&files, Path::new("/base/web")));
    assert!(!is_charts_base(&files, Path::new("/s")));
}

#[test]
fn what_can_not_be_read_is_a_problem_of_its_unit() {
    let all = [("resources.yaml", BASE)];
    let first = |resolution: &Resolution| problems(resolution).remove(0);
    let run = |base: &[(&str, &str)], site: &str| run(base, site, &ChartsOptions::default());
    assert_eq!(first(&run(&[], "charts: []")), "there is no base `/base/web` []");
    assert_eq!(
        first(&run(&[("x.yaml", "")], "charts: []")),
        "there is no `resources.yaml` in `/base/web` or below it []"
    );
    assert!(
        first(&run(&[("resources.yaml", "a: [")], "charts: [{name: web}]")).starts_with("/base/web/resources.yaml:")
    );
    assert!(first(&run(&all, "charts: [")).starts_with("/site/web/site-values.yaml:"));
    assert_eq!(first(&run(&all, "")), "/site/web/site-values.yaml: the file holds no site values []");
    assert_eq!(
        first(&run(&all, "global: {}")),
        "/site/web/site-values.yaml:1:1: the site's values have no `charts` []"
    );
    let twice = "global: {domain: d}\ncharts: [{name: web}, {name: web}]";
    assert_eq!(first(&run(&all, twice)), "/site/web/site-values.yaml:2:30: the chart `web` is named twice []");
    let double = run(&all, "global: {domain: a, domain: b}\ncharts: [{name: web}]");
    assert!(values(&double, 0).contains("host: base.b\n"));
    assert_eq!(warnings(&double)[0], "the key `domain` comes again below, and the last one counts");
}

#[test]
fn what_was_loaded_serves_many_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<BaseCharts>();
    shareable::<SiteFile>();
    shareable::<Resolution>();
}
