//! Where generated data comes from: literals, files and env files, to keys and values.
//!
//! Follows upstream's `api/kv`. Contents of files are handed in; values never appear in errors.

use std::collections::HashSet;

use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result};
use crate::source::Span;

/// Hands in the contents of files; the loader is behind it.
pub trait FileSource {
    /// The bytes of the file at `path`, a path as a kustomization writes it.
    ///
    /// # Errors
    /// When the file can't be read or may not be.
    fn read(&self, path: &str) -> Result<Vec<u8>>;
}

impl<F: Fn(&str) -> Result<Vec<u8>>> FileSource for F {
    fn read(&self, path: &str) -> Result<Vec<u8>> {
        self(path)
    }
}

/// The sources of one generator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyValueSources {
    /// `key=value`
    pub literals: Vec<Spanned<String>>,
    /// `[key=]path`: the whole file is the value, its base name the key unless one is given.
    pub files: Vec<Spanned<String>>,
    /// Paths of files with a `key=value` on each line.
    pub envs: Vec<Spanned<String>>,
}

/// A key and its value; a value may be any bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Vec<u8>,
    /// The source in the kustomization.
    pub span: Span,
}

/// Longer lines end an env file for upstream, silently.
const MAX_ENV_LINE: usize = 64 * 1024;

impl KeyValueSources {
    /// All pairs in order: env files, literals, files. `owner` names the generator in errors.
    ///
    /// # Errors
    /// A malformed source, a file that can't be read, a key that comes twice.
    pub fn load(&self, owner: &str, files: &dyn FileSource) -> Result<Vec<Pair>> {
        let mut pairs = Vec::new();
        for env in &self.envs {
            let content = files.read(&env.value).map_err(|error| error.at(env.span()))?;
            env_pairs(&content, env, &mut pairs)?;
        }
        for literal in &self.literals {
            pairs.push(literal_pair(literal)?);
        }
        for file in &self.files {
            let (key, path) = split_file_source(file)?;
            let value = files.read(path).map_err(|error| error.at(file.span()))?;
            pairs.push(Pair { key: key.to_owned(), value, span: file.span() });
        }
        let mut known = HashSet::new();
        for pair in &pairs {
            if !known.insert(pair.key.as_str()) {
                let message = format!("the generator of `{owner}` repeats the key `{}`", pair.key);
                return Err(Error::new(ErrorKind::Kustomization, message).at(pair.span));
            }
        }
        Ok(pairs)
    }
}

fn literal_pair(literal: &Spanned<String>) -> Result<Pair> {
    match literal.value.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            let value = without_quotes(value).as_bytes().to_vec();
            Ok(Pair { key: key.to_owned(), value, span: literal.span() })
        }
        _ => Err(Error::new(ErrorKind::Kustomization, "a literal must be `key=value`").at(literal.span())),
    }
}

/// The text without the pair of quotes around it, if there is one.
fn without_quotes(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

fn split_file_source(file: &Spanned<String>) -> Result<(&str, &str)> {
    let error = |message: String| {
        let error = Error::new(ErrorKind::Kustomization, message).at(file.span());
        Err(error.hint("write a file source as `path` or `key=path`"))
    };
    let source = file.value.as_str();
    match source.split_once('=') {
        None => Ok((base_name(source), source)),
        Some((_, path)) if path.contains('=') => error(format!("more than one `=` in the file source `{source}`")),
        Some(("", _)) => error(format!("no key in the file source `{source}`")),
        Some((_, "")) => error(format!("no path in the file source `{source}`")),
        Some((key, path)) => Ok((key, path)),
    }
}

/// The last name of a path, as Go's `path.Base` sees it.
fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some("") | None if path.is_empty() => ".",
        Some("") | None => "/",
        Some(name) => name,
    }
}

fn env_pairs(content: &[u8], env: &Spanned<String>, pairs: &mut Vec<Pair>) -> Result<()> {
    let mut lines = content.split(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let is_rest = lines.peek().is_none();
        if line.len() >= MAX_ENV_LINE || (is_rest && line.is_empty()) {
            break;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(line) = std::str::from_utf8(line) else {
            let message = format!("line {} of the env file `{}` is not UTF-8", index + 1, env.value);
            return Err(Error::new(ErrorKind::Kustomization, message).at(env.span()));
        };
        let line = if index == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let line = line.trim_start();
        if line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        // A line without a key is no error; upstream passes over it.
        if !key.is_empty() {
            pairs.push(Pair { key: key.to_owned(), value: value.as_bytes().to_vec(), span: env.span() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spanned(texts: &[&str]) -> Vec<Spanned<String>> {
        texts.iter().map(|text| Spanned::new((*text).to_owned(), Span::NONE)).collect()
    }

    fn load(sources: &KeyValueSources) -> Result<Vec<(String, String)>> {
        let files = |path: &str| match path {
            "a.env" => Ok(b"\xef\xbb\xbfA=1\r\n  # comment\n\n\texport X=1 \nKEY\n=x\n\"Q\"=\"v\"".to_vec()),
            "bad.env" => Ok(b"A=\xff\n".to_vec()),
            "dir/b.txt" => Ok(b"text\n".to_vec()),
            _ => Err(Error::new(ErrorKind::Io, "no such file")),
        };
        let pairs = sources.load("x", &files)?;
        Ok(pairs.into_iter().map(|pair| (pair.key, String::from_utf8(pair.value).unwrap())).collect())
    }

    fn literals(texts: &[&str]) -> Result<Vec<(String, String)>> {
        load(&KeyValueSources { literals: spanned(texts), ..Default::default() })
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn literals_lose_one_pair_of_quotes() {
        let pairs = literals(&["c=\"Hello World\"", "d='true'", "e=", "f='", "g=a=b"]).unwrap();
        assert_eq!(
            pairs,
            [pair("c", "Hello World"), pair("d", "true"), pair("e", ""), pair("f", "'"), pair("g", "a=b")]
        );
        assert!(literals(&["=a"]).is_err());
        assert!(literals(&["a"]).is_err());
        assert!(literals(&["a=1", "a=2"]).is_err());
    }

    #[test]
    fn env_files_come_first_and_keep_quotes_and_trailing_blanks() {
        let sources =
            KeyValueSources { literals: spanned(&["l=1"]), files: spanned(&["dir/b.txt"]), envs: spanned(&["a.env"]) };
        let pairs = [
            pair("A", "1"),
            pair("export X", "1 "),
            pair("KEY", ""),
            pair("\"Q\"", "\"v\""),
            pair("l", "1"),
            pair("b.txt", "text\n"),
        ];
        assert_eq!(load(&sources).unwrap(), pairs);
        assert!(load(&KeyValueSources { envs: spanned(&["bad.env"]), ..Default::default() }).is_err());
    }

    #[test]
    fn file_sources_have_at_most_one_key() {
        let files = |texts: &[&str]| load(&KeyValueSources { files: spanned(texts), ..Default::default() });
        assert_eq!(files(&["k=dir/b.txt"]).unwrap(), [pair("k", "text\n")]);
        assert!(files(&["k==dir/b.txt"]).is_err());
        assert!(files(&["=dir/b.txt"]).is_err());
        assert!(files(&["k="]).is_err());
        assert_eq!(base_name("a/b/"), "b");
        assert_eq!(base_name(""), ".");
        assert_eq!(base_name("//"), "/");
    }
}
