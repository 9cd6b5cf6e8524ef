//! `crustomize publish`: a commit, rendered, as one commit on the branch that a GitOps controller reads.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::inflate_args::InflateArgs;
use crate::cli::kustomize_args::KustomizeArgs;
use crate::cli::layout_args::LayoutArgs;
use crate::cli::progress::Progress;
use crate::cli::publish_args::{GuardArgs, PushArgs};
use crate::cli::publish_report::{Report, github_output};
use crate::cli::render::{FolderArgs, Format, fail};
use crate::cli::{USAGE, finish};
use crate::diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, DiskFs, FileSystem, join};
use crate::git::{Git, Repository};
use crate::gitops::publish::{
    BranchPath, MessageTemplate, PlanOptions, Provenance, PublishOptions, PullRequest, input_hashes, publish,
};
use crate::gitops::{RenderedFleet, State, StateFiles, render_fleet};
use crate::layout::LayoutOptions;
use crate::sites::{Project, PublishConfig, RunOptions, Unit};

/// Arguments of `crustomize publish`.
///
/// Exit codes: 0 published, or nothing to do; 2 the request makes no sense, or something can't be rendered; 3 others
/// were faster every time, try again; 4 a guard stands in the way; 5 the remote refuses.
#[derive(Debug, clap::Args)]
pub(super) struct PublishArgs {
    /// The units: `SITE` or `SITE/APP`; all unless named
    #[arg(value_name = "SITE[/APP]")]
    units: Vec<String>,
    /// The repository to publish to: an address, a path, or the name of a remote; `publish.repository` of
    /// `crustomize.yaml` unless given
    #[arg(long, value_name = "URL|PATH|REMOTE")]
    repo: Option<String>,
    /// The branch to publish to; `publish.branch` of `crustomize.yaml` unless given
    #[arg(long)]
    branch: Option<String>,
    /// The folder of the branch that holds the sites' folders; `publish.path` of `crustomize.yaml` unless given
    #[arg(long)]
    path: Option<String>,
    /// Make the branch if it does not exist
    #[arg(long)]
    create_branch: bool,
    /// The commit that is rendered, or `worktree`
    #[arg(long, value_name = "REF", default_value = "HEAD")]
    source: String,
    /// Render the work tree although it may hold what no commit has; with `--source worktree`
    #[arg(long)]
    allow_dirty: bool,
    /// Push a branch for a pull request instead; `render/<branch>/<key>` unless named
    #[arg(long, value_name = "BRANCH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pr: Option<String>,
    /// Write the text of the pull request to a file; printed otherwise
    #[arg(long, value_name = "FILE", requires = "pr")]
    body_file: Option<PathBuf>,
    /// Leave units out that can't be rendered; nothing is published otherwise, and the exit code is 2 all the same
    #[arg(long)]
    per_unit: bool,
    /// Note in each inventory a hash of everything that the unit was made of; nothing is shared between units then
    #[arg(long)]
    inputs: bool,
    /// Write `hydrator.metadata` at the top of the branch, too
    #[arg(long)]
    root_metadata: bool,
    /// Publish nothing, print what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print the result as text or JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output: Format,
    #[command(flatten)]
    push: PushArgs,
    #[command(flatten)]
    guards: GuardArgs,
    #[command(flatten)]
    folders: FolderArgs,
    #[command(flatten)]
    layout: LayoutArgs,
    #[command(flatten)]
    inflate: InflateArgs,
    #[command(flatten)]
    kustomize: KustomizeArgs,
}

/// What is published, before it is.
struct Prepared {
    fleet: RenderedFleet,
    repository: Repository,
    options: PublishOptions,
    warnings: Vec<String>,
}

/// Publishes what was asked for.
pub(super) fn publish_units(args: &PublishArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let git = Git { interactive: std::io::stdin().is_terminal(), ..Git::default() };
    let Prepared { fleet, repository, options, warnings } = match prepare(args, &git) {
        Ok(prepared) => prepared,
        Err(errors) => return fail(args.output, &errors, USAGE, stderr),
    };
    let mut result = publish(&git, Some(&repository), &fleet.set, &options);
    result.warnings.splice(0..0, warnings);
    let report = Report { result: &result, options: &options, rendering: &fleet.warnings };
    let body = options.pull_request.as_ref().map(|_| report.body(&fleet.set));
    if let (Some(body), Some(file)) = (&body, &args.body_file)
        && let Err(failure) = DiskFs::new().write(file, body.as_bytes())
    {
        return fail(args.output, &[failure.into()], USAGE, stderr);
    }
    if let Err(error) = github_output(&report, args.body_file.as_deref()) {
        let _ = stderr.write_all(diagnostic::error_text(&error).as_bytes());
    }
    let printed = body.filter(|_| args.body_file.is_none());
    let written = report.write(args.output, printed.as_deref(), args.dry_run, stdout, stderr);
    let code = finish(written, stderr);
    if result.exit_code() == 0 { code } else { ExitCode::from(result.exit_code()) }
}

fn prepare(args: &PublishArgs, git: &Git) -> std::result::Result<Prepared, Vec<Error>> {
    let one = |error: Error| vec![error];
    let repository = Repository::open(git, Path::new(".")).map_err(one)?;
    let state = State::parse(&repository, &args.source).map_err(one)?;
    if state == State::WorkTree && !args.allow_dirty {
        let error = Error::new(ErrorKind::Usage, "the work tree may hold what no commit has");
        return Err(vec![error.hint("publish a commit, or say `--allow-dirty`")]);
    }
    let render = args.kustomize.options();
    let for_programs = args.inflate.is_asked() || render.plugins.may_run_programs();
    let StateFiles { files, root, .. } = &state.files(&repository, for_programs).map_err(one)?;
    let project = args.folders.open_in(files.as_ref(), args.kustomize.threads()).map_err(one)?;
    let units = project.select(&args.units)?;
    let inflater = args.inflate.inflater(&render.plugins).map_err(one)?;
    let run = RunOptions { render, whole: args.units.is_empty(), inflater, record: args.inputs };
    let layout = args.layout.over(project.config.layout);
    let progress = Progress::new(units.len(), args.output == Format::Text);
    let done = |unit: &Unit| progress.step(|| unit.to_string());
    let fleet = render_fleet(files.as_ref(), &project, &units, &run, layout, done);
    progress.finish();
    let mut options = args.options(&repository, &project).map_err(one)?;
    let mut warnings = Vec::new();
    options.plan.provenance = args.provenance(&repository, &state, layout, &mut warnings).map_err(one)?;
    if args.inputs {
        options.plan.inputs = input_hashes(files.as_ref(), root, &fleet.reads, &options.plan.provenance.commands);
    }
    Ok(Prepared { fleet, repository, options, warnings })
}

impl PublishArgs {
    fn options(&self, repository: &Repository, project: &Project) -> Result<PublishOptions> {
        let missing = |what: &str, flag: &str, key: &str| {
            let error = Error::new(ErrorKind::Usage, format!("nobody says which {what} is to be published to"));
            error.hint(format!("name it with `{flag}`, or as `publish.{key}` in `crustomize.yaml`"))
        };
        let config: &PublishConfig = &project.config.publish;
        let target = self.repo.as_ref().or(config.repository.as_ref());
        let target = address(repository, target.ok_or_else(|| missing("repository", "--repo", "repository"))?)?;
        let branch = self.branch.as_ref().or(config.branch.as_ref());
        let branch = branch.ok_or_else(|| missing("branch", "--branch", "branch"))?;
        let path = BranchPath::parse(self.path.as_ref().or(config.path.as_ref()).map_or("", String::as_str))?;
        let pull_request = self.pr.as_deref().map(|name| match name {
            "" => PullRequest::usual(branch, &path, &self.units),
            name => PullRequest { branch: name.to_owned() },
        });
        let mut options = PublishOptions::new(target, branch);
        options.create_branch = self.create_branch;
        options.pull_request = pull_request;
        options.per_unit = self.per_unit;
        options.dry_run = self.dry_run;
        options.template = self.push.message_template.as_deref().map(template).transpose()?;
        self.push.apply(&mut options);
        options.plan = PlanOptions {
            path,
            whole: self.units.is_empty(),
            root_metadata: self.root_metadata,
            guards: self.guards.options(),
            ..PlanOptions::default()
        };
        Ok(options)
    }

    /// What is rendered; a word about what of the work tree is not.
    fn provenance(
        &self,
        repository: &Repository,
        state: &State,
        layout: LayoutOptions,
        warnings: &mut Vec<String>,
    ) -> Result<Provenance> {
        let head = repository.find("HEAD")?;
        let commit = match state {
            State::Commit(commit) => commit.clone(),
            State::WorkTree => repository.resolve("HEAD")?,
        };
        let mut provenance = Provenance::of(repository, &commit)?;
        let uncommitted = match head.as_ref() == Some(&commit) {
            true => repository.uncommitted(repository.prefix())?.len(),
            false => 0,
        };
        if *state == State::WorkTree {
            provenance.is_dirty = uncommitted > 0;
        } else if uncommitted > 0 {
            let files = if uncommitted == 1 { "1 file".to_owned() } else { format!("{uncommitted} files") };
            warnings.push(format!("{files} of the work tree that no commit has so are not published"));
        }
        let (layout, definitions) = (layout.layout.name(), layout.definitions.name());
        let inflate = if self.inflate.is_asked() { " --inflate" } else { "" };
        let command = format!("crustomize render {{unit}} --output . --layout {layout} --crds {definitions}{inflate}");
        provenance.commands = vec![command];
        Ok(provenance)
    }
}

fn template(file: &Path) -> Result<MessageTemplate> {
    let content = DiskFs::new().read(file, DEFAULT_FILE_LIMIT)?;
    let text = String::from_utf8(content)
        .map_err(|_| Error::new(ErrorKind::Usage, "the message template is no UTF-8").in_file(file))?;
    MessageTemplate::parse(&text).map_err(|error| error.in_file(file))
}

/// The address of what a person calls a repository: a path that is there, a remote, or an address.
fn address(repository: &Repository, name: &str) -> Result<String> {
    let files = DiskFs::new();
    let path = Path::new(name);
    if files.is_dir(path) {
        let absolute = if path.is_absolute() { path.to_owned() } else { join(&files.current_dir()?, path) };
        return Ok(absolute.to_string_lossy().into_owned());
    }
    if let Some(address) = repository.raw_address(name)? {
        return Ok(address);
    }
    if !name.contains(':') {
        let error = Error::new(ErrorKind::Usage, format!("`{name}` is neither a directory, a remote nor an address"));
        return Err(error.hint("`git remote` lists remotes; an address has a colon, as `https://host/repository`"));
    }
    Ok(name.to_owned())
}
