//! Settings of git, to be written where only git reads them.

use std::fmt;
use std::fmt::Write as _;

/// A setting; its value may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    key: String,
    value: Option<String>,
}

impl Setting {
    /// The setting `key`, as `section[.subsection].name`.
    #[must_use]
    pub fn new(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), value: Some(value.to_owned()) }
    }

    /// Reads an entry of `git config --list -z`.
    pub(super) fn parse(entry: &str) -> Self {
        match entry.split_once('\n') {
            Some((key, value)) => Self::new(key, value),
            None => Self { key: entry.to_owned(), value: None },
        }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Without the value: it may be a token.
impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=***", self.key)
    }
}

/// The setting as lines of a configuration file.
pub(super) fn section(setting: &Setting) -> String {
    let Some((section, rest)) = setting.key.split_once('.') else { return String::new() };
    let (subsection, name) = match rest.rsplit_once('.') {
        Some((subsection, name)) => (Some(subsection), name),
        None => (None, rest),
    };
    let mut out = format!("[{section}");
    if let Some(subsection) = subsection {
        let _ = write!(out, " \"{}\"", subsection.replace('\\', "\\\\").replace('"', "\\\""));
    }
    out.push_str("]\n");
    match &setting.value {
        Some(value) => {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
            let _ = writeln!(out, "\t{name} = \"{value}\"");
        }
        None => {
            let _ = writeln!(out, "\t{name}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_git_reads() {
        let setting = Setting::new("url.https://a.b/\"x\".insteadOf", "gh:\\ a;b#c\nd");
        assert_eq!(section(&setting), "[url \"https://a.b/\\\"x\\\"\"]\n\tinsteadOf = \"gh:\\\\ a;b#c\\nd\"\n");
        assert_eq!(section(&Setting::parse("commit.gpgsign")), "[commit]\n\tgpgsign\n");
        assert_eq!(format!("{:?}", Setting::new("http.extraheader", "token")), "http.extraheader=***");
    }
}
