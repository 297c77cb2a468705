//! What readers see, in words of their language.

mod clock;
mod dates;
mod locale;
mod repeats;
#[cfg(test)]
mod tests;

pub use clock::{Clock, instants};
pub use fluent_bundle::FluentValue as Value;
pub use locale::Locale;

/// For the command line, which speaks English: `1 event`, `2 events`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
