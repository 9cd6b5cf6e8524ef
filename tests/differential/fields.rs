//! The fields of a kustomization.

use super::dice::Dice;
use super::objects::{self, NAMES, NAMESPACES, Object};
use super::yaml::{Yaml, list, map, scalar};
use super::{patches, replacements, scalars};

/// What a field may refer to, and the files that it needs.
pub struct Site<'a> {
    /// All objects that are there when the field has its turn.
    pub objects: &'a [Object],
    /// ConfigMaps and Secrets that were generated below.
    pub generated: &'a mut Vec<(&'static str, &'static str)>,
    /// Files beside the kustomization: name and content.
    pub files: &'a mut Vec<(String, String)>,
    /// Whether the oracle is of 5.8 or later.
    pub newest: bool,
}

type Make = fn(&mut Dice<'_>, &mut Site<'_>) -> Option<Yaml>;

/// Fields and how they are made; what matters most is there more than once.
pub const FIELDS: [(&str, Make); 31] = [
    ("namePrefix", prefix),
    ("nameSuffix", prefix),
    ("namespace", namespace),
    ("labels", labels),
    ("commonLabels", common_labels),
    ("commonAnnotations", common_annotations),
    ("images", images),
    ("replicas", replicas),
    ("configMapGenerator", config_maps),
    ("secretGenerator", secrets),
    ("generatorOptions", generator_options),
    ("patches", patch_entries),
    ("patchesStrategicMerge", strategic_texts),
    ("patchesJson6902", json_entries),
    ("replacements", replacement_entries),
    ("vars", variables),
    ("sortOptions", sort_options),
    ("buildMetadata", build_metadata),
    ("configurations", configurations),
    ("transformers", transformers),
    ("patches", patch_entries),
    ("patches", patch_entries),
    ("patches", patch_entries),
    ("patches", patch_entries),
    ("replacements", replacement_entries),
    ("replacements", replacement_entries),
    ("configMapGenerator", config_maps),
    ("namePrefix", prefix),
    ("namespace", namespace),
    ("labels", labels),
    ("images", images),
];

fn some(entries: Vec<Yaml>) -> Option<Yaml> {
    (!entries.is_empty()).then(|| list(entries))
}

fn prefix(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    Some(scalar(dice.pick(&["p-", "-s", "dev-", "x", "\"1-\"", "a.b-", "'\"'"])))
}

fn namespace(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    Some(scalar(dice.pick(&NAMESPACES)))
}

fn common_labels(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    Some(objects::labels(dice))
}

fn common_annotations(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    let texts = objects::annotations(dice);
    // What is not a string for one reading of YAML may be one for the other.
    let Yaml::Mapping(style, entries) = texts else { return None };
    Some(Yaml::Mapping(style, entries))
}

fn labels(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    let count = dice.between(1, 2);
    let entries = (0..count).map(|_| {
        let mut entry = vec![("pairs", objects::labels(dice))];
        for field in ["includeSelectors", "includeTemplates"] {
            if dice.chance(35) {
                entry.push((field, scalar(dice.pick(&["true", "false"]))));
            }
        }
        if dice.chance(15) {
            let path = scalar(dice.pick(&[
                "spec/labels",
                "spec/template/metadata/labels",
                "spec/a/b",
                "metadata/annotations",
            ]));
            let mut field = vec![("path", path), ("create", scalar(dice.pick(&["true", "false"])))];
            if dice.chance(50) {
                field.push(("kind", scalar(dice.pick(&["Custom", "Deployment"]))));
            }
            entry.push(("fields", list([map(field)])));
        }
        map(entry)
    });
    Some(list(entries.collect::<Vec<_>>()))
}

fn image(dice: &mut Dice<'_>) -> Yaml {
    const KNOWN: [&str; 8] = [
        "nginx",
        "app",
        "registry.example.com:5000/team/app",
        "registry.example.com/app",
        "db",
        "quoted",
        "\"ngin.\"",
        "postgres",
    ];
    let mut entry = vec![("name", scalar(dice.pick(&KNOWN)))];
    if dice.chance(40) {
        entry.push(("newName", scalar(dice.pick(&["mirror/nginx", "other.example.com:5000/x", "app"]))));
    }
    if dice.below(5) < 3 {
        entry.push(("newTag", scalar(dice.pick(&["v2", "\"1.10\"", "latest", "\"\""]))));
    }
    if dice.chance(15) {
        let digest = "sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3";
        entry.push(("digest", scalar(digest)));
    }
    if dice.chance(10) {
        entry.push(("tagSuffix", scalar("-debug")));
    }
    map(entry)
}

fn images(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    let count = dice.between(1, 3);
    some((0..count).map(|_| image(dice)).collect())
}

fn replicas(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let scalable = ["Deployment", "StatefulSet", "ReplicaSet"];
    let known: Vec<&Object> = site.objects.iter().filter(|object| scalable.contains(&object.kind)).collect();
    if known.is_empty() {
        return None;
    }
    let name = known[dice.below(known.len())].name;
    some(vec![map([("name", scalar(name)), ("count", scalar(dice.pick(&["5", "0", "1"])))])])
}

fn generator(kind: &'static str, dice: &mut Dice<'_>, site: &mut Site<'_>) -> Yaml {
    let name = dice.pick(&NAMES);
    let known = site.generated.contains(&(kind, name));
    let mut entry = vec![("name", scalar(name))];
    if known && dice.below(8) < 7 {
        entry.push(("behavior", scalar(dice.pick(&["merge", "replace"]))));
    } else {
        site.generated.push((kind, name));
    }
    let literals = ["a=1", "b='x'", "c=", "d=x=y", "\"e=two words\"", "host=example.com", "n=\\u00e4"];
    let first = dice.below(literals.len());
    let count = dice.between(1, 3);
    entry.push(("literals", list((0..count).map(|step| scalar(literals[(first + step) % literals.len()])))));
    if dice.chance(25) {
        let mut text = String::new();
        for _ in 0..dice.between(1, 4) {
            text.push_str(dice.pick(&["line\n", "key=value\n", " x\n", "tab\there\n", "\n", "no end", "ä\n"]));
        }
        site.files.push(("data.txt".to_owned(), text));
        entry.push(("files", list([scalar(dice.pick(&["data.txt", "named=data.txt"]))])));
    }
    if dice.chance(20) {
        let text = dice.pick(&["X=1\nY=two words \n", "# only\n\nZ=\"q\"\n", "  W=1\n", "V\n", ""]);
        site.files.push(("data.env".to_owned(), text.to_owned()));
        entry.push(("envs", list([scalar("data.env")])));
    }
    if dice.chance(20) {
        let mut options = vec![("labels", objects::labels(dice))];
        if dice.chance(50) {
            options.push(("disableNameSuffixHash", scalar(dice.pick(&["true", "false"]))));
        }
        if dice.chance(30) {
            options.push(("annotations", objects::annotations(dice)));
        }
        if dice.chance(20) {
            options.push(("immutable", scalar("true")));
        }
        entry.push(("options", map(options)));
    }
    if dice.chance(10) {
        entry.push(("namespace", scalar(dice.pick(&NAMESPACES))));
    }
    map(entry)
}

fn config_maps(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let count = dice.between(1, 2);
    some((0..count).map(|_| generator("ConfigMap", dice, site)).collect())
}

fn secrets(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let mut entry = generator("Secret", dice, site);
    if let Yaml::Mapping(_, entries) = &mut entry
        && dice.chance(30)
    {
        entries.push(("type".to_owned(), scalar("example.com/kind")));
    }
    some(vec![entry])
}

fn generator_options(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    let mut options = vec![("labels", objects::labels(dice))];
    if dice.chance(40) {
        options.push(("disableNameSuffixHash", scalar("true")));
    }
    if dice.chance(40) {
        options.push(("annotations", objects::annotations(dice)));
    }
    if dice.chance(20) {
        options.push(("immutable", scalar("true")));
    }
    Some(map(options))
}

/// One of the objects, if there are any.
fn known<'a>(dice: &mut Dice<'_>, site: &Site<'a>) -> Option<&'a Object> {
    if site.objects.is_empty() { None } else { Some(&site.objects[dice.below(site.objects.len().min(256))]) }
}

fn target(object: &Object, dice: &mut Dice<'_>) -> Yaml {
    match dice.below(6) {
        0..=2 => map([("kind", scalar(object.kind)), ("name", scalar(object.name))]),
        3 => map([("kind", scalar(object.kind))]),
        4 => {
            let selector =
                scalar(dice.pick(&["app=web", "tier", "\"!tier\"", "\"app in (web, db),zone!=x\"", "y notin (a)"]));
            map([(dice.pick(&["labelSelector", "annotationSelector"]), selector)])
        }
        _ => map([(dice.pick(&["name", "namespace", "version"]), scalar(dice.pick(&["w.*", "prod", "v1", "web|db"])))]),
    }
}

/// The text of a patch, inline or in a file.
fn place(text: String, dice: &mut Dice<'_>, site: &mut Site<'_>) -> (&'static str, Yaml) {
    if dice.chance(40) {
        let name = format!("patch-{}.yaml", site.files.len());
        site.files.push((name.clone(), text));
        return ("path", scalar(name));
    }
    ("patch", Yaml::Block("|", text))
}

fn patch_entries(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let count = dice.between(1, 2);
    let mut entries = Vec::new();
    for _ in 0..count {
        let object = known(dice, site)?;
        let json = dice.chance(35);
        let tree = if json { patches::operations(object, dice) } else { patches::strategic(object, dice) };
        let mut entry = vec![place(tree.print(), dice, site)];
        if json || dice.chance(35) {
            entry.push(("target", target(object, dice)));
        }
        if !json && dice.chance(8) {
            let options =
                [("allowNameChange", scalar("true")), ("allowKindChange", scalar(dice.pick(&["true", "false"])))];
            entry.push(("options", map(options)));
        }
        entries.push(map(entry));
    }
    some(entries)
}

fn strategic_texts(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let text = patches::strategic(known(dice, site)?, dice).print();
    let (_, entry) = place(text, dice, site);
    some(vec![entry])
}

fn json_entries(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let object = known(dice, site)?;
    let operations = patches::operations(object, dice).print();
    let (group, version) = object.api_version.split_once('/').unwrap_or(("", object.api_version));
    let mut target = vec![("version", scalar(version)), ("kind", scalar(object.kind)), ("name", scalar(object.name))];
    if !group.is_empty() {
        target.push(("group", scalar(group)));
    }
    some(vec![map([("target", map(target)), place(operations, dice, site)])])
}

fn replacement_entries(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    some(vec![replacements::replacement(site.objects, dice, site.newest)?])
}

fn variables(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    some(vec![replacements::variable(site.objects, dice)?])
}

fn sort_options(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    match dice.below(3) {
        0 => Some(map([("order", scalar("fifo"))])),
        1 => Some(map([("order", scalar("legacy"))])),
        _ => {
            let own = map([
                ("orderFirst", list([scalar("Service"), scalar("ConfigMap")])),
                ("orderLast", list([scalar("Namespace"), scalar("Custom")])),
            ]);
            Some(map([("order", scalar("legacy")), ("legacySortOptions", own)]))
        }
    }
}

fn build_metadata(dice: &mut Dice<'_>, _: &mut Site<'_>) -> Option<Yaml> {
    let all = ["originAnnotations", "transformerAnnotations"];
    Some(list(if dice.chance(30) { all.map(scalar).to_vec() } else { vec![scalar(dice.pick(&all))] }))
}

fn configurations(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let field = |path: &'static str, create: bool| {
        let mut entry = vec![("path", scalar(path)), ("kind", scalar("Custom"))];
        if create {
            entry.push(("create", scalar("true")));
        }
        map(entry)
    };
    let mut config = Vec::new();
    for (name, path) in [
        ("namePrefix", "spec/name"),
        ("namespace", "spec/namespace"),
        ("commonLabels", "spec/labels"),
        ("commonAnnotations", "spec/annotations"),
        ("images", "spec/image"),
        ("replicas", "spec/replicas"),
        ("varReference", "spec/value"),
    ] {
        if dice.chance(30) {
            let create = dice.chance(50) && name != "varReference" && name != "images";
            config.push((name, list([field(path, create)])));
        }
    }
    let kind = scalar(dice.pick(&["ConfigMap", "Secret", "Deployment"]));
    let referrers = list([field("spec/name", false), field("spec/b/value", false)]);
    config.push(("nameReference", list([map([("kind", kind), ("fieldSpecs", referrers)])])));
    site.files.push(("configuration.yaml".to_owned(), map(config).print()));
    Some(list([scalar("configuration.yaml")]))
}

fn transformers(dice: &mut Dice<'_>, site: &mut Site<'_>) -> Option<Yaml> {
    let mut fields = vec![("apiVersion", scalar("builtin"))];
    let mut add = |kind: &'static str, namespace: Option<&'static str>, more: Vec<(&'static str, Yaml)>| {
        let mut metadata = vec![("name", scalar("any"))];
        metadata.extend(namespace.map(|namespace| ("namespace", scalar(namespace))));
        fields.extend([("kind", scalar(kind)), ("metadata", map(metadata))]);
        fields.extend(more);
    };
    let path = |path: &'static str| list([map([("path", scalar(path)), ("create", scalar("true"))])]);
    match dice.below(7) {
        0 => add(
            "LabelTransformer",
            None,
            vec![("labels", objects::labels(dice)), ("fieldSpecs", path("metadata/labels"))],
        ),
        1 => {
            let annotations = map([("note", scalars::word(dice))]);
            add(
                "AnnotationsTransformer",
                None,
                vec![("annotations", annotations), ("fieldSpecs", path("metadata/annotations"))],
            );
        }
        2 => add("PrefixTransformer", None, vec![("prefix", scalar("t-")), ("fieldSpecs", path("metadata/name"))]),
        3 => add("SuffixTransformer", None, vec![("suffix", scalar("-t")), ("fieldSpecs", path("metadata/name"))]),
        4 => {
            let mut more = vec![("fieldSpecs", path("metadata/namespace"))];
            if dice.chance(50) {
                more.push(("unsetOnly", scalar("true")));
            }
            if dice.chance(60) {
                more.push((
                    "setRoleBindingSubjects",
                    scalar(dice.pick(&["defaultOnly", "allServiceAccounts", "none"])),
                ));
            }
            add("NamespaceTransformer", Some(dice.pick(&NAMESPACES)), more);
        }
        5 => add("ImageTagTransformer", None, vec![("imageTag", image(dice))]),
        _ => {
            let object = known(dice, site)?;
            let text = patches::strategic(object, dice).print();
            add("PatchTransformer", None, vec![("patch", Yaml::Block("|", text)), ("target", target(object, dice))]);
        }
    }
    Some(list([Yaml::Block("|-", map(fields).print())]))
}
