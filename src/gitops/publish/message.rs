//! What the published commit says.

use std::fmt::Write as _;

use crate::git::Identity;
use crate::gitops::publish::{Counts, Plan, PublishOptions, UnitPlan};

/// The message of the commit that does what is planned.
pub(super) fn message(plan: &Plan<'_>, options: &PublishOptions, author: &Identity) -> String {
    let provenance = &options.plan.provenance;
    let value = |name: &str| value(name, plan, options);
    let mut text = match &options.template {
        Some(template) => template.fill(value),
        None => match &provenance.commit {
            Some(_) => format!("{}: {}\n\n{}", value("sha7"), value("subject"), value("summary")),
            None => format!("Publish {}\n\n{}", value("units"), value("summary")),
        },
    };
    text.truncate(text.trim_end().len());
    text.push_str("\n\n");
    let mut trailer = |key: &str, value: &str| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "{key}: {value}");
    };
    if let Some(sha) = provenance.dry_sha() {
        trailer("Dry-Sha", &sha);
    }
    if let Some(repository) = &provenance.repository {
        trailer("Dry-Repo", repository);
    }
    trailer("Rendered-By", concat!("crustomize ", env!("CARGO_PKG_VERSION")));
    if !provenance.info.author.is_empty() && provenance.info.author != author.to_string() {
        trailer("Co-authored-by", &provenance.info.author);
    }
    text
}

/// `2 sites, +1 ~3 -0`
pub(super) fn summary(plan: &Plan<'_>) -> String {
    let Counts { added, modified, deleted } = plan.counts();
    let sites = plan.sites().len();
    let word = if sites == 1 { "site" } else { "sites" };
    format!("{sites} {word}, +{added} ~{modified} -{deleted}")
}

fn value(name: &str, plan: &Plan<'_>, options: &PublishOptions) -> String {
    let provenance = &options.plan.provenance;
    let info = &provenance.info;
    let counts = plan.counts();
    let units = || plan.units.iter().filter(|unit| unit.is_changed());
    match name {
        "sha" => provenance.dry_sha().unwrap_or_default(),
        "sha7" => {
            let short = provenance.commit.as_ref().map(|commit| commit.short().to_owned()).unwrap_or_default();
            if provenance.is_dirty { format!("{short}-dirty") } else { short }
        }
        "subject" => info.subject.clone(),
        "body" => info.body.clone(),
        "author" => info.author.clone(),
        "date" => info.date.clone(),
        "repository" => provenance.repository.clone().unwrap_or_default(),
        "branch" => options.branch.clone(),
        "sites" => plan.sites().len().to_string(),
        "units" => units().map(|unit: &UnitPlan<'_>| unit.unit.to_string()).collect::<Vec<_>>().join(", "),
        "added" => counts.added.to_string(),
        "modified" => counts.modified.to_string(),
        "deleted" => counts.deleted.to_string(),
        _ => summary(plan),
    }
}
