//! `crustomize fn`: what comes out, what is reported.

use insta::assert_snapshot;

use crate::command::{CRUSTOMIZE, command, show};
use crate::support::Tree;

const LIST: &str = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n";

fn function(tree: &Tree, list: &str) -> String {
    let said = show(&mut command(CRUSTOMIZE, tree.path(), &["fn"]), list);
    said.replace(&tree.path().canonicalize().unwrap().to_string_lossy().into_owned(), "TREE")
}

fn list(rest: &str) -> String {
    function(&Tree::new(), &format!("{LIST}{rest}"))
}

const PREFIX: &str = "functionConfig:\n  apiVersion: crustomize/v1\n  kind: PrefixTransformer\n  metadata: {name: \
                      p}\n  prefix: x-\n  fieldSpecs: [{path: metadata/name}]\n";

/// Whatever other programs note in the annotations comes back.
#[test]
fn notes_of_the_caller_survive() {
    let items = r#"items:
- apiVersion: v1
  kind: Service
  metadata:
    name: web
    annotations:
      config.k8s.io/id: "1"
      config.kubernetes.io/index: "0"
      config.kubernetes.io/origin: "path: web.yaml\n"
      config.kubernetes.io/path: a/web.yaml
      internal.config.kubernetes.io/id: "1"
      internal.config.kubernetes.io/index: "0"
      internal.config.kubernetes.io/package-path: unknown to us
      internal.config.kubernetes.io/path: a/web.yaml
      internal.config.kubernetes.io/previousKinds: Service
      internal.config.kubernetes.io/previousNames: old
      internal.config.kubernetes.io/previousNamespaces: default
      internal.config.kubernetes.io/refBy: v1 Pod p
      internal.config.kubernetes.io/needsHashSuffix: enabled
      kustomize.config.k8s.io/id: "kind: Service\nname: web\n"
"#;
    assert_snapshot!(list(&format!("{PREFIX}{items}")), @r#"
    status: 0
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: v1
      kind: Service
      metadata:
        annotations:
          config.k8s.io/id: "1"
          config.kubernetes.io/index: "0"
          config.kubernetes.io/origin: |
            path: web.yaml
          config.kubernetes.io/path: a/web.yaml
          internal.config.kubernetes.io/id: "1"
          internal.config.kubernetes.io/index: "0"
          internal.config.kubernetes.io/needsHashSuffix: enabled
          internal.config.kubernetes.io/package-path: unknown to us
          internal.config.kubernetes.io/path: a/web.yaml
          internal.config.kubernetes.io/prefixes: x-
          internal.config.kubernetes.io/previousKinds: Service,Service
          internal.config.kubernetes.io/previousNames: old,web
          internal.config.kubernetes.io/previousNamespaces: default,default
          internal.config.kubernetes.io/refBy: v1 Pod p
          kustomize.config.k8s.io/id: |
            kind: Service
            name: web
        name: x-web
    functionConfig:
      apiVersion: crustomize/v1
      fieldSpecs:
      - path: metadata/name
      kind: PrefixTransformer
      metadata:
        name: p
      prefix: x-
    ----- stderr
    "#);
}

#[test]
fn answers_in_the_version_it_was_asked_in() {
    for version in ["v1", "v1beta1", "v1alpha1"] {
        let asked = format!("apiVersion: config.kubernetes.io/{version}\nkind: ResourceList\nitems: []\n{PREFIX}");
        let said = function(&Tree::new(), &asked);
        let want = format!("status: 0\n----- stdout\napiVersion: config.kubernetes.io/{version}\nkind: ResourceList\n");
        assert!(said.starts_with(&want), "{said}");
    }
}

#[test]
fn warnings_are_results() {
    let rest = r#"functionConfig:
  apiVersion: openinfradev.github.com/v1
  kind: HelmValuesTransformer
  metadata: {name: site}
  charts:
  - name: web
    overide: {a: 1}
    override: {b: 1}
items:
- apiVersion: helm.fluxcd.io/v1
  kind: HelmRelease
  metadata: {name: web}
"#;
    assert_snapshot!(list(rest), @r"
    status: 0
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: helm.fluxcd.io/v1
      kind: HelmRelease
      metadata:
        name: web
      spec:
        chart: {}
        values:
          b: 1
    functionConfig:
      apiVersion: openinfradev.github.com/v1
      charts:
      - name: web
        overide:
          a: 1
        override:
          b: 1
      kind: HelmValuesTransformer
      metadata:
        name: site
    results:
    - field:
        path: charts[0].overide
      message: a chart has no field `overide`, so it is ignored; did you mean `override`?
      resourceRef:
        apiVersion: openinfradev.github.com/v1
        kind: HelmValuesTransformer
        name: site
      severity: warning
    ----- stderr
    warning: a chart has no field `overide`, so it is ignored; did you mean `override`?
      --> stdin:9:5
    ");
}

/// Each fault is a result of its own; the items are as they came.
#[test]
fn errors_are_results() {
    let rest = r#"functionConfig:
  apiVersion: openinfradev.github.com/v1
  kind: HelmValuesTransformer
  metadata: {name: site}
  charts:
  - name: web
    override: {image.tag: v$(tag)}
  - name: wep
items:
- apiVersion: helm.fluxcd.io/v1
  kind: HelmRelease
  metadata:
    name: web
    annotations: {internal.config.kubernetes.io/path: web.yaml, internal.config.kubernetes.io/index: "2"}
  spec: {values: {image: {tag: old}}}
"#;
    assert_snapshot!(list(rest), @r#"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: helm.fluxcd.io/v1
      kind: HelmRelease
      metadata:
        annotations:
          internal.config.kubernetes.io/index: "2"
          internal.config.kubernetes.io/path: web.yaml
        name: web
      spec:
        values:
          image:
            tag: old
    functionConfig:
      apiVersion: openinfradev.github.com/v1
      charts:
      - name: web
        override:
          image.tag: v$(tag)
      - name: wep
      kind: HelmValuesTransformer
      metadata:
        name: site
    results:
    - field:
        path: charts[0].override["image.tag"]
      message: 'there is no global `tag`; in `image.tag` of chart `web` (define it under
        `global:`, as in `tag: …`)'
      resourceRef:
        apiVersion: openinfradev.github.com/v1
        kind: HelmValuesTransformer
        name: site
      severity: error
    - field:
        path: charts[1].name
      message: there is no Helm release `wep` to override (did you mean `web`?)
      resourceRef:
        apiVersion: openinfradev.github.com/v1
        kind: HelmValuesTransformer
        name: site
      severity: error
    ----- stderr
    error: there is no global `tag`
      --> stdin:9:27
       |     override: {image.tag: v$(tag)}
      in `image.tag` of chart `web` stdin:8:5
      also: there is no Helm release `wep` to override (did you mean `web`?) at stdin:10:11
    hint: define it under `global:`, as in `tag: …`
    "#);
}

#[test]
fn a_fault_of_an_item_names_its_file() {
    let items = "items:
- apiVersion: v1
  kind: A
  metadata: {name: a}
- apiVersion: v1
  kind: A
  metadata:
    name: a
    annotations: {internal.config.kubernetes.io/path: b.yaml, internal.config.kubernetes.io/index: '1'}
";
    assert_snapshot!(list(&format!("{PREFIX}{items}")), @r#"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: v1
      kind: A
      metadata:
        name: a
    - apiVersion: v1
      kind: A
      metadata:
        annotations:
          internal.config.kubernetes.io/index: "1"
          internal.config.kubernetes.io/path: b.yaml
        name: a
    functionConfig:
      apiVersion: crustomize/v1
      fieldSpecs:
      - path: metadata/name
      kind: PrefixTransformer
      metadata:
        name: p
      prefix: x-
    results:
    - field:
        path: metadata.name
      file:
        index: 1
        path: b.yaml
      message: duplicate resource `v1 A a`; first defined at `metadata.name` of `v1 A a`
        (rename one of them, or change it with a patch)
      resourceRef:
        apiVersion: v1
        kind: A
        name: a
      severity: error
    ----- stderr
    error: duplicate resource `v1 A a`
      --> stdin:16:11
       |     name: a
      first defined at stdin:12:20
    hint: rename one of them, or change it with a patch
    "#);
}

/// What can't be printed can't be given back, whatever else is wrong.
#[test]
fn what_can_not_be_printed_is_told() {
    let items = "items:\n- {apiVersion: v1, kind: A, metadata: {name: a}, x: 1, x: 2}\n";
    assert_snapshot!(list(&format!("{PREFIX}{items}")), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - field:
        path: x
      message: the key `x` is defined twice; first defined at `x` of `v1 A a` (remove one
        of the two)
      resourceRef:
        apiVersion: v1
        kind: A
        name: a
      severity: error
    ----- stderr
    error: the key `x` is defined twice
      --> stdin:10:56
       | - {apiVersion: v1, kind: A, metadata: {name: a}, x: 1, x: 2}
      first defined at stdin:10:50
    hint: remove one of the two
    ");
}

#[test]
fn unknown_kinds_are_told_from_known_ones() {
    let of = |api_version: &str, kind: &str| {
        list(&format!(
            "items: []\nfunctionConfig: {{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}\n"
        ))
    };
    assert_snapshot!(of("crustomize/v1", "PrefixTransfomer"), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    functionConfig:
      apiVersion: crustomize/v1
      kind: PrefixTransfomer
      metadata:
        name: a
    results:
    - message: there is no transformer or generator `PrefixTransfomer` of `crustomize/v1`
        here (did you mean `PrefixTransformer` of `crustomize/v1`?)
      resourceRef:
        apiVersion: crustomize/v1
        kind: PrefixTransfomer
        name: a
      severity: error
    ----- stderr
    error: there is no transformer or generator `PrefixTransfomer` of `crustomize/v1` here
      --> stdin:4:17
       | functionConfig: {apiVersion: crustomize/v1, kind: PrefixTransfomer, metadata: {name: a}}
    hint: did you mean `PrefixTransformer` of `crustomize/v1`?
    ");
    assert_snapshot!(of("openinfradev.github.com/v2", "HelmValuesTransformer"), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    functionConfig:
      apiVersion: openinfradev.github.com/v2
      kind: HelmValuesTransformer
      metadata:
        name: a
    results:
    - message: there is no transformer or generator `HelmValuesTransformer` of `openinfradev.github.com/v2`
        here (did you mean `HelmValuesTransformer` of `openinfradev.github.com/v1`?)
      resourceRef:
        apiVersion: openinfradev.github.com/v2
        kind: HelmValuesTransformer
        name: a
      severity: error
    ----- stderr
    error: there is no transformer or generator `HelmValuesTransformer` of `openinfradev.github.com/v2` here
      --> stdin:4:17
       | functionConfig: {apiVersion: openinfradev.github.com/v2, kind: HelmValuesTransformer, metadata: {name: a}}
    hint: did you mean `HelmValuesTransformer` of `openinfradev.github.com/v1`?
    ");
    assert_snapshot!(of("v1", "Anything"), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    functionConfig:
      apiVersion: v1
      kind: Anything
      metadata:
        name: a
    results:
    - message: there is no transformer or generator `Anything` of `v1` here (there are ConfigMapGenerator,
        HelmChartInflationGenerator, IAMPolicyGenerator, SecretGenerator, AnnotationsTransformer,
        HashTransformer, ImageTagTransformer, LabelTransformer, NamespaceTransformer, PatchJson6902Transformer,
        PatchStrategicMergeTransformer, PatchTransformer, PrefixSuffixTransformer, PrefixTransformer,
        ReplacementTransformer, ReplicaCountTransformer, SuffixTransformer, ValueAddTransformer
        of `crustomize/v1`, and HelmValuesTransformer of `openinfradev.github.com/v1`)
      resourceRef:
        apiVersion: v1
        kind: Anything
        name: a
      severity: error
    ----- stderr
    error: there is no transformer or generator `Anything` of `v1` here
      --> stdin:4:17
       | functionConfig: {apiVersion: v1, kind: Anything, metadata: {name: a}}
    hint: there are ConfigMapGenerator, HelmChartInflationGenerator, IAMPolicyGenerator, SecretGenerator, AnnotationsTransformer, HashTransformer, ImageTagTransformer, LabelTransformer, NamespaceTransformer, PatchJson6902Transformer, PatchStrategicMergeTransformer, PatchTransformer, PrefixSuffixTransformer, PrefixTransformer, ReplacementTransformer, ReplicaCountTransformer, SuffixTransformer, ValueAddTransformer of `crustomize/v1`, and HelmValuesTransformer of `openinfradev.github.com/v1`
    ");
}

#[test]
fn what_is_no_list_is_refused() {
    let refuse = |text: &str| function(&Tree::new(), text);
    assert_snapshot!(refuse("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - message: the input of a function must be a `ResourceList`, but is of kind `Service`
        (programs such as kustomize send one; a kustomization is rendered with `crustomize
        build`)
      severity: error
    ----- stderr
    error: the input of a function must be a `ResourceList`, but is of kind `Service`
      --> stdin:1:1
       | apiVersion: v1
    hint: programs such as kustomize send one; a kustomization is rendered with `crustomize build`
    ");
    assert_snapshot!(refuse(""), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - message: the input of a function must be a `ResourceList`, but is null (programs such
        as kustomize send one; a kustomization is rendered with `crustomize build`)
      severity: error
    ----- stderr
    error: the input of a function must be a `ResourceList`, but is null
    hint: programs such as kustomize send one; a kustomization is rendered with `crustomize build`
    ");
    assert_snapshot!(refuse("a: ["), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - message: 'malformed YAML: did not find expected node content'
      severity: error
    ----- stderr
    error: malformed YAML: did not find expected node content
      --> stdin:2:1
    ");
    assert_snapshot!(refuse("apiVersion: config.kubernetes.io/v9\nkind: ResourceList\n"), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - message: '`config.kubernetes.io/v9` is no known version of `ResourceList` (say `apiVersion:
        config.kubernetes.io/v1`)'
      severity: error
    ----- stderr
    error: `config.kubernetes.io/v9` is no known version of `ResourceList`
      --> stdin:1:1
       | apiVersion: config.kubernetes.io/v9
    hint: say `apiVersion: config.kubernetes.io/v1`
    ");
    assert_snapshot!(list("items: []\n"), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - message: 'the `ResourceList` has no `functionConfig` (it says which transformer or
        generator to run: its `apiVersion` and `kind`)'
      severity: error
    ----- stderr
    error: the `ResourceList` has no `functionConfig`
    hint: it says which transformer or generator to run: its `apiVersion` and `kind`
    ");
    assert_snapshot!(list(&format!("{PREFIX}items: [3]\n")), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items: []
    results:
    - message: a document must be a Kubernetes object, but this is a number without `kind`
        and `metadata` (a patch belongs under `patches`, a values file is no resource)
      severity: error
    ----- stderr
    error: a document must be a Kubernetes object, but this is a number without `kind` and `metadata`
      --> stdin:9:9
       | items: [3]
    hint: a patch belongs under `patches`, a values file is no resource
    ");
}

const PATCH: &str = "functionConfig:\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: p}\n  path: \
                     patch.yaml\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: web}}\n";

/// Files are found from where the function is run, and only below.
#[test]
fn files_are_found_where_the_function_runs() {
    let patch = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n";
    let list = format!("{LIST}{PATCH}");
    assert_snapshot!(function(&Tree::new().with("patch.yaml", patch), &list), @r"
    status: 0
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: v1
      kind: Service
      metadata:
        name: web
      spec:
        type: NodePort
    functionConfig:
      apiVersion: builtin
      kind: PatchTransformer
      metadata:
        name: p
      path: patch.yaml
    ----- stderr
    ");
    assert_snapshot!(function(&Tree::new(), &list), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: v1
      kind: Service
      metadata:
        name: web
    functionConfig:
      apiVersion: builtin
      kind: PatchTransformer
      metadata:
        name: p
      path: patch.yaml
    results:
    - field:
        path: path
      message: '`patch.yaml` does not exist; while reading the patch (a function finds files
        in the directory it is run in, `TREE`; kustomize runs programs in that
        of the kustomization, and containers see none of it: write the content into the
        configuration itself)'
      resourceRef:
        apiVersion: builtin
        kind: PatchTransformer
        name: p
      severity: error
    ----- stderr
    error: `patch.yaml` does not exist
      --> stdin:7:9
       |   path: patch.yaml
      while reading the patch at stdin:7:9
    hint: a function finds files in the directory it is run in, `TREE`; kustomize runs programs in that of the kustomization, and containers see none of it: write the content into the configuration itself
    ");
    let outside = list.replace("patch.yaml", "../patch.yaml");
    let said = function(&Tree::new(), &outside);
    assert!(said.starts_with("status: 1\n"), "{said}");
    // A fault in that file names the file.
    assert_snapshot!(function(&Tree::new().with("patch.yaml", "kind: [\n"), &list), @r"
    status: 1
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: v1
      kind: Service
      metadata:
        name: web
    functionConfig:
      apiVersion: builtin
      kind: PatchTransformer
      metadata:
        name: p
      path: patch.yaml
    results:
    - file:
        path: patch.yaml
      message: 'malformed YAML: did not find expected node content; while reading the patch
        at `builtin PatchTransformer p`'
      severity: error
    ----- stderr
    error: malformed YAML: did not find expected node content
      --> patch.yaml:2:1
      while reading the patch at stdin:4:3
    ");
}

#[test]
fn what_generators_wish_is_annotated() {
    let rest = "functionConfig:\n  apiVersion: crustomize/v1\n  kind: SecretGenerator\n  metadata: {name: token}\n  \
                behavior: merge\n  literals: [a=b]\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: web}}\n";
    assert_snapshot!(list(rest), @r#"
    status: 0
    ----- stdout
    apiVersion: config.kubernetes.io/v1
    kind: ResourceList
    items:
    - apiVersion: v1
      kind: Service
      metadata:
        name: web
    - apiVersion: v1
      data:
        a: Yg==
      kind: Secret
      metadata:
        annotations:
          kustomize.config.k8s.io/behavior: merge
          kustomize.config.k8s.io/needs-hash: "true"
        name: token
      type: Opaque
    functionConfig:
      apiVersion: crustomize/v1
      behavior: merge
      kind: SecretGenerator
      literals:
      - a=b
      metadata:
        name: token
    ----- stderr
    "#);
}

#[test]
fn a_generator_is_no_transformer() {
    let generator = "functionConfig: {apiVersion: crustomize/v1, kind: ConfigMapGenerator, metadata: {name: \
                     c}}\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: a, annotations: \
                     {kustomize.config.k8s.io/id: x}}}\n";
    assert!(list(generator).contains("hint: name it under `generators:`\n"));
}

/// Neither results nor errors tell what is in a Secret.
#[test]
fn secrets_are_not_told() {
    let rest = "functionConfig:\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: p}\n  target: \
                {kind: Secret}\n  patch: '[{\"op\": \"test\", \"path\": \"/stringData/password\", \"value\": \
                \"hunter3\"}]'\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n  stringData: {password: \
                hunter2}\n";
    let said = list(rest);
    let (_, reported) = said.split_once("results:\n").unwrap();
    assert!(said.starts_with("status: 1\n") && !reported.contains("hunter"), "{said}");
}
