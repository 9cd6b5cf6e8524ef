//! Each kind's own example, and what kinds refuse.

use crustomize::bundle::{KINDS, SITE_VALUES};

use crate::{build, generated, refused};

/// Upstream's release manifests, as far as a bundle changes them.
const UPSTREAM: &str = "\
{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: knative-ingress-gateway, namespace: knative-serving}, spec: {servers: []}}
---
{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: knative-local-gateway, namespace: knative-serving}, spec: {}}
---
{apiVersion: v1, kind: Service, metadata: {name: knative-local-gateway, namespace: istio-system}, spec: {}}
";

fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS.iter().map(|kind| (kind.name, kind.example))
}

#[test]
fn every_example_renders() {
    for (name, example) in examples() {
        let rendered = match name {
            "KnativeServingConfig" => {
                let kustomization = "resources: [upstream.yaml]\ntransformers: [bundle.yaml]\n";
                build(&[("kustomization.yaml", kustomization), ("upstream.yaml", UPSTREAM), ("bundle.yaml", example)])
            }
            // It says something of the bundle that is the example of a kind.
            SITE_VALUES => {
                let web = KINDS.iter().find(|kind| kind.name == "WebService").unwrap().example;
                let kustomization = "generators: [web.yaml]\ntransformers: [site.yaml]\n";
                build(&[("kustomization.yaml", kustomization), ("web.yaml", web), ("site.yaml", example)])
            }
            _ => generated(example),
        };
        let rendered = rendered.unwrap_or_else(|error| panic!("{name}: {error} {:?}", error.hints()));
        assert!(!rendered.resources().is_empty(), "{name}");
        assert!(rendered.warnings().iter().all(|warning| warning.message.contains("so one is made")), "{name}");
        assert!(!rendered.to_yaml().unwrap().contains("crustomize.dev"), "{name}");
    }
}

/// The schema for editors takes what is taken here, and refuses what is refused.
#[test]
fn schemas_take_the_examples() {
    for kind in &KINDS {
        let schema = kind.schema();
        let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        let rendered = build(&[
            ("kustomization.yaml", "resources: [all.yaml]\n"),
            // A kind of somebody else's is left as it is.
            ("all.yaml", &kind.example.replace("crustomize.dev/", "example.com/")),
        ]);
        let mut bundle = crate::objects(&rendered.unwrap()).remove(0);
        bundle["apiVersion"] = crustomize::bundle::API_VERSION.into();
        let faults: Vec<String> = validator.iter_errors(&bundle).map(|error| error.to_string()).collect();
        assert_eq!(faults, [""; 0], "{}", kind.name);
        let below = if kind.name == SITE_VALUES { &mut bundle } else { &mut bundle["spec"] };
        below["nonsense"] = true.into();
        assert!(!validator.is_valid(&bundle), "{}", kind.name);
    }
}

/// What a kind is explained with names every field of its schema.
#[test]
fn explanations_name_all_fields() {
    for kind in &KINDS {
        let text = kind.explain("").unwrap();
        let schema = kind.schema();
        let spec = if kind.name == SITE_VALUES { &schema } else { &schema["properties"]["spec"] };
        for field in spec["properties"].as_object().unwrap().keys() {
            assert!(text.contains(&format!("\n  {field}: ")), "{}: {field}\n{text}", kind.name);
        }
    }
    let gateway = KINDS.iter().find(|kind| kind.name == "IstioGateway").unwrap();
    insta::assert_snapshot!(gateway.explain("gateways.listeners.tls").unwrap(), @r#"
    IstioGateway of `crustomize.dev/v1alpha1`, a generator

    How TLS is ended. The Secret with the certificate belongs in the namespace of the workload's pods.

      mode: SIMPLE | MUTUAL | OPTIONAL_MUTUAL | ISTIO_MUTUAL | PASSTHROUGH | AUTO_PASSTHROUGH
          What is done with TLS; `SIMPLE` if there is a certificate.
      credentialName: string
          The Secret with the certificate and its key.
      minProtocolVersion: TLSV1_2 | TLSV1_3
          The oldest version of TLS to speak.
      httpsRedirect: true | false
          Whether clients are sent from HTTP to HTTPS.
    "#);
    assert_eq!(gateway.explain("gateways.listener").unwrap_err().hints(), ["did you mean `listeners`?"]);
}

#[test]
fn what_can_not_be_meant_is_refused_where_it_stands() {
    let workload = "workload: {namespace: i, service: i, selector: {istio: i}}";
    let gateway = |listeners: &str| {
        refused("IstioGateway", &format!("{workload}\ngateways: {{edge: {{listeners: {listeners}}}}}"))
    };
    let app = |rest: &str| {
        let base =
            "workload: {containers: {app: {image: a}}}\nservice: {ports: {http: {port: 80}}}\nrollout: {replicas: 2}";
        refused("ProgressiveApp", &format!("{base}\n{rest}"))
    };
    let isvc = |rest: &str| refused("KServeInference", &format!("model: {{format: sklearn, uri: \"gs://m\"}}\n{rest}"));
    let all = [
        gateway("{a: {port: 443, protocol: HTTPS, hosts: ['*']}}"),
        gateway("{a: {port: 80, protocol: HTTP, hosts: ['*'], tls: {mode: SIMPLE}}}"),
        gateway("{a: {port: 80, protocol: HTTP, hosts: [a_b]}}"),
        gateway("{a: {port: 80, protocol: HTTP, hosts: ['*']}, b: {port: 80, protocol: HTTP, hosts: [a.b]}}"),
        gateway("{a: {port: 80, protocol: Http, hosts: ['*']}}"),
        gateway("{a: {port: eighty, protocol: HTTP, hosts: ['*']}}"),
        gateway("{a: {protocol: HTTP, hosts: ['*']}}"),
        refused("IstioGateway", "istio: 1.28"),
        app("strategy: {canary: {}, blueGreen: {}}"),
        app("strategy: {canary: {steps: [{setWeight: 120}]}}"),
        app("strategy: {canary: {steps: [{setWeigt: 20}]}}"),
        app("strategy: {canary: {steps: [{analysis: sucess}]}}\nanalyses: {success: {metrics: {}}}"),
        app("strategy: {blueGreen: {prePromotion: a}}\nanalyses: {a: {metrics: {m: {interval: 1m, web: {url: u}}}}}"),
        app("strategy: {canary: {maxSurge: 0, maxUnavailable: '0%'}}"),
        app("strategy: {canary: {istio: {hosts: ['*']}}}"),
        app("strategy: {blueGreen: {}}\nhpa: {min: 3, max: 2, cpu: 50}"),
        isvc(
            "kserve: \"0.19\"\nmode: Standard\ncanaries: {b: {percent: 10, model: {format: sklearn, uri: \"gs://b\"}}}",
        ),
        isvc("mode: Standard\ncanary: {percent: 10}"),
        isvc("scaling: {metric: cpu}"),
        isvc("kserve: \"0.20\"\nkubernetes: \"1.22\""),
        refused("KServeInference", "model: {format: sklearn, uri: \"ftp://m\"}"),
        refused("EbsStorage", "classes: {a: {type: gp2, throughput: 100}}"),
        refused("BlueGreenService", "active: gren\ncolors: {blue: {}, green: {}}\nservice: {ports: {a: {port: 1}}}"),
        refused("IstioGatway", "{}"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    6:36: `spec.gateways.edge.listeners.a`: HTTPS and TLS need `tls`
    6:82: `spec.gateways.edge.listeners.a.tls`: only HTTPS and TLS have certificates (HTTP may have `tls: {httpsRedirect: true}`, other protocols have no `tls`)
    6:70: `spec.gateways.edge.listeners.a.hosts`: `a_b` is no host
    6:115: `spec.gateways.edge.listeners.b.hosts`: `a.b` on port 80 is served by `edge.a`, too
    6:57: `spec.gateways.edge.listeners.a.protocol` can't be `Http` (did you mean `HTTP`?)
    6:43: `spec.gateways.edge.listeners.a.port` must be an integer that is not negative, but is a string
    6:36: `spec.gateways.edge.listeners.a` needs `port`
    5:10: `spec.istio` must be a string such as "1.28", but is a number (put the value in quotes)
    8:13: `spec.strategy`: say exactly one of `blueGreen`, `canary`
    8:31: `spec.strategy.canary.steps[0]`: 120 is more than 100 percent
    8:32: `spec.strategy.canary.steps[0]` can't be `setWeigt` (did you mean `setWeight`?)
    8:31: `spec.strategy.canary.steps[0]`: there is no analysis `sucess` (did you mean `success`?)
    8:40: `spec.strategy.blueGreen.prePromotion`: the metric `m` of the analysis `a` is measured for ever here (say `count`: how often)
    8:33: `spec.strategy.canary.maxSurge`: it can't be 0 where `maxUnavailable` is 0, too
    8:38: `spec.strategy.canary.istio.hosts`: `*` can't be in the mesh, but only at a gateway (name the gateway: `gateways: [NAMESPACE/NAME]`)
    9:8: `spec.hpa`: from 3 to 2 pods is no range; it begins at 1 or more
    8:13: `spec.canaries`: several models are new in KServe 0.20
    7:11: `spec.canary`: shares for the latest model need Knative mode (from KServe 0.20 on, Standard mode has `canaries`)
    6:21: `spec.scaling.metric`: in Knative mode it is `concurrency` or `rps`
    6:11: `spec.kserve`: KServe 0.20 is not known to run on Kubernetes 1.22 (KServe 0.16 to 0.20 on Kubernetes 1.32: Istio 1.27, 1.28; Knative 1.19, 1.20 (KServe 0.16 to 0.20 documentation); KServe 0.16 to 0.20 on Kubernetes 1.33: Istio 1.27, 1.28; Knative 1.19, 1.20 (KServe 0.16 to 0.20 documentation); KServe 0.16 to 0.20 on Kubernetes 1.34: Istio 1.28; Knative 1.19, 1.20 (KServe 0.16 to 0.20 documentation); KServe 0.17 to 0.20: Istio 1.27; Knative 1.21 (kserve/kserve, kserve-deps.env))
    5:33: `spec.model.uri`: KServe does not read `ftp://` (it reads `gs`, `s3`, `pvc`, `file`, `http`, `https`, `hdfs`, `webhdfs`, `oci`, `oci+native`, `oci+fetch`, `hf`)
    5:40: `spec.classes.a.throughput`: it is for gp3 only
    5:11: `spec.active`: there is no version `gren` (did you mean `green`?)
    2:7: there is no bundle `IstioGatway` (did you mean `IstioGateway`?)
    "#);
}
