//! Rules that say which differences are to be ignored: `rules: [{target, pointers, reason}]`.

use std::path::Path;

use super::path::{PointerPattern, Relation, Step};
use super::report::{ObjectId, RuleUse};
use crate::decode::{Decode, Fields, Spanned};
use crate::error::{Error, ErrorKind, Result};
use crate::gitops::UnitName;
use crate::regexp::Anchored;
use crate::source::{Location, SourceMap, Span};
use crate::yaml::Node;
use crate::yaml::documents::decode;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

/// Which differences do not count, and why.
#[derive(Debug, Clone)]
pub struct IgnoreRule {
    target: Target,
    pointers: Vec<(String, PointerPattern)>,
    reason: String,
    span: Span,
    location: Option<Location>,
}

/// Which objects a rule is for; what is left out selects everything.
#[derive(Debug, Clone)]
struct Target {
    kind: Anchored,
    group: Option<Anchored>,
    name: Option<Anchored>,
    namespace: Option<Anchored>,
    /// Site and application; `*` for any.
    unit: Option<(String, String)>,
    words: String,
}

/// Reads a file of rules. `path` is for errors.
///
/// # Errors
/// What is wrong with it, with its place.
pub fn parse_rules(path: &Path, content: Vec<u8>) -> Result<Vec<IgnoreRule>> {
    let sources = SourceMap::default();
    let text = decode(content).map_err(|error| error.in_file(path))?;
    let source = sources.add(path, text.clone());
    let read = || {
        let Some(node) = parse(Chunk::whole(&text, source), Dialect::V3)?.filter(|node| !node.is_null()) else {
            return Ok(Vec::new());
        };
        let mut fields = Fields::of(&node, "")?;
        let rules = fields.take::<Vec<Option<IgnoreRule>>>("rules")?;
        fields.finish()?;
        let empty = |index: usize| Error::new(ErrorKind::Usage, format!("`rules[{index}]` is empty")).at(node.span);
        rules.into_iter().enumerate().map(|(index, rule)| rule.ok_or_else(|| empty(index))).collect()
    };
    let mut rules: Vec<IgnoreRule> = read().map_err(|error: Error| error.resolve(&sources))?;
    rules.iter_mut().for_each(|rule| rule.location = sources.locate(rule.span));
    Ok(rules)
}

impl IgnoreRule {
    /// Whether it is for an object of a unit.
    pub(super) fn is_for(&self, unit: &UnitName, id: &ObjectId) -> bool {
        let Target { kind, group, name, namespace, unit: units, .. } = &self.target;
        let matches =
            |pattern: &Option<Anchored>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern.matches(text));
        let is = |pattern: &str, name: &str| pattern == "*" || pattern == name;
        kind.matches(&id.kind)
            && matches(group, &id.group)
            && matches(name, &id.name)
            && matches(namespace, id.namespace.as_deref().unwrap_or_default())
            && units.as_ref().is_none_or(|(site, app)| is(site, &unit.site) && is(app, &unit.app))
    }

    /// How a place is to those of the rule.
    pub(super) fn relation(&self, path: &[Step]) -> Relation {
        let mut all = self.pointers.iter().map(|(_, pointer)| pointer.relation(path));
        let mut best = Relation::Apart;
        for relation in &mut all {
            match relation {
                Relation::Within => return Relation::Within,
                Relation::Above => best = Relation::Above,
                Relation::Apart => {}
            }
        }
        best
    }

    /// The rule in a report, not yet used.
    pub(super) fn unused(&self) -> RuleUse {
        let pointers: Vec<&str> = self.pointers.iter().map(|(text, _)| text.as_str()).collect();
        let place = self.location.as_ref().map(|place| format!(" ({}:{})", place.path.display(), place.line));
        let rule = format!("{} {}{}", self.target.words, pointers.join(", "), place.unwrap_or_default());
        RuleUse { rule, reason: self.reason.clone(), used: 0 }
    }
}

impl Decode for IgnoreRule {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        let mut fields = Fields::of(node, field)?;
        let target = fields.raw("target").map(|node| target(node, &format!("{field}.target"))).transpose()?;
        let texts = fields.take::<Vec<Spanned<String>>>("pointers")?;
        let reason: String = fields.take("reason")?;
        fields.finish()?;
        let needs = |what: &str, hint: &str| {
            Error::new(ErrorKind::Usage, format!("`{field}` needs `{what}`")).at(node.span).hint(hint)
        };
        let target =
            target.ok_or_else(|| needs("target", "say which objects it is for: `target: {kind: Deployment}`"))?;
        if texts.is_empty() {
            return Err(needs("pointers", "say which fields it is for: `pointers: [/spec/replicas]`"));
        }
        if reason.trim().is_empty() {
            return Err(needs("reason", "say why these differences may be ignored: whoever reads the diff will ask"));
        }
        let pointer = |text: &Spanned<String>| {
            let pattern = PointerPattern::parse(&text.value).map_err(|error| error.at(text.span()))?;
            Ok((text.value.clone(), pattern))
        };
        let pointers = texts.iter().map(pointer).collect::<Result<_>>()?;
        Ok(Self { target, pointers, reason, span: node.span, location: None })
    }
}

fn target(node: &Node, field: &str) -> Result<Target> {
    let mut fields = Fields::of(node, field)?;
    let mut words = Vec::new();
    let mut pattern = |name: &'static str| -> Result<Option<Anchored>> {
        let Some(text) = fields.take::<Option<Spanned<String>>>(name)? else { return Ok(None) };
        words.push(if name == "kind" { text.value.clone() } else { format!("{name} {}", text.value) });
        // Nothing, said expressly, is the core group or no namespace.
        let pattern = if text.value.is_empty() { "(?:)" } else { &text.value };
        Anchored::new(pattern).map(Some).map_err(|error| error.at(text.span()))
    };
    let kind = pattern("kind")?;
    let (group, name, namespace) = (pattern("group")?, pattern("name")?, pattern("namespace")?);
    let unit = fields.take::<Option<Spanned<String>>>("unit")?;
    fields.finish()?;
    let kind = kind.ok_or_else(|| {
        let error = Error::new(ErrorKind::Usage, format!("`{field}` needs `kind`")).at(node.span);
        error.hint("write `kind: .*` for all kinds")
    })?;
    words.extend(unit.iter().map(|unit| format!("unit {}", unit.value)));
    let unit = unit.map(|unit| unit_pattern(&unit)).transpose()?;
    Ok(Target { kind, group, name, namespace, unit, words: words.join(", ") })
}

fn unit_pattern(text: &Spanned<String>) -> Result<(String, String)> {
    let (site, app) = text.value.split_once('/').unwrap_or((&text.value, "*"));
    if site.is_empty() || app.is_empty() || app.contains('/') {
        let error = Error::new(ErrorKind::Usage, format!("`{}` names no unit", text.value)).at(text.span());
        return Err(error.hint("write `SITE` or `SITE/APP`, `*` for any"));
    }
    Ok((site.to_owned(), app.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<IgnoreRule>> {
        parse_rules(Path::new("ignore.yaml"), text.as_bytes().to_vec())
    }

    fn id(kind: &str, name: &str) -> ObjectId {
        ObjectId { group: "apps".to_owned(), kind: kind.to_owned(), namespace: None, name: name.to_owned() }
    }

    #[test]
    fn rules_select_objects_and_fields() {
        let text = "rules:\n- target: {kind: Deployment|StatefulSet, name: web.*, unit: aws/*}\n  pointers: [/spec/replicas, /spec/*/x]\n  reason: scaled by hand\n";
        let rule = &read(text).unwrap()[0];
        let unit = |site: &str| UnitName { site: site.to_owned(), app: "nginx".to_owned() };
        assert!(rule.is_for(&unit("aws"), &id("Deployment", "web-1")));
        assert!(!rule.is_for(&unit("gcp"), &id("Deployment", "web-1")));
        assert!(!rule.is_for(&unit("aws"), &id("Deployment", "a-web")));
        assert!(!rule.is_for(&unit("aws"), &id("DaemonSet", "web")));
        let path = |names: &[&str]| names.iter().map(|name| Step::Field((*name).to_owned())).collect::<Vec<_>>();
        assert_eq!(rule.relation(&path(&["spec", "replicas"])), Relation::Within);
        assert_eq!(rule.relation(&path(&["spec", "a"])), Relation::Above);
        assert_eq!(rule.relation(&path(&["status"])), Relation::Apart);
        assert_eq!(
            rule.unused().rule,
            "Deployment|StatefulSet, name web.*, unit aws/* /spec/replicas, /spec/*/x (ignore.yaml:2)"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let rule = |rest: &str| format!("rules:\n- target: {{kind: A}}\n  {rest}\n");
        for (text, message) in [
            (rule("pointers: [/a]"), "`rules[0]` needs `reason`"),
            (rule("reason: x"), "`rules[0]` needs `pointers`"),
            (rule("pointer: [/a]"), "unknown field `pointer` in `rules[0]`"),
            (rule("{pointers: [a], reason: x}"), "`a` is no JSON pointer: it must begin with `/`"),
            ("rules: [{target: {name: a}, pointers: [/a], reason: x}]".to_owned(), "`rules[0].target` needs `kind`"),
            ("rules: [~]".to_owned(), "`rules[0]` is empty"),
            ("rules: [{target: {kind: '('}}]".to_owned(), "`^(?:()$` is not a regular expression: unclosed group"),
        ] {
            let text = text.replace("\n  {pointers", "\n  pointers").replace("[a], reason: x}", "[a]\n  reason: x");
            assert_eq!(read(&text).unwrap_err().message(), message);
        }
        let error = read("rules:\n- target: {kind: A}\n  pointer: [/a]\n").unwrap_err();
        assert_eq!(error.location().unwrap().line, 3);
        assert!(read("# nothing\n").unwrap().is_empty());
    }
}
