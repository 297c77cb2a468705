//! What a mail server says in figures.

/// An enhanced status code (RFC 3463): `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// 2 success, 4 for now, 5 for good.
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

impl Status {
    /// The first code in a text. An IP address or a version is none.
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_alphanumeric() && c != '.').find_map(|word| {
            let mut numbers = word.trim_end_matches('.').split('.');
            // A single digit, as the RFC has it: RFC 3463 section 3 knows the subjects 0 to 7.
            let mut number = |longest: usize| numbers.next().filter(|n| n.len() <= longest)?.parse().ok();
            let status = Self { class: number(1)?, subject: number(1)?, detail: number(3)? };
            (numbers.next().is_none() && matches!(status.class, 2 | 4 | 5)).then_some(status)
        })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_and_an_ip_address_is_none() {
        assert_eq!(Status::find("host 5.1.1.9 said: (#5.1.1)").unwrap().to_string(), "5.1.1");
        assert_eq!(Status::find("550-5.7.26 no").unwrap().to_string(), "5.7.26");
        for none in ["", "5.1", "15.1.1", "3.1.1", "5.1111.1", "5..1", "192.0.2.5", "v5.1.1", "4.94.2"] {
            assert_eq!(Status::find(none), None, "{none}");
        }
    }
}
