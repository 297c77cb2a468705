//! Foreign calendars that are kept in step.

/// What is known of a calendar from the last time, for a conditional request (RFC 9110 section 13).
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Validators {
    /// As it came.
    pub etag: Option<String>,
    /// As it came.
    pub last_modified: Option<String>,
    /// The address that gave the other two, after redirects, without user name and password. They are sent to no
    /// other: another host has no business with them, and of another file of the same host they are not true.
    pub url: Option<String>,
}
