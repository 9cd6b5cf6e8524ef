//! What the articles that this project began with say comes out, row by row: the names of the tests begin with the
//! rows of `../shared/reference/domain.md`. The manifests are read where they lie; without them, nothing is tested.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read files and print")]

use std::fs;
use std::path::{Path, PathBuf};

use crustomize::{DiskFs, Error, MemoryFs, RenderOptions, render};

/// The directory with the corpus and the reference, if it is here.
fn shared() -> Option<PathBuf> {
    let beside = ["../shared", "../../shared"].map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let found = beside.into_iter().find(|path| path.is_dir());
    if found.is_none() {
        println!("skipped: ../shared, with the articles' manifests, is not here");
    }
    found
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn seed(path: &str) -> Option<PathBuf> {
    Some(shared()?.join("corpus/seeds").join(path))
}

fn built(directory: &Path) -> String {
    render(&DiskFs::new(), directory, &RenderOptions::default()).unwrap().to_yaml().unwrap()
}

/// What `files` make, of which the kustomization is the first.
fn rendered(files: &[(&str, &str)]) -> Result<String, Error> {
    let add = |tree: MemoryFs, (name, text): &(&str, &str)| tree.with_file(Path::new("/k").join(name), *text);
    let tree = files.iter().fold(MemoryFs::new(), add);
    render(&tree, "/k", &RenderOptions::default())?.to_yaml()
}

/// What the bundle in `text` makes as a generator.
fn generated(text: &str) -> String {
    rendered(&[("kustomization.yaml", "generators: [bundle.yaml]\n"), ("bundle.yaml", text)]).unwrap()
}

/// The manifests in `text` as they are printed.
fn printed(text: &str) -> String {
    rendered(&[("kustomization.yaml", "resources: [all.yaml]\n"), ("all.yaml", text)]).unwrap()
}

/// The worked bundle `name` and what it makes.
fn worked(name: &str) -> Option<(String, String)> {
    let reference = shared()?.join("reference/bundles");
    let input = read(reference.join(format!("{name}.in.yaml")));
    // The reference was written before the group had its name.
    let input = input.replace("bundle.example.dev/v1alpha1", crustomize::bundle::API_VERSION);
    Some((input, read(reference.join(format!("{name}.out.yaml")))))
}

fn worked_bundle_makes_its_output(name: &str) {
    if let Some((input, output)) = worked(name) {
        assert_eq!(generated(&input), printed(&output), "{name}");
    }
}

#[test]
fn bundle_05_a_canary_with_istio() {
    worked_bundle_makes_its_output("05-canary-istio");
}

/// The gateway with TLS: the bundle makes it, and its spec is the one that the article ends with.
#[test]
fn a0_10_gateway_with_tls() {
    worked_bundle_makes_its_output("01-istio-gateway");
    let (Some((_, output)), Some(article)) = (worked("01-istio-gateway"), seed("kserve-install/knative")) else {
        return;
    };
    let article = format!(
        "apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata: {{name: knative-ingress-gateway, \
         namespace: knative-serving}}\n{}",
        read(article.join("gateway-tls-edit.yaml"))
    );
    assert_eq!(printed(&output), printed(&article));
}

#[test]
fn a2a_1_blue_green_with_a_reference_to_a_deployment() {
    worked_bundle_makes_its_output("04-bluegreen");
    let (Some((input, _)), Some(article)) = (worked("04-bluegreen"), seed("argo-bluegreen/base")) else { return };
    assert_eq!(built(&article), read(article.join("expected.yaml")));
    assert_eq!(generated(&input), read(article.join("expected.yaml")));
}

#[test]
fn a0_14_mnist() {
    worked_bundle_makes_its_output("03-kserve");
    let (Some((_, output)), Some(article)) = (worked("03-kserve"), seed("kserve-install/kserve/mnist_tensorflow.yaml"))
    else {
        return;
    };
    let files =
        [("kustomization.yaml", "namespace: default\nresources: [mnist.yaml]\n"), ("mnist.yaml", &*read(article))];
    assert_eq!(rendered(&files).unwrap(), printed(&output));
}

#[test]
fn a2a_2_the_green_image() {
    let Some(article) = seed("argo-bluegreen") else { return };
    let green = built(&article.join("green"));
    assert_eq!(green, read(article.join("green/expected.yaml")));
    let blue = built(&article.join("base"));
    let changed: Vec<_> = blue.lines().zip(green.lines()).filter(|(blue, green)| blue != green).collect();
    assert_eq!(changed, [("      - image: seungkyua/nginx:blue", "      - image: seungkyua/nginx:green")]);
    // With the bundle it is one value of the site.
    let Some((input, _)) = worked("04-bluegreen") else { return };
    let site = input.replace("seungkyua/nginx:blue", "seungkyua/nginx:green");
    assert_eq!(generated(&site), green);
}

/// A changed ConfigMap makes a new revision: the name of the ConfigMap changes, and with it the pods' template.
#[test]
fn a2a_4_a_changed_config_map_changes_the_template() {
    let Some((input, _)) = worked("04-bluegreen") else { return };
    let bundle = input.replace(
        "containers: {nginx: {image: \"seungkyua/nginx:blue\"}}",
        "containers: {nginx: {image: \"seungkyua/nginx:blue\", env: {PAGE: {configMap: {name: pages, key: page}}}}}",
    );
    assert_ne!(bundle, input);
    let build = |page: &str| {
        let kustomization =
            format!("generators: [bundle.yaml]\nconfigMapGenerator: [{{name: pages, literals: [page={page}]}}]\n");
        rendered(&[("kustomization.yaml", &kustomization), ("bundle.yaml", &bundle)]).unwrap()
    };
    let (before, after) = (build("one"), build("two"));
    let changed: Vec<&str> =
        before.lines().zip(after.lines()).filter(|(old, new)| old != new).map(|(_, new)| new.trim()).collect();
    assert_eq!(changed.len(), 3, "{changed:?}");
    assert_eq!(changed[0], "page: two");
    let name = changed[1].strip_prefix("name: pages-").expect("the name of the ConfigMap");
    assert_eq!(changed[2], format!("name: pages-{name}"), "the reference in the template");
}

#[test]
fn a2b_1_kustomize_build_base() {
    let Some(article) = seed("decapod-nginx/base") else { return };
    let output = built(&article);
    assert_eq!(output, read(article.join("expected.yaml")));
    assert_eq!(output.len(), 575);
}

#[test]
fn a2b_2_kustomize_build_aws_msa_reference() {
    let Some(article) = seed("decapod-nginx/aws-msa-reference") else { return };
    let output = built(&article);
    assert_eq!(output, read(article.join("expected.yaml")));
    assert_eq!(output.len(), 579);
}

/// The hosts of what `more` holds, at the site of the article.
fn hosts_at_taco_cat(more: &str) -> Option<Vec<String>> {
    let site = taco_cat()?;
    let files = MemoryFs::new()
        .with_file("/k/kustomization.yaml", "resources: [site.yaml, more.yaml]\n")
        .with_file("/k/site.yaml", site)
        .with_file("/k/more.yaml", more);
    let rendered = render(&files, "/k", &RenderOptions::default()).unwrap();
    let found = crustomize::bundle::hosts(rendered.resources(), crustomize::bundle::Version::parse("0.8"));
    assert!(found.iter().all(|host| host.ingress.as_deref() == Some("istio-ingress.istio-ingress.svc.cluster.local")));
    Some(found.into_iter().map(|host| host.host).collect())
}

#[test]
fn a0_9_the_host_of_hello_world() {
    let Some(article) = seed("kserve-install/knative/service.yaml") else { return };
    assert_eq!(hosts_at_taco_cat(&read(article)).unwrap(), ["helloworld-go-default.taco-cat.xyz"]);
}

#[test]
fn a0_14_the_hosts_of_mnist() {
    let Some(article) = seed("kserve-install/kserve/mnist_tensorflow.yaml") else { return };
    let expected = ["mnist-default.taco-cat.xyz", "mnist-predictor-default-default.taco-cat.xyz"];
    assert_eq!(hosts_at_taco_cat(&read(article)).unwrap(), expected);
}

/// Blue and green from scratch, as a bundle.
const SCRATCH: &str = "\
apiVersion: crustomize.dev/v1alpha1
kind: BlueGreenService
metadata: {name: nginx-blue-green}
spec:
  app: nginx
  active: blue
  workload: {containers: {nginx: {}}}
  colors:
    blue: {images: {nginx: seungkyua/nginx:blue}}
    green:
      images: {nginx: seungkyua/nginx:green}
      service: {type: NodePort, ports: {\"80\": {nodePort: 32080}}}
  service: {type: LoadBalancer, ports: {\"80\": {}}}
";

#[test]
fn a2c_1_blue_and_green_from_scratch() {
    let Some(article) = seed("scratch-bluegreen/base") else { return };
    let expected = read(article.join("expected.yaml"));
    assert_eq!(built(&article), expected);
    assert_eq!(generated(SCRATCH), expected);
}

/// The article patches the selector; with the bundle it is one value.
#[test]
fn a2c_2_green_becomes_public() {
    let Some(article) = seed("scratch-bluegreen/green") else { return };
    let expected = read(article.join("expected.yaml"));
    assert_eq!(built(&article), expected);
    assert_eq!(generated(&SCRATCH.replace("active: blue", "active: green")), expected);
}

#[test]
fn a2d_1_a_class_and_a_claim() {
    let Some(article) = seed("ebs-csi/simple") else { return };
    let expected = read(article.join("expected.yaml"));
    assert_eq!(built(&article), expected);
    let bundle = "{apiVersion: crustomize.dev/v1alpha1, kind: EbsStorage, metadata: {name: storage}, spec: {\
                  classes: {standard: {default: true}}, claims: {ebs-claim: {class: standard, size: 4Gi}}}}";
    let files = [
        ("kustomization.yaml", "generators: [bundle.yaml]\nresources: [pod.yaml]\n"),
        ("bundle.yaml", bundle),
        ("pod.yaml", &*read(article.join("pod-example.yaml"))),
    ];
    assert_eq!(rendered(&files).unwrap(), expected);
    // The article's class with io1, too.
    let io1 = read(article.join("../io1/standard-ebs-sc.yaml"));
    let bundle = "{apiVersion: crustomize.dev/v1alpha1, kind: EbsStorage, metadata: {name: storage}, spec: {classes: {\
                  standard: {default: true, type: io1, fstype: xfs, iopsPerGB: 50, encrypted: false, \
                  allowVolumeExpansion: true, zones: [ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]}}}}";
    assert_eq!(generated(bundle), printed(&io1));
}

/// Each Deployment of the article, from the same block of values in a bundle.
#[test]
fn a2f_placement() {
    let Some(article) = seed("scheduling") else { return };
    assert_eq!(built(&article), read(article.join("expected.yaml")));
    let os = "kubernetes.io/os: [windows]";
    let cases = [
        ("nodeselector", "nginx", "1", "nodeSelector: {nginx: enabled}".to_owned()),
        (
            "node-affinity",
            "nginx",
            "1",
            format!(
                "nodeAffinity: {{required: {{a: {{nginx: [enabled]}}, b: {{{os}}}}}, preferred: {{c: {{weight: 1, \
                 match: {{another-node-label-key: [another-node-label-value]}}}}}}}}"
            ),
        ),
        ("pod-anti-affinity", "nginx-pod-anti-affinity", "2", "podAntiAffinity: {mode: required}".to_owned()),
        (
            "pod-anti-affinity-and-node-affinity",
            "nginx-pod-anti-affinity",
            "2",
            "podAntiAffinity: {mode: required}, nodeAffinity: {required: {a: {nginx: [enabled]}}}".to_owned(),
        ),
        (
            "toleration",
            "nginx-toleration",
            "1",
            "tolerations: {node-role.kubernetes.io/master: {effect: NoSchedule}}, \
             nodeAffinity: {required: {a: {node-role.kubernetes.io/control-plane: exists}}}"
                .to_owned(),
        ),
    ];
    for (file, app, replicas, placement) in cases {
        let bundle = format!(
            "{{apiVersion: crustomize.dev/v1alpha1, kind: WebService, metadata: {{name: web, namespace: kube-sample}}, \
             spec: {{replicas: {replicas}, service: {{ports: {{\"80\": {{}}}}}}, workload: {{labels: {{app: {app}}}, \
             containers: {{nginx: {{image: \"nginx:1.21.0\", ports: {{http: 80}}}}}}, placement: {{{placement}}}}}}}}}"
        );
        // The bundle names its ports, which the article does not.
        let made = generated(&bundle).replace("          name: http\n          protocol: TCP\n", "");
        let deployment = made.split("---\n").find(|document| document.contains("kind: Deployment")).unwrap();
        let article = printed(&read(article.join(format!("{file}.yaml"))));
        let name = article.lines().find(|line| line.starts_with("  name: ")).unwrap();
        assert_eq!(deployment.replace("  name: web-deployment", name), article, "{file}");
    }
}

/// The article's template with its placeholders filled in, and the fields that it leaves out (`...`) left out here, too.
#[test]
fn a4_1_a_web_service() {
    let Some(article) = seed("pingpong/service-deploy-hpa.tmpl.yaml") else { return };
    let template = read(article);
    let bundle = "\
apiVersion: crustomize.dev/v1alpha1
kind: WebService
metadata: {name: chat, namespace: luda}
spec:
  workload:
    containers:
      chat: {image: \"ecr/chat:1.0\", imagePullPolicy: Always, ports: {http: 80}, readiness: {}, liveness: {}}
    placement: {nodeSelector: {type: luda-cpu}}
  scaling: {min: 1, max: 3, cpu: 60, hpaVersion: v1}
";
    let made = generated(bundle);
    let documents: Vec<&str> = made.split("---\n").collect();
    // Each line of the template that says something is in the object of its kind.
    let said: Vec<String> = template
        .replace("<service>", "chat")
        .replace("<namespace>", "luda")
        .replace("(cpu|gpu)", "cpu")
        .replace("<ECR Image>:<Tag>", "ecr/chat:1.0")
        .split("---\n")
        .map(str::to_owned)
        .collect();
    assert_eq!((documents.len(), said.len()), (3, 3));
    for (made, said) in documents.iter().zip(said) {
        for line in said.lines().map(|line| line.trim().trim_start_matches("- ")) {
            let known = made.lines().any(|own| own.trim().trim_start_matches("- ") == line);
            assert!(known || line.is_empty() || line == "...", "`{line}` is not in\n{made}");
        }
    }
}

#[test]
fn a4_2_tensorflow_serving() {
    worked_bundle_makes_its_output("06-tfserving");
    let (Some((input, output)), Some(article)) = (worked("06-tfserving"), seed("pingpong/tf-serving-deploy.tmpl.yaml"))
    else {
        return;
    };
    let output = printed(&output);
    let said = read(article)
        .replace("<service>", "luda")
        .replace("<namespace>", "luda")
        .replace("<name>", "luda")
        .replace("<version>", "2.6.2")
        .replace("<S3 Bucket>/<S3 Object>", "luda-models/models.config");
    for line in said.lines().map(|line| line.trim().trim_start_matches("- ")) {
        let known = output.lines().any(|own| own.trim().trim_start_matches("- ") == line);
        assert!(known || line.is_empty() || line == "...", "`{line}` is not in\n{output}");
    }
    // The trap of 2.7: its images can't read S3.
    let trap = input.replace("version: 2.6.2", "version: 2.8.0");
    let files = [("kustomization.yaml", "generators: [bundle.yaml]\n"), ("bundle.yaml", &*trap)];
    let error = rendered(&files).unwrap_err();
    assert_eq!(error.message(), "`spec.modelConfig`: TensorFlow Serving 2.8.0 can't read S3");
    let location = error.location().unwrap();
    assert_eq!((location.line, location.column), (6, 16));
    let fetched =
        trap.replace("  gpu: {count", "  sync: {image: amazon/aws-cli, source: s3://luda-models}\n  gpu: {count");
    let made = generated(&fetched);
    assert!(made.contains("- --model_config_file=/models/models.config\n"), "{made}");
    assert!(made.contains("name: fetch-models\n"), "{made}");
}

/// As published, the key is there twice. kustomize refuses that in a resource, and takes the first in a patch.
#[test]
fn a0_5_the_edit_as_published_is_refused() {
    let Some(article) = seed("kserve-install/knative") else { return };
    let edit = format!(
        "apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata: {{name: knative-ingress-gateway, \
         namespace: knative-serving}}\n{}",
        read(article.join("gateway-edit.as-published.yaml"))
    );
    let error = rendered(&[("kustomization.yaml", "resources: [edit.yaml]\n"), ("edit.yaml", &edit)]).unwrap_err();
    assert_eq!(error.message(), "the key `istio` is defined twice");
    let location = error.location().unwrap();
    assert_eq!((location.path.to_str(), location.line, location.column), (Some("/k/edit.yaml"), 7, 5));
    let base = read(article.join("../knative-site/base/net-istio.yaml"));
    let build = |patch: &str| {
        let files = MemoryFs::new()
            .with_file("/k/kustomization.yaml", "resources: [net-istio.yaml]\npatches: [{path: edit.yaml}]\n")
            .with_file("/k/net-istio.yaml", &*base)
            .with_file("/k/edit.yaml", patch);
        render(&files, "/k", &RenderOptions::default()).unwrap()
    };
    let warnings = build(&edit).warnings().to_vec();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].message, "the key `istio` is there twice in this patch: the first one counts");
    assert_eq!(warnings[0].location.as_ref().map(|location| location.line), Some(7));
    // What was meant.
    let made = build(&edit.replacen("    istio: ingressgateway\n", "", 1)).to_yaml().unwrap();
    assert!(made.contains("  selector:\n    istio: ingress\n  servers:"), "{made}");
}

/// What the site of the article says of Knative, as a bundle.
const TACO_CAT: &str = "\
apiVersion: crustomize.dev/v1alpha1
kind: KnativeServingConfig
metadata: {name: knative, namespace: knative-serving}
spec:
  knative: \"1.5\"
  istio: \"1.12\"
  kubernetes: \"1.22\"
  domains: {taco-cat.xyz: {}}
  domainTemplate: \"{{.Name}}-{{.Namespace}}.{{.Domain}}\"
  ingress:
    workload: {namespace: istio-ingress, service: istio-ingress, selector: {istio: ingress}}
    tls: {credentialName: taco-cat-tls}
";

/// What KServe 0.8 says of the gateways, and what net-istio 1.5 says, as they are released.
const UNTOUCHED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: config-istio, namespace: knative-serving}
data: {_example: \"gateway.knative-serving.knative-ingress-gateway: x\"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: inferenceservice-config, namespace: kserve}
data:
  ingress: |-
    {
        \"ingressGateway\" : \"knative-serving/knative-ingress-gateway\",
        \"ingressService\" : \"istio-ingressgateway.istio-system.svc.cluster.local\",
        \"localGateway\" : \"knative-serving/knative-local-gateway\",
        \"localGatewayService\" : \"knative-local-gateway.istio-system.svc.cluster.local\",
        \"ingressDomain\"  : \"example.com\"
    }
";

/// The release manifests of the article with the bundle over them.
fn taco_cat() -> Option<String> {
    let base = seed("kserve-install/knative-site/base")?;
    let files = [
        ("kustomization.yaml", "resources: [net-istio.yaml, config.yaml, more.yaml]\ntransformers: [bundle.yaml]\n"),
        ("net-istio.yaml", &*read(base.join("net-istio.yaml"))),
        ("config.yaml", &*read(base.join("config.yaml"))),
        ("more.yaml", UNTOUCHED),
        ("bundle.yaml", TACO_CAT),
    ];
    Some(rendered(&files).unwrap())
}

fn documents(text: &str) -> Vec<&str> {
    text.split("---\n").collect()
}

/// The bundle makes what the article's edits make, and the edits that the article forgot.
#[test]
fn a0_6_the_edits_as_a_site() {
    let (Some(made), Some(site)) = (taco_cat(), seed("kserve-install/knative-site/taco-cat")) else { return };
    let expected = read(site.join("expected.yaml"));
    assert_eq!(built(&site), expected);
    let local = "name: knative-local-gateway\n  namespace: istio-system";
    for document in documents(&expected).into_iter().filter(|document| !document.contains(local)) {
        assert!(documents(&made).contains(&document), "{document}\nis not in\n{made}");
    }
    let has = |lines: &str| assert!(made.contains(lines), "{lines}\nis not in\n{made}");
    // the Service is where the pods are, and selects them.
    has("  name: knative-local-gateway\n  namespace: istio-ingress\nspec:\n");
    has("    targetPort: 8081\n  selector:\n    istio: ingress\n  type: ClusterIP\n");
    assert!(!made.contains("istio: ingressgateway") && !made.contains("istio-system"), "{made}");
    // the Services that `config-istio` names are there.
    has("  gateway.knative-serving.knative-ingress-gateway: istio-ingress.istio-ingress.svc.cluster.local\n");
    has(
        "  local-gateway.knative-serving.knative-local-gateway: knative-local-gateway.istio-ingress.svc.cluster.local\n",
    );
    has("  _example: 'gateway.knative-serving.knative-ingress-gateway: x'\n");
    // and those that KServe is told of.
    has("\"ingressService\": \"istio-ingress.istio-ingress.svc.cluster.local\"");
    has("\"localGatewayService\": \"knative-local-gateway.istio-ingress.svc.cluster.local\"");
    has("\"ingressDomain\": \"taco-cat.xyz\"");
}

#[test]
fn a0_7_config_domain() {
    let Some(made) = taco_cat() else { return };
    let document = "apiVersion: v1\ndata:\n  taco-cat.xyz: \"\"\nkind: ConfigMap\nmetadata:\n  name: config-domain\n  \
                    namespace: knative-serving\n";
    assert!(documents(&made).contains(&document), "{made}");
}

/// The value is a template of Go's, and stays as it is.
#[test]
fn a0_8_config_network() {
    let Some(made) = taco_cat() else { return };
    let document = "apiVersion: v1\ndata:\n  domain-template: '{{.Name}}-{{.Namespace}}.{{.Domain}}'\nkind: ConfigMap\n\
                    metadata:\n  name: config-network\n  namespace: knative-serving\n";
    assert!(documents(&made).contains(&document), "{made}");
}
