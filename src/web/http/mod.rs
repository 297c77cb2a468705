//! HTTP itself, whoever is asked: the server, who asks, what form of an answer is wanted.

pub mod client;
pub mod encoding;
pub mod log;
pub mod server;
pub mod work;
