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
