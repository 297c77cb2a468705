//! What cargo can't know by itself: that the migrations are embedded, and which languages there are.

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, error, fs};

fn main() -> Result<(), Box<dyn error::Error>> {
    // sqlx embeds the migrations; cargo must look at them again when one is added.
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=locales");
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("locales");
    let mut files: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    // Tag and text of each language, as a Rust expression.
    let mut list = String::from("&[");
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "ftl")) {
        let tag = file.file_stem().and_then(|stem| stem.to_str()).ok_or("a file in locales/ has no name in UTF-8")?;
        write!(list, "({tag:?}, include_str!({:?})),", file.display().to_string())?;
    }
    list.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("locales.rs"), list)?;
    Ok(())
}
