//! Names, places and collisions, one by one.

use super::*;
use crate::error::Error;
use crate::resource::read::read_resources;
use crate::schema::Schema;
use crate::source::{SourceId, SourceMap};
use crate::{MemoryFs, RenderOptions, render};

fn resources(text: &str) -> Vec<Resource> {
    read_resources(&text.into(), SourceId(0)).unwrap()
}

fn object(api_version: &str, kind: &str, namespace: &str, name: &str) -> String {
    let metadata = serde_json::json!({ "name": name, "namespace": namespace });
    serde_json::json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata }).to_string()
}

fn laid_out(layout: Layout, definitions: Definitions, resources: &[Resource]) -> Result<Vec<OutputFile>, Error> {
    let items: Vec<Item<'_>> = resources.iter().map(Item::from).collect();
    lay_out(&items, LayoutOptions { layout, definitions }, &Schema::default(), &SourceMap::default())
}

fn paths(layout: Layout, objects: &[String]) -> Result<Vec<String>, String> {
    let files = laid_out(layout, Definitions::Inline, &resources(&objects.join("\n---\n")));
    let paths = files.map(|files| files.into_iter().map(|file| file.path).collect());
    paths.map_err(|error| error.message().to_owned())
}

#[test]
fn stable_paths_come_from_the_resource_alone() {
    let cases = [
        (("apps/v1", "Deployment", "web", "front"), "web/deployment.apps-front.yaml"),
        (("v1", "Service", "", "front"), "default/service-front.yaml"),
        (("v1", "Namespace", "", "web"), "_cluster/namespace-web.yaml"),
        (
            ("rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:Foo"),
            "_cluster/clusterrole.rbac.authorization.k8s.io-system%3A%46oo.yaml",
        ),
        (("cert-manager.io/v1", "Certificate", "a", "b"), "a/certificate.cert-manager.io-b.yaml"),
        (("a-b/v1", "X", "a", "c"), "a/x.a%2Db-c.yaml"),
        (("v1", "Pod", "..", "../../x"), "%2E%2E/pod-..%2F..%2Fx.yaml"),
        (("v1", "Pod", "con", "CON"), "%63on/pod-%43%4F%4E.yaml"),
        (("x/v1", "Con", "a", "b"), "a/%63on.x-b.yaml"),
        (("v1", "Pod", "a. ", "n. "), "a.%20/pod-n.%20.yaml"),
        (("v1", "Pod", "a.", "é"), "a%2E/pod-%C3%A9.yaml"),
        (("v1", "Pod", "_cluster", "e\u{301}"), "%5Fcluster/pod-e%CC%81.yaml"),
        (("v1", "Pod", ".git", "a\\b\n"), "%2Egit/pod-a%5Cb%0A.yaml"),
    ];
    for ((api_version, kind, namespace, name), want) in cases {
        let object = object(api_version, kind, namespace, name);
        assert_eq!(paths(Layout::Stable, &[object]).unwrap(), [want], "{kind} {name}");
    }
}

#[test]
fn long_names_are_cut_and_told_apart() {
    let long = "a".repeat(300);
    let objects = [object("v1", "Pod", &long, &long), object("v1", "Pod", &long, &format!("{long}b"))];
    let paths = paths(Layout::Stable, &objects).unwrap();
    assert_eq!(paths.len(), 2);
    for path in &paths {
        let (folder, file) = path.split_once('/').unwrap();
        assert_eq!((folder.len(), file.len()), (197, 202));
    }
    // The cut is never in the middle of `%XX`.
    let upper = super::encode::component(&super::encode::encode(&"A".repeat(99)), "", &["A"]);
    assert_eq!(upper.split_once('~').unwrap().0.len(), 180);
    let shifted = super::encode::component(&super::encode::encode(&format!("b{}", "A".repeat(99))), "", &["A"]);
    assert_eq!(shifted.split_once('~').unwrap().0.len(), 178);
}

/// The names of `kustomize build -o`, two namespaces at once.
#[test]
fn kustomize_names_and_decapod_names() {
    let objects = [
        object("apps/v1", "Deployment", "a", "Front"),
        object("v1", "Service", "b", "front"),
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "x.y.io"),
    ];
    let want = [
        "a_apps_v1_deployment_front.yaml",
        "apiextensions.k8s.io_v1_customresourcedefinition_x.y.io.yaml",
        "b_v1_service_front.yaml",
    ];
    assert_eq!(paths(Layout::Kustomize, &objects).unwrap(), want);
    assert_eq!(paths(Layout::Kustomize, &objects[..1]).unwrap(), ["apps_v1_deployment_front.yaml"]);
    let want = ["CRD/CustomResourceDefinition_x.y.io.yaml", "Deployment_Front.yaml", "Service_front.yaml"];
    assert_eq!(paths(Layout::Decapod, &objects).unwrap(), want);
    let role = object("rbac.authorization.k8s.io/v1", "Role", "a", "system:x");
    assert_eq!(paths(Layout::Decapod, &[role]).is_ok(), !cfg!(windows));
}

#[test]
fn releases_and_folders_have_their_places() {
    let crd = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "x");
    let resources = resources(&format!("{}\n---\n{crd}", object("v1", "Service", "n", "front")));
    let at = |layout, definitions, folder| {
        let item = |resource| Item { resource, release: Some("rel"), folder };
        let items: Vec<Item<'_>> = resources.iter().map(item).collect();
        let options = LayoutOptions { layout, definitions };
        let files = lay_out(&items, options, &Schema::default(), &SourceMap::default()).unwrap();
        files.into_iter().map(|file| file.path).collect::<Vec<_>>()
    };
    use Definitions::{Inline, Only, Skip, Split};
    let (definition, service) = ("CustomResourceDefinition_x.yaml", "Service_front.yaml");
    assert_eq!(at(Layout::Decapod, Inline, None), [format!("CRD/{definition}"), format!("rel/{service}")]);
    assert_eq!(at(Layout::Decapod, Inline, Some("f/g")), [format!("f/g/{definition}"), format!("f/g/{service}")]);
    let definition = "_cluster/customresourcedefinition.apiextensions.k8s.io-x.yaml";
    assert_eq!(at(Layout::Stable, Inline, None), [definition, "n/service-front.yaml"]);
    assert_eq!(at(Layout::Stable, Split, None), [format!("CRD/{definition}"), "n/service-front.yaml".to_owned()]);
    assert_eq!(at(Layout::Stable, Only, None), [definition]);
    assert_eq!(at(Layout::Stable, Skip, Some("f")), ["f/n/service-front.yaml"]);
    assert_eq!(at(Layout::Single, Split, None), ["CRD/manifest.yaml", "manifest.yaml"]);
}

#[test]
fn one_file_holds_the_documents_in_order() {
    let objects = [object("v1", "Service", "", "b"), object("v1", "ConfigMap", "", "a")].join("\n---\n");
    let files = laid_out(Layout::Single, Definitions::Inline, &resources(&objects)).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].resources, ["v1 Service b", "v1 ConfigMap a"]);
    let documents: Vec<&str> = files[0].content.split("---\n").collect();
    assert_eq!(documents.len(), 2);
    assert!(
        documents[0].contains("kind: Service") && documents[1].ends_with("name: a\n  namespace: \"\"\n"),
        "{documents:?}"
    );
}

#[test]
fn collisions_name_both_resources() {
    let pair = |one: &str, two: &str, name: &str, other: &str| {
        [object(one, "Service", "a", name), object(two, "Service", "a", other)]
    };
    let core_and_knative = pair("v1", "serving.knative.dev/v1", "web", "web");
    assert_eq!(paths(Layout::Stable, &core_and_knative).unwrap().len(), 2);
    assert_eq!(paths(Layout::Kustomize, &core_and_knative).unwrap().len(), 2);
    assert_eq!(
        paths(Layout::Decapod, &core_and_knative).unwrap_err(),
        "two resources belong in `Service_web.yaml`: v1 Service a/web and serving.knative.dev/v1 Service a/web"
    );
    let case = pair("v1", "v1", "Foo", "foo");
    assert_eq!(paths(Layout::Stable, &case).unwrap().len(), 2);
    assert!(paths(Layout::Kustomize, &case).unwrap_err().starts_with("two resources belong in `v1_service_foo.yaml`"));
    assert!(
        paths(Layout::Decapod, &case)
            .unwrap_err()
            .contains("`Service_Foo.yaml` and `Service_foo.yaml`, which can't both be")
    );
    // A version is no part of the name.
    assert!(
        paths(Layout::Stable, &pair("x/v1", "x/v2", "a", "a"))
            .unwrap_err()
            .contains("x/v1 Service a/a and x/v2 Service a/a")
    );
}

#[test]
fn a_collision_says_where_both_are() {
    let files = MemoryFs::new()
        .with_file("/kustomization.yaml", "resources: [a.yaml, b.yaml]\n")
        .with_file("/a.yaml", object("v1", "Service", "a", "web"))
        .with_file("/b.yaml", format!("\n{}", object("v1", "Service", "b", "web")));
    let rendered = render(&files, "/", &RenderOptions::default()).unwrap();
    let items: Vec<Item<'_>> = rendered.resources().iter().map(Item::from).collect();
    let options = LayoutOptions { layout: Layout::Decapod, ..LayoutOptions::default() };
    let error = lay_out(&items, options, rendered.schema(), rendered.sources()).unwrap_err();
    let text = crate::diagnostic::error_text(&error);
    assert!(text.contains("--> /b.yaml:2:") && text.contains("the other one is at /a.yaml:1:"), "{text}");
}

#[test]
fn what_upstream_names_badly_is_refused_by_name() {
    for name in ["../../x", "a\\b", "é", "a*", &"n".repeat(300), "a\u{7}"] {
        for layout in [Layout::Kustomize, Layout::Decapod] {
            let message = paths(layout, &[object("v1", "Pod", "", name)]).unwrap_err();
            assert!(message.starts_with("no file can be named `") && message.contains("for v1 Pod"), "{message}");
            assert!(!message.contains('\u{7}'));
        }
        assert_eq!(paths(Layout::Single, &[object("v1", "Pod", "", name)]).unwrap(), ["manifest.yaml"]);
    }
    for folder in ["../x", "/x", "a//b", "CON", ".git", "a/..", ""] {
        let resources = resources(&object("v1", "Pod", "", "a"));
        for layout in Layout::ALL {
            let items = [Item { resource: &resources[0], release: None, folder: Some(folder) }];
            let options = LayoutOptions { layout, ..LayoutOptions::default() };
            assert!(lay_out(&items, options, &Schema::default(), &SourceMap::default()).is_err(), "{folder}");
        }
    }
}

/// A file that would have to be a folder, too.
#[test]
fn a_file_is_no_folder() {
    let resources = resources(&[object("v1", "Pod", "", "a"), object("v1", "Pod", "", "b")].join("\n---\n"));
    let items = [
        Item { resource: &resources[0], release: None, folder: None },
        Item { resource: &resources[1], release: Some("pod_A.yaml"), folder: None },
    ];
    let options = LayoutOptions { layout: Layout::Decapod, ..LayoutOptions::default() };
    let error = lay_out(&items, options, &Schema::default(), &SourceMap::default()).unwrap_err();
    assert!(error.message().contains("can't both be: v1 Pod a and v1 Pod b"), "{error}");
}

#[test]
fn generated_objects_go_without_their_hashes_where_that_is_unique() {
    let generated = |extra: &str| {
        let files = MemoryFs::new()
            .with_file(
                "/kustomization.yaml",
                format!(
                    "namePrefix: p-\nconfigMapGenerator: [{{name: c, literals: [a={extra}]}}]\nresources: [r.yaml]\n"
                ),
            )
            .with_file("/r.yaml", object("v1", "ConfigMap", "", extra));
        let rendered = render(&files, "/", &RenderOptions::default()).unwrap();
        let items: Vec<Item<'_>> = rendered.resources().iter().map(Item::from).collect();
        let files = lay_out(&items, LayoutOptions::default(), rendered.schema(), rendered.sources()).unwrap();
        files.into_iter().map(|file| file.path).collect::<Vec<_>>()
    };
    assert_eq!(generated("x"), ["default/configmap-p-c.yaml", "default/configmap-p-x.yaml"]);
    assert_eq!(generated("y"), ["default/configmap-p-c.yaml", "default/configmap-p-y.yaml"]);
}

/// The build lets no two such objects be; a function may.
#[test]
fn a_hash_stays_where_another_has_the_name_without_it() {
    let mut all = resources(&[object("v1", "Secret", "", "c"), object("v1", "Secret", "", "c")].join("\n---\n"));
    all[0].needs_hash = true;
    all[0].store_previous_id(&Schema::default());
    all[0].set_name("c-0123456789");
    let files = laid_out(Layout::Stable, Definitions::Inline, &all).unwrap();
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["default/secret-c-0123456789.yaml", "default/secret-c.yaml"]);
    let alone = laid_out(Layout::Stable, Definitions::Inline, &all[..1]).unwrap();
    assert_eq!(alone[0].path, "default/secret-c.yaml");
}

#[test]
fn layouts_are_found_by_name() {
    assert!(Layout::ALL.into_iter().all(|layout| Layout::parse(layout.name()) == Some(layout)));
    assert_eq!(Layout::parse("other"), None);
}
