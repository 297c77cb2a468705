//! `kalends restore`

use std::path::Path;

use super::long::long;
use super::output::{Output, ask, may_ask};
use super::{BY, Cli, Done};
use crate::app::lock;
use crate::config::Config;
use crate::domain::wording::count;
use crate::office::restore::restore;
use crate::private::give_to_owner_of;
use crate::progress::Progress;
use crate::shape::setup::{HeldRecord, RestoreRecord};

pub async fn run(cli: &Cli, file: &Path, yes: bool) -> Done {
    let config = Config::load(cli.config.as_deref())?;
    let database = config.database.url.path();
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Held to the end: no daemon starts meanwhile.
    let lock = lock(database)?;
    give_to_owner_of(database, &lock)?;
    // Scripts rely on its being done; a person sees first what it takes the place of.
    if !yes && !cli.json && file.is_file() && database.exists() && may_ask() {
        let (file, database) = (file.display(), database.display());
        ask(&format!("Put {file} in the place of {database}? A copy of what is there is kept."))?;
    }
    let (out, progress) = (Output::new(cli.json), Progress::watched());
    let undone = format!("nothing was put back; {} is as it was", database.display());
    let restored = long(&progress, &out, &undone, restore(BY, &config, file, &progress)).await?;
    out.show(&restored, || told(&restored))
}

fn told(restored: &RestoreRecord) -> String {
    let RestoreRecord { file, database, .. } = restored;
    let mut lines = vec![format!("{}: put in the place of {}.", file.display(), database.display())];
    if restored.brought_up_to_date {
        lines.push("It is of an older version, and was brought up to date.".into());
    }
    if let Some(copy) = &restored.copy {
        let until = copy.until.map(|until| format!(" until {}", until.strftime("%Y-%m-%d"))).unwrap_or_default();
        lines.push(format!("What was there is kept{until}: {}.", copy.file.display()));
    }
    lines.extend(carried_over(restored));
    if let Some(why) = &restored.unread {
        lines.push(format!(
            "Not all that happened since the backup is known: {why}. Who left or was forgotten since may be back, so see to \
             them first; and if the secret was renewed since, renew it again."
        ));
    }
    lines.extend(restored.held.iter().map(held));
    if restored.unread.is_some() {
        lines.extend(restored.paused.iter().map(|slug| {
            format!(
                "{slug} is paused: `kalends digest resume {slug}` lets it go on with what comes due from then on; what was \
                 due until then is not made up for."
            )
        }));
    }
    lines.push("Next: `kalends check`, then start the daemon.".into());
    lines.join("\n") + "\n"
}

/// What happened since the backup and stays, and what is undone.
fn carried_over(restored: &RestoreRecord) -> Vec<String> {
    let (Some(kept), Some(undone)) = (&restored.carried_over, &restored.undone) else { return Vec::new() };
    let say = |all: &[(u64, &str, &str)]| {
        let some = all.iter().filter(|(number, ..)| *number > 0);
        let told: Vec<_> = some.map(|(number, one, many)| count(*number as usize, one, many)).collect();
        match told.is_empty() {
            true => "nothing".to_owned(),
            false => told.join(", "),
        }
    };
    let kept_said = say(&[
        (kept.forgotten, "person forgotten", "people forgotten"),
        (kept.removed, "person removed", "people removed"),
        (kept.left, "subscription ended", "subscriptions ended"),
        (kept.suppressed, "address that nothing is sent to", "addresses that nothing is sent to"),
        (kept.calendars, "personal calendar taken back or renewed", "personal calendars taken back or renewed"),
        (kept.editors, "editor who left or may do less", "editors who left or may do less"),
        (kept.tokens, "token revoked", "tokens revoked"),
        (kept.editions, "edition with its deliveries", "editions with their deliveries"),
        (kept.deliveries, "delivery that went on", "deliveries that went on"),
    ]);
    let undone_said = say(&[
        (undone.people, "person who came", "people who came"),
        (undone.consents, "consent given", "consents given"),
        (undone.changes, "change of events and articles", "changes of events and articles"),
    ]);
    let mut lines = vec![
        format!("Since the backup, and stays so: {kept_said}."),
        format!("Since the backup, and undone: {undone_said}."),
        "Nobody gets an edition twice; dates that were told since the backup may be told once more.".to_owned(),
    ];
    if kept.forgotten > 0 {
        lines.push(format!(
            "{} still holds who was forgotten: delete it when you need it no more.",
            restored.file.display()
        ));
    }
    lines
}

fn held(held: &HeldRecord) -> String {
    let number = held.deliveries as usize;
    match &held.edition {
        Some(name) => format!(
            "{name}: {} held, since nobody knows whether they were sent. `kalends delivery list --edition {name} --status \
             uncertain` shows them; `kalends delivery retry --edition {name}` sends them, and `kalends delivery retry ID` one.",
            count(number, "delivery is", "deliveries are")
        ),
        None => format!(
            "{} held, since nobody knows whether they were sent. `kalends delivery list --status uncertain` shows them; \
             `kalends delivery retry ID` sends one.",
            count(number, "mail of no edition is", "mails of no edition are")
        ),
    }
}
