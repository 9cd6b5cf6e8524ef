//! Sites: the same bundles, with what each site says of itself.

use std::path::Path;

use crustomize::{DiskFs, RenderOptions, Rendered};
use serde_json::Value;

use crate::definitions::Definitions;
use crate::{build, objects};

/// The bundles of all sites.
const BUNDLES: &str = "\
apiVersion: crustomize.dev/v1alpha1
kind: IstioGateway
metadata: {name: edge, namespace: knative-serving}
spec:
  gateways:
    edge:
      listeners:
        https: {port: 443, protocol: HTTPS, hosts: [\"*.$(domain)\"], tls: {credentialName: site-tls}}
---
apiVersion: crustomize.dev/v1alpha1
kind: KServeInference
metadata: {name: mnist, namespace: models}
spec:
  mode: Knative
  model: {format: tensorflow, version: \"2\", uri: gs://kserve/models/mnist}
  credentials: {secretName: storage}
  logger: {mode: all, url: \"http://events.$(domain)\"}
  canary: {percent: 10}
  graph:
    nodes:
      root: {type: Splitter, steps: {new: {service: mnist, weight: 10}, old: {service: mnist-old, weight: 90}}}
  runtimeSpec:
    formats: {tensorflow: {version: \"2\", autoSelect: true}}
    containers: {kserve-container: {image: \"tensorflow/serving:2.6.2\", ports: {h2c: 9000}}}
---
apiVersion: crustomize.dev/v1alpha1
kind: ProgressiveApp
metadata: {name: shop, namespace: shop}
spec:
  workload:
    containers: {shop: {image: $(registry)/shop:1.0.0, ports: {http: 8080}, args: [\"--self=$(POD_IP)\"]}}
  service: {ports: {http: {port: 80, targetPort: http}}}
  strategy:
    canary:
      steps: [{setWeight: 20}, {pause: {duration: 10m}}, {setCanaryScale: {weight: 50}}, {analysis: good}]
      istio: {hosts: [shop.$(domain)], gateways: [knative-serving/edge], mode: subsets}
  analyses:
    good: {metrics: {errors: {interval: 1m, count: 3, successCondition: 'true', prometheus: {address: p, query: q}}}}
  hpa: {min: 2, max: 5, cpu: 70}
";

/// What a site says; versions are Kubernetes, Istio, Knative, KServe.
fn site(domain: &str, [kubernetes, istio, knative, kserve]: [&str; 4]) -> String {
    format!(
        "apiVersion: crustomize.dev/v1alpha1
kind: SiteValues
metadata: {{name: site}}
global:
  domain: {domain}
  registry: registry.{domain}
  versions: {{kubernetes: \"{kubernetes}\", istio: \"{istio}\", knative: \"{knative}\", kserve: \"{kserve}\"}}
  ingress: {{namespace: istio-ingress, service: istio-ingress, selector: {{istio: ingress}}}}
bundles:
  mnist: {{override: {{scaling: {{min: 1, max: 3}}, canary: null}}}}
"
    )
}

const OF_2022: [&str; 4] = ["1.22", "1.12", "1.5", "0.8"];
const OF_2026: [&str; 4] = ["1.33", "1.28", "1.21", "0.20"];

fn at(site: &str) -> Rendered {
    let kustomization = "generators: [bundles.yaml]\ntransformers: [site-values.yaml]\n";
    build(&[("kustomization.yaml", kustomization), ("bundles.yaml", BUNDLES), ("site-values.yaml", site)])
        .unwrap_or_else(|error| panic!("{error} {:?}", error.hints()))
}

fn api_versions(rendered: &Rendered) -> Vec<String> {
    rendered.resources().iter().map(|resource| format!("{} {}", resource.api_version(), resource.kind())).collect()
}

#[test]
fn two_sites_get_what_each_accepts() {
    let [old, new] = [OF_2022, OF_2026].map(|versions| at(&site("taco-cat.xyz", versions)));
    let has = |rendered: &Rendered, name: &str| api_versions(rendered).iter().any(|api| api == name);
    for (rendered, istio, autoscaling) in [
        (&old, "networking.istio.io/v1alpha3", "autoscaling/v2beta2"),
        (&new, "networking.istio.io/v1", "autoscaling/v2"),
    ] {
        for kind in ["Gateway", "VirtualService", "DestinationRule"] {
            assert!(has(rendered, &format!("{istio} {kind}")), "{:?}", api_versions(rendered));
        }
        assert!(has(rendered, &format!("{autoscaling} HorizontalPodAutoscaler")), "{:?}", api_versions(rendered));
    }
    let mode = |rendered: &Rendered| {
        let all = objects(rendered);
        let service = all.iter().find(|object| object["kind"] == "InferenceService").unwrap().clone();
        service["metadata"]["annotations"]["serving.kserve.io/deploymentMode"].clone()
    };
    assert_eq!((mode(&old), mode(&new)), (Value::Null, Value::from("Knative")));
    // Of the rest, nothing differs.
    let strip = |rendered: &Rendered| -> Vec<String> {
        let text = rendered.to_yaml().unwrap();
        let same = |line: &&str| {
            !line.starts_with("apiVersion: ") && !line.contains("deploymentMode") && *line != "  annotations:"
        };
        text.lines().filter(same).map(str::to_owned).collect()
    };
    assert_eq!(strip(&old), strip(&new));
}

#[test]
fn both_sites_are_as_the_definitions_say() {
    let Some(definitions) = Definitions::read() else { return };
    for versions in [OF_2022, OF_2026] {
        let rendered = at(&site("taco-cat.xyz", versions));
        let checked: usize = objects(&rendered).iter().map(|object| definitions.check(object)).sum();
        // Gateway, InferenceService, InferenceGraph, ServingRuntime, Rollout, AnalysisTemplate, VirtualService,
        // DestinationRule.
        assert_eq!(checked, 8, "{versions:?}");
    }
}

/// The sites that are shipped, each with versions of its own.
#[test]
fn the_sample_is_as_the_definitions_say() {
    let Some(definitions) = Definitions::read() else { return };
    let sites = Path::new(env!("CARGO_MANIFEST_DIR")).join("sites");
    for site in ["aws-msa-reference", "byoh-reference"] {
        let mut checked = 0;
        for app in ["argo-rollouts", "istio", "knative-serving", "kserve", "scheduling", "storefront", "tf-serving"] {
            let unit = sites.join(site).join(app);
            let rendered = crustomize::render(&DiskFs::new(), &unit, &RenderOptions::default()).unwrap();
            let all = objects(&rendered);
            let charts = |object: &&Value| object["kind"] != "Application";
            checked += all.iter().filter(charts).map(|object| definitions.check(object)).sum::<usize>();
        }
        // Two Rollouts, three Gateways, AnalysisTemplate, VirtualService, InferenceService.
        assert_eq!(checked, 8, "{site}");
    }
}

#[test]
fn a_combination_outside_the_matrices_is_refused() {
    let values = site("taco-cat.xyz", ["1.33", "1.12", "1.21", "0.20"]);
    let kustomization = "generators: [bundles.yaml]\ntransformers: [site-values.yaml]\n";
    let files = [("kustomization.yaml", kustomization), ("bundles.yaml", BUNDLES), ("site-values.yaml", &*values)];
    let error = build(&files).unwrap_err();
    assert_eq!(error.message(), "`spec.istio`: Istio 1.12 does not run on Kubernetes 1.33");
    assert_eq!(error.hints(), ["Istio 1.12: Kubernetes 1.19 to 1.22 (istio.io, supported releases)"]);
    let location = error.location().unwrap();
    assert_eq!((location.path.to_str(), location.line), (Some("/k/site-values.yaml"), 7), "{error}");
}

/// One value changed is all that changes.
#[test]
fn a_changed_value_changes_what_follows_from_it() {
    let [before, after] = ["taco-cat.xyz", "example.com"].map(|domain| at(&site(domain, OF_2026)).to_yaml().unwrap());
    assert_eq!(before.replace("taco-cat.xyz", "example.com"), after);
    let changed: Vec<&str> =
        before.lines().zip(after.lines()).filter(|(old, new)| old != new).map(|(_, new)| new.trim()).collect();
    let want = [
        "image: registry.example.com/shop:1.0.0",
        "- '*.example.com'",
        "- shop.example.com",
        "url: http://events.example.com",
    ];
    let mut sorted = changed.clone();
    sorted.sort_unstable();
    let mut want = want.to_vec();
    want.sort_unstable();
    assert_eq!(sorted, want);
}

/// A reference to what no global defines stays in a bundle, where it may be Kubernetes' own, and is an error in an
/// override.
#[test]
fn references_to_nothing() {
    let values = site("taco-cat.xyz", OF_2026);
    let rendered = at(&values);
    assert!(rendered.to_yaml().unwrap().contains("- --self=$(POD_IP)\n"));
    let stays = |warning: &&crustomize::warning::Warning| warning.message.contains("POD_IP");
    assert_eq!(rendered.warnings().iter().filter(stays).count(), 1);
    let wrong = values.replace("canary: null", "canary: $(nothing)");
    let kustomization = "generators: [bundles.yaml]\ntransformers: [site-values.yaml]\n";
    let files = [("kustomization.yaml", kustomization), ("bundles.yaml", BUNDLES), ("site-values.yaml", &*wrong)];
    assert!(build(&files).unwrap_err().message().contains("`nothing`"));
}
