//! Relays and the connections to them. `replies` reads what a server says, `wire` carries it, `relay` opens a
//! connection, `session` hands messages over.

mod caution;
mod greeting;
mod relay;
pub mod replies;
mod session;
mod wire;

use std::time::Duration;

pub use greeting::own_name;
pub use relay::Relay;
pub use session::{Envelope, Session, Taken};
pub use wire::Stream;

use super::SendError;
use replies::Reply;

/// Time-outs of RFC 5321 section 4.5.3.2.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const DATA_TIMEOUT: Duration = Duration::from_secs(2 * 60);
const FINAL_DOT_TIMEOUT: Duration = Duration::from_secs(10 * 60);
const RESET_TIMEOUT: Duration = Duration::from_secs(30);
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);
/// Of commands that went out together; nothing is lost but a connection where a server is only slow.
const PIPELINED_TIMEOUT: Duration = Duration::from_secs(10);

/// The reply as a refusal, if it is one.
fn refusal(reply: &Reply) -> Option<SendError> {
    let said = |what: &str| match reply.text() {
        text if text.is_empty() => format!("{what} ({})", reply.code),
        text => format!("{what} ({}): {text}", reply.code),
    };
    match reply.class() {
        4 => Some(SendError::Transient(said("transient error"))),
        5 => Some(SendError::Permanent(said("permanent error"))),
        _ => None,
    }
}
