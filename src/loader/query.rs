//! The query of a repository address: `?ref=v1&timeout=2m&submodules=false`.

use std::time::Duration;

/// How long one `git` command may take unless the address says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(27);

/// What a query says; anything that can't be read is ignored, as upstream does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// `ref`, else `version`, else empty.
    pub reference: String,
    /// `timeout`: seconds, or a duration with units.
    pub timeout: Duration,
    /// `submodules`.
    pub submodules: bool,
}

impl Default for Query {
    fn default() -> Self {
        Self { reference: String::new(), timeout: DEFAULT_TIMEOUT, submodules: true }
    }
}

impl Query {
    /// Reads the part after the `?`. A query that is malformed anywhere counts as none.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let Some(pairs) = pairs(query) else { return Self::default() };
        let get = |key: &str| {
            let value = pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
            value.filter(|value| !value.is_empty())
        };
        let default = Self::default();
        Self {
            reference: get("ref").or_else(|| get("version")).unwrap_or_default().to_owned(),
            timeout: get("timeout").and_then(timeout).unwrap_or(default.timeout),
            submodules: get("submodules").and_then(boolean).unwrap_or(default.submodules),
        }
    }
}

/// The decoded pairs; `None` if there is a malformed one.
fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        if part.contains(';') {
            return None;
        }
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        Some((unescape(key)?, unescape(value)?))
    };
    parts.map(pair).collect()
}

/// Text without `+` and `%20`; `None` for a broken escape.
fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(bytes.next())? * 16 + digit(bytes.next())?).ok()?
            }
            byte => byte,
        });
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// Whole seconds, or what Go calls a duration; `None` unless positive.
pub(crate) fn timeout(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<i64>() {
        return u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs);
    }
    duration(text).filter(|duration| !duration.is_zero())
}

/// A duration as Go writes it: `1m30s`, `1.5h`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit_end = tail.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let unit = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()?;
        total = total.checked_add(part)?;
        rest = tail;
    }
    Some(total)
}

/// A boolean as Go reads it.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(reference: &str, seconds: u64, submodules: bool) -> Query {
        Query { reference: reference.to_owned(), timeout: Duration::from_secs(seconds), submodules }
    }

    #[test]
    fn reads_what_it_can_and_ignores_the_rest() {
        let cases = [
            ("", query("", 27, true)),
            ("ref=kustomize/v4.5.7", query("kustomize/v4.5.7", 27, true)),
            ("version=master&ref=v1.0.0", query("v1.0.0", 27, true)),
            ("version=master&submodules=", query("master", 27, true)),
            ("version=master&submodules=maybe", query("master", 27, true)),
            ("version=master&submodules=F", query("master", 27, false)),
            ("timeout=jiffy", query("", 27, true)),
            ("timeout=0", query("", 27, true)),
            ("timeout=0s", query("", 27, true)),
            ("timeout=-5", query("", 27, true)),
            ("timeout=61", query("", 61, true)),
            ("timeout=1m1s", query("", 61, true)),
            ("timeout=1.5m", query("", 90, true)),
            ("ref=a%2Fb+c", query("a/b c", 27, true)),
            ("ref=a%2&timeout=5", query("", 27, true)),
            ("ref=a;b&timeout=5", query("", 27, true)),
        ];
        for (text, want) in cases {
            assert_eq!(Query::parse(text), want, "{text}");
        }
    }
}
