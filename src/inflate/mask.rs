//! Hides values in what a program says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::inflate::{ChartOrigin, Release};
use crate::yaml::{Node, Value};

/// Shorter texts are in every message, and are no secrets.
const SHORTEST: usize = 4;

const MASK: &str = "***";

/// The values of a release, which are to be seen in no message.
///
/// Templates may say in an error whatever they were given, and which of the values are secret nobody knows: all
/// of them are hidden. What a message needs to be understood (the names of release and chart) is left.
#[derive(Debug)]
pub(super) struct Mask {
    /// Longer ones first: one may be a part of another.
    hidden: Vec<String>,
}

impl Mask {
    /// Hides the values of `release`.
    pub(super) fn of(release: &Release) -> Self {
        let mut hidden = Vec::new();
        collect(&release.values, &mut hidden);
        let shown = match &release.chart {
            ChartOrigin::Repository { name, version, .. } => [name, version],
            ChartOrigin::Git { path, reference, .. } => [path, reference],
        };
        let is_shown = |text: &String| {
            matches!(text.as_str(), "true" | "false" | "null")
                || [&release.name, &release.namespace].into_iter().chain(shown).any(|name| name == text)
        };
        hidden.retain(|text| text.len() >= SHORTEST && !is_shown(text));
        hidden.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        hidden.dedup();
        Self { hidden }
    }

    /// The text without the values.
    pub(super) fn hide(&self, text: &str) -> String {
        self.hidden.iter().fold(text.to_owned(), |text, value| {
            if text.contains(value.as_str()) { text.replace(value.as_str(), MASK) } else { text }
        })
    }
}

/// All scalars as they may be printed: whole, by line, in quotes, in base64.
fn collect(node: &Node, hidden: &mut Vec<String>) {
    match &node.value {
        Value::Scalar(scalar) => {
            let text = scalar.text.as_str();
            hidden.push(text.trim().to_owned());
            hidden.push(STANDARD.encode(text));
            let quoted = serde_json::Value::from(text).to_string();
            hidden.push(quoted.trim_matches('"').to_owned());
            hidden.extend(text.lines().map(|line| line.trim().to_owned()));
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, hidden)),
        Value::Mapping(mapping) => mapping.iter().for_each(|entry| collect(&entry.value, hidden)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_seen_in_any_form() {
        let chart =
            ChartOrigin::Repository { url: String::new(), name: "nginx".to_owned(), version: "1.2.3".to_owned() };
        let mut release = Release::new("web", "shop", chart);
        for (key, text) in
            [("a", "hunter22"), ("b", "hunter22 and more"), ("c", "line one\nline \"two\"\n"), ("d", "nginx")]
        {
            release.values.as_mapping_mut().unwrap().set(key, Node::string(text));
        }
        let said = "nginx/templates/a.yaml: hunter22 and more, xhunter22y, aHVudGVyMjI=\n  line one\n  line \"two\" line \\\"two\\\" web";
        let mask = Mask::of(&release);
        assert_eq!(mask.hide(said), "nginx/templates/a.yaml: ***, x***y, ***\n  ***\n  *** line \\\"two\\\" web");
    }
}
