//! How often programs may ask within a minute.

use crate::domain::network::Network;
pub use crate::web::http::tally::Quota;
use crate::web::http::tally::Tally;

/// Wrong tokens of one network.
const WRONG: u32 = 10;

/// What is counted.
#[derive(Debug, Default)]
pub struct Gauge {
    wrong: Tally<Network>,
    requests: Tally<i64>,
}

impl Gauge {
    /// A wrong token, and what is left of those that a network may show.
    pub fn note_wrong(&self, network: Network) -> Quota {
        self.wrong.note(network, WRONG)
    }

    /// A request with a token that may make `most` a minute.
    pub fn note_request(&self, token: i64, most: u32) -> Quota {
        self.requests.note(token, most)
    }
}
