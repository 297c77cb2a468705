//! What both nets need, mail's and the web's: getting what an address has, places for those who come, whom to trust.

pub mod fetch;
pub mod listener;
pub mod places;
pub mod tls;
