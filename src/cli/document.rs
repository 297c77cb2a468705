//! `kalends read-document`, `read-workbook` and `read-picture`: the processes that look into what strangers made.

use std::io::{BufWriter, Read, Write, stdin, stdout};

use super::Done;
use crate::confined;
use crate::intake::{document, picture, workbook};

pub fn run() -> Done {
    let octets = confined_input()?;
    let answer = serde_json::to_vec(&document::read(&octets))?;
    stdout().lock().write_all(&answer)?;
    Ok(())
}

pub fn run_workbook() -> Done {
    let octets = confined_input()?;
    let mut out = BufWriter::new(stdout().lock());
    workbook::tell(&octets, |line| {
        serde_json::to_writer(&mut out, line).map_err(std::io::Error::from)?;
        out.write_all(b"\n")
    })?;
    out.flush()?;
    Ok(())
}

pub fn run_picture() -> Done {
    let octets = confined_input()?;
    stdout().lock().write_all(&picture::answer(&octets)?)?;
    Ok(())
}

fn confined_input() -> std::io::Result<Vec<u8>> {
    confined::confine()?;
    let mut octets = Vec::new();
    stdin().lock().read_to_end(&mut octets)?;
    Ok(octets)
}
