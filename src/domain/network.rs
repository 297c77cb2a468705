//! Where a visitor comes from, as coarsely as a limit needs it, and what a proxy in front of us may say of that.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use super::{Invalid, serde_as_text};

/// What one customer usually has to itself: of more, nothing is kept.
const V4_PREFIX: u8 = 24;
const V6_PREFIX: u8 = 48;

/// Addresses that belong together: `127.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange(IpNet);

impl IpRange {
    fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for IpRange {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let given = text.trim();
        let range = given.parse::<IpNet>().or_else(|_| given.parse::<IpAddr>().map(IpNet::from));
        range.map(Self).map_err(|_| {
            Invalid(format!("`{text}` is no address of a network: write one such as 127.0.0.1, 10.0.0.0/8 or fd00::/8"))
        })
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

serde_as_text!(IpRange);

/// A visitor's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// This machine or one of the proxies: who is behind it, nobody said.
    Own,
    Of(IpNet),
    /// The proxies contradict each other, or say what can't be read.
    Unclear,
}

impl Network {
    /// The network of the client behind `peer`. What the header fields say counts only as far as trusted proxies wrote
    /// it, each at the right end: the client is the last address from the right that is no proxy's. A proxy writes one
    /// of the two fields and lets the other by as the client gave it, so they must not differ.
    pub fn of_client(peer: IpAddr, x_forwarded_for: &[&str], forwarded: &[&str], trusted: &[IpRange]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
        let peer = peer.to_canonical();
        if !is_trusted(peer) {
            return Self::around(peer);
        }
        let client = |lines: &[&str], read: fn(&str) -> Option<IpAddr>| {
            let mut nearest = None;
            let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim);
            for hop in hops.filter(|hop| !hop.is_empty()) {
                match read(hop) {
                    Some(address) if is_trusted(address) => nearest = Some(Self::Own),
                    Some(address) => return Some(Self::around(address)),
                    None => return Some(Self::Unclear),
                }
            }
            nearest
        };
        match (client(x_forwarded_for, address), client(forwarded, forwarded_for)) {
            (None, None) => Self::Own,
            (Some(client), None) | (None, Some(client)) => client,
            (Some(one), Some(other)) if one == other => one,
            _ => Self::Unclear,
        }
    }

    fn around(address: IpAddr) -> Self {
        let prefix = if address.is_ipv4() { V4_PREFIX } else { V6_PREFIX };
        IpNet::new(address, prefix).map_or(Self::Unclear, |net| Self::Of(net.trunc()))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("own"),
            Self::Of(net) => net.fmt(f),
            Self::Unclear => f.write_str("unclear"),
        }
    }
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let address = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((v6, _)) => v6.parse::<std::net::Ipv6Addr>().ok()?.into(),
        None => match text.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => text.split_once(':')?.0.parse::<std::net::Ipv4Addr>().ok()?.into(),
        },
    };
    Some(address.to_canonical())
}

/// What one element of `Forwarded` says in `for` (RFC 7239 section 5.2).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) =
        pairs.map(|(name, node)| (name.trim(), node.trim())).find(|(n, _)| n.eq_ignore_ascii_case("for"))?;
    address(node.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn client(peer: &str, x_forwarded_for: &[&str], forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.1", "::1", "10.0.0.0/8"].map(|range| range.parse().unwrap());
        Network::of_client(peer.parse().unwrap(), x_forwarded_for, forwarded, &trusted).to_string()
    }

    #[test]
    fn only_what_a_trusted_proxy_wrote_counts() {
        for (peer, x_forwarded_for, forwarded, network) in [
            ("203.0.113.9", &[][..], &[][..], "203.0.113.0/24"),
            ("2001:db8:1:2::3", &[], &[], "2001:db8:1::/48"),
            ("::ffff:203.0.113.9", &[], &[], "203.0.113.0/24"),
            // No proxy of ours: it may write what it likes.
            ("203.0.113.9", &["198.51.100.1"], &["for=198.51.100.1"], "203.0.113.0/24"),
            ("127.0.0.1", &[], &[], "own"),
            ("127.0.0.1", &[""], &[" , "], "own"),
            ("127.0.0.1", &["198.51.100.1"], &[], "198.51.100.0/24"),
            // What stands left of the client, the client wrote.
            ("127.0.0.1", &["192.0.2.1, 198.51.100.1"], &[], "198.51.100.0/24"),
            ("127.0.0.1", &["192.0.2.1", "198.51.100.1, 10.0.0.7"], &[], "198.51.100.0/24"),
            ("::1", &["10.0.0.8,10.0.0.7"], &[], "own"),
            ("127.0.0.1", &["198.51.100.1:4711"], &[], "198.51.100.0/24"),
            ("127.0.0.1", &["[2001:db8:1:2::3]:4711"], &[], "2001:db8:1::/48"),
            ("127.0.0.1", &["::ffff:198.51.100.1"], &[], "198.51.100.0/24"),
            ("127.0.0.1", &["198.51.100.1, unknown"], &[], "unclear"),
            ("127.0.0.1", &[], &["for=192.0.2.1, FOR=\"[2001:db8:1::3]:47\";proto=https"], "2001:db8:1::/48"),
            ("127.0.0.1", &[], &["for=\"192.0.2.1, for=198.51.100.1;by=10.0.0.7, for=10.0.0.7"], "198.51.100.0/24"),
            ("127.0.0.1", &[], &["for=_hidden"], "unclear"),
            ("127.0.0.1", &[], &["proto=https"], "unclear"),
            ("127.0.0.1", &["198.51.100.1"], &["for=198.51.100.7"], "198.51.100.0/24"),
            ("127.0.0.1", &["192.0.2.1"], &["for=198.51.100.7"], "unclear"),
        ] {
            assert_eq!(client(peer, x_forwarded_for, forwarded), network, "{peer} {x_forwarded_for:?} {forwarded:?}");
        }
    }

    #[test]
    fn a_range_is_an_address_or_has_a_prefix() {
        for (good, shown) in [("127.0.0.1", "127.0.0.1/32"), (" ::1 ", "::1/128"), ("10.0.0.0/8", "10.0.0.0/8")] {
            assert_eq!(good.parse::<IpRange>().unwrap().to_string(), shown);
        }
        for bad in ["", "localhost", "10.0.0.0/33", "10.0.0/8", "*"] {
            assert!(bad.parse::<IpRange>().unwrap_err().0.contains("10.0.0.0/8"), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_stranger_writes_the_proxys_word_is_last(text in "[ -~]{0,40}") {
            let line = format!("{text}, 198.51.100.1");
            prop_assert_eq!(client("127.0.0.1", &[&line], &[]), "198.51.100.0/24");
            let line = format!("{text}, for=198.51.100.1");
            prop_assert_eq!(client("127.0.0.1", &[], &[&line]), "198.51.100.0/24");
        }
    }
}
