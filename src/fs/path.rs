//! Paths as text, without looking at the disk (Go: `path/filepath`).

use std::path::{Component, Path, PathBuf};

use memchr::memchr;

/// The shortest path of the same meaning, if there are no links: no `.`, no `..` after a name; `.` for nothing.
#[must_use]
pub fn clean(path: &Path) -> PathBuf {
    if is_clean(path) {
        return path.to_owned();
    }
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// Whether an absolute path is as short as can be, for certain: most are, and taking them apart takes longer.
fn is_clean(path: &Path) -> bool {
    let Some(names) = path.to_str().and_then(|path| path.strip_prefix('/')).filter(|_| cfg!(unix)) else {
        return false;
    };
    let mut names = names.as_bytes();
    loop {
        let end = memchr(b'/', names).unwrap_or(names.len());
        let (name, rest) = names.split_at(end);
        if matches!(name, b"" | b"." | b"..") {
            return false;
        }
        match rest {
            [_, after @ ..] => names = after,
            [] => return true,
        }
    }
}

/// `path` below `base`, cleaned. As in Go, an absolute `path` is taken from `base`, too.
#[must_use]
pub fn join(base: &Path, path: &Path) -> PathBuf {
    if let Some(joined) = join_text(base, path) {
        return joined;
    }
    let mut joined = base.to_owned();
    for component in path.components() {
        if !matches!(component, Component::RootDir | Component::Prefix(_)) {
            joined.push(component);
        }
    }
    clean(&joined)
}

/// The same for most paths, whose names lie between slashes: taking paths apart takes longer.
fn join_text(base: &Path, path: &Path) -> Option<PathBuf> {
    let (root, path) = (base.to_str().filter(|_| is_clean(base))?, path.to_str()?);
    let mut joined = String::with_capacity(root.len() + 1 + path.len());
    joined.push_str(root);
    let mut rest = Some(path);
    while let Some(names) = rest {
        let end = memchr(b'/', names.as_bytes());
        let name = end.map_or(names, |end| &names[..end]);
        rest = end.map(|end| &names[end + 1..]);
        match name {
            "" | "." => {}
            ".." => joined.truncate(joined.rfind('/').unwrap_or_default()),
            name => joined.extend(["/", name]),
        }
    }
    Some(PathBuf::from(if joined.is_empty() { "/".to_owned() } else { joined }))
}

/// How to write `path` when standing in `base`; both absolute and clean.
#[must_use]
pub fn relative(base: &Path, path: &Path) -> PathBuf {
    if let Some(below) = below_text(base, path) {
        return PathBuf::from(below);
    }
    let common = base.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.to_owned();
    }
    let mut out = PathBuf::new();
    for _ in base.components().skip(common) {
        out.push("..");
    }
    out.extend(path.components().skip(common));
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// What follows `base` in the path of something below it, if that can be said without taking the paths apart.
fn below_text<'a>(base: &Path, path: &'a Path) -> Option<&'a str> {
    let (base, path) = (base.to_str().filter(|_| is_clean(base))?, path.to_str().filter(|_| is_clean(path))?);
    path.strip_prefix(base)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Text by text comes to what name by name does.
        #[test]
        fn paths_as_text_are_paths(base in "(/[ab.]{0,2}){0,4}", path in "/?([ab.]{0,2}/){0,4}[ab.]{0,2}") {
            let (base, path) = (Path::new(&base), Path::new(&path));
            if let Some(text) = join_text(base, path) {
                let mut joined = base.to_owned();
                let names = path.components().filter(|part| !matches!(part, Component::RootDir | Component::Prefix(_)));
                names.for_each(|name| joined.push(name));
                prop_assert_eq!(text, clean(&joined));
            }
            let (base, path) = (clean(base), clean(&Path::new("/").join(path)));
            if let Some(text) = below_text(&base, &path) {
                prop_assert_eq!(Path::new(text), path.strip_prefix(&base).unwrap());
            }
        }
    }

    #[test]
    fn cleans_as_go_does() {
        let cases = [
            ("", "."),
            ("abc", "abc"),
            ("abc/./def//", "abc/def"),
            ("abc/../def", "def"),
            ("../../abc", "../../abc"),
            ("/../abc", "/abc"),
            ("abc/../../././../def", "../../def"),
            ("/", "/"),
            ("/a/b.c/..d", "/a/b.c/..d"),
            ("/a//b/", "/a/b"),
            ("/a/./b/../c", "/a/c"),
            ("//a", "/a"),
        ];
        for (path, want) in cases {
            assert_eq!(clean(Path::new(path)).as_os_str(), want, "{path}");
        }
    }

    #[test]
    fn joins_absolute_paths_too() {
        assert_eq!(join(Path::new("/a/b"), Path::new("../c")), Path::new("/a/c"));
        assert_eq!(join(Path::new("/a"), Path::new("/b")), Path::new("/a/b"));
        assert_eq!(join(Path::new(""), Path::new("a/../b")), Path::new("b"));
    }

    #[test]
    fn writes_paths_from_where_one_stands() {
        let from = |base, path| relative(Path::new(base), Path::new(path));
        assert_eq!(from("/a/b", "/a/b/c/d"), Path::new("c/d"));
        assert_eq!(from("/a/b", "/a/x"), Path::new("../x"));
        assert_eq!(from("/a/b", "/a/b"), Path::new("."));
        assert_eq!(from("/a", "/"), Path::new(".."));
    }
}
