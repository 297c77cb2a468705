//! Where the configuration is looked for, and from where the paths in it are taken.

use std::path::{Path, PathBuf};

use super::Config;
use super::look::Logo;

/// Where the file is looked for when none is named; `init` writes the first.
const PLACES: [&str; 2] = ["config/kalends.toml", "/etc/kalends/kalends.toml"];

/// A file below this was put there by a package, and the paths in it
const SYSTEM: &str = "/etc";
/// are taken from here, wherever a command is run.
const STATE: &str = "/var/lib/kalends";

/// The file that is there where none is named.
pub fn found_file() -> Option<&'static Path> {
    PLACES.into_iter().map(Path::new).find(|place| !matches!(place.try_exists(), Ok(false)))
}

/// The file that is meant where none is named, whether or not it is there.
pub fn default_file() -> &'static Path {
    found_file().unwrap_or(Path::new(PLACES[0]))
}

/// Whether a package put a file where it is, so that the daemon has a user and a folder of its own.
pub fn is_of_system(file: &Path) -> bool {
    file.starts_with(SYSTEM)
}

/// A path that a file says, as it is meant.
pub(super) fn path_in(file: &Path, path: &Path) -> PathBuf {
    match is_of_system(file) {
        true => Path::new(STATE).join(path),
        false => path.to_owned(),
    }
}

impl Config {
    /// Takes the paths in it from where those of `file` are taken.
    pub(super) fn place(&mut self, file: &Path) {
        for path in self.paths() {
            *path = path_in(file, path);
        }
    }

    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self { look, database, mail, bounce, backup, webhooks, .. } = self;
        let logo = match &mut look.logo {
            Some(Logo::File { path, .. }) => Some(path),
            _ => None,
        };
        let relays = mail.relays.iter_mut().flat_map(|relay| [&mut relay.password_file, &mut relay.ca_file]).flatten();
        let keys = mail.dkim.iter_mut().map(|key| &mut key.key_file);
        let mailbox = [&mut bounce.password_file, &mut bounce.ca_file].into_iter().flatten();
        let oauth = bounce.oauth.as_mut().map(|oauth| &mut oauth.client_secret_file);
        let hooks = bounce.hooks.secret_files();
        let webhooks = webhooks.iter_mut().filter_map(|webhook| webhook.secret_file.as_mut());
        [database.url.path_mut(), &mut mail.outbox]
            .into_iter()
            .chain(logo)
            .chain(relays)
            .chain(keys)
            .chain(mailbox)
            .chain(oauth)
            .chain(hooks)
            .chain(backup.folder.as_mut())
            .chain(webhooks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TEMPLATE;

    #[test]
    fn what_a_package_configures_lies_in_one_folder_wherever_a_command_is_run() {
        // Every option of the manual, each set.
        let text: Vec<&str> = TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect();
        let config = |file: &str| format!("{:?}", Config::parse(file, &text.join("\n"), Vec::new()).unwrap());
        let (own, of_package) = (config("config/kalends.toml"), config("/etc/kalends/kalends.toml"));
        let relative = |text: &str| text.matches("\"data/").count() + text.matches("\"config/").count();
        assert!(relative(&own) > 10, "{own}");
        assert_eq!(relative(&of_package), 0, "{of_package}");
        assert_eq!(of_package.matches("\"/var/lib/kalends/").count(), relative(&own));
        assert_eq!(path_in(Path::new("/etc/kalends/kalends.toml"), Path::new("/srv/k.db")), Path::new("/srv/k.db"));
    }
}
