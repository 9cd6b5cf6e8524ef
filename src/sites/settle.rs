//! A rendered unit's last steps: rules, and releases inflated between them.

use crate::error::{Error, ResultExt};
use crate::inflate::{Inflater, is_release, release_of};
use crate::parallel::Workers;
use crate::render::Rendered;
use crate::resource::Resource;
use crate::sites::rule::Action;
use crate::sites::{Applied, Rule, Unit, apply_rules};
use crate::source::Span;
use crate::yaml::Text;
use crate::yaml::emit::to_yaml_string;

/// A unit after its rules.
pub(super) struct Settled {
    /// What the rules did.
    pub applied: Applied,
    /// The release that each resource was inflated from.
    pub releases: Vec<Option<Text>>,
}

/// Applies the rules, and inflates the unit's releases if there is an inflater.
///
/// Rules that set namespaces are applied before, too: to what releases are installed in. All rules then see what
/// came out of the charts as if the unit had always had it.
pub(super) fn settle(
    rules: &[Rule],
    unit: &Unit,
    rendered: &mut Rendered,
    inflater: Option<&dyn Inflater>,
    workers: &Workers,
) -> Result<Settled, Vec<Error>> {
    let Some(inflater) = inflater else {
        let applied = apply_rules(rules, unit, rendered.resources_mut());
        let releases = vec![None; rendered.resources().len()];
        return Ok(Settled { applied, releases });
    };
    let sets_namespaces = |rule: &Rule| matches!(rule.action, Action::SetNamespace { .. });
    let before: Vec<bool> = rules
        .iter()
        .map(|rule| {
            let only = std::slice::from_ref(rule);
            sets_namespaces(rule) && apply_rules(only, unit, rendered.resources_mut()).matched.contains(&true)
        })
        .collect();
    let mut releases = inflate_all(rendered, inflater, workers)?;
    let count = rendered.resources().len();
    let mut applied = apply_rules(rules, unit, rendered.resources_mut());
    applied.matched.iter_mut().zip(before).for_each(|(matched, before)| *matched |= before);
    // Rules add objects at the front.
    let added = rendered.resources().len() - count;
    releases.splice(0..0, std::iter::repeat_n(None, added));
    Ok(Settled { applied, releases })
}

/// Puts the objects of its chart in the place of each release. All that fail are told of.
fn inflate_all(
    rendered: &mut Rendered,
    inflater: &dyn Inflater,
    workers: &Workers,
) -> Result<Vec<Option<Text>>, Vec<Error>> {
    let (unit, sources) = (rendered.resources(), rendered.sources());
    let inflate = |resource: &&Resource| {
        let place = resource.node.lookup(&["metadata", "name"]).map_or(Span::NONE, |name| name.span);
        let Some(release) = release_of(resource, unit)? else { return Ok(None) };
        let made = inflater.inflate(&release, sources);
        let way = || format!("while inflating the release `{}` with the chart {} at", resource.name(), release.chart);
        made.at(place).frame(way, place).map(Some)
    };
    let found: Vec<&Resource> = unit.iter().filter(|resource| is_release(resource)).collect();
    let made = workers.map(&found, |_| 1, inflate);
    let mut errors = Vec::new();
    let mut inflated = made
        .into_iter()
        .map(|made| {
            made.unwrap_or_else(|error: Error| {
                errors.push(error.resolve(sources));
                None
            })
        })
        .collect::<Vec<_>>()
        .into_iter();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut releases = Vec::new();
    let mut definitions = Vec::new();
    let mut resources = Vec::new();
    for resource in std::mem::take(rendered.resources_mut()) {
        let made = is_release(&resource).then(|| inflated.next()).flatten().flatten();
        let Some(made) = made else {
            releases.push(None);
            resources.push(resource);
            continue;
        };
        let name = resource.name();
        for object in made {
            // Charts of one unit may bring the same definition, which the cluster has once. Different ones of a
            // name stay, and are told of where they collide.
            if object.kind() == "CustomResourceDefinition" {
                let text = to_yaml_string(&object.node).map_err(|error| vec![error.resolve(rendered.sources())])?;
                if definitions.contains(&text) {
                    continue;
                }
                definitions.push(text);
            }
            releases.push(Some(name.clone()));
            resources.push(object);
        }
    }
    *rendered.resources_mut() = resources;
    Ok(releases)
}
