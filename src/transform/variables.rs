//! Vars: values of fields, written wherever `$(NAME)` stands (upstream: `resaccumulator.go`,
//! `refvartransformer.go`, `api/filters/refvar`). Deprecated, but here to stay.
//!
//! This file knows which vars there are and where their values are; the expansion of one text
//! is in `variables_expand`.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::config::FieldSpecs;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::gvk::split_api_version;
use crate::resource::{Gvk, ResMap, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::transform::Context;
use crate::transform::field_spec::{Create, for_each_at};
use crate::transform::fields_by_type::FieldsByType;
use crate::transform::variables_expand::{Expander, VarValue};
use crate::yaml::path::{look_up, node_at, split};
use crate::yaml::{Node, Scalar, Tag, Value};

/// The field that is meant where none is named.
const DEFAULT_FIELD_PATH: &str = "metadata.name";

/// A name for the value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Var {
    /// What stands in `$(NAME)`.
    pub name: String,
    /// The object that has the field.
    pub object: VarObject,
    /// Path of the field; `metadata.name` if it is empty.
    pub field_path: String,
    /// Where the var was written.
    pub span: Option<Span>,
}

/// `objref` of a var: the object by an id that it has or had. Group and version must be right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VarObject {
    /// `apiVersion`; its parts go before `group` and `version`.
    pub api_version: String,
    /// API group.
    pub group: String,
    /// API version.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace; empty for any.
    pub namespace: String,
}

/// Vars by name; no two of one name.
#[derive(Debug, Clone, Default)]
pub struct VarSet {
    vars: BTreeMap<String, Var>,
}

impl VarObject {
    fn gvk(&self) -> Gvk {
        let (mut group, mut version) = (self.group.as_str(), self.version.as_str());
        match self.api_version.matches('/').count() {
            0 if !self.api_version.is_empty() => version = &self.api_version,
            1 => (group, version) = split_api_version(&self.api_version),
            _ => {}
        }
        Gvk::new(group, version, self.kind.as_str())
    }

    /// Positions of the objects that have or had the id.
    fn find(&self, resources: &mut ResMap, schema: &Schema) -> Vec<usize> {
        let wanted = self.gvk();
        let here = |gvk: &Gvk, name: &str, namespace: &str| {
            *gvk == wanted && *name == *self.name && (self.namespace.is_empty() || *namespace == *self.namespace)
        };
        let matches = |resource: &Resource| {
            let id = resource.cur_id();
            let former = |gvk: &Gvk| {
                let gvk = |kind| Gvk { kind, ..gvk.clone() };
                resource.history.iter().any(|id| here(&gvk(id.kind.clone()), &id.name, &id.namespace))
            };
            here(&id.gvk, &id.name, id.effective_namespace(schema)) || former(&id.gvk)
        };
        let mut found = resources.find_any(&self.name, |_| true);
        found.retain(|&index| resources.get(index).is_some_and(matches));
        found
    }
}

impl VarSet {
    /// Takes over the vars of another set.
    ///
    /// # Errors
    /// When both sets have a var of one name.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        other.vars.into_values().try_for_each(|var| self.add(var))
    }

    /// Takes up the vars of one kustomization, and marks the objects that they refer to: what
    /// these are called later on does not matter then.
    ///
    /// # Errors
    /// A name that is there already, or an object that can't be told from another.
    pub fn merge_own(&mut self, vars: &[Var], resources: &mut ResMap, schema: &Schema) -> Result<()> {
        for var in vars {
            match var.object.find(resources, schema).as_slice() {
                [] => {}
                [index] => {
                    resources.update(*index, |resource| resource.var_names.push(var.name.clone()));
                }
                [first, second, ..] => {
                    let id = |index: usize| resources.get(index).map(|found| found.cur_id().to_string());
                    let [first, second] = [*first, *second].map(|index| id(index).unwrap_or_default());
                    let message = format!("the var `{}` may mean `{first}` or `{second}`", var.name);
                    let error = Error::new(ErrorKind::Identity, message).at(var.span());
                    return Err(error.hint("name the namespace in `objref`"));
                }
            }
        }
        vars.iter().try_for_each(|var| self.add(var.clone()))
    }

    fn add(&mut self, var: Var) -> Result<()> {
        if let Some(first) = self.vars.get(&var.name) {
            let error = Error::new(ErrorKind::Identity, format!("duplicate var `{}`", var.name)).at(var.span());
            return Err(error.frame("first defined at", first.span()));
        }
        self.vars.insert(var.name.clone(), var);
        Ok(())
    }
}

impl Var {
    fn span(&self) -> Span {
        self.span.unwrap_or(Span::NONE)
    }

    fn value(&self, resource: &Resource) -> Result<VarValue> {
        let path = if self.field_path.is_empty() { DEFAULT_FIELD_PATH } else { &self.field_path };
        let missing = || {
            let message = format!("the var `{}` means the field `{path}`, which is not there", self.name);
            let id = format!("in `{}`", resource.cur_id());
            Error::new(ErrorKind::Transform, message).at(self.span()).frame(id, resource.node.span)
        };
        let location = look_up(&resource.node, &with_indexes(split(path)?)).map_err(|_| missing())?;
        let node = location.and_then(|location| node_at(&resource.node, &location)).ok_or_else(missing)?;
        match &node.value {
            Value::Scalar(scalar) => VarValue::of(scalar).ok_or_else(|| {
                let message = format!("the var `{}` has a value that can't be read as a number", self.name);
                Error::new(ErrorKind::Transform, message).at(node.span)
            }),
            _ => Ok(VarValue::Collection),
        }
    }
}

/// Splits the index off `ports[0]`.
fn with_indexes(parts: Vec<String>) -> Vec<String> {
    let split = |part: String| {
        let (name, index) = part.strip_suffix(']')?.rsplit_once('[')?;
        let is_index = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
        is_index.then(|| (name.to_owned(), index.to_owned()))
    };
    let parts = parts.into_iter().flat_map(|part| match split(part.clone()) {
        Some((name, index)) if name.is_empty() => vec![index],
        Some((name, index)) => vec![name, index],
        None => vec![part],
    });
    parts.collect()
}

/// Writes the values of all vars into the fields that `fields` name.
///
/// # Errors
/// A var whose object or field is not there, or a field that can't hold vars.
pub fn resolve_variables(
    resources: &mut ResMap,
    vars: &VarSet,
    fields: &FieldSpecs,
    context: &Context<'_>,
) -> Result<()> {
    if vars.vars.is_empty() {
        return Ok(());
    }
    let values = values(resources, vars)?;
    let mut expander = Expander::new(&values);
    let mut fields_of = FieldsByType::new(fields);
    resources.change_each(|_, resource| {
        let kind = resource.kind();
        fields_of.of(resource).iter().try_for_each(|field| {
            let set = &mut |node: &mut Node| expand(node, &mut expander);
            for_each_at(&mut resource.node, &kind, field.spec, Create::Nothing, set)
        })
    })?;
    let used: HashSet<&str> = expander.used();
    let unused: Vec<&str> = vars.vars.keys().map(String::as_str).filter(|name| !used.contains(name)).collect();
    if let Some(var) = unused.first().and_then(|name| vars.vars.get(*name)) {
        let message = format!("well-defined vars that were never replaced: {}", unused.join(","));
        context.warnings.add(message, var.span());
    }
    Ok(())
}

/// The values of all vars, from the first object that is marked with each.
fn values(resources: &ResMap, vars: &VarSet) -> Result<HashMap<String, VarValue>> {
    let mut marked: HashMap<&str, &Resource> = HashMap::new();
    for resource in resources {
        for name in &resource.var_names {
            marked.entry(name).or_insert(resource);
        }
    }
    let value = |var: &Var| match marked.get(var.name.as_str()) {
        Some(resource) => Ok((var.name.clone(), var.value(resource)?)),
        None => {
            let VarObject { kind, name, .. } = &var.object;
            let message = format!("the var `{}` means {kind} `{name}`, which is not there", var.name);
            let error = Error::new(ErrorKind::Identity, message).at(var.span());
            Err(error.hint("`objref` needs the object's `apiVersion`, kind and original name"))
        }
    };
    vars.vars.values().map(value).collect()
}

/// Expands a field: a text, or the texts in a list or a mapping. Other types are left alone.
fn expand(node: &mut Node, expander: &mut Expander<'_>) -> Result<()> {
    let wrong = |message: String, span: Span| Err(Error::new(ErrorKind::Transform, message).at(span));
    match &mut node.value {
        Value::Scalar(scalar) => {
            if is_string(scalar) {
                expander.expand(scalar);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                let sort = item.sort_name();
                match item.as_scalar_mut() {
                    Some(scalar) if is_string(scalar) => expander.expand(scalar),
                    _ => return wrong(format!("a list of texts with vars can't hold {sort}"), item.span),
                }
            }
        }
        Value::Mapping(mapping) => {
            for entry in mapping {
                if !is_string(&entry.key.scalar) {
                    return wrong(format!("the key `{}` is not a string", entry.key.text()), entry.key.span);
                }
                if let Some(scalar) = entry.value.as_scalar_mut().filter(|scalar| is_string(scalar)) {
                    expander.expand(scalar);
                }
            }
        }
    }
    Ok(())
}

const fn is_string(scalar: &Scalar) -> bool {
    matches!(scalar.tag, Tag::Str | Tag::Unresolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Packs;
    use crate::transform::testing::{print, resources};
    use crate::warning::Warnings;

    const OBJECTS: &str = r#"apiVersion: v1
kind: Service
metadata: {name: svc, namespace: x}
spec:
  ports: [{port: 80}]
  map: {a: b}
---
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: y}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
args: ["$(V)", "a$(V)b", "$$(V)", x]
env: {a: $(V), b: "5", c: 5}
"#;

    fn var(namespace: &str, field_path: &str) -> Var {
        let object = VarObject {
            api_version: "v1".to_owned(),
            kind: "Service".to_owned(),
            name: "svc".to_owned(),
            namespace: namespace.to_owned(),
            ..Default::default()
        };
        Var { name: "V".to_owned(), object, field_path: field_path.to_owned(), span: None }
    }

    fn run(var: Var, paths: &[&str]) -> Result<(String, usize)> {
        let (schema, warnings) = (Schema::default(), Warnings::default());
        let context = Context { schema: &schema, warnings: &warnings, packs: Packs::none() };
        let mut resources = resources(OBJECTS);
        let mut vars = VarSet::default();
        vars.merge_own(&[var], &mut resources, &schema)?;
        let field = |path: &&str| crate::config::FieldSpec { path: (*path).into(), ..Default::default() };
        let fields: Vec<crate::config::FieldSpec> = paths.iter().map(field).collect();
        resolve_variables(&mut resources, &vars, &fields.into(), &context)?;
        let warnings = warnings.resolve(&crate::source::SourceMap::default()).len();
        Ok((print(&resources), warnings))
    }

    #[test]
    fn values_with_and_without_their_type() {
        let (printed, warnings) = run(var("x", "spec.ports[0].port"), &["args", "env"]).unwrap();
        let args = "args:\n- 80\n- a80b\n- $(V)\n- x\n";
        assert!(printed.contains(args), "{printed}");
        assert!(printed.contains("env:\n  a: 80\n  b: \"5\"\n  c: 5\n"), "{printed}");
        assert_eq!(warnings, 0);
        let (printed, _) = run(var("y", ""), &["args"]).unwrap();
        assert!(printed.contains("args:\n- svc\n- asvcb\n"), "{printed}");
    }

    #[test]
    fn collections_are_not_inserted() {
        let (printed, warnings) = run(var("x", "spec.map"), &["args"]).unwrap();
        assert!(printed.contains("args:\n- $(V)\n- a$(V)b\n- $(V)\n"), "{printed}");
        assert_eq!(warnings, 1);
    }

    #[test]
    fn vars_that_mean_nothing_or_too_much() {
        assert_eq!(run(var("", ""), &[]).unwrap_err().kind(), ErrorKind::Identity);
        assert_eq!(run(var("z", ""), &[]).unwrap_err().kind(), ErrorKind::Identity);
        assert_eq!(run(var("x", "spec.none"), &[]).unwrap_err().kind(), ErrorKind::Transform);
        let mut vars = VarSet::default();
        vars.merge_own(&[var("x", "")], &mut resources(OBJECTS), &Schema::default()).unwrap();
        let error = vars.clone().merge(vars).unwrap_err();
        assert_eq!(error.message(), "duplicate var `V`");
    }
}
