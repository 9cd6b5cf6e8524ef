//! Which paths of others may be taken over.

/// Whether `path` is one of `adopted`, or below one.
pub(super) fn is_adopted(adopted: &[String], path: &str) -> bool {
    adopted.iter().any(|adopted| {
        let adopted = adopted.trim_start_matches("./").trim_matches('/');
        path.strip_prefix(adopted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_files_and_folders() {
        let adopted = ["a/b".to_owned(), "./c/".to_owned()];
        for (path, want) in [("a/b", true), ("a/b/c", true), ("a/bc", false), ("a", false), ("c/d", true)] {
            assert_eq!(is_adopted(&adopted, path), want, "{path}");
        }
    }
}
