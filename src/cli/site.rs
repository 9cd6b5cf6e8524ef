//! `crustomize site`: what sites there are, and new ones.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::cli::deferred::Deferred;
use crate::cli::render::{FolderArgs, Format, fail};
use crate::cli::{FAILED, finish};
use crate::error::{Error, Result};
use crate::fs::DiskFs;
use crate::sites::{Project, Unit, new_site, overridden_values};

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// List every application of every site, its base, and the values that the site changes
    List(Deferred<ListArgs>),
    /// Copy a site's folder to a new site
    New(Deferred<NewArgs>),
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    folders: FolderArgs,
    /// Print text or JSON
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// The new site
    name: String,
    /// The site to copy
    #[arg(long, value_name = "SITE")]
    from: String,
    #[command(flatten)]
    folders: FolderArgs,
}

/// Does what was asked for.
pub(super) fn site(command: &SiteCommand, stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let (format, made) = match command {
        SiteCommand::List(Deferred(args)) => (args.format, list(args)),
        SiteCommand::New(Deferred(args)) => (Format::Text, new(args)),
    };
    match made {
        Ok(text) => finish(stdout.write_all(text.as_bytes()), stderr),
        Err(errors) => fail(format, &errors, FAILED, stderr),
    }
}

fn new(args: &NewArgs) -> std::result::Result<String, Vec<Error>> {
    let project = args.folders.open(None).map_err(|error| vec![error])?;
    let copied = new_site(&DiskFs::new(), &project, &args.name, &args.from)?;
    let mut text: String = copied.iter().map(|file| format!("created {}\n", file.path.display())).collect();
    let mentions = copied.iter().flat_map(|file| file.mentions.iter().map(move |line| (&file.path, line)));
    let mentions: String = mentions.map(|(path, line)| format!("  {}:{line}\n", path.display())).collect();
    if !mentions.is_empty() {
        text.push_str(&format!("still named after `{}`:\n{mentions}", args.from));
    }
    Ok(text)
}

fn list(args: &ListArgs) -> std::result::Result<String, Vec<Error>> {
    let project = args.folders.open(None).map_err(|error| vec![error])?;
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for unit in &project.units {
        match row(&project, unit) {
            Ok(row) => rows.push(row),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(match args.format {
        Format::Json => {
            format!("{}\n", json!({ "version": 1, "units": rows.iter().map(Row::json).collect::<Vec<_>>() }))
        }
        Format::Text => rows.iter().map(Row::text).collect(),
    })
}

/// One unit.
struct Row<'a> {
    unit: &'a Unit,
    has_base: bool,
    common: Vec<String>,
    own: Vec<String>,
}

fn row<'a>(project: &Project, unit: &'a Unit) -> Result<Row<'a>> {
    use crate::fs::FileSystem;
    let files = DiskFs::new();
    let values = |folder: &Path| overridden_values(&files, &folder.join("site-values.yaml"));
    Ok(Row {
        unit,
        has_base: files.is_dir(&unit.base),
        common: values(&project.sites.join(&unit.site))?,
        own: values(&unit.directory)?,
    })
}

impl Row<'_> {
    fn base(&self) -> Option<String> {
        self.has_base.then(|| self.unit.base.display().to_string())
    }

    fn json(&self) -> Value {
        let Unit { site, app, .. } = self.unit;
        json!({ "site": site, "app": app, "base": self.base(), "common": self.common, "overridden": self.own })
    }

    fn text(&self) -> String {
        let base = self.base().map_or_else(String::new, |base| format!("  over {base}"));
        let mut text = format!("{}{base}\n", self.unit);
        self.common.iter().for_each(|value| text.push_str(&format!("  (site) {value}\n")));
        self.own.iter().for_each(|value| text.push_str(&format!("  {value}\n")));
        text
    }
}
