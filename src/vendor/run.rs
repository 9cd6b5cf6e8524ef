//! One run over the entries of a manifest: what is there, what is fetched, what is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{EntryKind, StagingFileSystem};
use crate::loader::HttpClient;
use crate::vendor::edit::with_hashes;
use crate::vendor::fetch::Fetcher;
use crate::vendor::place::{Folder, write_folders};
use crate::vendor::{Content, Entry, Manifest, UPSTREAM};

/// What a run may do.
#[derive(Debug, Clone, Default)]
pub struct VendorOptions {
    /// Only these applications; all if there are none.
    pub apps: Vec<String>,
    /// Whether nothing is fetched or written, only compared.
    pub check: bool,
    /// Whether what is fetched is right, and the manifest gets its hashes.
    pub update: bool,
    /// Whether files that no entry is for are removed.
    pub prune: bool,
}

/// A project that has files of others.
#[derive(Debug)]
pub struct Vendor<'a> {
    /// Where everything is read and written.
    pub files: &'a dyn StagingFileSystem,
    /// What it has.
    pub manifest: &'a Manifest,
    /// The folder of the bases.
    pub base: PathBuf,
    /// The `git` program.
    pub git: PathBuf,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// What is there is what it must be.
    UpToDate,
    /// It was fetched.
    Fetched,
    /// In a check: nothing is there.
    Missing,
    /// In a check: something else is there, of this hash.
    Differs(String),
    /// In a check: the manifest does not say what it must be; what is there has this hash.
    Unpinned(String),
}

/// An entry and what became of it.
#[derive(Debug, Clone)]
pub struct Vendored {
    /// Its place, `app/upstream/name`.
    pub place: String,
    /// Where it comes from, without anything secret.
    pub source: String,
    /// How many files it has now.
    pub files: usize,
    /// What became of it.
    pub state: State,
}

impl Vendor<'_> {
    /// Fetches what is not there, or checks what is. All is written or, if anything is wrong, nothing.
    ///
    /// # Errors
    /// Everything that is wrong with the entries.
    pub fn run(&self, options: &VendorOptions) -> std::result::Result<Vec<Vendored>, Vec<Error>> {
        let entries = self.select(&options.apps)?;
        let resolve = |error: Error| error.resolve(&self.manifest.sources);
        let unclaimed = self.unclaimed(&entries).map_err(|error| vec![resolve(error)])?;
        if let Some(path) = unclaimed.first().filter(|_| options.check || !options.prune) {
            let more = if unclaimed.len() > 1 { format!(" and {} more", unclaimed.len() - 1) } else { String::new() };
            let message = format!("no entry of `{}` is for `{path}`{more}", self.manifest.path.display());
            let error = Error::new(ErrorKind::Load, message);
            return Err(vec![error.hint("move it out of the folder, which is upstream's, or let `--prune` remove it")]);
        }
        let (mut done, mut errors) = (Vec::new(), Vec::new());
        let fetcher = Fetcher {
            files: self.files,
            root: self.manifest.path.parent().unwrap_or(Path::new("")).to_owned(),
            git: self.git.clone(),
            client: HttpClient::default(),
        };
        for entry in entries {
            let made = if options.check { self.check(entry) } else { self.obtain(entry, &fetcher, options.update) };
            match made {
                Ok((content, state)) => done.push((entry, content, state)),
                Err(error) => errors.push(resolve(error.at(entry.address))),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if !options.check {
            self.write(&done, !unclaimed.is_empty(), options.update).map_err(|error| vec![resolve(error)])?;
        }
        let told = |(entry, content, state): (&Entry, Option<Content>, State)| Vendored {
            place: entry.to_string(),
            source: entry.source.shown(),
            files: content.as_ref().map_or(0, Content::files),
            state,
        };
        Ok(done.into_iter().map(told).collect())
    }

    /// The entries of the applications `apps`.
    fn select(&self, apps: &[String]) -> std::result::Result<Vec<&Entry>, Vec<Error>> {
        let entries = &self.manifest.entries;
        let unknown = apps.iter().filter(|app| !entries.iter().any(|entry| entry.app == **app));
        let errors: Vec<Error> = unknown
            .map(|app| {
                let known: Vec<&str> = entries.iter().map(|entry| entry.app.as_str()).collect();
                let message = format!("`{}` has no entry for `{app}`", self.manifest.path.display());
                let error = Error::new(ErrorKind::Usage, message);
                match nearest(app, &known) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error,
                }
            })
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(entries.iter().filter(|entry| apps.is_empty() || apps.contains(&entry.app)).collect())
    }

    /// What is at the place of an entry, if anything is.
    fn present(&self, entry: &Entry) -> Result<Option<Content>> {
        let path = self.base.join(entry.place());
        if self.files.entry(&path)?.is_none() {
            return Ok(None);
        }
        let real = self.files.canonicalize(&path)?;
        let content = Content::read(self.files, &real, &real)?;
        Ok(Some(content).filter(|content| content.files() > 0))
    }

    fn check(&self, entry: &Entry) -> Result<(Option<Content>, State)> {
        let Some(content) = self.present(entry)? else { return Ok((None, State::Missing)) };
        let hash = content.sha256();
        let state = match &entry.sha256 {
            None => State::Unpinned(hash),
            Some(want) if want.value.eq_ignore_ascii_case(&hash) => State::UpToDate,
            Some(_) => State::Differs(hash),
        };
        Ok((Some(content), state))
    }

    /// What must be at the place of an entry: what is there if it is right, or what is fetched.
    fn obtain(&self, entry: &Entry, fetcher: &Fetcher<'_>, update: bool) -> Result<(Option<Content>, State)> {
        let present = self.present(entry)?;
        let is_right = |content: &Content| {
            entry.sha256.as_ref().is_some_and(|want| want.value.eq_ignore_ascii_case(&content.sha256()))
        };
        if !update && present.as_ref().is_some_and(is_right) {
            return Ok((present, State::UpToDate));
        }
        let content = fetcher.fetch(&entry.source)?;
        if entry.name.is_empty() && matches!(content, Content::File(_)) {
            let message =
                format!("`{}` names a file, but the entry does not say what it is called", entry.source.shown());
            return Err(Error::new(ErrorKind::Load, message).hint("say it as `name:`"));
        }
        let same = present.as_ref() == Some(&content) && is_right(&content);
        if update || is_right(&content) {
            return Ok((Some(content), if same { State::UpToDate } else { State::Fetched }));
        }
        let (got, shown) = (content.sha256(), entry.source.shown());
        let accept =
            format!("if that is what you want, `crustomize vendor --update {}` writes the new hash", entry.app);
        Err(match &entry.sha256 {
            Some(want) => {
                Error::new(ErrorKind::Load, format!("`{shown}` is not what it was when its hash was written"))
                    .at(want.span())
                    .hint(format!("the hash is {got}, not {}", want.value))
                    .hint(accept)
            }
            None => Error::new(ErrorKind::Load, format!("the entry for `{entry}` has no `sha256`"))
                .hint(format!("the hash of `{shown}` is {got}"))
                .hint(accept),
        })
    }

    /// The files in the folders of the entries that no entry is for.
    fn unclaimed(&self, entries: &[&Entry]) -> Result<Vec<String>> {
        let apps: BTreeSet<&str> = entries.iter().map(|entry| entry.app.as_str()).collect();
        let mut found = Vec::new();
        for app in apps {
            let folder = self.base.join(app).join(UPSTREAM);
            let claims = |name: &str| entries.iter().any(|e| e.app == app && (e.name.is_empty() || e.name == name));
            if self.files.entry(&folder)? == Some(EntryKind::Directory) {
                let names =
                    self.files.entries(&folder)?.into_iter().map(|(name, _)| name.to_string_lossy().into_owned());
                found.extend(names.filter(|name| !claims(name)).map(|name| folder.join(name).display().to_string()));
            }
        }
        Ok(found)
    }

    /// Writes the folders that change, and the hashes.
    fn write(&self, done: &[(&Entry, Option<Content>, State)], prune: bool, update: bool) -> Result<()> {
        let mut folders: BTreeMap<&str, (bool, Folder)> = BTreeMap::new();
        for (entry, content, state) in done {
            let (changed, folder) = folders.entry(&entry.app).or_default();
            *changed |= prune || *state == State::Fetched;
            match content {
                Some(Content::File(bytes)) => drop(folder.insert(entry.name.clone(), bytes.clone())),
                Some(Content::Tree(files)) => {
                    let prefix = if entry.name.is_empty() { String::new() } else { format!("{}/", entry.name) };
                    folder.extend(files.iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes.clone())));
                }
                None => {}
            }
        }
        let changed = folders.into_iter().filter(|(_, (changed, _))| *changed);
        let changed: Vec<(PathBuf, Folder)> =
            changed.map(|(app, (_, folder))| (self.base.join(app).join(UPSTREAM), folder)).collect();
        write_folders(self.files, &changed)?;
        if update {
            let hash = |(entry, content, _): &(&'_ Entry, Option<Content>, State)| {
                content.as_ref().map(|content| (content.sha256(), entry.sha256.as_ref().map(|old| old.value.clone())))
            };
            let hashes: Vec<(&Entry, String)> = done
                .iter()
                .filter_map(|made| {
                    hash(made).filter(|(new, old)| old.as_ref() != Some(new)).map(|(new, _)| (made.0, new))
                })
                .collect();
            if !hashes.is_empty() {
                let text = with_hashes(&self.manifest.text, &hashes);
                self.files.write(&self.manifest.path, text.as_bytes())?;
            }
        }
        Ok(())
    }
}
