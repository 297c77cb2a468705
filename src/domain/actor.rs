//! Who changes something. History and the log of acts keep it, and people read it there with its name.

use super::Invalid;

/// Whoever does something. As text, which is what is kept: `operator`, `editor 3`, `token robot`, `source tc260`,
/// `reader`, `unknown`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// At the terminal.
    Operator,
    /// By the id of their row: an address is a person's and may be forgotten.
    Editor(i64),
    /// A program, by the name of its token.
    Token(String),
    /// A foreign calendar, by its name in the configuration.
    Source(String),
    /// A reader, of what is their own.
    Reader,
    /// Before kalends kept it.
    Unknown,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::Editor(id) => write!(f, "editor {id}"),
            Self::Token(name) => write!(f, "token {name}"),
            Self::Source(name) => write!(f, "source {name}"),
            Self::Reader => f.write_str("reader"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid(format!("`{text}` is nobody who does something"));
        match text.split_once(' ') {
            None if text == "operator" => Ok(Self::Operator),
            None if text == "reader" => Ok(Self::Reader),
            None if text == "unknown" => Ok(Self::Unknown),
            Some(("editor", id)) => id.parse().map(Self::Editor).map_err(|_| wrong()),
            Some(("token", name)) => Ok(Self::Token(name.to_owned())),
            Some(("source", name)) => Ok(Self::Source(name.to_owned())),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_an_actor_is_read_back() {
        let some = [
            Actor::Operator,
            Actor::Editor(3),
            Actor::Token("night robot".into()),
            Actor::Source("tc260".into()),
            Actor::Reader,
            Actor::Unknown,
        ];
        for actor in some {
            assert_eq!(actor.to_string().parse(), Ok(actor));
        }
        assert!("editor ann".parse::<Actor>().is_err());
    }
}
