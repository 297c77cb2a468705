//! What comes back, of any octets: as a message, as a message over LMTP, as a report and a complaint, as a server's reply.
#![no_main]

use kalends::domain::bounce::{Class, Report, decisive};
use kalends::mail::bounce;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let part = |media_type: &str| {
        let head = format!("Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b\nContent-Type: {media_type}\n\n");
        [head.as_bytes(), octets, b"\n--b--\n"].concat()
    };
    for message in [octets.to_vec(), part("message/delivery-status"), part("message/feedback-report"), part("text/html")] {
        let reading = bounce::read(&message, Some(""));
        for text in reading.reports.iter().flat_map(|report| [&report.address, &report.diagnostic]).flatten() {
            assert!(!text.is_empty() && !text.contains(char::is_control), "{text:?}");
        }
        let _ = decisive(&reading.reports);
        bounce::recipients(&message);
    }
    let class = Report::of_reply(&String::from_utf8_lossy(octets)).class;
    assert!(matches!(class, Class::Hard | Class::Soft));
});
