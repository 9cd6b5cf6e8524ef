//! `vendor.yaml`, typed.

use std::path::{Path, PathBuf};

use arcstr::ArcStr;

use crate::decode::{Fields, Spanned, wrong_type};
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::git::without_password;
use crate::loader::{RepoSpec, is_remote_file};
use crate::source::{SourceMap, Span};
use crate::vendor::UPSTREAM;
use crate::yaml::documents::decode;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Text};

/// What a project has from others.
#[derive(Debug)]
pub struct Manifest {
    /// The file, as it was named.
    pub path: PathBuf,
    /// Its text.
    pub(super) text: ArcStr,
    /// For errors.
    pub(super) sources: SourceMap,
    /// What is to be fetched, in the order of the file.
    pub entries: Vec<Entry>,
}

/// One file or tree of somebody else's.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The application whose base it belongs to.
    pub app: String,
    /// What it is called in the base's folder `upstream`; empty for the folder itself.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// What its content must be.
    pub sha256: Option<Spanned<String>>,
    /// Where the entry is written.
    pub(super) span: Span,
    /// Where the address is written.
    pub(super) address: Span,
}

/// Where an entry comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file on a server.
    Remote(String),
    /// A file on this machine; a relative path begins at `vendor.yaml`.
    Local(PathBuf),
    /// A directory or a file of a repository.
    Git(Box<RepoSpec>),
}

impl Manifest {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "vendor.yaml";

    /// Reads the file `path`.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn load(files: &dyn FileSystem, path: &Path) -> Result<Self> {
        if !files.is_file(path) {
            let error = Error::new(ErrorKind::Load, format!("there is no file `{}`", path.display()));
            return Err(error.hint("it lists what is fetched: `vendor: [{app: APP, url: ADDRESS, sha256: HASH}]`"));
        }
        let text = decode(files.read(path, DEFAULT_FILE_LIMIT)?).map_err(|error| error.in_file(path))?;
        let sources = SourceMap::default();
        let source = match has_secrets(&text) {
            true => sources.add_masked(path, text.clone()),
            false => sources.add(path, text.clone()),
        };
        let read = || {
            let node = parse(Chunk::whole(&text, source), Dialect::V3)?;
            node.map_or_else(|| Ok(Vec::new()), |node| entries(&node))
        };
        let entries = read().map_err(|error: Error| error.resolve(&sources))?;
        Ok(Self { path: path.to_owned(), text, sources, entries })
    }
}

/// Whether an address says who we are: a password, or anything behind a question mark but what git is told.
fn has_secrets(text: &str) -> bool {
    let queries = text.split('?').skip(1).map(|query| query.split(['=', '\n']).next().unwrap_or_default());
    without_password(text) != text
        || queries.into_iter().any(|key| !["ref", "version", "timeout", "submodules"].contains(&key))
}

fn entries(document: &Node) -> Result<Vec<Entry>> {
    let mut fields = Fields::of(document, "")?;
    let list = fields.raw("vendor");
    fields.finish()?;
    let list =
        list.map_or(Ok(&[][..]), |node| node.as_sequence().ok_or_else(|| wrong_type(node, "vendor", "a list")))?;
    let read = |(index, node): (usize, &Node)| entry(node, &format!("vendor[{index}]"));
    let entries: Vec<Entry> = list.iter().enumerate().map(read).collect::<Result<_>>()?;
    for (index, entry) in entries.iter().enumerate() {
        if let Some(other) = entries[..index].iter().find(|other| other.overlaps(entry)) {
            let message = format!("two entries are for `{}`", if entry.name.is_empty() { other } else { entry });
            let error = Error::new(ErrorKind::Kustomization, message).at(entry.span);
            return Err(error.frame("the other is at", other.span).hint("give each a `name` of its own"));
        }
    }
    Ok(entries)
}

fn entry(node: &Node, field: &str) -> Result<Entry> {
    let mut fields = Fields::of(node, field)?;
    let wrong = |message: String, span: Span| Err(Error::new(ErrorKind::Kustomization, message).at(span));
    let app: Spanned<String> = required(&mut fields, "app", field, node)?;
    let name: Option<Spanned<String>> = spanned(&mut fields, "name")?;
    let url: Option<Spanned<String>> = spanned(&mut fields, "url")?;
    let git: Option<Spanned<String>> = spanned(&mut fields, "git")?;
    let path: Option<Spanned<String>> = spanned(&mut fields, "path")?;
    let sha256: Option<Spanned<String>> = spanned(&mut fields, "sha256")?;
    fields.finish()?;
    for part in [Some(&app), name.as_ref()].into_iter().flatten() {
        if !is_plain_name(&part.value) {
            return wrong(format!("`{}` is no name of a file or folder", part.value), part.span());
        }
    }
    if let Some(sha256) = &sha256
        && !(sha256.value.len() == 64 && sha256.value.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        return wrong("`sha256` must be 64 hexadecimal digits".to_owned(), sha256.span());
    }
    let (source, address) = match (url, git) {
        (Some(url), None) => {
            if let Some(path) = path {
                return wrong("`path` is for repositories; a `url` names one file".to_owned(), path.span());
            }
            (file(&url)?, url)
        }
        (None, Some(git)) => (repository(&git, path)?, git),
        (Some(_), Some(git)) => return wrong(format!("`{field}` has both `url` and `git`"), git.span()),
        (None, None) => return wrong(format!("`{field}` has neither `url` nor `git`"), node.span),
    };
    let name = match name {
        Some(name) => name.value,
        None => match &source {
            Source::Git(_) => String::new(),
            source => source.file_name().ok_or_else(|| {
                let message = format!("`{}` does not say what the file is called", source.shown());
                Error::new(ErrorKind::Kustomization, message).at(address.span()).hint("say it as `name:`")
            })?,
        },
    };
    Ok(Entry { app: app.value, name, source, sha256, span: node.span, address: address.span() })
}

fn spanned(fields: &mut Fields<'_>, name: &'static str) -> Result<Option<Spanned<String>>> {
    let Some(node) = fields.raw(name) else { return Ok(None) };
    // A hash may look like a number.
    let text = if name == "sha256" { node.text().map(Text::as_str) } else { node.as_str() };
    match text {
        Some(text) if !text.is_empty() => Ok(Some(Spanned::new(text.to_owned(), node.span))),
        Some(_) => Ok(None),
        None => Err(wrong_type(node, name, "a string")),
    }
}

fn required(fields: &mut Fields<'_>, name: &'static str, field: &str, node: &Node) -> Result<Spanned<String>> {
    let missing = || Error::new(ErrorKind::Kustomization, format!("`{field}` has no `{name}`")).at(node.span);
    spanned(fields, name)?.ok_or_else(missing)
}

fn is_plain_name(name: &str) -> bool {
    !name.starts_with('.') && !name.contains(['/', '\\', ':']) && !name.bytes().any(|byte| byte.is_ascii_control())
}

fn file(url: &Spanned<String>) -> Result<Source> {
    if is_remote_file(&url.value) {
        return Ok(Source::Remote(url.value.clone()));
    }
    let path = url.value.strip_prefix("file://").unwrap_or(&url.value);
    if path.contains("://") {
        let message = format!("`{}` is neither an address of a server nor a path", without_password(&url.value));
        let error = Error::new(ErrorKind::Kustomization, message).at(url.span());
        return Err(error.hint("addresses begin with `https://`, `http://` or `file://`"));
    }
    Ok(Source::Local(PathBuf::from(path)))
}

/// The repository, with the path in it that stands in the address or beside it.
fn repository(git: &Spanned<String>, path: Option<Spanned<String>>) -> Result<Source> {
    let Ok(mut spec) = RepoSpec::parse(&git.value) else {
        let message = format!("`{}` is no address of a repository", without_password(&git.value));
        let error = Error::new(ErrorKind::Kustomization, message).at(git.span());
        return Err(error.hint("addresses look like `https://github.com/owner/name?ref=v1.0.0`"));
    };
    if let Some(path) = path {
        let error = |message: &str| Err(Error::new(ErrorKind::Kustomization, message)).at(path.span());
        if !spec.path.is_empty() {
            return error("the address names a path in the repository already");
        }
        if path.value.starts_with('/') || path.value.split('/').any(|part| part == "..") {
            return error("`path` must lead into the repository");
        }
        spec.path = path.value;
    }
    Ok(Source::Git(Box::new(spec)))
}

impl Source {
    /// The address without anything secret.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Remote(url) => match without_password(url).split_once('?') {
                Some((address, _)) => format!("{address}?***"),
                None => without_password(url),
            },
            Self::Local(path) => path.display().to_string(),
            Self::Git(spec) => without_password(&spec.raw),
        }
    }

    /// The last name of a file's address.
    fn file_name(&self) -> Option<String> {
        let name = match self {
            Self::Remote(url) => url.split(['?', '#']).next()?.split_once("://")?.1.rsplit_once('/')?.1.to_owned(),
            Self::Local(path) => path.file_name()?.to_str()?.to_owned(),
            Self::Git(_) => return None,
        };
        (!name.is_empty() && is_plain_name(&name)).then_some(name)
    }
}

impl Entry {
    /// Where it goes, below the folder of the bases.
    #[must_use]
    pub fn place(&self) -> PathBuf {
        Path::new(&self.app).join(UPSTREAM).join(&self.name)
    }

    /// Whether one of them is where the other is, or in it.
    fn overlaps(&self, other: &Self) -> bool {
        self.app == other.app && (self.name.is_empty() || other.name.is_empty() || self.name == other.name)
    }
}

/// The place, with `/` between names.
impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{UPSTREAM}", self.app)?;
        if self.name.is_empty() { Ok(()) } else { write!(f, "/{}", self.name) }
    }
}
