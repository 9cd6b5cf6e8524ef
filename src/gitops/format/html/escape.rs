//! What comes from manifests, as text of a page. It never stands in attributes, styles or scripts.

use std::borrow::Cow;

use crate::gitops::format::visible::{visible_line, visible_name};

/// A name, with what can't be seen shown.
pub(super) fn name(text: &str) -> Cow<'_, str> {
    escaped(visible_name(text))
}

/// A line of a file, likewise; tabs stay.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    escaped(visible_line(text))
}

fn escaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_opens_a_tag_or_ends_a_value() {
        assert_eq!(name("</script><a b=\"'\">&\n"), "&lt;/script&gt;&lt;a b=&quot;&#39;&quot;&gt;&amp;␊");
        assert_eq!(line("\ta\u{202e}"), "\ta⟨U+202E⟩");
    }
}
