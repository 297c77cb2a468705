//! `serve --demo`: everything at once in a throw-away folder, on the eve of a Monday digest.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use jiff::Timestamp;

use crate::config::Config;
use crate::documents;
use crate::domain::actor::Actor;
use crate::domain::format::Format;
use crate::domain::import::ImportOrigin;
use crate::domain::picture::Enclosed;
use crate::domain::subscriber::NewSubscriber;
use crate::intake::{self, Preset};
use crate::store::{Recorded, Store};

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
        store.register_digests(["weekly"]).await?;
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
        for (email, name, locale, topics) in READERS {
            let reader = NewSubscriber {
                name: Some(name.into()),
                locale: Some(locale.into()),
                topics: Some(topics.iter().map(|&topic| topic.into()).collect()),
                ..NewSubscriber::of(email.parse()?, vec!["weekly".into()])
            };
            let consent = Recorded { wish: reader, at: store.now(), note: "a reader of the demo".into() };
            store.record_consent(&Actor::Operator, consent).await?;
        }
        // Loading took its time; the countdown begins now.
        store.set_clock(BEGINS_AT.parse::<Timestamp>()?).await?;
        Ok(Self { file, store, folder, address })
    }

    /// What to open, and how to stop.
    pub fn introduction(&self) -> String {
        let site = format!("http://{}", self.address);
        let folder = self.folder.display();
        let file = for_shell(&self.file.display().to_string());
        format!(
            "\nThis is a demo: a throw-away database with the dates and articles of a sample newsletter, three readers,\n\
             and a clock that shows Monday 28 September 2020, 07:59:50 in Shanghai. In ten seconds the Monday digest goes out.\n\n  \
             the site      {site}/\n  \
             the calendar  {site}/calendar.ics\n  \
             the mails     {folder}/outbox/  (.eml files; open them in a mail program)\n\n\
             In another terminal, try it on:\n\n  \
             kalends --config {file} event list\n  \
             kalends --config {file} event add meeting \"My first event\" --on 2020-10-05\n\n\
             Press Ctrl-C to stop.\n"
        )
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
