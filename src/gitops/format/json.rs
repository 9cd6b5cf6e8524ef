//! A report for programs: JSON of the schema `crustomize.dev/diff/v1`.
//!
//! Fields may come to it without a new version; none goes or changes its meaning. One resource stands on one line.

use serde_json::{Value as Json, json};

use crate::diagnostic::{error_value, warning_value};
use crate::gitops::diff::{
    Counts, FieldChange, FieldOperation, Noise, ObjectChange, ObjectId, Report, TextDiff, UnitReport, UnitStatus,
};
use crate::gitops::format::words::{Extent, change_word};

/// The schema's name and version.
const SCHEMA: &str = "crustomize.dev/diff/v1";

/// The report as JSON, with a line break at its end.
#[must_use]
pub fn json(report: &Report) -> String {
    let mut out = format!("{{\"schema\":\"{SCHEMA}\",\n");
    field(&mut out, "base", &Json::from(report.base.as_str()));
    field(&mut out, "head", &Json::from(report.head.as_str()));
    out.push_str("\"units\":[");
    for (index, unit) in report.units.iter().enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        write_unit(unit, report, &mut out);
    }
    out.push_str("],\n");
    list(&mut out, "failures", report.units.iter().flat_map(failures));
    field(&mut out, "counts", &counts(report.counts()));
    field(&mut out, "unaffected", &json!(report.unaffected));
    let rules = report.rules.iter().map(|rule| json!({"rule": rule.rule, "reason": rule.reason, "used": rule.used}));
    list(&mut out, "rules", rules);
    list(&mut out, "warnings", report.warnings.iter().map(warning_value));
    out.truncate(out.len() - ",\n".len());
    out.push_str("}\n");
    out
}

fn field(out: &mut String, name: &str, value: &Json) {
    out.push_str(&format!("\"{name}\":{value},\n"));
}

fn list(out: &mut String, name: &str, values: impl Iterator<Item = Json>) {
    out.push_str(&format!("\"{name}\":["));
    for (index, value) in values.enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        out.push_str(&value.to_string());
    }
    out.push_str("],\n");
}

fn write_unit(unit: &UnitReport, report: &Report, out: &mut String) {
    let UnitReport { unit: name, status, unchanged, .. } = unit;
    let head = json!({
        "id": name.to_string(), "site": name.site, "app": name.app, "status": status_name(*status), "unchanged": unchanged,
    });
    let head = head.to_string();
    out.push_str(head.trim_end_matches('}'));
    out.push_str(",\"resources\":[");
    for (index, object) in unit.objects.iter().enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        out.push_str(&resource(object, report).to_string());
    }
    out.push_str("]}");
}

fn resource(object: &ObjectChange, report: &Report) -> Json {
    let ObjectChange { id, old_id, change, old_path, new_path, fields, ignored, noise, is_masked, text } = object;
    let ignored = ignored.iter().map(|field| {
        let rule = report.rules.get(field.rule).map(|rule| rule.rule.as_str());
        json!({"pointer": field.pointer, "rule": rule})
    });
    json!({
        "id": identity(id),
        "oldId": old_id.as_ref().map(identity),
        "change": change_word(*change),
        "isChanged": !object.is_ignored(),
        "path": new_path.as_ref().or(old_path.as_ref()),
        "oldPath": old_path,
        "fields": fields.iter().map(changed_field).collect::<Vec<_>>(),
        "ignored": ignored.collect::<Vec<_>>(),
        "noise": noise.map(noise_name),
        "masked": is_masked,
        "lines": extent(text),
    })
}

fn identity(id: &ObjectId) -> Json {
    json!({"group": id.group, "kind": id.kind, "namespace": id.namespace, "name": id.name})
}

fn changed_field(field: &FieldChange) -> Json {
    let FieldChange { pointer, operation, old, new, is_masked } = field;
    let operation = match operation {
        FieldOperation::Add => "add",
        FieldOperation::Remove => "remove",
        FieldOperation::Replace => "replace",
        FieldOperation::Reorder => "reorder",
    };
    let mut out = json!({"pointer": pointer, "op": operation});
    // A value that is not there is not `null`.
    for (name, value) in [("old", old), ("new", new)] {
        if let (Some(value), Some(fields)) = (value, out.as_object_mut()) {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    out["masked"] = json!(is_masked);
    out
}

/// How many lines differ.
fn extent(text: &TextDiff) -> Json {
    match (Extent::of(text), text) {
        (Extent::Lines { added, removed }, _) => json!({"added": added, "removed": removed}),
        (Extent::Replaced { old, new }, _) => json!({"replaced": {"old": old, "new": new}}),
        (Extent::Binary, TextDiff::Binary { old_sha256, new_sha256 }) => {
            json!({"binary": {"oldSha256": old_sha256, "newSha256": new_sha256}})
        }
        (Extent::Binary, _) => Json::Null,
    }
}

const fn status_name(status: UnitStatus) -> &'static str {
    match status {
        UnitStatus::Unchanged => "unchanged",
        UnitStatus::Changed => "changed",
        UnitStatus::Ignored => "ignored",
        UnitStatus::Added => "added",
        UnitStatus::Removed => "removed",
        UnitStatus::Failed => "failed",
    }
}

const fn noise_name(noise: Noise) -> &'static str {
    match noise {
        Noise::Checksums => "checksums",
        Noise::ChartLabels => "chartLabels",
        Noise::CaBundles => "caBundles",
        Noise::HashReferences => "hashReferences",
        Noise::Mixed => "mixed",
    }
}

fn failures(unit: &UnitReport) -> impl Iterator<Item = Json> {
    unit.failures.iter().map(|failure| {
        let side = if failure.on_base { "base" } else { "head" };
        json!({"unit": unit.unit.to_string(), "side": side, "error": error_value(&failure.error)})
    })
}

fn counts(counts: Counts) -> Json {
    let Counts { added, removed, modified, renamed, noise, ignored, failed } = counts;
    json!({
        "added": added, "removed": removed, "modified": modified, "renamed": renamed,
        "noise": noise, "ignored": ignored, "failed": failed,
    })
}
