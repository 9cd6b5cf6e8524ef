//! Applications of four resources that refer to each other, under an overlay.

use std::fmt::Write as _;

/// How many applications stand in one file.
const APPLICATIONS_A_FILE: usize = 25;

const OVERLAY: &str = "\
resources:
- ../base
namePrefix: prod-
namespace: shop
labels:
- pairs:
    team: storefront
  includeSelectors: true
images:
- name: registry.example.org/shop/server
  newTag: v2.4.1
- name: registry.example.org/shop/migrate
  newName: mirror.example.org/migrate
";

/// `number` resources in the files of one base.
pub fn many(number: usize) -> Vec<(String, String)> {
    let applications: Vec<usize> = (0..number / 4).collect();
    let mut files = vec![("overlay/kustomization.yaml".to_owned(), OVERLAY.to_owned())];
    let mut base = "resources:\n".to_owned();
    for (index, applications) in applications.chunks(APPLICATIONS_A_FILE).enumerate() {
        let name = format!("shop-{index:03}.yaml");
        let _ = writeln!(base, "- {name}");
        let texts: Vec<String> = applications.iter().map(|number| application(*number)).collect();
        files.push((format!("base/{name}"), texts.join("---\n")));
    }
    files.push(("base/kustomization.yaml".to_owned(), base));
    files
}

/// One application with the roles it needs, a patch and a generated ConfigMap: what most overlays are.
pub fn small() -> Vec<(String, String)> {
    let overlay = format!(
        "{OVERLAY}configMapGenerator:\n- name: features\n  literals:\n  - checkout=new\n  - search=old\npatches:\n- path: replicas.yaml\n"
    );
    let base = "resources:\n- application.yaml\n- roles.yaml\n";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: server-0\nspec:\n  replicas: 5\n";
    [
        ("overlay/kustomization.yaml", overlay.as_str()),
        ("overlay/replicas.yaml", patch),
        ("base/kustomization.yaml", base),
        ("base/application.yaml", &application(0)),
        ("base/roles.yaml", ROLES),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into()
}

/// Two resources of the cluster.
pub const ROLES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: orders-reader
rules:
- apiGroups: [shop.example.org]
  resources: [orders, invoices]
  verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: orders-reader
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: orders-reader
subjects:
- kind: ServiceAccount
  name: server-0
  namespace: default
";

/// A Deployment, the Service in front of it, its ServiceAccount and its ConfigMap.
fn application(number: usize) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: server-{number}
  labels:
    app.kubernetes.io/name: server-{number}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app.kubernetes.io/name: server-{number}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: server-{number}
    spec:
      serviceAccountName: server-{number}
      initContainers:
      - name: migrate
        image: registry.example.org/shop/migrate:1.{number}
        args: [\"--schema\", \"shop_{number}\"]
      containers:
      - name: server
        image: registry.example.org/shop/server:1.{number}
        ports:
        - name: http
          containerPort: 8080
        env:
        - name: CURRENCY
          valueFrom:
            configMapKeyRef:
              name: settings-{number}
              key: currency
        envFrom:
        - configMapRef:
            name: settings-{number}
        resources:
          requests: {{cpu: 100m, memory: 128Mi}}
        volumeMounts:
        - name: settings
          mountPath: /etc/shop
      volumes:
      - name: settings
        configMap:
          name: settings-{number}
---
apiVersion: v1
kind: Service
metadata:
  name: server-{number}
spec:
  selector:
    app.kubernetes.io/name: server-{number}
  ports:
  - name: http
    port: 80
    targetPort: http
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: server-{number}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings-{number}
data:
  currency: EUR
  greeting: \"shop {number}: welcome\"
  limits.conf: |
    orders = {limit}
    baskets = {replicas}
",
        replicas = number % 5 + 1,
        limit = number * 7 % 1000,
    )
}
