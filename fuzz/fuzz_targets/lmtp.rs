//! An LMTP conversation, of any octets: what a mail server says, lines and messages.
#![no_main]

use kalends::mail::lmtp::data::DataReader;
use kalends::mail::lmtp::session::{Answer, Session};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let mut session = Session::new("example.org");
    assert_code(&session.greeting());
    let mut rest = octets;
    while let Some(end) = rest.iter().position(|octet| *octet == b'\n') {
        let (line, behind) = rest.split_at(end + 1);
        rest = behind;
        let line = String::from_utf8_lossy(line);
        match session.answer(line.trim_end_matches(['\r', '\n']), |address| address.starts_with("bounces")) {
            Answer::Reply(reply) => reply.split("\r\n").for_each(assert_code),
            Answer::Close(reply) => return assert_code(reply),
            Answer::ReadMessage(reply) => {
                assert_code(reply);
                let mut reader = DataReader::keeping(1 << 10);
                let end = reader.push(rest);
                let taken = end.unwrap_or(rest.len());
                assert!(reader.message().len() <= reader.size().min(1 << 10) && reader.size() <= taken);
                let envelope = session.take_envelope();
                assert!(!envelope.recipients.is_empty() && envelope.recipients.len() <= 100);
                assert!(envelope.recipients.iter().all(|recipient| recipient.starts_with("bounces")));
                rest = &rest[taken..];
            }
        }
    }
});

/// Whatever was said, the answer is one line with a code, and nothing of what was said breaks it.
fn assert_code(line: &str) {
    let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
    assert!(code.is_some_and(|code| (200..600).contains(&code)), "{line:?}");
    assert!(!line.contains(['\r', '\n']), "{line:?}");
}
