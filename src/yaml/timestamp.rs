//! Dates: the four forms that go-yaml takes for `!!timestamp`, and how JSON writes them.
//!
//! Does no arithmetic with time zones: a date keeps the fields it was written with.

/// A date, or a date with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    /// Minutes east of UTC.
    offset: i32,
}

impl Timestamp {
    /// The date that a plain scalar writes, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Cursor(text);
        let year = rest.take(4)?.parse().ok()?;
        rest.skip("-")?;
        let month = rest.number()?;
        rest.skip("-")?;
        let day = rest.number()?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in(month, year) {
            return None;
        }
        let date = Self { year, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0, offset: 0 };
        match rest.0.as_bytes().first() {
            None => Some(date),
            Some(b'T' | b't') => {
                rest.0 = &rest.0[1..];
                let date = rest.time(date)?;
                rest.zone().map(|offset| Self { offset, ..date })
            }
            Some(b' ') => {
                rest.0 = rest.0.trim_start_matches(' ');
                rest.time(date).filter(|_| rest.0.is_empty())
            }
            Some(_) => None,
        }
    }

    /// The date as JSON carries it (RFC 3339, as many digits of the second as needed).
    ///
    /// `None` for an offset of a day, which JSON refuses.
    #[must_use]
    pub fn to_rfc3339(self) -> Option<String> {
        let Self { year, month, day, hour, minute, second, nanosecond, offset } = self;
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if nanosecond > 0 {
            text.push_str(format!(".{nanosecond:09}").trim_end_matches('0'));
        }
        let minutes = offset.unsigned_abs();
        if minutes >= 24 * 60 {
            return None;
        }
        match offset {
            0 => text.push('Z'),
            _ => {
                let sign = if offset < 0 { '-' } else { '+' };
                text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
        }
        Some(text)
    }
}

/// The part of a date that is not read yet.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// Exactly `count` digits.
    fn take(&mut self, count: usize) -> Option<&'a str> {
        let digits = self.0.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.0 = &self.0[count..];
        Some(digits)
    }

    /// Two digits, or one.
    fn number(&mut self) -> Option<u32> {
        let digits = self.take(2).or_else(|| self.take(1))?;
        digits.parse().ok()
    }

    fn skip(&mut self, prefix: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(prefix)?;
        Some(())
    }

    /// `15:4:5`, with a fraction of any length; digits beyond nanoseconds are dropped.
    fn time(&mut self, date: Timestamp) -> Option<Timestamp> {
        let hour = self.number().filter(|hour| *hour < 24)?;
        self.skip(":")?;
        let minute = self.number().filter(|minute| *minute < 60)?;
        self.skip(":")?;
        let second = self.number().filter(|second| *second < 60)?;
        let fraction = self.0.strip_prefix(['.', ',']).unwrap_or("");
        let length = fraction.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(fraction.len());
        let mut nanosecond = 0;
        if length > 0 {
            let digits = fraction.bytes().take(length).map(|byte| u32::from(byte - b'0'));
            nanosecond = digits.chain(std::iter::repeat(0)).take(9).fold(0, |value, digit| value * 10 + digit);
            self.0 = &self.0[1 + length..];
        }
        Some(Timestamp { hour, minute, second, nanosecond, ..date })
    }

    /// `Z`, or an offset such as `+05:30` in minutes, at the end.
    fn zone(&mut self) -> Option<i32> {
        if self.0 == "Z" {
            return Some(0);
        }
        let sign = match self.0.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        // Go lets 24 hours and 60 minutes pass.
        let hours: i32 = self.take(2)?.parse().ok().filter(|hours| *hours <= 24)?;
        self.skip(":")?;
        let minutes: i32 = self.take(2)?.parse().ok().filter(|minutes| *minutes <= 60)?;
        self.0.is_empty().then_some(sign * (hours * 60 + minutes))
    }
}

const fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_rfc_3339() {
        let cases = [
            ("2020-01-01", "2020-01-01T00:00:00Z"),
            ("2020-1-2", "2020-01-02T00:00:00Z"),
            ("2020-02-29", "2020-02-29T00:00:00Z"),
            ("0000-01-01", "0000-01-01T00:00:00Z"),
            ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"),
            ("2001-12-15T2:59:43.1Z", "2001-12-15T02:59:43.1Z"),
            ("2001-12-15 2:59:43.123456789123", "2001-12-15T02:59:43.123456789Z"),
            ("2001-12-15   2:59:43,5", "2001-12-15T02:59:43.5Z"),
            ("2001-12-15T02:59:43+00:00", "2001-12-15T02:59:43Z"),
            ("2001-12-15T02:59:43+05:60", "2001-12-15T02:59:43+06:00"),
        ];
        for (text, expected) in cases {
            let date = Timestamp::parse(text).unwrap_or_else(|| panic!("{text} is a date"));
            assert_eq!(date.to_rfc3339().as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "2020-13-01",
            "2021-02-29",
            "2020-1",
            "20-01-01",
            "12020-01-01",
            "2020-01-01T",
            "2020-01-01T10:00:00",
            "2020-01-01 10:00",
            "2020-01-01 10:00:00Z",
            "2001-12-14 21:59:43.10 -5",
            "2020-01-01T24:00:00Z",
            "2020-01-01T10:00:00.Z",
            "2020-01-01T10:00:00+5:00",
            "2020-01-01x",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_offset_of_a_day_has_no_json() {
        assert_eq!(Timestamp::parse("2020-01-01T10:00:00+24:00").and_then(Timestamp::to_rfc3339), None);
    }
}
