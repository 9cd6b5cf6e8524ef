//! Arguments about commits, pushes and guards.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::git::Identity;
use crate::gitops::publish::{GuardOptions, PublishOptions, ResourcePattern, SecretPolicy};

/// How the commit is made and pushed.
#[derive(Debug, clap::Args)]
pub(super) struct PushArgs {
    /// A file with the commit's message; `{{sha}}`, `{{sha7}}`, `{{subject}}`, `{{body}}`, `{{author}}`, `{{date}}`,
    /// `{{repository}}`, `{{branch}}`, `{{sites}}`, `{{units}}`, `{{added}}`, `{{modified}}`, `{{deleted}}` and
    /// `{{summary}}` in it are filled in
    #[arg(long, value_name = "FILE")]
    pub(super) message_template: Option<PathBuf>,
    /// The author; who git says it is unless named
    #[arg(long, value_name = "NAME <ADDRESS>", value_parser = identity)]
    author: Option<Identity>,
    /// Sign the commit as git does, with the usual key unless named
    #[arg(long, value_name = "KEY", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    sign: Option<String>,
    /// Say in a git note, too, what the commit was rendered from
    #[arg(long)]
    notes: bool,
    /// An option for the server; may be given several times
    #[arg(long, value_name = "OPTION")]
    push_option: Vec<String>,
    /// How often to try again after somebody else pushed first
    #[arg(long, value_name = "N", default_value_t = 20)]
    retries: u32,
    /// How long to try, at the most
    #[arg(long, value_name = "TIME", default_value = "120s", value_parser = duration)]
    retry_timeout: Duration,
}

/// What is done although it looks wrong.
#[derive(Debug, clap::Args)]
pub(super) struct GuardArgs {
    /// Overwrite published files that others changed
    #[arg(long)]
    overwrite_drift: bool,
    /// Take a file or folder of the branch over, whoever wrote it; may be given several times
    #[arg(long, value_name = "PATH")]
    adopt: Vec<String>,
    /// Resources that may be deleted, `KIND/NAMESPACE/NAME` or `KIND/NAME`; `*` stands for anything; may be given
    /// several times
    #[arg(long, value_name = "RULE")]
    allow_delete: Vec<ResourcePattern>,
    /// How many resources may be deleted without being named
    #[arg(long, value_name = "N")]
    allow_delete_max: Option<usize>,
    /// What becomes of Secrets in plain text
    #[arg(long, value_enum, default_value = "refuse")]
    secrets: Secrets,
    /// A Secret that may be published in plain text, `NAMESPACE/NAME`; `*` stands for anything; may be given several
    /// times
    #[arg(long, value_name = "RULE", value_parser = secret)]
    allow_secret: Vec<ResourcePattern>,
    /// Publish over units that were published from a newer or unrelated commit
    #[arg(long)]
    allow_rollback: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Secrets {
    /// None is published
    Refuse,
    /// All are published
    Allow,
    /// Those of `--allow-secret` are published
    AllowListed,
}

impl PushArgs {
    pub(super) fn apply(&self, options: &mut PublishOptions) {
        options.author.clone_from(&self.author);
        options.sign = self.sign.as_ref().map(|key| (!key.is_empty()).then(|| key.clone()));
        options.notes = self.notes;
        options.push_options.clone_from(&self.push_option);
        options.retries = self.retries;
        options.retry_timeout = self.retry_timeout;
    }
}

impl GuardArgs {
    pub(super) fn options(&self) -> GuardOptions {
        GuardOptions {
            overwrite_drift: self.overwrite_drift,
            adopt: self.adopt.clone(),
            allow_delete: self.allow_delete.clone(),
            allow_delete_max: self.allow_delete_max,
            secrets: match self.secrets {
                Secrets::Allow => SecretPolicy::Allow,
                // A list alone says what is meant.
                Secrets::Refuse if self.allow_secret.is_empty() => SecretPolicy::Refuse,
                Secrets::Refuse | Secrets::AllowListed => SecretPolicy::Listed(self.allow_secret.clone()),
            },
            allow_rollback: self.allow_rollback,
        }
    }
}

fn identity(text: &str) -> Result<Identity, String> {
    Identity::parse(text).ok_or_else(|| "must be `Name <address>`".to_owned())
}

fn secret(text: &str) -> Result<ResourcePattern, String> {
    let rule =
        if text.to_ascii_lowercase().starts_with("secret/") { text.to_owned() } else { format!("Secret/{text}") };
    rule.parse()
}

/// `90`, `90s`, `1m30s`
fn duration(text: &str) -> Result<Duration, String> {
    crate::loader::timeout(text).ok_or_else(|| "must be a time, as `90s` or `2m`".to_owned())
}
