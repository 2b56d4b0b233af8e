//! Values that must reach no log, record or screen.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A password or token: it has no readable `Debug` and compares in constant time (for equal lengths).
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes a secret in. The caller's own copy is the caller's to forget.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the wire and for the file that keeps it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the secret: what a server stores instead of a token.
    pub fn digest(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_boxed_str())
    }
}

/// SHA-256 of a [`Secret`]; tokens have 128 random bits, so the hash tells nothing about them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hash]")
    }
}
