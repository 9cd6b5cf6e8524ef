//! Formats of a diff, and where each goes.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{DiskFs, FileSystem};
use crate::gitops::diff::Report;
use crate::gitops::format::{
    DEFAULT_BUDGET, HtmlOptions, MINIMUM_BUDGET, MarkdownOptions, NoiseMode, TextOptions, html, json, markdown,
    markdown_parts, semantic, text, unified,
};

/// Formats, and where they go.
#[derive(Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// How to print what differs; may be given several times, each with a file of its own: the first `-o` is for the
    /// first format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Vec<DiffFormat>,
    /// The file for a format, `-` for standard output, where the last format goes that has no file
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// What to show of objects that changed as every release changes them: checksums, versions of charts, CA bundles,
    /// references to hashes
    #[arg(long, default_value = "group")]
    noise: Noise,
    /// Whether to colour the text
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// How many characters a comment in Markdown may have
    #[arg(long, value_name = "N", default_value_t = DEFAULT_BUDGET, value_parser = budget)]
    max_comment: usize,
    /// Write as many comments as it takes, `NAME.001.md` and so on, and leave nothing out
    #[arg(long)]
    split: bool,
    /// What a comment is found by when it is to be replaced
    #[arg(long, value_name = "KEY", default_value = "crustomize")]
    comment_key: String,
    /// Where the whole diff is to be had; comments that leave something out link there
    #[arg(long, value_name = "URL")]
    full_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Lines that differ, for people
    Text,
    /// A patch that `git apply` takes, unless something in it is masked
    Unified,
    /// Fields that differ
    Semantic,
    /// A comment for a pull request
    Markdown,
    /// For programs
    Json,
    /// A page to browse in
    Html,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Noise {
    /// Like everything else
    Show,
    /// Together and counted
    Group,
    /// Counted only
    Hide,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

fn budget(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(budget) if budget >= MINIMUM_BUDGET => Ok(budget),
        _ => Err(format!("must be a number from {MINIMUM_BUDGET}")),
    }
}

impl OutputArgs {
    /// Formats with their files; `None` for standard output.
    fn pairs(&self) -> impl Iterator<Item = (DiffFormat, Option<&Path>)> {
        let file = |index: usize| self.output.get(index).map(PathBuf::as_path).filter(|file| *file != Path::new("-"));
        self.format.iter().enumerate().map(move |(index, format)| (*format, file(index)))
    }

    /// Whether that can be done.
    ///
    /// # Errors
    /// When there are more files than formats, or several formats for standard output.
    pub(super) fn check(&self) -> Result<()> {
        let wrong = |message: &str, hint: &str| Err(Error::new(ErrorKind::Usage, message).hint(hint));
        if self.output.len() > self.format.len() {
            return wrong("there are more files than formats", "say `--format` before each `-o`");
        }
        if self.pairs().filter(|(_, file)| file.is_none()).count() > 1 {
            return wrong("several formats can't go to standard output", "give all but one a file with `-o`");
        }
        let parts = |(format, file): (DiffFormat, Option<&Path>)| format == DiffFormat::Markdown && file.is_some();
        if self.split && !self.pairs().any(parts) {
            return wrong("`--split` is about files of Markdown", "say `--format markdown -o FILE`");
        }
        Ok(())
    }

    /// Whether a format is about files rather than objects.
    pub(super) fn needs_files(&self) -> bool {
        self.format.contains(&DiffFormat::Unified)
    }

    /// Writes all formats: files first, each whole or not at all. What became of standard output is the result.
    ///
    /// # Errors
    /// When a file can't be written.
    pub(super) fn write(&self, report: &Report, commit: &str, stdout: &mut dyn Write) -> Result<std::io::Result<()>> {
        let mut printed = Ok(());
        let disk = DiskFs::new();
        for (format, file) in self.pairs() {
            match file {
                Some(file) if format == DiffFormat::Markdown && self.split => {
                    let parts = markdown_parts(report, &self.markdown(commit));
                    for (index, part) in parts.iter().enumerate() {
                        disk.write(&numbered(file, index + 1), part.as_bytes())?;
                    }
                    // Those of an earlier, longer diff would be taken for ours.
                    let mut number = parts.len() + 1;
                    while disk.is_file(&numbered(file, number)) {
                        disk.remove(&numbered(file, number))?;
                        number += 1;
                    }
                }
                Some(file) => disk.write(file, self.text(format, report, commit, false).as_bytes())?,
                None => {
                    let text = self.text(format, report, commit, true);
                    printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
                }
            }
        }
        Ok(printed)
    }

    fn text(&self, format: DiffFormat, report: &Report, commit: &str, on_stdout: bool) -> String {
        match format {
            DiffFormat::Text => text(report, &self.text_options(on_stdout)),
            DiffFormat::Unified => unified(report),
            DiffFormat::Semantic => semantic(report, &self.text_options(on_stdout)),
            DiffFormat::Markdown => markdown(report, &self.markdown(commit)),
            DiffFormat::Json => json(report),
            DiffFormat::Html => html(report, &HtmlOptions { noise: self.noise(), ..HtmlOptions::default() }),
        }
    }

    fn text_options(&self, on_stdout: bool) -> TextOptions {
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => on_stdout && is_colourful(),
        };
        TextOptions { color, noise: self.noise() }
    }

    fn markdown(&self, commit: &str) -> MarkdownOptions {
        MarkdownOptions {
            key: self.comment_key.clone(),
            head_sha: commit.to_owned(),
            budget: self.max_comment,
            noise: self.noise(),
            full_url: self.full_url.clone(),
        }
    }

    const fn noise(&self) -> NoiseMode {
        match self.noise {
            Noise::Show => NoiseMode::Show,
            Noise::Group => NoiseMode::Group,
            Noise::Hide => NoiseMode::Hide,
        }
    }
}

/// Whether standard output is a terminal that takes colours (<https://no-color.org>).
fn is_colourful() -> bool {
    let says = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    std::io::stdout().is_terminal() && says("NO_COLOR").is_none() && says("TERM").is_none_or(|term| term != "dumb")
}

/// `diff.md` as `diff.001.md`.
fn numbered(file: &Path, number: usize) -> PathBuf {
    let end = file.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    file.with_extension(format!("{number:03}{end}"))
}
