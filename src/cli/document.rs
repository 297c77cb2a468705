//! `kalends read-document`: the process that looks into what strangers made.

use std::io::{Read, Write, stdin, stdout};

use super::Done;
use crate::confined;
use crate::intake::document;

pub fn run() -> Done {
    confined::confine()?;
    let mut octets = Vec::new();
    stdin().lock().read_to_end(&mut octets)?;
    let answer = serde_json::to_vec(&document::read(&octets))?;
    stdout().lock().write_all(&answer)?;
    Ok(())
}
