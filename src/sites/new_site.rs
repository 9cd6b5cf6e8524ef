//! A new site, as a copy of another.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::layout::check_component;
use crate::sites::Project;

/// How deep folders of a site are copied.
const DEEPEST: usize = 32;

/// Copies the folder of the site `from` to a new one called `name`, and gives the files that were written, in
/// order. Everything is read before anything is written.
///
/// # Errors
/// When `from` is no site, `name` is one or can't be a folder's name, or a file can't be read or written.
pub fn new_site(files: &dyn FileSystem, project: &Project, name: &str, from: &str) -> Result<Vec<PathBuf>, Vec<Error>> {
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
        written.push(path);
    }
    Ok(written)
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
