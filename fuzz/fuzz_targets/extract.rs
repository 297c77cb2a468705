//! Running text of any octets, as each form: read the same each time, and what is proposed is fit to be kept.
#![no_main]

use kalends::domain::event::Status;
use kalends::domain::zone::Zone;
use kalends::intake::extract::{Form, Known, Topics, decoded, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = decoded(octets) else { return };
    let (topics, zone) = (Topics::new(["smart city"]), Zone::utc());
    let known = Known { topics: &topics, written: None, today: jiff::civil::date(2020, 9, 28), zone: &zone };
    for form in Form::ALL {
        let proposals = extract(&text, *form, &known);
        assert_eq!(proposals, extract(&text, *form, &known));
        for proposal in proposals {
            assert_eq!(proposal.details.status, Status::Draft);
            assert!(proposal.line >= 1 && !proposal.details.title.is_empty());
            assert_eq!(proposal.details.clone().checked().as_ref(), Ok(&proposal.details));
        }
    }
});
