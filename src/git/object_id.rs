//! Names of objects.

use std::fmt;
use std::fmt::Write as _;

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The name of an object: hexadecimal digits in lower case, 40 or 64 of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(String);

/// How a repository names its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// 40 digits.
    Sha1,
    /// 64 digits.
    Sha256,
}

impl ObjectId {
    /// The id that these digits are; `None` if they are none.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (matches!(digits.len(), 40 | 64) && digits.bytes().all(is_digit)).then(|| Self(digits.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HashAlgorithm {
    /// The algorithm of git's name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            _ => None,
        }
    }

    /// Git's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// What git calls a file with this content.
    #[must_use]
    pub fn blob(self, content: &[u8]) -> ObjectId {
        let header = format!("blob {}\0", content.len());
        match self {
            Self::Sha1 => hexadecimal(&Sha1::new().chain_update(header).chain_update(content).finalize()),
            Self::Sha256 => hexadecimal(&Sha256::new().chain_update(header).chain_update(content).finalize()),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> ObjectId {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}");
    }
    ObjectId(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_files_as_git_does() {
        // `printf 'hello\n' | git hash-object --stdin`, in repositories of both sorts.
        assert_eq!(HashAlgorithm::Sha1.blob(b"hello\n").as_str(), "ce013625030ba8dba906f756967f9e9ca394464a");
        let sha256 = "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4";
        assert_eq!(HashAlgorithm::Sha256.blob(b"hello\n").as_str(), sha256);
    }

    #[test]
    fn takes_whole_names_only() {
        for digits in ["", "HEAD", "ce01362", "CE013625030ba8dba906f756967f9e9ca394464a"] {
            assert_eq!(ObjectId::parse(digits), None, "{digits}");
        }
    }
}
