//! Sorts resources (upstream: `SortOrderTransformer`).

use std::cmp::Ordering;

use hashbrown::HashMap;

use crate::config::{ORDER_FIRST, ORDER_LAST, compare_gvk_text};
use crate::decode::{Decode, Fields};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{Gvk, IdRef, ResMap, TypeRef};
use crate::transform::{Context, Transformer};
use crate::yaml::Node;

/// What stands for a namespace and a name that are not there.
const NO_NAMESPACE: &str = "~X";
const NO_NAME: &str = "~N";

/// How resources are sorted; `sortOptions` of a kustomization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortOptions {
    /// `fifo` leaves resources as they come, `legacy` sorts them by kind.
    pub order: String,
    /// Which kinds come first and last in the legacy order.
    pub legacy_sort_options: Option<LegacySortOptions>,
}

/// Which kinds come first and last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegacySortOptions {
    /// Kinds that come first, in this order.
    pub order_first: Vec<String>,
    /// Kinds that come last, in this order.
    pub order_last: Vec<String>,
}

/// Sorts resources by kind, or leaves them as they are.
#[derive(Debug, Clone, Default)]
pub struct SortOrderTransformer {
    /// How; without options resources stay as they are.
    pub sort_options: Option<SortOptions>,
}

impl SortOptions {
    /// The legacy order with its built-in lists.
    #[must_use]
    pub fn legacy() -> Self {
        Self { order: "legacy".to_owned(), legacy_sort_options: None }
    }

    /// Checks that the options make sense together.
    ///
    /// # Errors
    /// For an unknown order, or legacy options without the legacy order.
    pub fn check(&self) -> Result<()> {
        let message = match (self.order.as_str(), &self.legacy_sort_options) {
            ("legacy", _) | ("fifo", None) => return Ok(()),
            ("fifo", Some(_)) => "`sortOptions.legacySortOptions` is set, but `sortOptions.order` is `fifo`".to_owned(),
            (order, _) => format!("`sortOptions.order` must be `fifo` or `legacy`, but is `{order}`"),
        };
        Err(Error::new(ErrorKind::Transform, message))
    }
}

impl Transformer for SortOrderTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let Some(options) = &self.sort_options else { return Ok(()) };
        options.check()?;
        if options.order != "legacy" {
            return Ok(());
        }
        let order = order(resources, &Ranks::new(options.legacy_sort_options.as_ref()));
        resources.reorder(&order);
        resources.check_unique(context.schema)
    }
}

/// The positions of the resources in the order of the output: equal ones stay in order.
fn order(resources: &ResMap, ranks: &Ranks<'_>) -> Vec<usize> {
    // There are few types, so each is ranked and compared once.
    let mut numbers: HashMap<TypeRef<'_>, usize> = HashMap::new();
    let mut types: Vec<Gvk> = Vec::new();
    let ids: Vec<(usize, IdRef<'_>)> = resources
        .iter()
        .map(|resource| {
            let id = resource.id_ref();
            let number = *numbers.entry(id.type_ref()).or_insert_with(|| {
                types.push(resource.gvk());
                types.len() - 1
            });
            (number, id)
        })
        .collect();
    let compare_types = |left: &Gvk, right: &Gvk| {
        ranks.rank(&left.kind).cmp(&ranks.rank(&right.kind)).then_with(|| compare_gvk(left, right))
    };
    let mut sorted: Vec<usize> = (0..types.len()).collect();
    sorted.sort_by(|&left, &right| compare_types(&types[left], &types[right]));
    let mut places = vec![0; types.len()];
    for (place, pair) in (1..).zip(sorted.windows(2)) {
        let &[before, here] = pair else { continue };
        // Types that differ but are written alike share a place.
        let is_same = compare_types(&types[before], &types[here]).is_eq();
        places[here] = if is_same { places[before] } else { place };
    }
    let ids: Vec<(usize, IdRef<'_>)> = ids.into_iter().map(|(number, id)| (places[number], id)).collect();
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|&left, &right| {
        let ((left_type, left), (right_type, right)) = (&ids[left], &ids[right]);
        left_type.cmp(right_type).then_with(|| compare(left, right))
    });
    order
}

/// The place of each kind: negative for the first ones, positive for the last ones.
struct Ranks<'a>(HashMap<&'a str, isize>);

impl<'a> Ranks<'a> {
    fn new(options: Option<&'a LegacySortOptions>) -> Self {
        let (first, last): (Vec<&str>, Vec<&str>) = options.map_or_else(
            || (ORDER_FIRST.to_vec(), ORDER_LAST.to_vec()),
            |options| {
                let names = |list: &'a [String]| list.iter().map(String::as_str).collect();
                (names(&options.order_first), names(&options.order_last))
            },
        );
        let first = first.iter().rev().enumerate().map(|(at, kind)| (*kind, -1 - at.cast_signed()));
        let last = last.iter().enumerate().map(|(at, kind)| (*kind, 1 + at.cast_signed()));
        // Of a kind that is listed twice the later place counts.
        let mut first: Vec<_> = first.collect();
        first.reverse();
        Self(first.into_iter().chain(last).collect())
    }

    fn rank(&self, kind: &str) -> isize {
        self.0.get(kind).copied().unwrap_or_default()
    }
}

/// Compares ids of one type: namespaces, then names.
fn compare(left: &IdRef<'_>, right: &IdRef<'_>) -> Ordering {
    if left.namespace == right.namespace {
        return or(left.name, NO_NAME).cmp(or(right.name, NO_NAME));
    }
    // As one text: a namespace that begins with another one's name need not come after it.
    text(left).cmp(text(right))
}

fn text<'a>(id: &IdRef<'a>) -> impl Iterator<Item = u8> + use<'a> {
    [or(id.namespace, NO_NAMESPACE), "|", or(id.name, NO_NAME)].into_iter().flat_map(str::bytes)
}

const fn or<'a>(part: &'a str, empty: &'static str) -> &'a str {
    if part.is_empty() { empty } else { part }
}

/// Types in the order of their texts, but the core group's `Namespace` before those of other groups.
fn compare_gvk(left: &Gvk, right: &Gvk) -> Ordering {
    if left.kind == "Namespace" && right.kind == "Namespace" {
        match (left.group.is_empty(), right.group.is_empty()) {
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (true, true) => return compare_gvk_text(right, left),
            (false, false) => {}
        }
    }
    compare_gvk_text(left, right)
}

/// Strict: unknown fields are errors, as in kustomizations.
impl Decode for SortOptions {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let options = Self { order: fields.take("order")?, legacy_sort_options: fields.take("legacySortOptions")? };
        fields.finish()?;
        Ok(options)
    }
}

/// Strict: unknown fields are errors, as in kustomizations.
impl Decode for LegacySortOptions {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let options = Self { order_first: fields.take("orderFirst")?, order_last: fields.take("orderLast")? };
        fields.finish()?;
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::testing::{apply, resources};

    fn sorted(options: SortOptions, objects: &[(&str, &str, &str)]) -> Vec<String> {
        let object = |(api_version, kind, name): &(&str, &str, &str)| {
            format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}}}\n")
        };
        let yaml: Vec<String> = objects.iter().map(object).collect();
        let mut resources = resources(&yaml.join("---\n"));
        apply(&SortOrderTransformer { sort_options: Some(options) }, &mut resources).unwrap();
        resources.iter().map(|resource| format!("{} {}", resource.gvk(), resource.name())).collect()
    }

    #[test]
    fn built_in_order() {
        let objects = [
            ("v1", "ValidatingWebhookConfiguration", "a"),
            ("v1", "Foo", "b"),
            ("apps/v1", "Foo", "b"),
            ("apps/v1", "Foo", "a"),
            ("v1", "ConfigMap", "a"),
            ("zz/v1", "Namespace", "a"),
            ("b/v1", "Namespace", "a"),
            ("v1", "Namespace", "b"),
            ("v2", "Namespace", "a"),
            ("v1", "Namespace", "a"),
        ];
        let expected = [
            "v2 Namespace a",
            "v1 Namespace a",
            "v1 Namespace b",
            "b/v1 Namespace a",
            "zz/v1 Namespace a",
            "v1 ConfigMap a",
            "apps/v1 Foo a",
            "apps/v1 Foo b",
            "v1 Foo b",
            "v1 ValidatingWebhookConfiguration a",
        ];
        assert_eq!(sorted(SortOptions::legacy(), &objects), expected);
    }

    #[test]
    fn custom_order() {
        let objects = [("v1", "A", "x"), ("v1", "B", "x"), ("v1", "C", "x"), ("v1", "D", "x")];
        let list = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let custom = LegacySortOptions { order_first: list(&["D", "C", "D"]), order_last: list(&["B", "A"]) };
        let options = SortOptions { order: "legacy".to_owned(), legacy_sort_options: Some(custom) };
        assert_eq!(sorted(options, &objects), ["v1 C x", "v1 D x", "v1 B x", "v1 A x"]);
    }

    #[test]
    fn options_must_fit_together() {
        let options = |order: &str, legacy: bool| SortOptions {
            order: order.to_owned(),
            legacy_sort_options: legacy.then(LegacySortOptions::default),
        };
        assert!(options("fifo", false).check().is_ok());
        assert!(options("legacy", true).check().is_ok());
        assert!(options("fifo", true).check().is_err());
        assert!(options("", false).check().is_err());
    }
}
