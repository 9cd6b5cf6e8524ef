//! Which versions run together: the matrices that the projects publish, and what they refuse.

use crate::bundle::bundle::Bundle;
use crate::bundle::version::Version;
use crate::error::{Error, Result};

/// What runs in a site's cluster, as far as a bundle says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    pub kubernetes: Option<Version>,
    pub istio: Option<Version>,
    pub knative: Option<Version>,
    pub kserve: Option<Version>,
}

/// A first and a last version.
type Range = (Version, Version);

const fn v(major: u32, minor: u32) -> Version {
    Version::new(major, minor)
}

/// The versions of Kubernetes that a version of Istio supports (istio.io, supported releases; from 1.30 on, where
/// only the minimum of `istioctl` is known, to no end).
const ISTIO: [(Version, Range); 9] = [
    (v(1, 11), (v(1, 18), v(1, 22))),
    (v(1, 12), (v(1, 19), v(1, 22))),
    (v(1, 13), (v(1, 20), v(1, 23))),
    (v(1, 14), (v(1, 21), v(1, 24))),
    (v(1, 26), (v(1, 29), v(1, 33))),
    (v(1, 27), (v(1, 29), v(1, 33))),
    (v(1, 28), (v(1, 30), v(1, 34))),
    (v(1, 29), (v(1, 31), v(1, 35))),
    (v(1, 30), (v(1, 32), v(1, u32::MAX))),
];

/// The oldest Kubernetes that versions of Knative run on (knative/community, RELEASE-SCHEDULE; later
/// `knative.dev/pkg/version` at the tags). Of 1.19 and 1.20 nothing was found.
const KNATIVE: [(Range, Version); 13] = [
    ((v(1, 0), v(1, 1)), v(1, 20)),
    ((v(1, 2), v(1, 3)), v(1, 21)),
    ((v(1, 4), v(1, 7)), v(1, 22)),
    ((v(1, 8), v(1, 8)), v(1, 23)),
    ((v(1, 9), v(1, 10)), v(1, 24)),
    ((v(1, 11), v(1, 11)), v(1, 25)),
    ((v(1, 12), v(1, 12)), v(1, 26)),
    ((v(1, 13), v(1, 13)), v(1, 27)),
    ((v(1, 14), v(1, 15)), v(1, 28)),
    ((v(1, 16), v(1, 18)), v(1, 29)),
    ((v(1, 21), v(1, 21)), v(1, 33)),
    ((v(1, 22), v(1, 22)), v(1, 34)),
    ((v(1, 23), v(1, 23)), v(1, 34)),
];

/// How much a row is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// The project says so, or tests with it.
    Published,
    /// Somebody runs it; the project says otherwise.
    Seen,
}

/// A row of KServe's matrices; no Kubernetes is any that the others allow.
#[derive(Debug)]
struct Row {
    kserve: Range,
    kubernetes: Option<Version>,
    istio: &'static [Version],
    knative: &'static [Version],
    source: &'static str,
    worth: Worth,
}

const fn row(
    kserve: Range,
    kubernetes: Version,
    istio: &'static [Version],
    knative: &'static [Version],
    source: &'static str,
) -> Row {
    Row { kserve, kubernetes: Some(kubernetes), istio, knative, source, worth: Worth::Published }
}

const OLD_KNATIVE: &[Version] = &[v(0, 25), v(0, 26), v(1, 0)];
const KNATIVE_1_4_TO_1_9: &[Version] = &[v(1, 4), v(1, 5), v(1, 6), v(1, 7), v(1, 8), v(1, 9)];
const DOCS_0_8: &str = "KServe 0.8 documentation";
const DOCS_0_10: &str = "KServe 0.10 documentation";
const DOCS_0_15: &str = "KServe 0.15 documentation";
const DOCS_0_20: &str = "KServe 0.16 to 0.20 documentation";
const V0_8: Range = (v(0, 8), v(0, 8));
const V0_10: Range = (v(0, 10), v(0, 10));
const V0_15: Range = (v(0, 15), v(0, 15));
const V0_16_TO_20: Range = (v(0, 16), v(0, 20));

const KSERVE: [Row; 17] = [
    row((v(0, 7), v(0, 7)), v(1, 22), &[v(1, 11)], &[v(0, 25), v(0, 26)], "KServe 0.7 documentation"),
    row(V0_8, v(1, 20), &[v(1, 9), v(1, 10), v(1, 11)], OLD_KNATIVE, DOCS_0_8),
    row(V0_8, v(1, 21), &[v(1, 10), v(1, 11)], OLD_KNATIVE, DOCS_0_8),
    row(V0_8, v(1, 22), &[v(1, 11), v(1, 12)], OLD_KNATIVE, DOCS_0_8),
    Row {
        worth: Worth::Seen,
        ..row(V0_8, v(1, 22), &[v(1, 12)], &[v(1, 5)], "an installation of 2022 that was written about")
    },
    row(V0_10, v(1, 22), &[v(1, 11), v(1, 12)], &[v(1, 4), v(1, 5), v(1, 6), v(1, 7)], DOCS_0_10),
    row(V0_10, v(1, 23), &[v(1, 12), v(1, 13)], &[v(1, 4), v(1, 5), v(1, 6), v(1, 7), v(1, 8)], DOCS_0_10),
    row(V0_10, v(1, 24), &[v(1, 13), v(1, 14)], KNATIVE_1_4_TO_1_9, DOCS_0_10),
    row(V0_10, v(1, 25), &[v(1, 15), v(1, 16)], KNATIVE_1_4_TO_1_9, DOCS_0_10),
    row(V0_15, v(1, 30), &[v(1, 22), v(1, 23)], &[v(1, 15), v(1, 16)], DOCS_0_15),
    row(V0_15, v(1, 31), &[v(1, 24), v(1, 25)], &[v(1, 16), v(1, 17)], DOCS_0_15),
    row(V0_15, v(1, 32), &[v(1, 25), v(1, 26)], &[v(1, 17), v(1, 18)], DOCS_0_15),
    row(V0_16_TO_20, v(1, 32), &[v(1, 27), v(1, 28)], &[v(1, 19), v(1, 20)], DOCS_0_20),
    row(V0_16_TO_20, v(1, 33), &[v(1, 27), v(1, 28)], &[v(1, 19), v(1, 20)], DOCS_0_20),
    row(V0_16_TO_20, v(1, 34), &[v(1, 28)], &[v(1, 19), v(1, 20)], DOCS_0_20),
    Row {
        kubernetes: None,
        ..row((v(0, 17), v(0, 20)), v(0, 0), &[v(1, 27)], &[v(1, 21)], "kserve/kserve, kserve-deps.env")
    },
    Row { kubernetes: None, ..row((v(0, 16), v(0, 16)), v(0, 0), &[v(1, 29)], &[v(1, 21)], "kubeflow/manifests") },
];

impl Row {
    fn text(&self) -> String {
        let list = |versions: &[Version]| versions.iter().map(Version::to_string).collect::<Vec<_>>().join(", ");
        let on = self.kubernetes.map(|version| format!(" on Kubernetes {version}")).unwrap_or_default();
        let kserve = range_text(self.kserve);
        format!("KServe {kserve}{on}: Istio {}; Knative {} ({})", list(self.istio), list(self.knative), self.source)
    }
}

fn range_text((first, last): Range) -> String {
    match (first == last, last.minor) {
        (true, _) => first.to_string(),
        (_, u32::MAX) => format!("{first} and later"),
        _ => format!("{first} to {last}"),
    }
}

impl Versions {
    /// Fails if the versions do not run together, with the row that says so.
    pub(crate) fn check(&self, bundle: &Bundle<'_>) -> Result<()> {
        let warn = |field: &str, message: &str| bundle.warn(&[field], message);
        self.verdict(&warn)
            .map_err(|Refusal { field, message, row }| -> Error { bundle.refuse(&[field], message).hint(row) })
    }

    fn verdict(&self, warn: &dyn Fn(&str, &str)) -> std::result::Result<(), Refusal> {
        if let Err(refusal) = self.istio_on_kubernetes() {
            // KServe's matrices name pairs that Istio's own does not.
            let Some(row) = self.row_of_pair() else { return Err(refusal) };
            warn("istio", &format!("{}, says Istio; but {}", refusal.message, row.text()));
        }
        self.knative_on_kubernetes()?;
        if let (Some(knative), Some(istio)) = (self.knative, self.istio)
            && knative >= v(1, 13)
            && istio < v(1, 20)
        {
            warn("istio", "from Knative 1.13 on, gRPC needs Istio 1.20 or later");
        }
        self.kserve(warn)
    }

    fn istio_on_kubernetes(&self) -> std::result::Result<(), Refusal> {
        let (Some(istio), Some(kubernetes)) = (self.istio, self.kubernetes) else { return Ok(()) };
        let Some((_, range)) = ISTIO.iter().find(|(version, _)| *version == istio) else { return Ok(()) };
        if (range.0..=range.1).contains(&kubernetes) {
            return Ok(());
        }
        let message = format!("Istio {istio} does not run on Kubernetes {kubernetes}");
        let row = format!("Istio {istio}: Kubernetes {} (istio.io, supported releases)", range_text(*range));
        Err(Refusal { field: "istio", message, row })
    }

    /// A row of KServe's that names this Istio on this Kubernetes.
    fn row_of_pair(&self) -> Option<&'static Row> {
        let (kserve, istio) = (self.kserve?, self.istio?);
        let names_both = |row: &&Row| {
            (row.kserve.0..=row.kserve.1).contains(&kserve)
                && row.kubernetes == self.kubernetes
                && row.istio.contains(&istio)
        };
        KSERVE.iter().find(names_both)
    }

    fn knative_on_kubernetes(&self) -> std::result::Result<(), Refusal> {
        let (Some(knative), Some(kubernetes)) = (self.knative, self.kubernetes) else { return Ok(()) };
        let row = KNATIVE.iter().find(|((first, last), _)| (*first..=*last).contains(&knative));
        let Some((range, oldest)) = row.filter(|(_, oldest)| kubernetes < *oldest) else { return Ok(()) };
        let message = format!("Knative {knative} does not run on Kubernetes {kubernetes}");
        let row = format!("Knative {}: Kubernetes {oldest} or later (knative release schedule)", range_text(*range));
        Err(Refusal { field: "knative", message, row })
    }

    fn kserve(&self, warn: &dyn Fn(&str, &str)) -> std::result::Result<(), Refusal> {
        let Some(kserve) = self.kserve else { return Ok(()) };
        let own = || KSERVE.iter().filter(|row| (row.kserve.0..=row.kserve.1).contains(&kserve));
        if own().next().is_none() {
            let message = format!("no matrix is known of KServe {kserve}, so nothing is checked");
            warn("kserve", &message);
            return Ok(());
        }
        let here = || {
            own().filter(|row| row.kubernetes.is_none() || self.kubernetes.is_none_or(|k| row.kubernetes == Some(k)))
        };
        let all = |rows: &mut dyn Iterator<Item = &Row>| rows.map(Row::text).collect::<Vec<_>>().join("; ");
        if let Some(kubernetes) = self.kubernetes
            && own().all(|row| row.kubernetes != Some(kubernetes))
        {
            let message = format!("KServe {kserve} is not known to run on Kubernetes {kubernetes}");
            return Err(Refusal { field: "kserve", message, row: all(&mut own()) });
        }
        type Pick = fn(&Row) -> &'static [Version];
        let pairs: [(&'static str, &str, Option<Version>, Pick); 2] =
            [("istio", "Istio", self.istio, |row| row.istio), ("knative", "Knative", self.knative, |row| row.knative)];
        for (field, name, version, pick) in pairs {
            let Some(version) = version else { continue };
            let published = |row: &&Row| row.worth == Worth::Published;
            if here().filter(published).any(|row| pick(row).contains(&version)) {
                continue;
            }
            let message = format!("KServe {kserve} is not known to run with {name} {version}");
            if here().any(|row| pick(row).contains(&version)) {
                warn(field, &format!("{message}, only seen to: {}", all(&mut here().filter(published))));
                continue;
            }
            return Err(Refusal { field, message, row: all(&mut here()) });
        }
        Ok(())
    }
}

/// Two versions that do not run together.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    field: &'static str,
    message: String,
    row: String,
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn verdict(kubernetes: &str, istio: &str, knative: &str, kserve: &str) -> (Option<Refusal>, Vec<String>) {
        let warnings = RefCell::new(Vec::new());
        let versions = Versions {
            kubernetes: Version::parse(kubernetes),
            istio: Version::parse(istio),
            knative: Version::parse(knative),
            kserve: Version::parse(kserve),
        };
        let refusal = versions.verdict(&|field, message| warnings.borrow_mut().push(format!("{field}: {message}")));
        (refusal.err(), warnings.into_inner())
    }

    #[test]
    fn what_the_two_sites_run_is_accepted() {
        assert_eq!(verdict("1.33", "1.28", "1.21", "0.20"), (None, vec![]));
        let (refusal, warnings) = verdict("1.22", "1.12", "1.5", "0.8");
        assert_eq!(refusal, None);
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("knative: KServe 0.8 is not known to run with Knative 1.5, only seen to:"));
    }

    #[test]
    fn what_is_outside_is_refused_with_the_row() {
        let refused = |kubernetes, istio, knative, kserve| verdict(kubernetes, istio, knative, kserve).0.unwrap();
        let refusal = refused("1.22", "1.28", "", "");
        assert_eq!(refusal.message, "Istio 1.28 does not run on Kubernetes 1.22");
        assert_eq!(refusal.row, "Istio 1.28: Kubernetes 1.30 to 1.34 (istio.io, supported releases)");
        let refusal = refused("1.21", "", "1.5", "");
        assert_eq!(refusal.row, "Knative 1.4 to 1.7: Kubernetes 1.22 or later (knative release schedule)");
        let refusal = refused("1.25", "1.14", "1.9", "0.10");
        assert_eq!((refusal.field, refusal.message.as_str()), ("istio", "Istio 1.14 does not run on Kubernetes 1.25"));
        let refusal = refused("1.25", "", "", "0.20");
        assert!(refusal.row.starts_with("KServe 0.16 to 0.20 on Kubernetes 1.32: Istio 1.27, 1.28; Knative"));
        let refusal = refused("1.34", "1.27", "", "0.20");
        assert_eq!(refusal.field, "istio");
        let refusal = refused("", "1.28", "1.18", "0.20");
        assert_eq!(refusal.message, "KServe 0.20 is not known to run with Knative 1.18");
    }

    /// Every row of the matrices accepts what is in it.
    #[test]
    fn rows_accept_themselves() {
        for row in &KSERVE {
            for (istio, knative) in row.istio.iter().flat_map(|i| row.knative.iter().map(move |k| (i, k))) {
                let versions = Versions {
                    kubernetes: row.kubernetes,
                    istio: Some(*istio),
                    knative: Some(*knative),
                    kserve: Some(row.kserve.1),
                };
                assert_eq!(versions.verdict(&|_, _| ()), Ok(()), "{versions:?}");
            }
        }
    }
}
