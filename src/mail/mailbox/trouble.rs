//! What is in the way of a mailbox, as a sentence for who can mend it.

use super::talk::{Done, Fault};

/// A sentence: what is wrong, and what helps where that is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Trouble {
    said: String,
    is_refusal: bool,
}

impl Trouble {
    pub fn new(said: impl Into<String>) -> Self {
        Self { said: said.into(), is_refusal: false }
    }

    /// A command that was refused.
    pub fn of(what: &str, done: &Done) -> Self {
        let said = match done.said.as_str() {
            "" => what.to_owned(),
            said => format!("{what}. The server said: {said}"),
        };
        Self { said, is_refusal: true }
    }

    /// Whether the server said no, and goes on talking.
    pub fn is_refusal(&self) -> bool {
        self.is_refusal
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::new(fault.to_string())
    }
}

/// A login that was refused. Servers say in many words that they want another kind of it.
pub fn login_refused(done: &Done, by_token: bool) -> Trouble {
    let said = done.said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let helps = match by_token {
        // RFC 5530 has the codes in brackets.
        _ if has(&["basic authentication is disabled", "basicauthblocked"]) => {
            "Microsoft 365 takes no passwords: register an application there and set [bounce.oauth] instead of \
             password_file"
        }
        _ if has(&["application-specific password", "app password", "app-specific"]) => {
            "the host wants an app password: make one in the account's settings, and put it into password_file"
        }
        _ if has(&["web login required", "log in via your web browser", "weblogin"]) => {
            "the host wants somebody to log in with a browser first, or an app password in password_file"
        }
        _ if has(&["too many", "rate limit", "simultaneous", "limit exceeded"]) || done.code == "LIMIT" => {
            "the host lets no more connections in for now: it is tried again"
        }
        _ if done.code == "UNAVAILABLE" || has(&["temporar", "try again", "unavailable"]) => {
            "the host can't look at logins for now: it is tried again"
        }
        true => {
            "the token opens no mailbox of this name: let an administrator give the application the permission \
             IMAP.AccessAsApp and the mailbox (New-ServicePrincipal, Add-MailboxPermission), and see that scope is that of the host"
        }
        false => {
            "correct the user in mailbox or what stands in password_file; some hosts want IMAP switched on for the account"
        }
    };
    Trouble::of(&format!("login failed: {helps}"), done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str, said: &str, by_token: bool) -> String {
        login_refused(&Done { is_ok: false, code: code.into(), said: said.into() }, by_token).to_string()
    }

    #[test]
    fn a_refused_login_says_what_the_host_wants() {
        for (said, helps) in [
            ("Basic authentication is disabled.", "[bounce.oauth]"),
            (
                "Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
                "app password",
            ),
            ("Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754", "browser"),
            ("Too many simultaneous connections. (Failure)", "tried again"),
            ("Authentication failed.", "password_file"),
            ("", "password_file"),
        ] {
            assert!(told("", said, false).contains(helps), "{said}: {}", told("", said, false));
        }
        assert!(told("AUTHENTICATIONFAILED", "AUTHENTICATE failed.", true).contains("IMAP.AccessAsApp"));
        assert!(told("UNAVAILABLE", "Internal error", false).contains("tried again"));
    }
}
