//! A table of any octets, below a good heading and without one; and a document of JSON.
#![no_main]

use kalends::domain::format::Format;
use kalends::domain::zone::Zone;
use kalends::intake::{self, Preset};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let preset = Preset::default();
    let heading: &[u8] = b"kind,title,start,end,timezone,repeat,exdates,uid,occurrence\n";
    for (input, format) in [
        (octets.to_vec(), Format::Csv),
        ([heading, octets].concat(), Format::Csv),
        (octets.to_vec(), Format::Json),
    ] {
        let _ = intake::read(&input, format, &preset, &Zone::utc());
    }
});
