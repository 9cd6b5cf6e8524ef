//! What we wrote into a unit's folder: the file `.inventory.json` in it.
//!
//! It says whose a file is, so it is believed only as far as it is checked: a path in it that could lead out
//! of the folder is an error.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, EntryKind, StagingFileSystem};
use crate::layout::{OutputFile, check_path};

/// The inventory's name in a unit's folder.
pub const INVENTORY: &str = ".inventory.json";

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;

/// Argo CD takes every `.json` of a folder for a manifest and fails, also where the name begins with a dot, unless this
/// stands somewhere in it.
const NO_MANIFEST: &str = "+argocd:skip-file-rendering";

/// The files of a unit that are ours, by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// Path below the unit's folder, and what was written there.
    pub files: BTreeMap<String, InventoryFile>,
    /// A hash of everything that the files were made of, if whoever published them knew it. It is for comparing only.
    pub inputs: Option<String>,
}

/// One file that we wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryFile {
    /// SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
    /// Ids of the resources in it.
    pub resources: Vec<String>,
}

impl Inventory {
    /// The inventory of these files.
    #[must_use]
    pub fn of(files: &[OutputFile]) -> Self {
        Self::of_contents(files.iter().map(|file| (file.path.as_str(), file.content.as_bytes(), &*file.resources)))
    }

    /// The inventory of these files: paths, contents, and ids of the resources in them.
    pub fn of_contents<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8], &'a [String])>) -> Self {
        let entry = |(path, content, resources): (&str, &[u8], &[String])| {
            (path.to_owned(), InventoryFile { sha256: sha256(content), resources: resources.to_vec() })
        };
        Self { files: files.into_iter().map(entry).collect(), inputs: None }
    }

    /// The same bytes for the same files, always.
    #[must_use]
    pub fn to_json(&self) -> String {
        let file = |(path, file): (&String, &InventoryFile)| json!({ "path": path, "sha256": file.sha256, "resources": file.resources });
        let mut object = json!({ "version": VERSION, "argocd": NO_MANIFEST, "files": self.files.iter().map(file).collect::<Vec<_>>() });
        if let (Some(inputs), Some(object)) = (&self.inputs, object.as_object_mut()) {
            object.insert("inputs".to_owned(), Value::from(inputs.as_str()));
        }
        format!("{object:#}\n")
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// What is wrong with it, to be read after "it".
    pub fn from_json(text: &[u8]) -> std::result::Result<Self, String> {
        let object: Value = serde_json::from_slice(text).map_err(|error| format!("is not JSON: {error}"))?;
        match object.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(version) => return Err(format!("has version {version}, only {VERSION} is known")),
            None => return Err("has no version".to_owned()),
        }
        let list = object.get("files").and_then(Value::as_array).ok_or("has no list `files`")?;
        let mut files = BTreeMap::new();
        for file in list {
            let text = |key: &str| file.get(key).and_then(Value::as_str);
            let (Some(path), Some(sha256)) = (text("path"), text("sha256")) else {
                return Err("has a file without path or sha256".to_owned());
            };
            check_path(path).map_err(|fault| format!("names `{}`: a part {fault}", path.escape_debug()))?;
            let resources = file.get("resources").and_then(Value::as_array).into_iter().flatten();
            let resources = resources.filter_map(Value::as_str).map(str::to_owned).collect();
            files.insert(path.to_owned(), InventoryFile { sha256: sha256.to_owned(), resources });
        }
        let inputs = object.get("inputs").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { files, inputs })
    }

    /// The inventory in a unit's folder, if there is one, and its bytes.
    pub(super) fn read(files: &dyn StagingFileSystem, folder: &Path) -> Result<Option<(Self, Vec<u8>)>> {
        let path = folder.join(INVENTORY);
        let wrong = |fault: &str| {
            Error::new(ErrorKind::Output, format!("the inventory `{}` {fault}", path.display())).hint(
                "bring it back from version control, or remove it: every file beside it then counts as somebody else's",
            )
        };
        match files.entry(&path)? {
            None => return Ok(None),
            Some(EntryKind::File) => {}
            Some(_) => return Err(wrong("is no ordinary file")),
        }
        let bytes = files.read(&path, DEFAULT_FILE_LIMIT)?;
        let inventory = Self::from_json(&bytes).map_err(|fault| wrong(&fault))?;
        Ok(Some((inventory, bytes)))
    }
}

pub(crate) fn sha256(content: &[u8]) -> String {
    format!("{:x}", Sha256::digest(content))
}
