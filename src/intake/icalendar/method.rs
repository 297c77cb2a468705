//! What a calendar is sent for (RFC 5546 section 1.4).

/// METHOD.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    /// PUBLISH, or nothing: how the calendar is.
    #[default]
    Publish,
    /// A message about some of its events, which may come late.
    Request,
    /// Its events are dates more of series that are known.
    Add,
    /// Its events are called off.
    Cancel,
    /// What a guest says to an invitation, or asks.
    Answer,
}

impl Method {
    pub fn of(name: &str) -> Self {
        match name.trim_ascii().to_ascii_uppercase().as_str() {
            "REQUEST" => Method::Request,
            "ADD" => Method::Add,
            "CANCEL" => Method::Cancel,
            "REPLY" | "COUNTER" | "DECLINECOUNTER" | "REFRESH" => Method::Answer,
            _ => Method::Publish,
        }
    }
}
