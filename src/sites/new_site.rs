//! A new site, as a copy of another.

use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::error::{Error, ErrorKind};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::layout::check_component;
use crate::sites::Project;

/// How deep folders of a site are copied.
const DEEPEST: usize = 32;

/// A file of a new site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFile {
    /// Where it is.
    pub path: PathBuf,
    /// The lines, counted from 1, that name the site it was copied from: what they say is for people to decide.
    pub mentions: Vec<usize>,
}

/// Copies the folder of the site `from` to a new one called `name`, and gives the files that were written, in
/// order. Everything is read before anything is written.
///
/// # Errors
/// When `from` is no site, `name` is one or can't be a folder's name, or a file can't be read or written.
pub fn new_site(
    files: &dyn FileSystem,
    project: &Project,
    name: &str,
    from: &str,
) -> Result<Vec<CopiedFile>, Vec<Error>> {
    project.select(&[from.to_owned()])?;
    let one = |error: Error| vec![error];
    check_component(name).map_err(|fault| {
        let message = format!("`{}` can't be the folder of a site: the name {fault}", name.escape_debug());
        one(Error::new(ErrorKind::Usage, message))
    })?;
    let (source, target) = (project.sites.join(from), project.sites.join(name));
    if files.is_dir(&target) || files.is_file(&target) {
        let message = format!("`{}` is there already", target.display());
        return Err(one(Error::new(ErrorKind::Usage, message).hint("choose another name, or remove it first")));
    }
    let mut found = Vec::new();
    collect(files, &source, Path::new(""), 0, &mut found).map_err(one)?;
    let mut written = Vec::new();
    for (path, content) in found {
        let path = target.join(path);
        let directory = path.parent().unwrap_or(&target);
        let done = files.create_dir_all(directory).and_then(|()| files.write(&path, &content));
        done.map_err(|failure| one(failure.into()))?;
        written.push(CopiedFile { mentions: mentions(&content, from), path });
    }
    Ok(written)
}

/// The lines of `content` that name `site`; as a part of a longer word it is another name.
fn mentions(content: &[u8], site: &str) -> Vec<usize> {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let names_it = |line: &[u8]| {
        memmem::find_iter(line, site).any(|at| {
            let before = at.checked_sub(1).and_then(|at| line.get(at));
            !is_word(before) && !is_word(line.get(at + site.len()))
        })
    };
    let lines = content.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| names_it(line)).map(|(number, _)| number + 1).collect()
}

fn collect(
    files: &dyn FileSystem,
    source: &Path,
    below: &Path,
    depth: usize,
    found: &mut Vec<(PathBuf, Vec<u8>)>,
) -> Result<(), Error> {
    if depth > DEEPEST {
        let message = format!("folders of a site may be nested at most {DEEPEST} deep");
        return Err(Error::new(ErrorKind::Limit, message).in_file(&source.join(below)));
    }
    for name in files.read_dir(&source.join(below))? {
        let path = below.join(name);
        if files.is_dir(&source.join(&path)) {
            collect(files, source, &path, depth + 1, found)?;
        } else {
            let content = files.read(&source.join(&path), DEFAULT_FILE_LIMIT)?;
            found.push((path, content));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_named_as_a_word() {
        let content = b"name: east\nnamespace: east-2\nhost: web.east.example.org\nkind: Feast\n# east, west\n";
        assert_eq!(mentions(content, "east"), [1, 3, 5]);
        assert_eq!(mentions(b"\xff east", "east"), [1]);
        assert!(mentions(b"", "east").is_empty());
    }
}
