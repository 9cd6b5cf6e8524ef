//! Which packs somebody asked for.

use std::fmt;
use std::ops::BitOr;

use crate::decode::suggestion;
use crate::pack::Pack;

/// A set of packs; the empty one is kustomize as it is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Packs(u8);

impl Packs {
    /// All packs.
    pub const ALL: Self = Self(0b1111);

    /// No pack.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The packs as a number, one bit each.
    pub(super) const fn bits(self) -> usize {
        self.0 as usize
    }

    /// Whether `pack` is one of them.
    #[must_use]
    pub const fn contains(self, pack: Pack) -> bool {
        self.0 & 1 << pack as u8 != 0
    }

    /// These and `pack`.
    #[must_use]
    pub const fn with(self, pack: Pack) -> Self {
        Self(self.0 | 1 << pack as u8)
    }

    /// Those that are not among `others`.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// The packs, by name.
    pub fn iter(self) -> impl Iterator<Item = Pack> {
        Pack::ALL.into_iter().filter(move |pack| self.contains(*pack))
    }

    /// The packs of these names.
    ///
    /// # Errors
    /// What is wrong with the first name that means no pack, and what may have been meant.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> std::result::Result<Self, (String, String)> {
        names.into_iter().try_fold(Self::none(), |packs, name| match Pack::parse(name) {
            Some(pack) => Ok(packs.with(pack)),
            None => {
                let known = Pack::ALL.map(Pack::name);
                let hint = suggestion(name, &known, || format!("there are `{}`", known.join("`, `")));
                Err((format!("there is no pack `{name}`"), hint))
            }
        })
    }
}

impl BitOr for Packs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Pack> for Packs {
    fn from_iter<I: IntoIterator<Item = Pack>>(packs: I) -> Self {
        packs.into_iter().fold(Self::none(), Self::with)
    }
}

/// The names, joined as `--pack` takes them.
impl fmt::Display for Packs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Pack::name).collect();
        f.write_str(&names.join(","))
    }
}

impl fmt::Debug for Packs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packs({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_there_and_back() {
        let packs = Packs::parse(["kserve", "istio"]).unwrap();
        assert_eq!(packs.to_string(), "istio,kserve");
        assert!(packs.contains(Pack::Istio) && !packs.contains(Pack::Knative));
        assert_eq!(Packs::ALL.without(packs).to_string(), "argo-rollouts,knative");
        assert_eq!(packs | Packs::ALL, Packs::ALL);
        assert_eq!(Pack::ALL.into_iter().collect::<Packs>(), Packs::ALL);
        let (message, hint) = Packs::parse(["isto"]).unwrap_err();
        assert_eq!((message.as_str(), hint.as_str()), ("there is no pack `isto`", "did you mean `istio`?"));
    }
}
