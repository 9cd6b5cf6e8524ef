//! Which subjects of role bindings get a namespace (upstream: the role binding part of `api/filters/namespace`).

use crate::error::{Error, ErrorKind, Result};
use crate::resource::Gvk;
use crate::yaml::{Mapping, Node, Tag, Text};

/// Which subjects of role bindings follow the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubjectMode {
    /// Those named `default`, of whatever kind.
    #[default]
    DefaultOnly,
    /// All of kind `ServiceAccount`.
    AllServiceAccounts,
    /// None.
    None,
}

/// Whether this is a role binding, of whatever group.
pub(super) fn is_role_binding(gvk: &Gvk) -> bool {
    matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding")
}

impl SubjectMode {
    /// The mode of this name; an empty name is the default.
    ///
    /// # Errors
    /// When there is no such mode.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "" | "defaultOnly" => Ok(Self::DefaultOnly),
            "allServiceAccounts" => Ok(Self::AllServiceAccounts),
            "none" => Ok(Self::None),
            _ => Err(Error::new(ErrorKind::Transform, format!("unknown value `{name}` for `setRoleBindingSubjects`"))
                .hint("use `defaultOnly`, `allServiceAccounts` or `none`")),
        }
    }

    /// Calls `set` for the namespace of every subject of `root` that follows; a missing one is made.
    pub(super) fn for_each_subject(self, root: &mut Node, set: &mut dyn FnMut(&mut Node) -> Result<()>) -> Result<()> {
        let (field, wanted) = match self {
            Self::DefaultOnly => ("name", "default"),
            Self::AllServiceAccounts => ("kind", "ServiceAccount"),
            Self::None => return Ok(()),
        };
        let Some(subjects) = root.get_mut("subjects").filter(|subjects| !subjects.is_null()) else { return Ok(()) };
        let (span, sort) = (subjects.span, subjects.sort_name());
        let Some(subjects) = subjects.as_sequence_mut() else {
            return Err(wrong("`subjects`", "a list", sort).at(span));
        };
        for subject in subjects {
            if let Some(subject) = follows(subject, field, wanted)? {
                set(subject.get_or_insert_with("namespace", || Node::scalar(Text::default(), Tag::Unresolved)))?;
            }
        }
        Ok(())
    }
}

fn follows<'a>(subject: &'a mut Node, field: &str, wanted: &str) -> Result<Option<&'a mut Mapping>> {
    if subject.is_null() {
        return Ok(None);
    }
    let (span, sort) = (subject.span, subject.sort_name());
    let Some(mapping) = subject.as_mapping_mut() else {
        return Err(wrong("a subject", "a mapping", sort).at(span));
    };
    match mapping.get(field) {
        Some(value) if value.as_scalar().is_none() => {
            Err(wrong(&format!("the {field} of a subject"), "a string", value.sort_name()).at(value.span))
        }
        value if value.and_then(Node::as_str) == Some(wanted) => Ok(Some(mapping)),
        _ => Ok(None),
    }
}

fn wrong(what: &str, want: &str, got: &str) -> Error {
    Error::new(ErrorKind::Transform, format!("{what} must be {want}, but is {got}"))
}
