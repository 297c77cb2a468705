//! Work on many things at once: the extractor's own, which both need.

pub use kalends_extract::parallel::map;
