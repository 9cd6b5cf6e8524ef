//! Deprecated fields, moved to the fields that took their place (upstream: `FixKustomization`).

use crate::decode::{Fields, Spanned};
use crate::error::Result;
use crate::kustomization::{Kustomization, decode_fields};
use crate::plugin::helm::{HelmChart, HelmGlobals};
use crate::transform::images::Image;
use crate::yaml::{Entry, Node};

const DEPRECATED: [(&str, &str); 6] = [
    ("bases", "`bases` is deprecated, use `resources` instead"),
    ("commonLabels", "`commonLabels` is deprecated, use `labels` instead"),
    ("imageTags", "`imageTags` is deprecated, use `images` instead"),
    ("patchesJson6902", "`patchesJson6902` is deprecated, use `patches` instead"),
    ("patchesStrategicMerge", "`patchesStrategicMerge` is deprecated, use `patches` instead"),
    ("vars", "`vars` is deprecated, use `replacements` instead"),
];

/// Reads the deprecated fields and notes which were used.
pub(super) fn deprecated_fields(kustomization: &mut Kustomization, fields: &mut Fields<'_>, node: &Node) -> Result<()> {
    for (field, warning) in DEPRECATED {
        let used = |entry: &&Entry| entry.key.text().eq_ignore_ascii_case(field) && !entry.value.is_null();
        if let Some(entry) = node.as_mapping().and_then(|mapping| mapping.iter().find(used)) {
            kustomization.deprecated.push((warning, entry.key.span));
        }
    }
    kustomization.resources.extend(fields.take::<Vec<Spanned<String>>>("bases")?);
    kustomization.images.extend(fields.take::<Vec<Spanned<Image>>>("imageTags")?);
    let Some(node) = fields.raw("helmChartInflationGenerator") else { return Ok(()) };
    let mut globals = HelmGlobals::default();
    for (index, item) in node.as_sequence().unwrap_or_default().iter().enumerate() {
        let chart = decode_fields(item, &format!("helmChartInflationGenerator[{index}]"), |args| {
            old_helm_chart(args, &mut globals)
        })?;
        kustomization.helm_charts.push(Spanned::new(chart, item.span));
    }
    let said = !globals.chart_home.is_empty() || !globals.config_home.is_empty();
    if said && kustomization.helm_globals.is_none() {
        kustomization.helm_globals = Some(globals);
    }
    Ok(())
}

/// The old form knew more fields than upstream still reads; they are accepted and dropped, as upstream does.
fn old_helm_chart(args: &mut Fields<'_>, globals: &mut HelmGlobals) -> Result<HelmChart> {
    for dropped in ["chartRepoName", "helmBin", "releaseNamespace"] {
        args.take::<String>(dropped)?;
    }
    args.take::<Vec<String>>("extraArgs")?;
    let (helm_home, chart_home): (String, String) = (args.take("helmHome")?, args.take("chartHome")?);
    if !helm_home.is_empty() {
        globals.config_home = helm_home;
    }
    if !chart_home.is_empty() {
        globals.chart_home = chart_home;
    }
    Ok(HelmChart {
        name: args.take("chartName")?,
        version: args.take("chartVersion")?,
        repo: args.take("chartRepoUrl")?,
        values_file: args.take("values")?,
        values_inline: args.raw("valuesLocal").cloned(),
        values_merge: args.take("valuesMerge")?,
        release_name: args.take("releaseName")?,
        ..HelmChart::default()
    })
}
