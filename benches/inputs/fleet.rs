//! Sites over one base of fifty resources.

use super::resources::{ROLES, many};

/// `base/shop`, and `number` sites that each have their own namespace, image and replicas.
pub fn fleet(number: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (path, text) in many(48) {
        if let Some(name) = path.strip_prefix("base/") {
            let text = if name == "kustomization.yaml" { text + "- roles.yaml\n" } else { text };
            files.push((format!("base/shop/{name}"), text));
        }
    }
    files.push(("base/shop/roles.yaml".to_owned(), ROLES.to_owned()));
    for site in 0..number {
        let folder = format!("sites/site-{site:04}/shop");
        let kustomization = format!(
            "resources: [../../../base/shop]\nnamespace: site-{site:04}\nimages:\n- name: \
             registry.example.org/shop/server\n  newTag: v2.{site}\npatches:\n- path: site-values.yaml\n"
        );
        let values = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: server-0\nspec:\n  replicas: {}\n",
            site % 5 + 1
        );
        files.push((format!("{folder}/kustomization.yaml"), kustomization));
        files.push((format!("{folder}/site-values.yaml"), values));
    }
    files
}
