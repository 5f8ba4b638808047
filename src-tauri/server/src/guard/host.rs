//! What a `Host` header names.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host with its port, as in `Host` and behind `//` of an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authority {
    /// The host.
    pub(crate) name: Name,
    /// The port, when one is named.
    pub(crate) port: Option<u16>,
}

/// A host: a literal address or a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// An address.
    Address(IpAddr),
    /// A name, in lower case and without a final dot.
    Word(String),
}

impl Authority {
    /// Reads `name[:port]`, `1.2.3.4[:port]` or `[::1][:port]`; nothing else, no user, no blanks.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            (
                Name::Address(address.parse::<Ipv6Addr>().ok()?.into()),
                port,
            )
        } else {
            let at = text.find(':').unwrap_or(text.len());
            let (name, port) = text.split_at_checked(at)?;
            (Name::parse(name)?, port)
        };
        let port = match port.strip_prefix(':') {
            Some("") => None,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                Some(digits.parse().ok()?)
            }
            None if port.is_empty() => None,
            Some(_) | None => return None,
        };
        Some(Self { name, port })
    }
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Some(Self::Address(address.into()));
        }
        let word = text.strip_suffix('.').unwrap_or(text);
        let fits = !word.is_empty()
            && word.len() <= 253
            && word.split('.').all(|label| !label.is_empty())
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        fits.then(|| Self::Word(word.to_ascii_lowercase()))
    }

    /// Whether it names this machine to itself.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.to_canonical().is_loopback(),
            Self::Word(word) => word == "localhost",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

#[cfg(test)]
mod tests;
