//! What is answered to each command (RFC 2033, RFC 5321 section 4.1). Pure: the listener reads and writes.

/// As large as any mail server lets a mail be; of larger ones there is a report without the mail.
pub const LARGEST_MESSAGE: usize = 50 << 20;
const RECIPIENTS_LIMIT: usize = 100;

/// One conversation.
#[derive(Debug)]
pub struct Session {
    host: String,
    is_greeted: bool,
    /// Empty if there is none.
    sender: Option<String>,
    recipients: Vec<String>,
}

/// Who a message is from and to.
#[derive(Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Empty for what a server wrote (RFC 5321 section 4.5.5).
    pub sender: String,
    pub recipients: Vec<String>,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Reply(String),
    /// Say it and read a message.
    ReadMessage(&'static str),
    /// Say it and close.
    Close(&'static str),
}

impl Session {
    /// `host` is the name that we go by.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), is_greeted: false, sender: None, recipients: Vec::new() }
    }

    pub fn greeting(&self) -> String {
        format!("220 {} LMTP kalends", self.host)
    }

    /// Answers one line, without its end. `is_ours` says which recipients there are.
    pub fn answer(&mut self, line: &str, is_ours: impl Fn(&str) -> bool) -> Answer {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let argument = argument.trim();
        let reply = match verb.to_ascii_uppercase().as_str() {
            "LHLO" => self.greet(argument),
            "HELO" | "EHLO" => "500 5.5.1 this is LMTP: begin with LHLO".into(),
            "MAIL" => self.mail(argument),
            "RCPT" => self.rcpt(argument, is_ours),
            "DATA" if !argument.is_empty() => "501 5.5.4 DATA stands alone".into(),
            "DATA" if self.recipients.is_empty() => "503 5.5.1 no recipient was taken".into(),
            "DATA" => return Answer::ReadMessage("354 end with a line of one dot"),
            "RSET" => {
                self.reset();
                "250 2.0.0 forgotten".into()
            }
            "NOOP" => "250 2.0.0 here".into(),
            "VRFY" => "252 2.1.5 send it and see".into(),
            "QUIT" => return Answer::Close("221 2.0.0 goodbye"),
            _ => "500 5.5.1 unknown command".into(),
        };
        Answer::Reply(reply)
    }

    /// Whether a message has been announced that has not come yet.
    pub fn is_at_a_message(&self) -> bool {
        self.sender.is_some()
    }

    /// Of the message that is announced.
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Ends the transaction and gives the envelope of its message.
    pub fn take_envelope(&mut self) -> Envelope {
        let (sender, recipients) = (self.sender.take().unwrap_or_default(), std::mem::take(&mut self.recipients));
        self.reset();
        Envelope { sender, recipients }
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    fn greet(&mut self, name: &str) -> String {
        if name.is_empty() {
            return "501 5.5.4 LHLO needs your name".into();
        }
        self.reset();
        self.is_greeted = true;
        format!(
            "250-{}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {LARGEST_MESSAGE}",
            self.host
        )
    }

    fn mail(&mut self, argument: &str) -> String {
        let Some((sender, parameters)) = path(argument, "FROM:") else {
            return "501 5.5.4 write MAIL FROM:<address>".into();
        };
        if !self.is_greeted {
            return "503 5.5.1 begin with LHLO".into();
        }
        if self.sender.is_some() {
            return "503 5.5.1 one sender at a time".into();
        }
        for parameter in parameters.split_ascii_whitespace() {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.to_ascii_uppercase().as_str() {
                "SIZE" => match value.parse::<usize>() {
                    Ok(size) if size <= LARGEST_MESSAGE => {}
                    Ok(_) => return TOO_LARGE.into(),
                    Err(_) => return "501 5.5.4 SIZE is a number".into(),
                },
                "BODY" if value.eq_ignore_ascii_case("7BIT") || value.eq_ignore_ascii_case("8BITMIME") => {}
                "SMTPUTF8" if value.is_empty() => {}
                _ => return "555 5.5.4 unknown parameter".into(),
            }
        }
        self.sender = Some(sender.to_owned());
        "250 2.1.0 go on".into()
    }

    fn rcpt(&mut self, argument: &str, is_ours: impl Fn(&str) -> bool) -> String {
        let Some((recipient, parameters)) = path(argument, "TO:") else {
            return "501 5.5.4 write RCPT TO:<address>".into();
        };
        if self.sender.is_none() {
            return "503 5.5.1 begin with MAIL".into();
        }
        if !parameters.trim().is_empty() {
            return "555 5.5.4 unknown parameter".into();
        }
        if !is_ours(recipient) {
            return "550 5.1.1 nobody here has this address".into();
        }
        if self.recipients.len() >= RECIPIENTS_LIMIT {
            return "452 4.5.3 enough recipients for one message".into();
        }
        self.recipients.push(recipient.to_owned());
        "250 2.1.5 go on".into()
    }
}

pub const TOO_LARGE: &str = "552 5.3.4 too large";

/// `FROM:<address> parameters`: the address, which may be empty, and the rest. The route of old (RFC 5321 appendix C)
/// is left out.
fn path<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (start, rest) = argument.split_at_checked(keyword.len())?;
    let rest = rest.trim_start().strip_prefix('<').filter(|_| start.eq_ignore_ascii_case(keyword))?;
    let mut is_quoted = false;
    let end = rest.find(|c| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    })?;
    let (address, parameters) = (&rest[..end], &rest[end + 1..]);
    if !parameters.is_empty() && !parameters.starts_with(' ') {
        return None;
    }
    let address = match address.strip_prefix('@').and_then(|route| route.split_once(':')) {
        Some((_, address)) => address,
        None => address,
    };
    Some((address, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is answered to these lines: the codes.
    fn codes(lines: &[&str]) -> String {
        let mut session = Session::new("example.org");
        let answers = lines.iter().map(|line| match session.answer(line, |address| address.starts_with("bounces")) {
            Answer::Reply(text) => text[..3].to_owned(),
            Answer::ReadMessage(text) => {
                session.take_envelope();
                text[..3].to_owned()
            }
            Answer::Close(text) => text[..3].to_owned(),
        });
        answers.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn commands_are_answered_in_their_order_only() {
        let mail = "MAIL FROM:<> SIZE=9 BODY=8BITMIME SMTPUTF8";
        for (lines, expected) in [
            (&["LHLO a", mail, "RCPT TO:<bounces@a>", "DATA", "QUIT"][..], "250 250 250 354 221"),
            (&["lhlo a", "mail from:<a@b>", "rcpt to: <@x,@y:bounces@a>", "data"], "250 250 250 354"),
            (&["EHLO a", "LHLO", "MAIL FROM:<>"], "500 501 503"),
            (&["LHLO a", "RCPT TO:<bounces@a>", "DATA"], "250 503 503"),
            (&["LHLO a", mail, mail, "RCPT TO:<ada@a>", "DATA"], "250 250 503 550 503"),
            (&["LHLO a", mail, "RCPT TO:<bounces@a>", "RSET", "DATA"], "250 250 250 250 503"),
            (&["LHLO a", mail, "RCPT TO:<bounces@a>", "DATA", "DATA", mail], "250 250 250 354 503 250"),
            (&["LHLO a", mail, "RCPT TO:<bounces@a>", "LHLO a", "DATA"], "250 250 250 250 503"),
            (&["LHLO a", "MAIL FROM:<> SIZE=99999999999", "MAIL FROM:<> SIZE=x"], "250 552 501"),
            (&["LHLO a", "MAIL FROM:<> RET=FULL", "MAIL FROM:<>x", "MAIL a@b", "MAIL"], "250 555 501 501 501"),
            (&["LHLO a", mail, "RCPT TO:<bounces@a> NOTIFY=NEVER", "RCPT TO:<\"a>\"@b>"], "250 250 555 550"),
            (&["NOOP", "VRFY ada", "HELP", "", "DATA x"], "250 252 500 500 501"),
        ] {
            assert_eq!(codes(lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn there_is_an_end_to_recipients() {
        let rcpt = ["RCPT TO:<bounces@a>"; RECIPIENTS_LIMIT + 1];
        assert!(codes(&[&["LHLO a", "MAIL FROM:<>"], &rcpt[..]].concat()).ends_with("250 452"));
    }

    proptest! {
        #[test]
        fn any_line_is_answered_with_a_code(lines in prop::collection::vec("(LHLO|MAIL FROM:|RCPT TO:|DATA)?\\PC{0,20}", 0..9)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let codes = codes(&lines);
            prop_assert!(codes.split_whitespace().all(|code| code.parse::<u16>().is_ok_and(|code| (200..600).contains(&code))));
        }
    }
}
