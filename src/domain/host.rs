//! Servers that may be at addresses of this machine or its networks.

use std::net::Ipv6Addr;
use std::str::FromStr;

use url::Host;

use super::{Invalid, serde_as_text};

/// A server that the operator allows: a name or an address as it stands in a calendar's own, with or without `:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host,
    /// With none any port is allowed.
    port: Option<u16>,
}

impl AllowedHost {
    pub fn any_port_of(host: Host) -> Self {
        Self { host, port: None }
    }

    pub fn allows(&self, host: &Host<&str>, port: u16) -> bool {
        self.host == *host && self.port.is_none_or(|only| only == port)
    }
}

impl FromStr for AllowedHost {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            Invalid(format!(
                "`{text}` is no host that could be allowed: write a name or an address, with :port if only that port"
            ))
        };
        let given = text.trim();
        if let Ok(address) = given.parse::<Ipv6Addr>() {
            return Ok(Self::any_port_of(Host::Ipv6(address)));
        }
        let (host, port) = match given.rsplit_once(':') {
            Some((host, port)) if !given.ends_with(']') => (host, Some(port.parse().map_err(|_| bad())?)),
            _ => (given, None),
        };
        match Host::parse(host) {
            Ok(parsed) if !host.contains('*') => Ok(Self { host: parsed, port }),
            _ => Err(bad()),
        }
    }
}

impl std::fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => self.host.fmt(f),
        }
    }
}

serde_as_text!(AllowedHost);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_a_port_or_without() {
        for (given, shown) in [
            (" LocalHost ", "localhost"),
            ("calendar.example.org:8443", "calendar.example.org:8443"),
            ("10.0.0.5", "10.0.0.5"),
            ("::1", "[::1]"),
            ("[::1]", "[::1]"),
            ("[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(given.parse::<AllowedHost>().unwrap().to_string(), shown);
        }
        for bad in ["", "*", "*.example.org", "http://a.example", "a.example/b", "a:b", "a:70000", "[::1", "a b"] {
            let error = bad.parse::<AllowedHost>().unwrap_err().0;
            assert!(error.contains(&format!("`{bad}`")) && error.contains("with :port"), "{error}");
        }
    }

    #[test]
    fn only_that_port_is_allowed_where_one_is_named() {
        let host = Host::Domain("localhost");
        let allows = |text: &str, port| text.parse::<AllowedHost>().unwrap().allows(&host, port);
        assert!(allows("localhost", 80) && allows("localhost:80", 80));
        assert!(!allows("localhost:80", 81) && !allows("127.0.0.1", 80));
    }
}
