//! The two sides of a diff: where they are, and rendering them as far as need be.

use std::path::{Path, PathBuf};

use crate::cli::diff::DiffArgs;
use crate::cli::progress::Progress;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem, clean};
use crate::git::{Git, GitFs, Repository, without_password};
use crate::gitops::{
    Comparison, RenderedFleet, Scope, Side, State, StateFiles, UnitName, compare, open_old, read_folder, render_fleet,
};
use crate::layout::LayoutOptions;
use crate::sites::{Project, ProjectConfig, ProjectPaths, RunOptions, Unit};

/// What the new state is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Against {
    /// A branch of rendered manifests; the one of `crustomize.yaml` unless named.
    Published(Option<String>),
    /// A folder of rendered manifests.
    Folder(PathBuf),
}

impl Against {
    /// Reads the argument. A folder that is called `published` is `./published`.
    pub(super) fn parse(text: &str) -> Self {
        match text.strip_prefix("published") {
            Some("") => Self::Published(None),
            Some(rest) if rest.starts_with('=') => Self::Published(Some(rest[1..].to_owned())),
            _ => Self::Folder(PathBuf::from(text)),
        }
    }
}

/// Both sides, and what to call them.
pub(super) struct Sides {
    pub(super) comparison: Comparison,
    pub(super) base: String,
    pub(super) head: String,
    /// The new side's commit, or that of the work tree; `""` if there is none.
    pub(super) commit: String,
    /// What units see on the new side; for explanations.
    pub(super) files: StateFiles,
    /// Where the new side's project is, for paths that people read.
    pub(super) root: PathBuf,
    pub(super) project: Project,
}

/// The new side, before anything is rendered.
struct Head<'a> {
    args: &'a DiffArgs,
    options: &'a RunOptions,
    state: State,
    files: StateFiles,
    /// Where the project is.
    root: PathBuf,
    project: Project,
    layout: LayoutOptions,
}

/// Finds and renders both sides.
///
/// # Errors
/// When a side can't be found; units that fail are in the comparison.
pub(super) fn sides(args: &DiffArgs, options: &RunOptions) -> Result<Sides> {
    let repository = Repository::open(&Git::default(), Path::new("."));
    let needs_git = args.head.is_some() || !matches!(args.against, Some(Against::Folder(_)));
    let repository = if needs_git { Some(repository?) } else { repository.ok() };
    let repository = repository.as_ref();
    let head = Head::open(args, options, repository)?;
    let (comparison, base) = match (&args.against, repository) {
        (Some(against), repository) => head.against(against, repository)?,
        (None, Some(repository)) => head.since(repository)?,
        (None, None) => return Err(Error::new(ErrorKind::Usage, "there is nothing to compare with")),
    };
    let Head { state, files, root, project, .. } = head;
    let commit = match (&state, repository) {
        (State::Commit(commit), _) => commit.to_string(),
        (State::WorkTree, Some(repository)) => {
            repository.find("HEAD")?.map(|commit| commit.to_string()).unwrap_or_default()
        }
        (State::WorkTree, None) => String::new(),
    };
    Ok(Sides { comparison, base, head: state.describe(), commit, files, root, project })
}

impl<'a> Head<'a> {
    fn open(args: &'a DiffArgs, options: &'a RunOptions, repository: Option<&Repository>) -> Result<Self> {
        let state = match (repository, args.head.as_deref()) {
            (Some(repository), Some(name)) => State::parse(repository, name)?,
            _ => State::WorkTree,
        };
        let files = match repository {
            Some(repository) => state.files(repository, options.render.plugins.may_run_programs())?,
            None => StateFiles::work_tree(),
        };
        let root = files.files.current_dir()?;
        let project = Project::open(files.files.as_ref(), Path::new(""), &args.paths())?;
        let layout = args.layout.over(project.config.layout);
        Ok(Self { args, options, state, files, root, project, layout })
    }

    fn is_wanted(&self, unit: &Unit) -> bool {
        is_chosen(self.args, &unit.site, &unit.app)
    }

    fn units(&self) -> Vec<Unit> {
        self.project.units.iter().filter(|unit| self.is_wanted(unit)).cloned().collect()
    }

    /// Compares with manifests that lie somewhere.
    fn against(&self, against: &Against, repository: Option<&Repository>) -> Result<(Comparison, String)> {
        let (published, label) = published(against, repository, &self.project.config)?;
        let (files, units) = (self.files.files.as_ref(), self.units());
        let progress = Progress::new(units.len(), false);
        let done = |unit: &Unit| progress.step(|| unit.to_string());
        let RenderedFleet { set, warnings, .. } =
            render_fleet(files, &self.project, &units, self.options, self.layout, done);
        progress.finish();
        let mut old = read_folder(published.files.as_ref(), &published.root, &set)?;
        check_names(self.args, &self.project, old.units.keys().cloned())?;
        old.units.retain(|unit, _| is_chosen(self.args, &unit.site, &unit.app));
        Ok((Comparison { base: old, head: set, warnings, ..Comparison::default() }, label))
    }

    /// Compares with another state of the repository.
    fn since(&self, repository: &Repository) -> Result<(Comparison, String)> {
        let args = self.args;
        let base = match &args.base {
            Some(name) => State::parse(repository, name)?,
            None => self.state.usual_base(repository)?,
        };
        let old = base.files(repository, self.options.render.plugins.may_run_programs())?;
        let old_project = open_old(old.files.as_ref(), &args.paths())?;
        check_names(args, &self.project, old_project.units.iter().map(name))?;
        let old_layout = args.layout.over(old_project.config.layout);
        let base_side = Side { files: old.files.as_ref(), project: &old_project, layout: old_layout };
        let head_side = Side { files: self.files.files.as_ref(), project: &self.project, layout: self.layout };
        let config = clean(&self.root.join(ProjectConfig::FILE_NAME));
        let changes = match &base {
            State::Commit(commit) if !args.all => {
                Some(self.state.changes_since(repository, commit, &self.files.root)?)
            }
            _ => None,
        };
        let scope = match &changes {
            Some(changes) => Scope::Affected { changes, config: &config },
            None => Scope::All,
        };
        let progress = Progress::new(self.units().len(), false);
        let done = |unit: &Unit| progress.step(|| unit.to_string());
        let comparison = compare(&base_side, &head_side, scope, self.options, |unit| self.is_wanted(unit), done);
        progress.finish();
        Ok((comparison, base.describe()))
    }
}

/// Whether a unit was asked for: it was named, or its site was, or nothing.
fn is_chosen(args: &DiffArgs, site: &str, app: &str) -> bool {
    let means = |name: &String| match name.trim_end_matches('/').split_once('/') {
        Some((wanted, unit)) => wanted == site && unit == app,
        None => name == site,
    };
    args.units.is_empty() || args.units.iter().any(means)
}

/// Names that mean nothing on the new side, where they are not known on the old one either.
fn check_names(args: &DiffArgs, project: &Project, old: impl Iterator<Item = UnitName>) -> Result<()> {
    let old: Vec<UnitName> = old.collect();
    for name in &args.units {
        let is_known = |unit: &UnitName| unit.to_string() == name.trim_end_matches('/') || unit.site == *name;
        if !old.iter().any(is_known) {
            project.select(std::slice::from_ref(name)).map_err(|mut errors| errors.remove(0))?;
        }
    }
    Ok(())
}

fn name(unit: &Unit) -> UnitName {
    UnitName { site: unit.site.clone(), app: unit.app.clone() }
}

/// Rendered manifests that lie somewhere.
struct Published {
    files: Box<dyn FileSystem>,
    root: PathBuf,
}

fn published(
    against: &Against,
    repository: Option<&Repository>,
    config: &ProjectConfig,
) -> Result<(Published, String)> {
    let named = match against {
        Against::Folder(root) => {
            let files: Box<dyn FileSystem> = Box::new(DiskFs::new());
            if !files.is_dir(root) {
                let message = format!("there is no folder `{}` to compare with", root.display());
                return Err(Error::new(ErrorKind::Usage, message));
            }
            return Ok((Published { files, root: root.clone() }, root.display().to_string()));
        }
        Against::Published(named) => named,
    };
    let missing = || {
        let error = Error::new(ErrorKind::Usage, "which branch was published to isn't known");
        error.hint("say `--against published=REMOTE/BRANCH`, or `publish: {branch: ...}` in `crustomize.yaml`")
    };
    let repository = repository.ok_or_else(missing)?;
    let (repository, branch) = match named {
        Some(name) => (repository.clone(), name.clone()),
        None => configured(repository, config.publish.branch.as_deref().ok_or_else(missing)?, config)?,
    };
    let commit = repository.resolve(&branch)?;
    let files = GitFs::new(&repository, &commit)?;
    let root = files.root().join(config.publish.path.as_deref().unwrap_or_default());
    let label = format!("{branch} ({})", commit.short());
    Ok((Published { files: Box::new(files), root }, label))
}

/// Where `crustomize.yaml` says that manifests are published: our own copy of a remote's branch, or a local repository.
fn configured(repository: &Repository, branch: &str, config: &ProjectConfig) -> Result<(Repository, String)> {
    let Some(name) = config.publish.repository.as_deref() else {
        return Ok((repository.clone(), branch.to_owned()));
    };
    if DiskFs::new().is_dir(Path::new(name)) {
        return Ok((Repository::open(&Git::default(), Path::new(name))?, branch.to_owned()));
    }
    if repository.remote_address(name)?.is_some() {
        return Ok((repository.clone(), format!("{name}/{branch}")));
    }
    let message = format!("`{branch}` of `{}` is not at hand", without_password(name));
    let error = Error::new(ErrorKind::Usage, message);
    Err(error.hint("fetch it with `git fetch URL BRANCH` and say `--against published=FETCH_HEAD`"))
}

/// The project's folders as they were given.
impl DiffArgs {
    fn paths(&self) -> ProjectPaths {
        ProjectPaths { base: self.base_folder.clone(), sites: self.sites.clone() }
    }
}
