//! `serve --demo`: everything at once in a throw-away folder, on the eve of a Monday digest.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use jiff::Timestamp;

use crate::config::Config;
use crate::documents;
use crate::domain::actor::Actor;
use crate::domain::edition::Tally;
use crate::domain::editor::Role;
use crate::domain::format::Format;
use crate::domain::import::ImportOrigin;
use crate::domain::picture::Enclosed;
use crate::domain::subscriber::NewSubscriber;
use crate::intake::{self, Preset};
use crate::office::{Office, Text};
use crate::store::{EditorWish, Recorded, Store};

/// The sample newsletter's dates.
const SAMPLE: &[u8] = include_bytes!("../config/sample/events.csv");

/// Its articles. They name events by their ids, which are the numbers of the rows, and of what `extract` finds in the
/// sample's text.
const ARTICLES: [&[u8]; 6] = [
    include_bytes!("../config/sample/articles/ipv6.md"),
    include_bytes!("../config/sample/articles/annual-report.md"),
    include_bytes!("../config/sample/articles/green-manufacturing.md"),
    include_bytes!("../config/sample/articles/cybersecurity-forum.md"),
    include_bytes!("../config/sample/articles/smart-city.md"),
    include_bytes!("../config/sample/articles/personal-information.md"),
];

/// The picture that one of them shows.
const PICTURE: (&str, &[u8]) = ("smart-city.png", include_bytes!("../config/sample/articles/smart-city.png"));

/// Ten seconds before the digest: Monday 28 September 2020, 07:59:50 in Shanghai.
const BEGINS_AT: &str = "2020-09-28T07:59:50+08:00";

/// A notice whose dates wait as drafts for somebody to look through them.
const NOTICE: &[u8] = include_bytes!("../config/sample/notice.txt");

const NAME: &str = "kalends";
const SLUG: &str = "weekly";
/// Who may do all at the demo's desk.
pub const EDITOR: &str = "editor@example.org";

/// How often it is looked whether the mails are there.
const LOOK: Duration = Duration::from_millis(200);

/// Email, name, language, topics followed.
const READERS: [(&str, &str, &str, &[&str]); 3] = [
    ("ada@example.org", "Ada", "en", &[]),
    ("lin@example.com", "Lin", "zh-Hans", &["cybersecurity", "personal information"]),
    ("grace@example.net", "Grace", "en", &["smart city"]),
];

pub struct Demo {
    /// The configuration's file.
    pub file: PathBuf,
    pub store: Store,
    pub folder: PathBuf,
    address: SocketAddr,
}

impl Demo {
    /// Makes the folder with configuration and database, loads the sample and sets the clock.
    pub async fn prepare(address: SocketAddr) -> anyhow::Result<Self> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let folder = std::env::temp_dir().join(format!("kalends-demo-{}", &name[..8]));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("can't make the demo's folder {}", folder.display()))?;
        let file = folder.join("kalends.toml");
        std::fs::write(&file, configuration(&folder, address))
            .with_context(|| format!("can't write {}", file.display()))?;
        let config = Config::load(Some(&file))?;

        let mut store = Store::create(config.database.url.path()).await?;
        store.set_clock(BEGINS_AT.parse::<Timestamp>()?).await?;
        store.register_digests([SLUG]).await?;
        let sample = intake::read(SAMPLE, Format::Csv, &Preset::default(), &config.site.timezone)?;
        ensure!(sample.rejected.is_empty(), "the sample can't be read: {:?}", sample.rejected);
        let origin = ImportOrigin { host: "example.org", ..ImportOrigin::default() };
        store.import_events(&Actor::Operator, sample.entries, origin).await?;
        for article in ARTICLES {
            let mut manuscript =
                intake::article::read(article).map_err(|e| anyhow!("a sample can't be read: {e:?}"))?;
            if let Some(shown) = manuscript.enclosures.shown.iter().find(|shown| shown.name == PICTURE.0) {
                let (name, alt, picture) =
                    (shown.name.clone(), shown.alt.clone(), documents::picture(PICTURE.1, None).await?);
                manuscript.enclosures.pictures.push(Enclosed { name, alt, picture });
            }
            store.add_article(&Actor::Operator, manuscript, &config.site.timezone).await?;
        }
        let office = Office::new(store.clone(), Arc::new(config)).await?;
        let document = Arc::new(documents::read(NOTICE).await?);
        let found = office.extract(Text { document, name: "notice.txt".into(), form: None, written: None }).await?;
        office.keep_proposals(&Actor::Operator, &found.new).await?;
        for (email, name, locale, topics) in READERS {
            let reader = NewSubscriber {
                name: Some(name.into()),
                locale: Some(locale.into()),
                topics: Some(topics.iter().map(|&topic| topic.into()).collect()),
                ..NewSubscriber::of(email.parse()?, vec![SLUG.into()])
            };
            let consent = Recorded { wish: reader, at: store.now(), note: "a reader of the demo".into() };
            store.record_consent(&Actor::Operator, consent).await?;
        }
        let wish = EditorWish { role: Some(Role::Operator), ..EditorWish::default() };
        store.put_editor(&Actor::Operator, &EDITOR.parse()?, &wish).await?;
        // Loading took its time; the countdown begins now.
        store.set_clock(BEGINS_AT.parse::<Timestamp>()?).await?;
        Ok(Self { file, store, folder, address })
    }

    /// What to open, what to try, and how to stop; `desk` is a link that opens its desk. Nothing is longer than so many columns
    /// but what is to be copied.
    pub fn introduction(&self, program: &Program, desk: &str, columns: usize) -> String {
        let site = format!("http://{}", self.address);
        let what = textwrap::fill(
            "This is a demo: a throw-away database with the dates and articles of a sample newsletter, three readers, and a \
             clock that shows Monday 28 September 2020, 07:59:50 in Shanghai. In ten seconds the Monday digest goes out; \
             then it is told where its mails are.",
            columns,
        );
        let first = textwrap::fill(
            &format!(
                "A first thing to try, in another terminal{}:",
                if program.is_here { " in this folder" } else { "" }
            ),
            columns,
        );
        let (typed, file) = (&program.typed, for_shell(&self.file.display().to_string()));
        format!(
            "\n{what}\n\n  \
             the site      {site}/\n  \
             the calendar  {site}/calendar.ics\n  \
             the desk      {desk}\n\n\
             {first}\n\n\
             {typed} --config {file} event add meeting \"My first event\" --on 2020-10-05\n\n\
             It stands on the site and in the calendar at once.\n\n\
             Press Ctrl-C to stop.\n\n"
        )
    }

    /// Waits until the edition is through, and says where its mails are.
    pub async fn mails(store: Store, outbox: PathBuf) -> String {
        let is_through = |tally: &Tally| tally.queued + tally.sending + tally.deferred == 0;
        loop {
            if let Ok(Some(edition)) = store.last_edition(SLUG).await
                && store.tally(edition.id).await.as_ref().is_ok_and(is_through)
            {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        let files = std::fs::read_dir(&outbox).into_iter().flatten().flatten();
        let mails = files.filter(|file| file.path().extension().is_some_and(|end| end == "eml")).count();
        let are = if mails == 1 { "mail is" } else { "mails are" };
        format!("{mails} {are} in {}\n(.eml files, which mail programs open).\n", outbox.display())
    }

    /// Where its mails will be.
    pub fn outbox(&self) -> PathBuf {
        self.folder.join("outbox")
    }
}

/// This program as it can be typed.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    pub typed: String,
    /// Whether only in the folder that it was started in.
    pub is_here: bool,
}

impl Program {
    /// By its name, if the folders of PATH lead to this very file; else by the way from this folder, or the whole one.
    pub fn this() -> Self {
        let file = std::env::current_exe().unwrap_or_else(|_| NAME.into());
        let here = std::env::current_dir().unwrap_or_default();
        Self::of(&file, &here, &std::env::var_os("PATH").unwrap_or_default())
    }

    fn of(file: &Path, here: &Path, path: &OsStr) -> Self {
        let mut folders = std::env::split_paths(path).map(|folder| folder.join(NAME)).filter(|file| file.is_file());
        let whole = |file: &Path| std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let (file, here) = (whole(file), whole(here));
        if folders.next().is_some_and(|first| whole(&first) == file) {
            return Self { typed: NAME.into(), is_here: false };
        }
        match file.strip_prefix(here) {
            // A name alone is looked for in PATH.
            Ok(way) if way.components().count() == 1 => {
                Self { typed: for_shell(&format!("./{}", way.display())), is_here: true }
            }
            Ok(way) => Self { typed: for_shell(&way.display().to_string()), is_here: true },
            Err(_) => Self { typed: for_shell(&file.display().to_string()), is_here: false },
        }
    }
}

/// A word as a shell takes it.
fn for_shell(word: &str) -> String {
    match word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn configuration(folder: &Path, address: SocketAddr) -> String {
    let path = |name: &str| folder.join(name).display().to_string();
    let quoted = |text: String| toml::Value::String(text).to_string();
    let (database, outbox) = (quoted(format!("sqlite://{}", path("kalends.db"))), quoted(path("outbox")));
    format!(
        r#"# The configuration of a demo. `kalends init` writes a real one.
[site]
title = "Standards Watch"
base_url = "http://{address}"
timezone = "Asia/Shanghai"

[database]
url = {database}

[http]
listen = "{address}"

[mail]
from = "Standards Watch <news@example.org>"
outbox = {outbox}

[feed]
description = "Meetings, forums, releases and effective dates around standardisation in China"

[[digest]]
slug = "weekly"
title = "The week ahead in standards"
description = "Every Monday at eight: what is coming up, what takes effect, what was just held or released."
schedule = "0 8 * * mon"
upcoming = "30d"
recent = "30d"
images = true
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_told_as_it_can_be_typed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["target/release", "bin", "other", "my tools"] {
            std::fs::create_dir_all(at(name)).unwrap();
            std::fs::write(at(name).join(NAME), name).unwrap();
        }
        std::os::unix::fs::symlink(at("bin").join(NAME), at("other/link")).unwrap();
        let whole = std::fs::canonicalize(folder.path()).unwrap();
        let of = |file: &str, here: &str, path: &[&str]| {
            let path = std::env::join_paths(path.iter().map(|name| at(name))).unwrap();
            let told = Program::of(&at(file), &at(here), &path);
            (told.typed.replace(whole.to_str().unwrap(), "/x"), told.is_here)
        };
        for (file, here, path, typed, is_here) in [
            ("target/release/kalends", "", &["bin"][..], "target/release/kalends", true),
            ("target/release/kalends", "", &[], "target/release/kalends", true),
            ("target/release/kalends", "target/release", &[], "./kalends", true),
            ("target/release/kalends", "bin", &["bin"], "/x/target/release/kalends", false),
            ("bin/kalends", "", &["bin", "other"], "kalends", false),
            ("other/link", "", &["gone", "bin"], "kalends", false),
            // Another one comes first.
            ("bin/kalends", "", &["other", "bin"], "bin/kalends", true),
            ("my tools/kalends", "", &[], "'my tools/kalends'", true),
        ] {
            assert_eq!(of(file, here, path), (typed.to_owned(), is_here), "{file} in {here}, {path:?}");
        }
    }
}
