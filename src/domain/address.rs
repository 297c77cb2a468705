//! Email addresses, read once into a type that cannot hold a bad one.

use std::fmt;
use std::str::FromStr;

use mail_parser::parsers::MessageStream;

use super::{Invalid, serde_as_text, text};

/// An address that can be put into an SMTP command (RFC 5321 section 4.1.2): no control characters, its domain in
/// ASCII (IDNA). `Debug` masks it, so that logs name nobody; `as_str` reveals it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What somebody said, with this address masked in it however it is spelled.
    pub fn masked_in(&self, said: &str) -> String {
        let (address, lower) = (self.0.to_lowercase(), said.to_lowercase());
        // Folding may have moved what stands behind.
        if lower.len() != said.len() {
            return if lower.contains(&address) { String::new() } else { said.to_owned() };
        }
        let mut masked = String::new();
        let mut done = 0;
        for (at, _) in lower.match_indices(&address) {
            masked += said.get(done..at).unwrap_or_default();
            masked += &self.masked();
            done = at + address.len();
        }
        masked + said.get(done..).unwrap_or_default()
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The address with `+tag` behind its local part. A tag is of letters and digits, which fit there.
    pub(super) fn tagged(&self, tag: &str) -> Self {
        Self(format!("{}+{tag}@{}", self.local_part(), self.domain()))
    }

    /// What two spellings of one mailbox share: nobody's mail differs by the case of its address.
    pub fn key(&self) -> String {
        text::fold_case(&self.0)
    }

    /// The mailbox that it reaches as most servers have it: in small letters, and without what stands behind a `+`.
    pub fn mailbox(&self) -> String {
        let key = self.key();
        match key.rsplit_once('@') {
            Some((local, domain)) => match local.split_once('+') {
                Some((name, _)) if !name.is_empty() => format!("{name}@{domain}"),
                _ => key,
            },
            None => key,
        }
    }

    /// Whether a stranger may have mail sent there: to a domain that may be anybody's, not to this machine or to a number,
    /// and by no way that the address itself prescribes (`a%b@c`, `b!a@c`), by which a relay is made to pass mail on.
    pub fn is_for_strangers(&self) -> bool {
        let domain = self.domain().to_lowercase();
        let domain = domain.strip_suffix('.').unwrap_or(&domain);
        let last = domain.rsplit('.').next().unwrap_or_default();
        let hex = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|octet| octet.is_ascii_hexdigit()));
        let is_number = hex || last.bytes().all(|octet| octet.is_ascii_digit());
        let is_here = matches!(last, "localhost" | "localdomain");
        domain.contains('.') && !is_number && !is_here && !self.local_part().contains(['%', '!'])
    }

    /// `a…@example.org`: enough to recognise in a log, too little to write to.
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(1).collect();
        format!("{first}…@{}", self.domain())
    }
}

impl FromStr for EmailAddress {
    type Err = Invalid;

    fn from_str(given: &str) -> Result<Self, Invalid> {
        let shown: String = given.chars().take(80).map(|c| if c.is_control() { '␣' } else { c }).collect();
        let shown = text::cleaned(&shown);
        if given.trim_end_matches(['\r', '\n']).chars().any(char::is_control) || given.contains(['\r', '\n']) {
            return Err(Invalid(format!(
                "`{shown}` holds a line break or another control character: an address is one line, such as ada@example.org"
            )));
        }
        let bad = || Invalid(format!("`{shown}` is not an email address: write one such as ada@example.org"));
        let given = given.trim();
        let (local, domain) = given.rsplit_once('@').ok_or_else(bad)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| bad())?;
        let address = format!("{local}@{domain}");
        let mut syntax = email_address::Options::default().without_domain_literal().without_display_text();
        // A name without a dot is a slip, but for the one that every machine gives itself.
        if domain != "localhost" {
            syntax = syntax.with_required_tld();
        }
        email_address::EmailAddress::parse_with_options(&address, syntax).map_err(|_| bad())?;
        // Quoted local parts are legal and no one's address; they only serve attacks.
        if local.contains(['"', ' ', '\\']) || text::single_line(local) != local {
            return Err(bad());
        }
        Ok(Self(address))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

serde_as_text!(EmailAddress);

/// An address with a name before it: `Standards Watch <news@example.org>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: EmailAddress,
}

impl FromStr for Mailbox {
    type Err = Invalid;

    fn from_str(given: &str) -> Result<Self, Invalid> {
        match given.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => {
                let name = text::single_line(&display_name(name.trim()));
                Ok(Self { name: (!name.is_empty()).then_some(name), address: address.parse()? })
            }
            None => Ok(Self { name: None, address: given.parse()? }),
        }
    }
}

/// A name as people read it: without the quotes around it and the backslashes in them (RFC 5322 section 3.2.4), and as it
/// was before it was encoded for a header (RFC 2047).
fn display_name(given: &str) -> String {
    let name = unquoted(given).unwrap_or_else(|| given.to_owned());
    match name.contains("=?") && name.contains("?=") {
        true => {
            let header = format!("{}\n", text::single_line(&name));
            let decoded = MessageStream::new(header.as_bytes()).parse_unstructured().into_text();
            decoded.map_or(name, |decoded| decoded.into_owned())
        }
        false => name,
    }
}

/// What stands between quotes that are around all of it; none if they are not.
fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let (mut name, mut characters) = (String::new(), inner.chars());
    while let Some(c) = characters.next() {
        match c {
            '"' => return None,
            '\\' => name.push(characters.next()?),
            c => name.push(c),
        }
    }
    Some(name)
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            // So that it is read as the same again.
            Some(name) if name.contains(['"', '\\']) => {
                write!(f, "\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), self.address)
            }
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

serde_as_text!(Mailbox);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_masked_address_does_not_say_whose_it_is() {
        let ada: EmailAddress = "Ada.Lovelace@example.org".parse().unwrap();
        assert_eq!(ada.masked(), "A…@example.org");
        for (said, masked) in [
            ("550 <ada.lovelace@EXAMPLE.org>: no such user", "550 <A…@example.org>: no such user"),
            ("550 no such user", "550 no such user"),
            ("İ ada.lovelace@example.org", ""),
        ] {
            assert_eq!(ada.masked_in(said), masked);
        }
    }

    proptest! {
        #[test]
        fn no_masked_answer_holds_the_address(before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let ada: EmailAddress = "ada@example.org".parse().unwrap();
            let masked = ada.masked_in(&format!("{before}ADA@example.ORG{after}ada@example.org"));
            prop_assert!(!masked.to_lowercase().contains("ada@example.org"));
        }
    }

    #[test]
    fn addresses_are_read_and_bad_ones_refused() {
        for good in [
            "ada@example.org",
            "a.b+c@mail.example.co.uk",
            " ada@example.org ",
            "ada@localhost",
            "ada@bücher.example",
            "阿达@example.org",
        ] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        assert_eq!("ada@bücher.example".parse::<EmailAddress>().unwrap().domain(), "xn--bcher-kva.example");
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "a@b@c.org",
            "ada@example",
            "ada@[127.0.0.1]",
            "\"a b\"@example.org",
            "ada@example.org\r\nRCPT TO:<eve@example.org>",
            "ada\r@example.org",
            "ada@exa\0mple.org",
            "ada@example.org\n",
            "Ada <ada@example.org>",
            "ada@-example.org",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_tag_or_the_case_of_letters_makes_no_other_mailbox() {
        for (address, mailbox) in [
            ("Ada@Example.org", "ada@example.org"),
            ("ada+1@example.org", "ada@example.org"),
            ("ADA+news+2@example.org", "ada@example.org"),
            ("+ada@example.org", "+ada@example.org"),
            ("a.da@example.org", "a.da@example.org"),
        ] {
            assert_eq!(address.parse::<EmailAddress>().unwrap().mailbox(), mailbox);
        }
    }

    #[test]
    fn a_stranger_has_no_mail_sent_to_this_machine_to_a_number_or_through_another() {
        for good in ["ada@example.org", "a.b+c@mail.example.co.uk", "ada@bücher.example", "o'neil_1-x=y@3com.example"]
        {
            assert!(good.parse::<EmailAddress>().unwrap().is_for_strangers(), "{good}");
        }
        for bad in [
            "ada@localhost",
            "ada@LOCALHOST",
            "ada@mail.localhost",
            "root@localhost.localdomain",
            "ada@127.0.0.1",
            "ada@１２７.0.0.1",
            "ada@127.1",
            "ada@10.0.0.0x1",
            "ada@[127.0.0.1]",
            "ada@[IPv6:::1]",
            "ada%example.com@example.org",
            "example.com!ada@example.org",
        ] {
            assert!(!bad.parse::<EmailAddress>().is_ok_and(|address| address.is_for_strangers()), "{bad}");
        }
    }

    #[test]
    fn a_mailbox_has_a_name_or_none() {
        let mailbox: Mailbox = "\"Standards Watch\" <news@example.org>".parse().unwrap();
        assert_eq!(mailbox.to_string(), "Standards Watch <news@example.org>");
        assert!("news@example.org".parse::<Mailbox>().unwrap().name.is_none());
        for (given, name) in [
            (r#""Doe, \"Ada\"" <ada@example.org>"#, r#"Doe, "Ada""#),
            (r#""\"Ada\"" <ada@example.org>"#, r#""Ada""#),
            (r#""back\\slash" <ada@example.org>"#, r"back\slash"),
            (r#""one" and "two" <ada@example.org>"#, r#""one" and "two""#),
            (r#"Ada "the first" Doe <ada@example.org>"#, r#"Ada "the first" Doe"#),
            ("=?utf-8?B?5qCH5YeG?= <ada@example.org>", "标准"),
            ("\"=?ISO-8859-1?Q?Andr=E9?= Doe\" <ada@example.org>", "André Doe"),
            ("=? what ?= <ada@example.org>", "=? what ?="),
        ] {
            let mailbox: Mailbox = given.parse().unwrap();
            assert_eq!(mailbox.name.as_deref(), Some(name));
            assert_eq!(mailbox.to_string().parse::<Mailbox>().unwrap(), mailbox, "{mailbox}");
        }
        assert!("Watch <news>".parse::<Mailbox>().is_err());
    }

    #[test]
    fn a_log_line_does_not_reveal_an_address() {
        let address: EmailAddress = "ada.lovelace@example.org".parse().unwrap();
        assert_eq!(format!("{address:?}"), "a…@example.org");
    }

    proptest! {
        #[test]
        fn what_passes_fits_on_one_command_line(text in "\\PC{0,12}[@<> \\r\\n.]{0,3}\\PC{0,12}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert!(!address.as_str().chars().any(char::is_control));
                prop_assert!(!address.as_str().contains(['<', '>', ' ']));
            }
        }
    }
}
