//! Where legacy plugins are (upstream: `api/konfig/plugins.go`, `api/internal/plugins/loader`).

use std::path::PathBuf;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::FileSystem;
use crate::plugin::Environment;
use crate::resource::Gvk;

/// The program for plugin configurations of type `gvk`.
///
/// # Errors
/// When no plugin directory exists, or the type can't be part of a path.
pub fn plugin_path(gvk: &Gvk, environment: &Environment, files: &dyn FileSystem) -> Result<PathBuf> {
    for part in [&gvk.group, &gvk.version, &gvk.kind] {
        // Would lead out of the plugin directory.
        if part.contains(['/', '\\']) || part.as_str() == ".." {
            return Err(Error::new(ErrorKind::Plugin, format!("`{part}` can't be part of a plugin's type")));
        }
    }
    let home = plugin_home(environment, files)?;
    let directory = home.join(gvk.group.as_str()).join(gvk.version.as_str()).join(gvk.kind.to_lowercase());
    Ok(directory.join(gvk.kind.as_str()))
}

/// The first of the plugin directories that exists.
fn plugin_home(environment: &Environment, files: &dyn FileSystem) -> Result<PathBuf> {
    let below = |directory: &Option<PathBuf>, path: &str| directory.as_ref().map(|directory| directory.join(path));
    let candidates = [
        environment.plugin_home.clone(),
        below(&environment.config_home, "kustomize/plugin"),
        below(&environment.home, ".config/kustomize/plugin"),
        below(&environment.home, "kustomize/plugin"),
    ];
    let candidates: Vec<PathBuf> = candidates.into_iter().flatten().collect();
    if let Some(home) = candidates.iter().find(|path| files.is_dir(path) || files.is_file(path)) {
        return Ok(home.clone());
    }
    let tried: Vec<String> = candidates.iter().map(|path| format!("`{}`", path.display())).collect();
    let message = format!("there is no directory for plugins; looked for {}", tried.join(", "));
    Err(Error::new(ErrorKind::Plugin, message).hint("name it with the variable `KUSTOMIZE_PLUGIN_HOME`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    #[test]
    fn takes_the_first_directory_that_exists() {
        let files =
            MemoryFs::new().with_file("/h/kustomize/plugin/x", "").with_file("/h/.config/kustomize/plugin/x", "");
        let home = Some(PathBuf::from("/h"));
        let environment = Environment { home, plugin_home: Some(PathBuf::from("/gone")), ..Environment::default() };
        let find = |gvk: &Gvk| plugin_path(gvk, &environment, &files);
        let path = find(&Gvk::new("ex.com", "v1", "SedTransformer")).unwrap();
        assert_eq!(path, PathBuf::from("/h/.config/kustomize/plugin/ex.com/v1/sedtransformer/SedTransformer"));
        let bare = find(&Gvk::new("", "v1", "A")).unwrap();
        assert_eq!(bare, PathBuf::from("/h/.config/kustomize/plugin/v1/a/A"));
        let error = find(&Gvk::new("ex.com", "v1", "../../../../bin/sh")).unwrap_err();
        assert_eq!(error.message(), "`../../../../bin/sh` can't be part of a plugin's type");
    }

    #[test]
    fn names_what_it_tried() {
        let environment = Environment { home: Some(PathBuf::from("/h")), ..Environment::default() };
        let error = plugin_path(&Gvk::new("", "v1", "A"), &environment, &MemoryFs::new()).unwrap_err();
        let want = "there is no directory for plugins; looked for `/h/.config/kustomize/plugin`, `/h/kustomize/plugin`";
        assert_eq!(error.message(), want);
    }
}
