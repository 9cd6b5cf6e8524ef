//! How a unit comes to depend on a file: who names whom, from the unit's kustomization on.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem, clean};
use crate::kustomization::FILE_NAMES;
use crate::source::SourceId;
use crate::yaml::documents::{Position, decode, split};
use crate::yaml::parse::parse;
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Value};

/// One step: a kustomization that names a file or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The kustomization.
    pub file: PathBuf,
    /// The line in it, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The field, as `resources[0]`.
    pub field: String,
    /// What it says.
    pub value: String,
}

/// The shortest way from the kustomization in `directory` to the file `target`, which may be gone; `None` if no
/// kustomization on the way names it: it is one of them, or a name that a render looks for by itself.
///
/// `files` are those that the unit sees; paths are absolute and clean. What can't be read has no links.
#[must_use]
pub fn chain(files: &dyn FileSystem, directory: &Path, target: &Path) -> Option<Vec<Link>> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut queue = VecDeque::from([(directory.to_owned(), Vec::new())]);
    while let Some((directory, links)) = queue.pop_front() {
        let real = files.canonicalize(&directory).unwrap_or_else(|_| directory.clone());
        if target.parent() == Some(&real) && is_kustomization(target) {
            return Some(links);
        }
        if !seen.insert(real) {
            continue;
        }
        for link in links_of(files, &directory) {
            let named = clean(&directory.join(path_in(&link.value)));
            let real = files.canonicalize(&named).unwrap_or_else(|_| named.clone());
            let longer = || links.iter().cloned().chain([link.clone()]).collect::<Vec<_>>();
            if named == target || real == target {
                return Some(longer());
            }
            if files.is_dir(&named) {
                queue.push_back((named, longer()));
            }
        }
    }
    None
}

fn is_kustomization(path: &Path) -> bool {
    FILE_NAMES.iter().any(|name| path.file_name().is_some_and(|file| file == *name))
}

/// A generator's `key=path` names a file, too.
fn path_in(value: &str) -> &str {
    value.split_once('=').map_or(value, |(_, path)| path)
}

/// All texts of the kustomization in `directory` that may be names of files.
fn links_of(files: &dyn FileSystem, directory: &Path) -> Vec<Link> {
    let Some(file) = FILE_NAMES.iter().map(|name| directory.join(name)).find(|file| files.is_file(file)) else {
        return Vec::new();
    };
    let Some(text) = files.read(&file, DEFAULT_FILE_LIMIT).ok().and_then(|bytes| decode(bytes).ok()) else {
        return Vec::new();
    };
    let mut links = Vec::new();
    for chunk in split(&text, Position::start(SourceId::PASSING)).unwrap_or_default() {
        if let Ok(Some(node)) = parse(chunk, Dialect::V3) {
            gather(&node, "", &file, &mut links);
        }
    }
    links
}

fn gather(node: &Node, field: &str, file: &Path, links: &mut Vec<Link>) {
    match &node.value {
        Value::Scalar(scalar) => {
            let value = scalar.text.as_str();
            if !value.is_empty() && !value.contains('\n') {
                let (line, column) = (node.span.line(), node.span.column());
                let (file, field, value) = (file.to_owned(), field.to_owned(), value.to_owned());
                links.push(Link { file, line, column, field, value });
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                gather(item, &format!("{field}[{index}]"), file, links);
            }
        }
        Value::Mapping(mapping) => {
            for entry in mapping {
                let dot = if field.is_empty() { "" } else { "." };
                gather(&entry.value, &format!("{field}{dot}{}", entry.key.text()), file, links);
            }
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, field, value } = self;
        write!(f, "{}:{line}:{column}: `{field}` names `{value}`", file.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;
    use crate::sites::{GraftedFs, Unit};

    fn fleet() -> MemoryFs {
        MemoryFs::new()
            .with_file("/base/web/base/kustomization.yaml", "resources:\n- deployment.yaml\n- ../common\n")
            .with_file("/base/web/base/deployment.yaml", "")
            .with_file("/base/web/common/Kustomization", "configMapGenerator:\n- name: a\n  files: [key=conf/a.txt]\n")
            .with_file("/base/web/common/conf/a.txt", "")
            .with_file("/sites/aws/web/kustomization.yaml", "resources:\n  - ../base\n")
    }

    fn found(target: &str) -> Option<Vec<String>> {
        let files = fleet();
        let unit = Unit {
            site: "aws".into(),
            app: "web".into(),
            directory: "/sites/aws/web".into(),
            base: "/base/web".into(),
        };
        let grafted = GraftedFs::new(&files, &unit);
        let links = chain(&grafted, &unit.directory, Path::new(target))?;
        Some(links.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn follows_names_through_kustomizations() {
        let first = "/sites/aws/web/kustomization.yaml:2:5: `resources[0]` names `../base`";
        let deployment = "/sites/aws/base/kustomization.yaml:2:3: `resources[0]` names `deployment.yaml`";
        assert_eq!(found("/sites/aws/web/kustomization.yaml").unwrap(), [""; 0]);
        assert_eq!(found("/base/web/base/kustomization.yaml").unwrap(), [first]);
        assert_eq!(found("/base/web/base/deployment.yaml").unwrap(), [first, deployment]);
        let text = found("/base/web/common/conf/a.txt").unwrap();
        assert!(text[2].ends_with("names `key=conf/a.txt`"), "{text:?}");
        assert_eq!(found("/base/web/other.yaml"), None);
    }
}
