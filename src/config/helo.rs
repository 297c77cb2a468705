//! `[mail] helo_name`: what kalends calls itself when it greets a relay.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::DomainName;
use crate::domain::{Invalid, serde_as_text};

/// A full name, or an address in brackets (RFC 5321 sections 4.1.1.1 and 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeloName(String);

impl HeloName {
    /// The name; none if it is an address.
    pub fn domain(&self) -> Option<&str> {
        (!self.0.starts_with('[')).then_some(self.0.as_str())
    }
}

impl FromStr for HeloName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let literal = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let name = match literal {
            None => text.parse::<DomainName>().ok().map(|name| name.to_string()),
            Some(literal) => match literal.get(..5) {
                Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
                    literal[5..].parse::<Ipv6Addr>().ok().map(|address| format!("[IPv6:{address}]"))
                }
                _ => literal.parse::<Ipv4Addr>().ok().map(|address| format!("[{address}]")),
            },
        };
        match name {
            Some(name) if name.len() <= 255 => Ok(Self(name)),
            _ => Err(Invalid(format!(
                "`{text}` is not what a mail server can be greeted with: write this machine's full name, such as \
                 mail.example.org, or its address as [192.0.2.1] or [IPv6:2001:db8::1]"
            ))),
        }
    }
}

impl fmt::Display for HeloName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text!(HeloName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_name_or_an_address_is_taken_and_nothing_else() {
        for (given, name) in [
            ("mail.example.org", "mail.example.org"),
            ("Mail.Example.org.", "mail.example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("[192.0.2.1]", "[192.0.2.1]"),
            ("[ipv6:2001:DB8::1]", "[IPv6:2001:db8::1]"),
        ] {
            assert_eq!(given.parse::<HeloName>().unwrap().to_string(), name);
        }
        for bad in [
            "",
            "vm",
            "192.0.2.1",
            "2001:db8::1",
            "[2001:db8::1]",
            "[IPv6:192.0.2.1]",
            "[vm]",
            "[",
            "my_host.example.org",
            "mail.example.org\r\nMAIL FROM:<eve@example.org>",
            "mail .example.org",
        ] {
            let error = bad.parse::<HeloName>().unwrap_err().to_string();
            assert!(error.contains("mail.example.org"), "{bad}: {error}");
        }
    }
}
