//! A text in the editor of whoever sits at the terminal.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Failure;

/// A file that an editor changes; it goes with this, unless it is kept.
pub struct Sheet {
    path: PathBuf,
    is_kept: bool,
}

impl Sheet {
    /// `name`: what it is about, as the file's name tells it.
    pub fn new(name: &str, text: &str) -> Result<Self, Failure> {
        let path = env::temp_dir().join(format!("kalends-{name}-{}.md", std::process::id()));
        let _ = fs::remove_file(&path);
        let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| Failure::failed(format!("can't write {}: {error}", path.display())))?;
        Ok(Self { path, is_kept: false })
    }

    /// Opens the editor and waits until it is closed; what the file holds then.
    pub fn edit(&self) -> Result<Vec<u8>, Failure> {
        let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        let editor = editor.unwrap_or_else(|| "vi".to_owned());
        // The variable may have options; a shell takes it apart, as everywhere.
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor).arg(&self.path);
        let status = command.status().map_err(|error| Failure::failed(format!("can't start `{editor}`: {error}")))?;
        if !status.success() {
            return Err(Failure::failed(format!(
                "`{editor}` ended with an error, and nothing was changed: VISUAL or EDITOR names the editor"
            )));
        }
        fs::read(&self.path).map_err(|error| Failure::failed(format!("can't read {}: {error}", self.path.display())))
    }

    pub fn write(&self, text: &str) -> Result<(), Failure> {
        fs::write(&self.path, text)
            .map_err(|error| Failure::failed(format!("can't write {}: {error}", self.path.display())))
    }

    /// Leaves the file where it is, for whoever typed into it.
    pub fn keep(&mut self) -> &Path {
        self.is_kept = true;
        &self.path
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}
