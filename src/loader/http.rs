//! Remote files by plain GET, as upstream loads them: no credentials of ours, no cache.

use std::sync::OnceLock;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{Cause, Failure};
use crate::git::without_password;

/// How long a remote file may take.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// As many redirections as Go's client follows.
const REDIRECTIONS: u32 = 10;

/// A client that is made when it is first needed.
#[derive(Debug, Default)]
pub struct Client {
    agent: OnceLock<ureq::Agent>,
}

impl Client {
    fn agent(&self) -> &ureq::Agent {
        self.agent.get_or_init(|| {
            let roots = ureq::tls::RootCerts::PlatformVerifier;
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(REDIRECTIONS)
                .timeout_global(Some(TIME_LIMIT))
                .user_agent(concat!("crustomize/", env!("CARGO_PKG_VERSION")))
                .tls_config(ureq::tls::TlsConfig::builder().root_certs(roots).build())
                .build()
                .into()
        })
    }

    /// The body that `url` answers with.
    ///
    /// # Errors
    /// When there is no answer, its status is no success, or it is larger than `limit` bytes.
    pub fn get(&self, url: &str, limit: u64) -> Result<Vec<u8>> {
        let shown = without_password(url);
        let failed = |error: ureq::Error| match error {
            ureq::Error::BodyExceedsLimit(_) => Failure::new("read", shown.as_ref(), Cause::TooLarge(limit)).into(),
            error => Error::new(ErrorKind::Io, format!("can't load `{shown}`: {error}")),
        };
        let mut request = self.agent().get(encode(url));
        if request.uri_ref().and_then(|uri| uri.host()).is_some_and(is_this_machine) {
            request = request.config().proxy(None).build();
        }
        let mut response = request.call().map_err(failed)?;
        let status = response.status();
        if !status.is_success() {
            let message = format!("can't load `{shown}`: the server answered with status {status}");
            return Err(Error::new(ErrorKind::Io, message));
        }
        response.body_mut().with_config().limit(limit).read_to_vec().map_err(failed)
    }
}

/// Go asks no proxy for what is on this machine.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether `path` is the address of a remote file rather than a path.
#[must_use]
pub fn is_remote_file(path: &str) -> bool {
    let rest = path
        .split_once(':')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
    let Some((_, rest)) = rest else { return false };
    // Go refuses such addresses, so they count as paths.
    let before_query = rest.split(['?', '#']).next().unwrap_or_default();
    !path.bytes().any(|byte| byte.is_ascii_control()) && escapes_are_whole(before_query)
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|part| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

/// The address with what may not stand in a request escaped, without its fragment.
fn encode(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            byte => out.push(char::from(byte)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::loader::testing::{answer, serve};

    #[test]
    fn follows_redirections() {
        let moved = "HTTP/1.1 302 Found\r\nLocation: /b%20c\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let (address, server) = serve(vec![moved.to_owned(), answer("200 OK", "kind: X\n")]);
        let content = Client::default().get(&format!("http://{address}/a b?c=d#e"), 100).unwrap();
        assert_eq!(content, b"kind: X\n");
        let requests = server.join().unwrap();
        assert!(requests[0].starts_with("GET /a%20b?c=d HTTP/1.1"), "{}", requests[0]);
        assert!(requests[1].starts_with("GET /b%20c HTTP/1.1"), "{}", requests[1]);
    }

    #[test]
    fn sends_the_user_of_the_address_and_hides_the_password() {
        let (address, server) = serve(vec![answer("404 Not Found", "no")]);
        let error = Client::default().get(&format!("http://me:secret@{address}/a"), 100).unwrap_err();
        let want = format!("can't load `http://me:***@{address}/a`: the server answered with status 404 Not Found");
        assert_eq!(error.message(), want);
        let request = server.join().unwrap().remove(0).to_ascii_lowercase();
        assert!(request.contains("authorization: basic bwu6c2vjcmv0"), "{request}");
    }

    #[test]
    fn refuses_large_files() {
        let (address, server) = serve(vec![answer("200 OK", &"x".repeat(2000))]);
        let error = Client::default().get(&format!("http://{address}/a"), 1024).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.message(), format!("`http://{address}/a` is larger than 1 KiB, the limit for one file"));
        server.join().unwrap();
    }

    #[test]
    fn says_when_nobody_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let error = Client::default().get(&format!("http://{address}/a"), 1024).unwrap_err();
        assert!(error.message().starts_with(&format!("can't load `http://{address}/a`: ")), "{error}");
    }

    #[test]
    fn tells_addresses_from_paths() {
        assert!(is_remote_file("https://example.com/a.yaml?x=%"));
        assert!(is_remote_file("HTTP://example.com/a.yaml"));
        assert!(!is_remote_file("https://example.com/%-a"));
        assert!(!is_remote_file("ssh://git@example.com/a"));
        assert!(!is_remote_file("github.com/a/b"));
        assert!(!is_remote_file("../http"));
    }
}
