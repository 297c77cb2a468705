//! What kalends calls itself when it greets a server, and what the server offers.

use std::net::IpAddr;
use std::time::Duration;

use dns_lookup::{AddrInfoHints, get_hostname, getaddrinfo};
use lettre::transport::smtp::authentication::Mechanism;

use super::replies::Reply;
use super::wire::Wire;
use super::{COMMAND_TIMEOUT, refusal};
use crate::config::DomainName;

/// A resolver that is slower than this knows no name.
const LOOKUP_LIMIT: Duration = Duration::from_secs(5);
/// The same number in every system's netdb.h.
const AI_CANONNAME: i32 = 2;

/// This machine's full name, as the system's resolver knows it; none if it has none.
pub async fn own_name() -> Option<DomainName> {
    let looking = tokio::task::spawn_blocking(|| {
        let host = get_hostname().ok()?;
        let hints = AddrInfoHints { flags: AI_CANONNAME, ..AddrInfoHints::default() };
        let found = getaddrinfo(Some(&host), None, Some(hints)).ok();
        let canonical = found.into_iter().flatten().flatten().find_map(|found| found.canonname);
        [canonical, Some(host)].into_iter().flatten().find_map(|name| full_name(&name))
    });
    tokio::time::timeout(LOOKUP_LIMIT, looking).await.ok()?.ok()?
}

/// The name if it is one that others could know.
fn full_name(name: &str) -> Option<DomainName> {
    let name: DomainName = name.parse().ok()?;
    let is_nobodys = name.as_str().starts_with("localhost.") || name.as_str().ends_with(".localdomain");
    (!is_nobodys).then_some(name)
}

/// What stands for a name where there is none (RFC 5321 section 4.1.3).
pub fn address_literal(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

/// What a server said that it can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    pub starttls: bool,
    /// Commands may be sent without waiting for each answer (RFC 2920).
    pub pipelining: bool,
    pub smtputf8: bool,
    pub logins: Vec<Mechanism>,
}

impl Offer {
    /// RFC 5321 section 4.1.1.1: a keyword a line behind the first.
    fn read(reply: &Reply) -> Self {
        let mut offer = Self::default();
        for line in reply.lines().skip(1).map(str::to_ascii_uppercase) {
            let mut words = line.split([' ', '=']);
            match words.next().unwrap_or_default() {
                "STARTTLS" => offer.starttls = true,
                "PIPELINING" => offer.pipelining = true,
                "SMTPUTF8" => offer.smtputf8 = true,
                "AUTH" => offer.logins.extend(words.filter_map(|word| match word {
                    "PLAIN" => Some(Mechanism::Plain),
                    "LOGIN" => Some(Mechanism::Login),
                    _ => None,
                })),
                _ => {}
            }
        }
        offer
    }
}

/// Says EHLO, and HELO to a server that refuses it: such a one offers nothing (RFC 5321 section 3.2).
pub async fn greet(wire: &mut Wire, name: &str) -> Result<Offer, String> {
    let mut hello = async |verb: &str| {
        let reply = wire.ask(COMMAND_TIMEOUT, format!("{verb} {name}\r\n").as_bytes()).await;
        reply.map_err(|fault| format!("{verb}: {fault}"))
    };
    let extended = hello("EHLO").await?;
    if extended.is_yes() {
        return Ok(Offer::read(&extended));
    }
    let plain = if extended.class() == 5 { hello("HELO").await? } else { extended };
    match (plain.is_yes(), refusal(&plain)) {
        (true, _) => Ok(Offer::default()),
        (false, Some(refused)) => {
            Err(format!("the server does not take the greeting of {name} ([mail] helo_name sets another): {refused}"))
        }
        (false, None) => Err(format!("the greeting was answered by {}", plain.code)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::replies::Replies;
    use super::*;

    #[test]
    fn a_machine_without_a_name_is_called_by_its_address() {
        for (address, literal) in
            [("192.0.2.1", "[192.0.2.1]"), ("::ffff:192.0.2.1", "[192.0.2.1]"), ("2001:db8::1", "[IPv6:2001:db8::1]")]
        {
            assert_eq!(address_literal(address.parse().unwrap()), literal);
        }
    }

    #[test]
    fn only_a_full_name_is_a_name() {
        for none in
            ["vm", "localhost", "localhost.localdomain", "vm.localdomain", "192.0.2.1", "my_host.example.org", ""]
        {
            assert_eq!(full_name(none), None, "{none}");
        }
        assert_eq!(full_name("Mail.Example.Org.").unwrap().as_str(), "mail.example.org");
    }

    #[test]
    fn an_offer_is_read_in_any_case_and_old_form() {
        let mut replies = Replies::default();
        replies.take(b"250-starttls.example.org says PIPELINING\r\n250-pipelining\r\n250-SIZE 1\r\n250-AUTH=LOGIN\r\n");
        replies.take(b"250-AUTH CRAM-MD5 plain\r\n250 SMTPUTF8\r\n");
        let offer = Offer::read(&replies.reply().unwrap().unwrap());
        let logins = vec![Mechanism::Login, Mechanism::Plain];
        assert_eq!(offer, Offer { starttls: false, pipelining: true, smtputf8: true, logins });
    }
}
