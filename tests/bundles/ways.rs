//! The ways to write a bundle: the same objects come out.

use std::path::Path;

use crustomize::function::run;
use crustomize::{ErrorKind, MemoryFs, RenderOptions};

use crate::{build, generated};

const GATEWAY: &str = "\
apiVersion: crustomize.dev/v1alpha1
kind: IstioGateway
metadata: {name: edge, namespace: edge}
spec:
  istio: \"1.28\"
  workload: {namespace: istio-ingress, service: istio-ingress, selector: {istio: ingress}}
  gateways: {edge: {listeners: {http: {port: 80, protocol: HTTP, hosts: [\"*\"]}}}}
";

/// The answer of a function whose configuration is `config`.
fn answer(config: &str, items: &str) -> crustomize::function::Outcome {
    let config = config.replace('\n', "\n  ");
    let list = format!(
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  {}\nitems: {items}\n",
        config.trim_end()
    );
    run(&MemoryFs::new().with_file("/k/x", ""), Path::new("/k"), list.into(), &RenderOptions::default())
}

#[test]
fn under_generators_and_under_resources() {
    let early = generated(GATEWAY).unwrap();
    let late = build(&[("kustomization.yaml", "resources: [bundle.yaml]\n"), ("bundle.yaml", GATEWAY)]).unwrap();
    assert_eq!(early.to_yaml().unwrap(), late.to_yaml().unwrap());
    assert!(early.warnings().is_empty());
    let said: Vec<&str> = late.warnings().iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("kustomize would print it"), "{said:?}");
}

#[test]
fn as_a_function() {
    let outcome = answer(GATEWAY, "[]");
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    let item: String = generated(GATEWAY).unwrap().to_yaml().unwrap();
    let lines: Vec<&str> = outcome.list.lines().map(|line| line.trim_start_matches(['-', ' '])).collect();
    assert!(item.lines().all(|line| lines.contains(&line.trim_start_matches(['-', ' ']))), "{}", outcome.list);
    // A slip of the hand is told of with its field.
    let outcome = answer(&GATEWAY.replace("gateways:", "gatways:"), "[]");
    assert_eq!(outcome.error.unwrap().message(), "unknown field `gatways` in `spec`");
    assert!(outcome.results[0].message.contains("gatways"), "{:?}", outcome.results);
}

/// What a site says of bundles, done to those among the items.
#[test]
fn site_values_as_a_function() {
    let values = "apiVersion: crustomize.dev/v1alpha1\nkind: SiteValues\nmetadata: {name: s}\nglobal: {versions: {istio: \"1.12\"}}\n\
                  bundles: {edge: {override: {gateways: {edge: {namespace: other}}}}}\n";
    let item = GATEWAY.replace("  istio: \"1.28\"\n", "").replace('\n', "\n  ");
    let outcome = answer(values, &format!("\n- {}", item.trim_end()));
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert!(outcome.list.contains("istio: \"1.12\"") && outcome.list.contains("namespace: other"), "{}", outcome.list);
}

/// A function or a plugin that the config names goes before what is built in.
#[test]
fn somebody_elses_function_goes_first() {
    let annotations = "annotations: {config.kubernetes.io/function: \"container: {image: example}\"}, name: edge,";
    let theirs = GATEWAY.replace("name: edge,", annotations);
    assert_ne!(theirs, GATEWAY);
    let error = generated(&theirs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Plugin, "{error}");
}

/// Prefixes and labels of the layer reach everything that a generator made, and what refers to it.
#[test]
fn names_and_labels_of_the_layer() {
    let app = |reference: bool| {
        format!(
            "apiVersion: crustomize.dev/v1alpha1\nkind: ProgressiveApp\nmetadata: {{name: shop}}\nspec:\n  \
             workload: {{ref: {reference}, containers: {{shop: {{image: a}}}}}}\n  service: {{ports: {{http: {{port: 80}}}}}}\n  \
             strategy: {{canary: {{istio: {{hosts: [shop.a.b], mode: subsets}}, steps: [{{analysis: good}}]}}}}\n  \
             analyses: {{good: {{metrics: {{m: {{count: 1, web: {{url: u}}}}}}}}}}\n  hpa: {{min: 1, max: 2, cpu: 5}}\n"
        )
    };
    for reference in [false, true] {
        let text = app(reference);
        let kustomization = "generators: [app.yaml]\nnamePrefix: dev-\ncommonLabels: {team: a}\n";
        let rendered = build(&[("kustomization.yaml", kustomization), ("app.yaml", &text)]).unwrap();
        let all = crate::objects(&rendered);
        let find = |kind: &str| all.iter().find(|object| object["kind"] == kind).unwrap();
        let rollout = &find("Rollout")["spec"];
        assert_eq!(rollout["selector"]["matchLabels"]["team"], "a");
        if reference {
            assert_eq!(rollout["workloadRef"]["name"], "dev-shop");
            assert!(rollout["template"].is_null(), "{rollout}");
        } else {
            assert_eq!(rollout["template"]["metadata"]["labels"]["team"], "a");
        }
        let canary = &rollout["strategy"]["canary"];
        assert_eq!(canary["trafficRouting"]["istio"]["virtualService"]["name"], "dev-shop");
        assert_eq!(canary["trafficRouting"]["istio"]["destinationRule"]["name"], "dev-shop");
        assert_eq!(canary["steps"][0]["analysis"]["templates"][0]["templateName"], "dev-good");
        assert_eq!(find("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"], "dev-shop");
        assert_eq!(find("DestinationRule")["spec"]["host"], "dev-shop");
        let route = &find("VirtualService")["spec"]["http"][0]["route"];
        assert_eq!(route[0]["destination"]["host"], "dev-shop");
    }
}
