//! Where to listen and whom to call, written as URLs.

use parlor_core::name::RoomName;
use parlor_core::wire::Dialect;

/// `parlor://HOST:PORT[/ROOM]`, `nic://HOST:PORT`, `prompt://HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is spoken there.
    pub dialect: Dialect,
    /// Name or address, IPv6 without brackets.
    pub host: String,
    /// Port; the dialect's own where the URL names none.
    pub port: u16,
    /// The room to enter, for native targets.
    pub room: Option<RoomName>,
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    /// One plain sentence that says what is wrong and what would be right.
    pub fn parse(url: &str) -> Result<Self, String> {
        let _ = url;
        Err(String::from("not yet"))
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}:{}", self.dialect.scheme(), self.host, self.port)
    }
}
