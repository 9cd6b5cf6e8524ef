//! Numbers: how go-yaml reads them from plain text, and how Go prints them.
//!
//! Knows nothing of nodes; see `resolve` for which texts are tried as numbers at all.

use std::borrow::Cow;

use crate::yaml::resolve::Dialect;

/// The text without the underscores that YAML 1.1 allows anywhere in a number.
fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

/// The integer that `text` writes: signs, underscores, `0x`, `0o`, `0b`, a leading `0` for octal.
///
/// The value fits in 64 bits, signed or (without a sign) unsigned; anything larger is no integer.
#[must_use]
pub fn parse_int(text: &str, dialect: Dialect) -> Option<i128> {
    let text = without_underscores(text);
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (Some(1), &text[1..]),
        b'-' => (Some(-1), &text[1..]),
        _ => (None, &*text),
    };
    if let Some(magnitude) = parse_magnitude(digits) {
        let value = i128::from(magnitude) * sign.unwrap_or(1);
        return (sign.is_none() || i64::try_from(value).is_ok()).then_some(value);
    }
    // go-yaml retries these two prefixes by hand, and then takes a sign behind the prefix.
    let radix = match digits.get(..2)? {
        "0b" => 2,
        "0o" if dialect == Dialect::V3 => 8,
        _ => return None,
    };
    let signed = digits.get(2..).filter(|rest| sign.is_none() && rest.starts_with(['+', '-']))?;
    i64::from_str_radix(signed, radix).ok().map(i128::from)
}

/// Digits without a sign, in the radix that their prefix says.
fn parse_magnitude(digits: &str) -> Option<u64> {
    let (radix, skip) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, 2),
        [b'0', b'o' | b'O', _, ..] => (8, 2),
        [b'0', b'b' | b'B', _, ..] => (2, 2),
        [b'0', _, ..] => (8, 1),
        _ => (10, 0),
    };
    let digits = digits.get(skip..)?;
    if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(digits, radix).ok() }
}

/// The number that `text` writes in decimal, with a fraction or an exponent or beyond 64 bits.
///
/// Numbers too large for a double are no numbers.
#[must_use]
pub fn parse_float(text: &str) -> Option<f64> {
    let text = without_underscores(text);
    if is_decimal(&text) { text.parse().ok().filter(|value: &f64| value.is_finite()) } else { None }
}

/// The number that a text with a dot at its start writes. Underscores only between digits here.
#[must_use]
pub fn parse_fraction(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let separates = |index: usize| index > 0 && digit(index - 1) && digit(index + 1);
    let allowed = bytes.iter().enumerate().all(|(index, byte)| *byte != b'_' || separates(index));
    if allowed { parse_float(text) } else { None }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    fn digits(rest: &str) -> (usize, &str) {
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        (end, rest.get(end..).unwrap_or(""))
    }
    let (whole, rest) = digits(text.strip_prefix(['-', '+']).unwrap_or(text));
    let (fraction, rest) = rest.strip_prefix('.').map_or((0, rest), digits);
    if whole + fraction == 0 {
        return false;
    }
    let Some(rest) = rest.strip_prefix(['e', 'E']) else { return rest.is_empty() };
    let (exponent, rest) = digits(rest.strip_prefix(['-', '+']).unwrap_or(rest));
    exponent > 0 && rest.is_empty()
}

/// A finite number as Go's `encoding/json` prints it.
#[must_use]
pub fn json_float(value: f64) -> String {
    let magnitude = value.abs();
    let decimal = Shortest::of(value);
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) { decimal.scientific(1) } else { decimal.positional() }
}

/// The integer that a number has become once JSON has carried it, if that is one.
#[must_use]
pub fn integral(value: f64) -> Option<i128> {
    if value.fract() != 0.0 || value.abs() >= 1e21 {
        return None;
    }
    // By its text: JSON writes the shortest digits and fills up with zeros.
    let integer: i128 = json_float(value).parse().ok()?;
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&integer).then_some(integer)
}

/// A finite number as kustomize's output shows it: read from JSON, printed by go-yaml v2.
#[must_use]
pub fn yaml_float(value: f64) -> String {
    if let Some(integer) = integral(value) {
        return integer.to_string();
    }
    let decimal = Shortest::of(value);
    if (-4..6).contains(&decimal.exponent) { decimal.positional() } else { decimal.scientific(2) }
}

/// The fewest digits that read back as the same number: `d.ddd` times a power of ten.
struct Shortest {
    sign: &'static str,
    digits: String,
    exponent: i32,
}

impl Shortest {
    fn of(value: f64) -> Self {
        let magnitude = value.abs();
        let shortest = format!("{magnitude:e}");
        // Halfway between two candidates, Go takes the even one and Rust the greater one.
        let precision = shortest.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
        let even = format!("{magnitude:.*e}", precision.saturating_sub(1));
        let text = if even.parse() == Ok(magnitude) { even } else { shortest };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        Self {
            sign: if value.is_sign_negative() { "-" } else { "" },
            digits: mantissa.replace('.', ""),
            exponent: exponent.parse().unwrap_or(0),
        }
    }

    /// `ddd.ddd`
    fn positional(&self) -> String {
        let Self { sign, digits, exponent } = self;
        let Ok(whole) = usize::try_from(*exponent + 1) else {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
            return format!("{sign}0.{zeros}{digits}");
        };
        match digits.split_at_checked(whole) {
            Some((_, "")) => format!("{sign}{digits}"),
            Some(("", fraction)) => format!("{sign}0.{fraction}"),
            Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
            None => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
        }
    }

    /// `d.ddde±dd`, with at least `width` digits in the exponent.
    fn scientific(&self, width: usize) -> String {
        let Self { sign, digits, exponent } = self;
        let (first, fraction) = digits.split_at_checked(1).unwrap_or(("0", ""));
        let point = if fraction.is_empty() { "" } else { "." };
        let exponent_sign = if *exponent < 0 { '-' } else { '+' };
        format!("{sign}{first}{point}{fraction}e{exponent_sign}{:0width$}", exponent.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_as_go_yaml_reads_them() {
        let cases: &[(&str, Option<i128>)] = &[
            ("0", Some(0)),
            ("-0", Some(0)),
            ("+5", Some(5)),
            ("0777", Some(511)),
            ("0o777", Some(511)),
            ("0O17", Some(15)),
            ("0xFF", Some(255)),
            ("0b101", Some(5)),
            ("-0x10", Some(-16)),
            ("1_000", Some(1000)),
            ("1_", Some(1)),
            ("0b-101", Some(-5)),
            ("0o-17", Some(-15)),
            ("-0b-1", None),
            ("08", None),
            ("0x", None),
            ("0b2", None),
            ("1,000", None),
            ("+", None),
            ("", None),
            ("9223372036854775808", Some(9_223_372_036_854_775_808)),
            ("+9223372036854775808", None),
            ("-9223372036854775808", Some(-9_223_372_036_854_775_808)),
            ("18446744073709551616", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_int(text, Dialect::V3), *expected, "{text}");
        }
        assert_eq!(parse_int("0o-17", Dialect::V2), None);
    }

    #[test]
    fn floats_as_go_yaml_reads_them() {
        for (text, expected) in
            [("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("08", 8.0), ("1_0.5", 10.5), ("-.5E-1", -0.05)]
        {
            assert_eq!(parse_float(text), Some(expected), "{text}");
        }
        for text in ["1e400", "1e", ".", "1.2.3", "e3", "0x1p4", "infinity", "nan", "1e+"] {
            assert_eq!(parse_float(text), None, "{text}");
        }
        assert_eq!(parse_fraction(".1_0"), Some(0.1));
        assert_eq!(parse_fraction("._1"), None);
        assert_eq!(parse_fraction(".1_e5"), None);
    }

    #[test]
    fn floats_as_go_prints_them() {
        let cases = [
            (1.0, "1", "1"),
            (1.1, "1.1", "1.1"),
            (-0.0, "-0", "0"),
            (1e-7, "1e-7", "1e-07"),
            (0.000_001, "0.000001", "1e-06"),
            (0.0001, "0.0001", "0.0001"),
            (1e20, "100000000000000000000", "1e+20"),
            (1e21, "1e+21", "1e+21"),
            (1_234_567.5, "1234567.5", "1.2345675e+06"),
            (999_999.5, "999999.5", "999999.5"),
            (18_446_744_073_709_551_616.0, "18446744073709552000", "1.8446744073709552e+19"),
            (9_223_372_036_854_775_808.0, "9223372036854776000", "9223372036854776000"),
            (808_224_547_412_872.2, "808224547412872.2", "8.082245474128722e+14"),
            (808_224_547_412_872.8, "808224547412872.8", "8.082245474128728e+14"),
            (0.001_5, "0.0015", "0.0015"),
            (0.0, "0", "0"),
            (1.5e-300, "1.5e-300", "1.5e-300"),
        ];
        for (value, json, yaml) in cases {
            assert_eq!(json_float(value), json);
            assert_eq!(yaml_float(value), yaml);
        }
    }
}
