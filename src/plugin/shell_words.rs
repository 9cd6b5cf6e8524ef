//! A line of arguments split as a shell would (upstream: `api/internal/plugins/execplugin/shlex.go`).

/// The words of `line`: quotes group, a backslash takes the next character as it is except in
/// single quotes, `#` outside of quotes begins a comment. Empty words vanish, quoted ones too.
/// `None` if a quote is never closed.
#[must_use]
pub fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', None | Some('"')) => word.extend(letters.next()),
            ('\'' | '"', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            ('#', None) => break,
            (_, None) if letter.is_whitespace() => push(&mut words, &mut word),
            _ => word.push(letter),
        }
    }
    push(&mut words, &mut word);
    quote.is_none().then_some(words)
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_a_shell_does() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("a  b\tc", &["a", "b", "c"]),
            (r#"a b 'c d' x"y" #no"#, &["a", "b", "c d", "xy"]),
            (r#"a\ b "c\"d" 'e\f'"#, &["a b", "c\"d", "e\\f"]),
            ("a#b c", &["a"]),
            ("'#a' b", &["#a", "b"]),
            ("'' a", &["a"]),
            ("a\\", &["a"]),
            ("--x='a b'=c", &["--x=a b=c"]),
        ];
        for (line, want) in cases {
            assert_eq!(split(line).unwrap(), want, "{line}");
        }
        assert_eq!(split("a 'b"), None);
        assert_eq!(split("a # 'b"), Some(vec!["a".to_owned()]));
    }
}
