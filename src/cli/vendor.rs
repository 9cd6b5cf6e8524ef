//! `crustomize vendor`: upstream's manifests into the bases.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::render::{Format, fail};
use crate::cli::{CHANGED, FAILED, finish};
use crate::error::Result;
use crate::fs::DiskFs;
use crate::sites::ProjectConfig;
use crate::vendor::{Manifest, State, Vendor, VendorOptions, Vendored};

/// Arguments of `crustomize vendor`.
#[derive(Debug, clap::Args)]
pub(super) struct VendorArgs {
    /// The applications to fetch for; all unless given
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// The list of what is fetched
    #[arg(long, value_name = "FILE", default_value = Manifest::FILE_NAME)]
    file: PathBuf,
    /// The folder of the bases; `base` unless `crustomize.yaml` says otherwise
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
    /// Fetch and write nothing: compare what is there with its hashes, and exit with 3 if anything differs
    #[arg(long, visible_alias = "frozen", conflicts_with_all = ["update", "prune"])]
    check: bool,
    /// Take what is fetched for right, and write its hashes into the list
    #[arg(long)]
    update: bool,
    /// Remove files that nothing in the list is for
    #[arg(long)]
    prune: bool,
    /// Print the report as text or JSON
    #[arg(long, default_value = "text")]
    format: Format,
}

/// Fetches, or checks.
pub(super) fn vendor(args: &VendorArgs, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let files = DiskFs::new();
    let (manifest, base) = match open(args, &files) {
        Ok(opened) => opened,
        Err(error) => return fail(args.format, &[error], FAILED, stderr),
    };
    let options = VendorOptions { apps: args.apps.clone(), check: args.check, update: args.update, prune: args.prune };
    let vendor = Vendor { files: &files, manifest: &manifest, base, git: PathBuf::from("git") };
    let done = match vendor.run(&options) {
        Ok(done) => done,
        Err(errors) => return fail(args.format, &errors, FAILED, stderr),
    };
    let text = match args.format {
        Format::Text => done.iter().map(line).collect(),
        Format::Json => {
            format!("{}\n", json!({ "version": 1, "entries": done.iter().map(object).collect::<Vec<_>>() }))
        }
    };
    let code = finish(stdout.write_all(text.as_bytes()), stderr);
    let is_right = |entry: &Vendored| matches!(entry.state, State::UpToDate | State::Fetched);
    if done.iter().all(is_right) { code } else { ExitCode::from(CHANGED) }
}

/// The list, and where the bases are.
fn open(args: &VendorArgs, files: &DiskFs) -> Result<(Manifest, PathBuf)> {
    let base = match &args.base {
        Some(base) => base.clone(),
        None => {
            let config = ProjectConfig::load(files, Path::new(ProjectConfig::FILE_NAME))?;
            PathBuf::from(config.base.as_deref().unwrap_or("base"))
        }
    };
    Ok((Manifest::load(files, &args.file)?, base))
}

fn line(entry: &Vendored) -> String {
    let Vendored { place, source, files, state } = entry;
    let count = if *files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    match state {
        State::UpToDate => format!("{place}: up to date, {count}\n"),
        State::Fetched => format!("{place}: fetched from {source}, {count}\n"),
        State::Missing => format!("{place}: missing\n"),
        State::Differs(hash) => format!("{place}: differs, its hash is {hash}\n"),
        State::Unpinned(hash) => format!("{place}: has no `sha256` in the list, its hash is {hash}\n"),
    }
}

fn object(entry: &Vendored) -> Value {
    let (state, hash) = match &entry.state {
        State::UpToDate => ("up-to-date", None),
        State::Fetched => ("fetched", None),
        State::Missing => ("missing", None),
        State::Differs(hash) => ("differs", Some(hash)),
        State::Unpinned(hash) => ("unpinned", Some(hash)),
    };
    json!({ "place": entry.place, "source": entry.source, "files": entry.files, "state": state, "sha256": hash })
}
