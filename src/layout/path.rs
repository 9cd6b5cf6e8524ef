//! What a path may be made of: components that every common file system takes as they are.

/// The most bytes in one component on the file systems of Linux, macOS and Windows.
const LONGEST_COMPONENT: usize = 255;

/// Whether `component` is a name that every common file system takes as it is, and no other name for
/// something else. A colon is let through except on Windows: `system:` is in half of all names of roles.
///
/// # Errors
/// What is wrong with it, to be read after "it".
pub fn check_component(component: &str) -> Result<(), &'static str> {
    let hostile = |c: char| matches!(c, '<' | '>' | '"' | '|' | '?' | '*') || (cfg!(windows) && c == ':');
    match component {
        "" => Err("is empty"),
        _ if component.len() > LONGEST_COMPONENT => Err("is longer than 255 bytes"),
        _ if component.contains(['/', '\\']) => Err("holds a slash"),
        _ if component.starts_with('.') => Err("begins with a dot"),
        _ if component.ends_with(['.', ' ']) => Err("ends in a dot or a space"),
        _ if component.chars().any(char::is_control) => Err("holds a control character"),
        // Two spellings of one letter are one file on some systems and two on others.
        _ if !component.is_ascii() => Err("holds characters outside of ASCII"),
        _ if component.contains(hostile) => Err("holds a character that Windows does not take"),
        _ if is_device(component) => Err("is a device on Windows"),
        _ if is_short_git(component) => Err("is another name of `.git` on Windows"),
        _ => Ok(()),
    }
}

/// Whether `path` is relative, `/`-separated and made of components that [`check_component`] takes.
///
/// # Errors
/// What is wrong with it, to be read after "it".
pub fn check_path(path: &str) -> Result<(), &'static str> {
    path.split('/').try_for_each(check_component)
}

/// The key that is the same for names which are one where case does not matter. One of the names is ASCII
/// (see [`check_component`]), and no character outside of ASCII is normalized to one that may be in it.
#[must_use]
pub fn fold_case(path: &str) -> String {
    path.to_uppercase().to_lowercase()
}

/// Whether Windows takes this name, whatever follows its first dot, for a device.
pub(super) fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") || numbered("com") || numbered("lpt")
}

fn is_short_git(component: &str) -> bool {
    let lower = component.to_ascii_lowercase();
    lower.strip_prefix("git~").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
