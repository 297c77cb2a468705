//! The configuration in force, as programs see it. Nothing secret is in it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What the file and the environment say, and what the daemon goes by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfigurationRecord {
    /// The file; null if there is none, so that what `init` would write is in force.
    #[schema(required)]
    pub file: Option<String>,
    /// What is wrong with it, a sentence each; then there are no `settings`.
    pub wrong: Vec<String>,
    pub settings: Vec<SettingRecord>,
    /// The daemon that runs; null if none does, or if nothing can be known of it.
    #[schema(required)]
    pub daemon: Option<DaemonConfigurationRecord>,
}

/// An option.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettingRecord {
    /// `[mail] from`, `[[digest]] weekly schedule`.
    pub option: String,
    /// Null if nothing is set, or if it is secret.
    pub value: Value,
    /// Whether it is set and not shown.
    pub secret: bool,
    pub origin: OriginWord,
    /// Of the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The environment variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OriginWord {
    File,
    Environment,
    Default,
}

/// What a daemon that runs goes by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DaemonConfigurationRecord {
    pub version: String,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it took its configuration over.
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Timestamp,
    /// Since when it can't take over what the file says; null if it can.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub refused_at: Option<Timestamp>,
    /// Why, a sentence each.
    pub refused: Vec<String>,
    /// Where it differs from the file and the environment.
    pub differences: Vec<DifferenceRecord>,
    /// The file it reads.
    #[schema(required)]
    pub file: Option<String>,
    pub settings: Vec<SettingRecord>,
}

/// An option that the daemon has otherwise than the file and the environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DifferenceRecord {
    pub option: String,
    /// In the daemon, as TOML; null if nothing is set there, or if it is not shown.
    #[schema(required)]
    pub daemon: Option<String>,
    /// In the file and the environment.
    #[schema(required)]
    pub file: Option<String>,
    pub why: WhyWord,
    /// All of it for people.
    pub message: String,
}

/// Why the daemon has it otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhyWord {
    /// It could not be taken over.
    Refused,
    /// It is opened at the start and kept.
    NewStart,
    /// A variable is set for one of the two and not for the other.
    Environment,
    /// The daemon has not come to it.
    NotYet,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_names_of_a_configuration_are_those_that_were_promised() {
        let setting = SettingRecord {
            option: "[mail] from".into(),
            value: json!("a@example.org"),
            secret: false,
            origin: OriginWord::File,
            line: Some(2),
            variable: None,
        };
        let password = SettingRecord {
            option: "[[mail.relay]] 1 password".into(),
            value: Value::Null,
            secret: true,
            origin: OriginWord::Environment,
            line: None,
            variable: Some("KALENDS_MAIL__RELAY".into()),
        };
        let difference = DifferenceRecord {
            option: "[http] listen".into(),
            daemon: Some("\"127.0.0.1:8080\"".into()),
            file: None,
            why: WhyWord::NewStart,
            message: "it takes a new start".into(),
        };
        let daemon = DaemonConfigurationRecord {
            version: "1.0.0".into(),
            started_at: Timestamp::UNIX_EPOCH,
            taken_at: Timestamp::UNIX_EPOCH,
            refused_at: None,
            refused: Vec::new(),
            differences: vec![difference],
            file: None,
            settings: Vec::new(),
        };
        let record = ConfigurationRecord {
            file: Some("kalends.toml".into()),
            wrong: Vec::new(),
            settings: vec![setting, password],
            daemon: Some(daemon),
        };
        let expected = json!({
            "file": "kalends.toml", "wrong": [],
            "settings": [
                { "option": "[mail] from", "value": "a@example.org", "secret": false, "origin": "file", "line": 2 },
                { "option": "[[mail.relay]] 1 password", "value": null, "secret": true, "origin": "environment",
                  "variable": "KALENDS_MAIL__RELAY" },
            ],
            "daemon": {
                "version": "1.0.0", "started_at": "1970-01-01T00:00:00Z", "taken_at": "1970-01-01T00:00:00Z",
                "refused_at": null, "refused": [],
                "differences": [{ "option": "[http] listen", "daemon": "\"127.0.0.1:8080\"", "file": null,
                                  "why": "new-start", "message": "it takes a new start" }],
                "file": null, "settings": [],
            },
        });
        assert_eq!(serde_json::to_value(record).unwrap(), expected);
        assert_eq!(
            json!([WhyWord::Refused, WhyWord::Environment, WhyWord::NotYet]),
            json!(["refused", "environment", "not-yet"])
        );
    }
}
