//! One directory's view of files (upstream: `api/internal/loader/fileloader.go`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{self, Cause, DEFAULT_FILE_LIMIT, Failure, FileSystem};
use crate::loader::display::Display;
use crate::loader::remote::Repository;
use crate::loader::{NotRepository, RepoSpec, http};
use crate::source::Span;
use crate::speculation::Speculation;
use crate::warning::Warnings;

/// How many directories may include one another in a row.
const DEPTH_LIMIT: usize = 100;

/// Which files a kustomization may load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LoadRestriction {
    /// Those in its directory and below, once links are followed.
    #[default]
    RootOnly,
    /// All.
    None,
}

/// What a [`Loader`] needs to know besides its directory.
#[derive(Debug, Clone)]
pub struct LoaderOptions {
    /// Which files may be loaded; remote kustomizations are always restricted.
    pub restriction: LoadRestriction,
    /// How many bytes a file may have.
    pub file_limit: u64,
    /// The `git` program.
    pub git: PathBuf,
    /// Where warnings about addresses go.
    pub warnings: Warnings,
}

impl Default for LoaderOptions {
    fn default() -> Self {
        Self {
            restriction: LoadRestriction::RootOnly,
            file_limit: DEFAULT_FILE_LIMIT,
            git: PathBuf::from("git"),
            warnings: Warnings::default(),
        }
    }
}

/// A file that was loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The path as a person would write it from the working directory, or an address.
    pub display_path: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether the address could name a repository, too: if this is no file of resources, enter that.
    pub may_be_repository: bool,
}

/// Loads the files that the kustomization in one directory names. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Loader<'a>(pub(super) Arc<Inner<'a>>);

#[derive(Debug)]
pub(super) struct Inner<'a> {
    pub(super) shared: Arc<Shared<'a>>,
    /// The loader that entered this directory.
    pub(super) referrer: Option<Loader<'a>>,
    /// Absolute, without links.
    pub(super) root: PathBuf,
    display_root: PathBuf,
    pub(super) restriction: LoadRestriction,
    /// The repository that was fetched to enter this directory, if it was.
    pub(super) repository: Option<Arc<Repository>>,
    depth: usize,
    /// Whether the network must wait.
    speculation: Speculation,
}

#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) files: &'a dyn FileSystem,
    pub(super) options: LoaderOptions,
    pub(super) display: Display,
    pub(super) http: http::Client,
}

impl<'a> Loader<'a> {
    /// A loader for the directory or repository `target`, where a render starts.
    ///
    /// # Errors
    /// When `target` is no directory, or the repository can't be fetched.
    pub fn new(files: &'a dyn FileSystem, target: &str, options: LoaderOptions) -> Result<Self> {
        let display = Display::new(files.current_dir()?, Path::new(target).is_absolute());
        let shared = Arc::new(Shared { files, options, display, http: http::Client::default() });
        if let Ok(spec) = RepoSpec::parse(target) {
            let repository = Repository::fetch(spec, &shared)?;
            return Ok(Self::at_repository(repository, shared, None));
        }
        if target.is_empty() {
            return Err(Error::new(ErrorKind::Load, "the path of a directory can't be empty"));
        }
        if http::is_remote_file(target) {
            let message = format!("`{target}` is the address of a file, not of a repository");
            return Err(Error::new(ErrorKind::Load, message).hint("a build starts from a directory or a repository"));
        }
        let root = directory(files, Path::new(target), Path::new(target))?;
        let restriction = shared.options.restriction;
        let display_root = shared.display.show(&root);
        let inner = Inner {
            shared,
            referrer: None,
            root,
            display_root,
            restriction,
            repository: None,
            depth: 0,
            speculation: Speculation::default(),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The same directory for work that is done before its turn.
    #[must_use]
    pub fn ahead(&self, speculation: Speculation) -> Self {
        let Inner { shared, referrer, root, display_root, restriction, repository, depth, .. } = &*self.0;
        Self(Arc::new(Inner {
            shared: Arc::clone(shared),
            referrer: referrer.clone(),
            root: root.clone(),
            display_root: display_root.clone(),
            restriction: *restriction,
            repository: repository.clone(),
            depth: *depth,
            speculation,
        }))
    }

    fn at_repository(repository: Repository, shared: Arc<Shared<'a>>, referrer: Option<Self>) -> Self {
        let depth = referrer.as_ref().map_or(0, |loader| loader.0.depth + 1);
        let (root, display_root) = (repository.root.clone(), repository.display(&repository.root));
        let (repository, restriction) = (Some(Arc::new(repository)), LoadRestriction::RootOnly);
        let speculation = Speculation::default();
        Self(Arc::new(Inner { shared, referrer, root, display_root, restriction, repository, depth, speculation }))
    }

    /// A loader for the directory or repository `path` that the kustomization of this loader names.
    ///
    /// # Errors
    /// When `path` is absolute, no directory, a directory that is being entered already, outside of the
    /// repository that we are in, or a repository that can't be fetched.
    pub fn enter(&self, path: &str) -> Result<Self> {
        let Inner { shared, restriction, depth, speculation, .. } = &*self.0;
        if path.is_empty() {
            return Err(Error::new(ErrorKind::Load, "the path of a directory can't be empty"));
        }
        if *depth >= DEPTH_LIMIT {
            let message = format!("more than {DEPTH_LIMIT} kustomizations include one another, the limit");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        match RepoSpec::parse(path) {
            Ok(spec) => {
                speculation.in_turn()?;
                self.refuse_repository_cycle(&spec)?;
                let repository = Repository::fetch(spec, shared)?;
                return Ok(Self::at_repository(repository, Arc::clone(shared), Some(self.clone())));
            }
            Err(NotRepository::LeavesRepository) => {
                return Err(Error::new(ErrorKind::Load, format!("the path in `{path}` leads out of the repository")));
            }
            Err(_) => {}
        }
        self.refuse_absolute_and_ambiguous(path)?;
        let wanted = fs::join(self.root(), Path::new(path));
        let root = directory(shared.files, &wanted, &self.display_path(path))?;
        self.refuse_leaving_repository(&root)?;
        self.refuse_cycle(&root)?;
        Ok(Self(Arc::new(Inner {
            shared: Arc::clone(shared),
            referrer: Some(self.clone()),
            display_root: self.display(&root),
            root,
            restriction: *restriction,
            repository: None,
            depth: depth + 1,
            speculation: speculation.clone(),
        })))
    }

    /// The file, or the remote file, `path` that the kustomization of this loader names.
    ///
    /// # Errors
    /// When there is no such file, it may not be loaded, or it is too large.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Loaded> {
        let path = &*path.as_ref().to_string_lossy();
        let shared = &self.0.shared;
        let limit = shared.options.file_limit;
        if http::is_remote_file(path) {
            self.0.speculation.in_turn()?;
            let bytes = shared.http.get(path, limit)?;
            let may_be_repository = RepoSpec::parse(path).is_ok();
            return Ok(Loaded { display_path: PathBuf::from(path), bytes, may_be_repository });
        }
        let display_path = self.display_path(path);
        let wanted = self.absolute(path);
        let file = match self.0.restriction {
            LoadRestriction::RootOnly => self.permitted(&wanted, &display_path)?,
            LoadRestriction::None => wanted,
        };
        let bytes = shared.files.read(&file, limit).map_err(|failure| failure.shown_as(&display_path))?;
        Ok(Loaded { display_path, bytes, may_be_repository: false })
    }

    /// The file without links, if it is in or below our root.
    fn permitted(&self, wanted: &Path, shown: &Path) -> Result<PathBuf> {
        let files = self.0.shared.files;
        if files.is_plain_file_below(self.root(), wanted) {
            return Ok(wanted.to_owned());
        }
        let file = files.canonicalize(wanted).map_err(|failure| failure.shown_as(shown))?;
        if files.is_dir(&file) {
            return Err(Failure::new("read", shown, Cause::IsDirectory).into());
        }
        if file.parent().is_some_and(|parent| parent.starts_with(self.root())) {
            return Ok(file);
        }
        let (shown, root) = (shown.display(), self.display_root());
        let target =
            if file == *wanted { String::new() } else { format!(" leads to `{}` and", self.display(&file).display()) };
        let message = format!("the file `{shown}`{target} is not in or below `{}`", root.display());
        let error = Error::new(ErrorKind::Load, message);
        Err(if self.repository().is_some() {
            error.hint("a remote kustomization may only load files in its own directory and below")
        } else {
            error.hint("move the file there, or allow other files with `--load-restrictor LoadRestrictionsNone`")
        })
    }

    fn refuse_absolute_and_ambiguous(&self, path: &str) -> Result<()> {
        if Path::new(path).is_absolute() {
            let message = format!("the directory `{path}` must be given by a relative path");
            let relative = fs::relative(self.root(), &fs::clean(Path::new(path)));
            return Err(Error::new(ErrorKind::Load, message).hint(format!("write `{}`", relative.display())));
        }
        let ambiguous = |part: &str| part != ".." && part.contains("..");
        if path.split('/').any(ambiguous) {
            let meant = fs::clean(Path::new(path));
            let message = format!("the path `{path}` is ambiguous: it would mean `{}`", meant.display());
            return Err(Error::new(ErrorKind::Load, message)
                .hint("are two entries of a list on one line, or is the second indented too far?"));
        }
        Ok(())
    }

    /// Where `path` is; an absolute path stays.
    pub(super) fn absolute(&self, path: &str) -> PathBuf {
        let path = Path::new(path);
        if path.is_absolute() { fs::clean(path) } else { fs::join(self.root(), path) }
    }

    /// The directory, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// How many directories were entered on the way here.
    #[must_use]
    pub(crate) fn depth(&self) -> usize {
        self.0.depth
    }

    /// Whether `levels` more directories may be entered one from the other, and none of `directories` is, or
    /// contains, one that we are in.
    pub(crate) fn may_enter<'b>(&self, levels: usize, mut directories: impl Iterator<Item = &'b PathBuf>) -> bool {
        self.0.depth + levels <= DEPTH_LIMIT && directories.all(|directory| self.refuse_cycle(directory).is_ok())
    }

    /// The directory as a person would write it from the working directory.
    #[must_use]
    pub fn display_root(&self) -> &Path {
        &self.0.display_root
    }

    /// The files that this loader sees.
    #[must_use]
    pub fn file_system(&self) -> &'a dyn FileSystem {
        self.0.shared.files
    }

    /// Where warnings about addresses go.
    #[must_use]
    pub fn warnings(&self) -> &Warnings {
        &self.0.shared.options.warnings
    }

    /// The options that the first loader was made with.
    #[must_use]
    pub fn options(&self) -> &LoaderOptions {
        &self.0.shared.options
    }
}

/// The directory `path` without links, or why it is none.
fn directory(fs: &dyn FileSystem, path: &Path, shown: &Path) -> Result<PathBuf> {
    let root = fs.canonicalize(path).map_err(|failure| failure.shown_as(shown))?;
    if fs.is_dir(&root) {
        return Ok(root);
    }
    Err(Error::new(ErrorKind::Load, format!("`{}` is a file, not a directory", shown.display())))
}

/// Warns of the prefix `git::`, which upstream drops.
pub(super) fn warn_of_forced_protocol(spec: &RepoSpec, warnings: &Warnings) {
    if spec.forced_protocol {
        let message = format!("the prefix `git::` of `{}` has no effect; remove it", spec.raw);
        warnings.add(message, Span::NONE);
    }
}
