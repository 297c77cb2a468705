//! `kalends digest status EDITION --watch`: how the sending of an edition goes, until it is through.

use std::time::Duration;

use jiff::Timestamp;

use super::output::{self, print, time};
use super::screen::{Screen, stop_wish};
use super::{Context, Done, Failure};
use crate::domain::edition::EditionRef;
use crate::domain::pace::Pace;
use crate::shape::edition::EditionRecord;

/// How often it is told anew.
const EVERY: Duration = Duration::from_secs(1);
/// In columns.
const BAR: usize = 30;

pub async fn watch(context: &Context, which: &str) -> Done {
    let edition = edition(context, which).await?;
    let mut screen = Screen::begin(context.out.is_json())?;
    let stop = stop_wish()?;
    tokio::pin!(stop);
    let mut pace = Pace::default();
    let last = loop {
        let record = context.office.edition_status(&edition).await?.edition;
        pace.see(Timestamp::now(), record.tally.settled());
        let block = match context.out.is_json() {
            true => format!("{}\n", serde_json::to_string(&record)?),
            false => told(&record, pace.a_second()),
        };
        if !screen.show(&block)? || record.tally.is_through() {
            break block;
        }
        tokio::select! {
            () = &mut stop => break block,
            () = tokio::time::sleep(EVERY) => {}
        }
    };
    // What stood on the other page of the terminal last stays.
    let stays = screen.is_page();
    drop(screen);
    if stays { print(&last) } else { Ok(()) }
}

/// The edition, or the last one of the digest, that is meant.
async fn edition(context: &Context, which: &str) -> Result<EditionRef, Failure> {
    if which.contains('/') || which.bytes().all(|octet| octet.is_ascii_digit()) {
        return Ok(which.parse()?);
    }
    let statuses = context.office.digest_status(Some(which)).await?;
    let last = statuses.into_iter().find_map(|status| status.record.last);
    let last = last.ok_or_else(|| Failure::failed(format!("{which} has no edition yet")))?;
    Ok(EditionRef::Id(last.edition))
}

/// The bar, the numbers, the speed and when it will be through.
fn told(record: &EditionRecord, a_second: Option<f64>) -> String {
    let tally = &record.tally;
    let (ended, all) = (tally.settled(), tally.candidates.max(1));
    let full = usize::try_from(ended * BAR as i64 / all).unwrap_or(0).min(BAR);
    let bar = "█".repeat(full) + &"░".repeat(BAR - full);
    let percent = ended * 100 / all;
    let name = format!("{}/{}", record.digest, record.number);
    let waiting = tally.queued + tally.sending;
    let pace = match (record.stopped_at, a_second.filter(|speed| *speed > 0.0)) {
        _ if tally.is_through() => "through".to_owned(),
        (Some(_), _) => format!("stopped: `kalends digest go-on {name}` sends the rest"),
        (None, None) => "nothing went since it is watched".to_owned(),
        (None, Some(speed)) => format!("{speed:.1} a second, {} to go", time(waiting as f64 / speed)),
    };
    format!("{name}  {bar} {percent:>3} %  {pace}\n{}\n", output::tally(tally))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::edition::Tally;

    #[test]
    fn the_bar_tells_how_far_it_is_how_fast_and_until_when() {
        let record = |tally: Tally, stopped_at| EditionRecord {
            edition: 1,
            digest: "weekly".into(),
            number: 3,
            scheduled_for: Timestamp::UNIX_EPOCH,
            queued_until: None,
            stopped_at,
            given_up: false,
            tally,
        };
        let half = Tally { candidates: 1000, sent: 490, failed: 10, queued: 500, ..Tally::default() };
        let said = told(&record(half, None), Some(5.0));
        assert!(
            said.starts_with("weekly/3  ███████████████░░░░░░░░░░░░░░░  50 %  5.0 a second, 2 min to go\n"),
            "{said}"
        );
        assert!(told(&record(half, None), None).contains("nothing went"), "{said}");
        let stopped = told(&record(half, Some(Timestamp::UNIX_EPOCH)), Some(0.5));
        assert!(stopped.contains("stopped: `kalends digest go-on weekly/3`"), "{stopped}");
        let all = Tally { candidates: 2, sent: 2, ..Tally::default() };
        assert!(told(&record(all, None), Some(0.2)).contains(" 100 %  through"));
    }
}
