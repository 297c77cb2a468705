//! What else sends mail, to the same kind of server in the same run.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::CONNECTIONS;
use crate::office::{Mail, Office};
use crate::sink::{Sink, Weather};

const SENDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/send/nodemailer.cjs");

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Postfix's own tool for this: octets that are made once, no state.
    SmtpSource,
    /// The same mail, each with its own links and Message-ID, without any state.
    Nodemailer,
    /// With RSA-2048.
    SignedNodemailer,
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::SmtpSource => "smtp-source",
            Self::Nodemailer => "nodemailer",
            Self::SignedNodemailer => "nodemailer, signed",
        }
    }

    pub fn is_there(self) -> bool {
        match self {
            Self::SmtpSource => smtp_source().is_some(),
            Self::Nodemailer | Self::SignedNodemailer => {
                let tried = Command::new("node").args(["-e", "require('nodemailer')"]).output();
                tried.is_ok_and(|output| output.status.success())
            }
        }
    }

    pub fn missing(self) -> &'static str {
        match self {
            Self::SmtpSource => "no smtp-source is here to compare with: it comes with Postfix",
            Self::Nodemailer | Self::SignedNodemailer => {
                "no nodemailer is here to compare with: NODE_PATH says where node finds it"
            }
        }
    }

    /// Sends so many messages; messages a second from the first MAIL to the last 250.
    pub fn send(self, office: &Office, mail: &Mail, messages: usize, weather: Weather) -> f64 {
        let sink = Sink::start(weather, messages);
        let mut command = match self {
            Self::SmtpSource => {
                let mut command = Command::new(smtp_source().unwrap());
                // -d: a connection stays open for the next message.
                command.args(["-d", "-f", "watch@example.org", "-t", "reader@example.net"]);
                command.args(["-s", &CONNECTIONS.to_string(), "-m", &messages.to_string()]);
                command.args(["-l", &mail.octets.to_string(), &format!("127.0.0.1:{}", sink.port)]);
                command
            }
            Self::Nodemailer | Self::SignedNodemailer => {
                let told = serde_json::json!({
                    "port": sink.port, "connections": CONNECTIONS, "messages": messages,
                    "subject": mail.subject, "text": mail.text, "html": mail.html,
                    "key": (self == Self::SignedNodemailer).then(|| office.path("config/rsa.pem")),
                });
                let path = office.path("nodemailer.json");
                std::fs::write(&path, told.to_string()).unwrap();
                let mut command = Command::new("node");
                command.arg(SENDER).arg(path);
                command
            }
        };
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {said}", self.name());
        let arrived = sink.wait().unwrap_or_else(|e| panic!("{}: {e}: {said}", self.name()));
        assert_eq!(sink.count(), messages, "{}", self.name());
        let each = arrived.octets as f64 / messages as f64 / mail.octets as f64;
        assert!((0.8..1.2).contains(&each), "{} sends mails of {each:.2} times the size", self.name());
        messages as f64 / arrived.last_reply.duration_since(arrived.first_mail).unwrap().as_secs_f64()
    }
}

/// Postfix puts it where only root looks.
fn smtp_source() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/libexec/postfix".into()]);
    folders.map(|folder| folder.join("smtp-source")).find(|file| file.is_file())
}
