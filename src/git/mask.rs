//! Addresses without what nobody should see.

/// The text with the password of every `scheme://user:password@` in it masked. What stands alone before the `@` of an
/// `http(s)` address is masked, too: it is a token more often than a name.
pub(crate) fn without_password(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(['/', ' ', '\'', '"', '\n', '?']).unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((user, host)) if user.contains(':') => {
                let name = user.split(':').next().unwrap_or_default();
                out.push_str(&format!("{name}:***@{host}"));
            }
            Some((_, host)) if is_http(before) => out.push_str(&format!("***@{host}")),
            _ => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The address without user and password, as it may be written down; the user of ssh stays.
pub(super) fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some((user, host)) = authority.rsplit_once('@') else { return address.to_owned() };
    if is_http(&format!("{scheme}://")) {
        return format!("{scheme}://{host}{path}");
    }
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}{path}")
}

fn is_http(before: &str) -> bool {
    let before = before.to_ascii_lowercase();
    before.ends_with("http://") || before.ends_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_passwords() {
        let text = "fetch https://me:se:cret@host/a 'ssh://git@host/b' https://host/x@y:z";
        assert_eq!(without_password(text), "fetch https://me:***@host/a 'ssh://git@host/b' https://host/x@y:z");
        assert_eq!(without_password("to https://ghp_token@host/a"), "to https://***@host/a");
    }

    #[test]
    fn takes_users_out_of_addresses() {
        let cases = [
            ("https://me:secret@host/a/b", "https://host/a/b"),
            ("https://token@host:8443/a@b", "https://host:8443/a@b"),
            ("ssh://git:secret@host/a", "ssh://git@host/a"),
            ("git@host:a/b.git", "git@host:a/b.git"),
            ("/some/where", "/some/where"),
        ];
        for (address, want) in cases {
            assert_eq!(without_user(address), want, "{address}");
        }
    }
}
