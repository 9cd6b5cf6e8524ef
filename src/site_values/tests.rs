//! Overrides and references by themselves.

use super::*;
use crate::source::SourceId;
use crate::warning::Warnings;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Mapping, Node};

fn node(yaml: &str) -> Node {
    parse(Chunk::whole(&yaml.into(), SourceId(0)), Dialect::V3).unwrap().unwrap()
}

fn mapping(yaml: &str) -> Mapping {
    node(yaml).as_mapping().cloned().unwrap()
}

/// What a value becomes, and what is wrong with it.
fn substituted(globals: &str, value: &str, rules: Rules) -> (Node, Vec<String>) {
    let globals = Globals::new(mapping(globals));
    let (warnings, mut value) = (Warnings::default(), node(value));
    let observer = &mut |_: Seen<'_>| {};
    let mut substitution = Substitution::new(&globals, rules, &warnings, observer);
    substitution.apply(&mut value, &mut ValuePath::default());
    let told = |fault: &Fault| format!("{}: {}", fault.path, fault.error.message());
    let faults = substitution.faults.iter().map(told).collect();
    (value, faults)
}

#[test]
fn keys_are_split_at_dots() {
    let split = |keys: DottedKeys, key| keys.split(key).into_iter().map(String::from).collect::<Vec<_>>();
    assert_eq!(split(DottedKeys::Escaped, "a.b.c"), ["a", "b", "c"]);
    assert_eq!(split(DottedKeys::Escaped, "grafana\\.ini.server"), ["grafana.ini", "server"]);
    assert_eq!(split(DottedKeys::Escaped, "a\\.b\\.c"), ["a.b.c"]);
    assert_eq!(split(DottedKeys::Escaped, "\\.a..b."), [".a", "", "b", ""]);
    assert_eq!(split(DottedKeys::Plain, "grafana\\.ini"), ["grafana\\", "ini"]);
}

#[test]
fn a_value_has_the_place_of_the_line_that_wrote_it() {
    let globals = Globals::new(mapping("{whole: 1}"));
    let overrides = mapping("a.b: x\na.c:\n  d: y\n");
    let tree = tree(&overrides, DottedKeys::Escaped, &globals, |_, _| {});
    let line = |path: &[&str]| tree.lookup(path).unwrap().span.line();
    assert_eq!((line(&["a", "b"]), line(&["a", "c", "d"])), (1, 3));
    let (value, _) = substituted("# first\nhost: $(name)\nname: x\n", "[$(name)-y, $(host)]", Rules::Plugin);
    let spans: Vec<u32> = value.as_sequence().unwrap().iter().map(|item| item.span.line()).collect();
    assert_eq!(spans, [1, 3]);
}

#[test]
fn the_two_readers_differ_in_what_is_a_reference() {
    let (_, plugin) = substituted("{none: null}", "{a: $(none), b: 'echo $(x', c: $()}", Rules::Plugin);
    assert_eq!(plugin, ["a: the global `none` has no value"]);
    let (value, helm2yaml) = substituted("{none: null}", "{a: $(none), b: 'echo $(x', c: $()}", Rules::Helm2yaml);
    let malformed = "`$(` begins a reference that is malformed";
    assert_eq!(helm2yaml, [format!("b: {malformed}"), format!("c: {malformed}")]);
    assert!(value.get("a").unwrap().is_null());
    let (value, faults) = substituted("{}", "a: $(b)", Rules::Helm2yaml);
    assert_eq!((value.get("a").unwrap().as_str(), faults.len()), (Some("$(b)"), 0));
}

/// Sixty globals, each twice the next two: no run may end without an answer, or never.
#[test]
fn globals_that_explode_are_refused() {
    let doubling: String = (0..60).map(|at| format!("a{at}: $(a{})$(a{})\n", at + 1, at + 2)).collect();
    let (_, faults) = substituted(&format!("{doubling}a60: ''\na61: ''\n"), "[$(a0)x]", Rules::Plugin);
    assert!(faults.iter().any(|fault| fault.contains("too much of this")), "{faults:?}");
    let lists: String = (0..60).map(|at| format!("a{at}: [$(a{}), $(a{})]\n", at + 1, at + 1)).collect();
    let (_, faults) = substituted(&format!("{lists}a60: 1\n"), "[$(a0)]", Rules::Plugin);
    assert!(faults.iter().any(|fault| fault.contains("too much of this")), "{faults:?}");
}

#[test]
fn what_is_put_together_of_globals_ends() {
    for text in ["$($(a)", "$(a))$($(b))", "$(b)", "$(a)$(b)"] {
        let (_, faults) = substituted("a: '$(b'\nb: '$(a))$('\n", &format!("x: 'y{text}'"), Rules::Plugin);
        assert!(faults.len() <= 1, "{faults:?}");
    }
}
