//! What `check` finds, as programs see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::dns::Record;

/// One thing that was tried.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingRecord {
    /// What was tried: `database`, `relay smtp://…`, `digest weekly`.
    pub check: String,
    pub status: Severity,
    /// How it went, and what to mend.
    pub message: String,
    /// What to publish in DNS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Ok,
    /// It works, and not as well as it could.
    Warning,
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::dns::RecordType;

    #[test]
    fn the_names_of_a_finding_are_those_that_were_promised() {
        let record = Record { name: "example.org".into(), kind: RecordType::Txt, value: "v=spf1".into() };
        let finding = FindingRecord {
            check: "SPF example.org".into(),
            status: Severity::Error,
            message: "is not there".into(),
            record: Some(record),
        };
        let expected = json!({
            "check": "SPF example.org", "status": "error", "message": "is not there",
            "record": { "name": "example.org", "type": "TXT", "value": "v=spf1" },
        });
        assert_eq!(serde_json::to_value(&finding).unwrap(), expected);
        let without = serde_json::to_value(FindingRecord { record: None, ..finding }).unwrap();
        assert!(without.get("record").is_none());
        for severity in [Severity::Ok, Severity::Warning, Severity::Error] {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }
}
