//! Where the daemon is reached.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::Invalid;

/// `127.0.0.1:8080`, or `unix:/run/kalends/http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    Tcp(String),
    Unix(PathBuf),
}

impl Default for Listen {
    fn default() -> Self {
        Self::Tcp("127.0.0.1:8080".into())
    }
}

impl FromStr for Listen {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match (text.strip_prefix("unix:"), text.rsplit_once(':')) {
            (Some(path), _) if path.starts_with('/') && !path.ends_with('/') => Ok(Self::Unix(PathBuf::from(path))),
            (None, Some((host, port))) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Tcp(text.to_owned()))
            }
            _ => Err(Invalid::new(format!(
                "`{text}` is no address to listen on: write one such as 127.0.0.1:8080, or unix:/run/kalends/http"
            ))),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_socket_is_taken_and_nothing_else() {
        for right in ["127.0.0.1:8080", "[::1]:80", "localhost:0", "unix:/run/kalends/http"] {
            assert_eq!(right.parse::<Listen>().unwrap().to_string(), right);
        }
        for wrong in ["", "8080", ":8080", "localhost", "localhost:http", "unix:", "unix:run/http", "unix:/run/"] {
            let error = wrong.parse::<Listen>().unwrap_err().to_string();
            assert!(error.contains("no address to listen on"), "{error}");
        }
    }
}
