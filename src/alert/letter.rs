//! The mail to the operator. It tells what the log tells, to somebody who does not read it.

use crate::config::Config;
use crate::domain::alert::{Alert, AlertKind};
use crate::letterhead::Letterhead;
use crate::mail::letter::of_paragraphs;
use crate::store::Notice;

/// What is new and what is over in one mail, with what was told before and goes on; none if there is nobody to tell, or
/// nothing.
pub fn letter(config: &Config, news: &[Alert], over: &[Alert], open: &[Alert], is_demo: bool) -> Option<Notice> {
    let to = config.operator.address.clone()?;
    let title = match (news, over) {
        ([], []) => return None,
        ([one], _) => begun(one),
        ([], [one]) => ended(one),
        ([], over) => format!("{} things are over", over.len()),
        (news, _) => format!("{} things need a hand", news.len()),
    };
    let mut paragraphs = Vec::new();
    for (index, alert) in news.iter().enumerate() {
        if news.len() > 1 {
            paragraphs.push(format!("{}. {}:", index + 1, begun(alert)));
        }
        paragraphs.push(alert.sentence.clone());
        paragraphs.push(format!("This is so since {}. {}", alert.since, help(alert)));
    }
    for alert in over {
        let until = alert.over_at.map(|at| format!(" until {at}")).unwrap_or_default();
        paragraphs.push(format!("It is over: {}. It was so from {}{until}.", ended(alert), alert.since));
    }
    let is_new = |alert: &Alert| news.iter().any(|new| new.kind == alert.kind && new.about == alert.about);
    let rest: Vec<String> = open.iter().filter(|alert| !is_new(alert)).map(begun).collect();
    if !rest.is_empty() {
        paragraphs.push(format!("What was told before goes on: {}.", rest.join("; ")));
    }
    // Who gets this has the terminal, and may read it far from any page that could say what to do.
    paragraphs.push("`kalends status` and `kalends check` tell how things stand.".to_owned());
    let letterhead = &Letterhead::of(config, config.site.locale, is_demo);
    let subject = format!("[{}] {title}", config.site.title.as_str());
    let mail = of_paragraphs(letterhead, subject, &title, &paragraphs);
    Some(Notice { to, mail, mail_domain: config.mail.from.address.domain().to_owned() })
}

/// In few words, as a subject and as a line of a list.
pub fn begun(alert: &Alert) -> String {
    let about = &alert.about;
    match alert.kind {
        AlertKind::Stalled => format!("edition {about} makes no headway"),
        AlertKind::Relay => format!("{about} refuses all mail"),
        AlertKind::Source => format!("the source {about} can't be read"),
        AlertKind::Disk => format!("the disk that holds {about} is nearly full"),
        AlertKind::Configuration => "the changed configuration is not taken over".to_owned(),
        AlertKind::Backup => "no backup can be made".to_owned(),
        AlertKind::Webhook => format!("the webhook {about} takes nothing"),
        AlertKind::Mailbox => format!("the mailbox {about} can't be read"),
    }
}

/// The same of its end.
pub fn ended(alert: &Alert) -> String {
    let about = &alert.about;
    match alert.kind {
        AlertKind::Stalled => format!("edition {about} waits for nothing any more that should have gone"),
        AlertKind::Relay => format!("{about} is not stopped any more"),
        AlertKind::Source => format!("the source {about} fails no more"),
        AlertKind::Disk => format!("the disk that holds {about} has room again"),
        AlertKind::Configuration => "the configuration is the one in the file again".to_owned(),
        AlertKind::Backup => "a backup was made again".to_owned(),
        AlertKind::Webhook => format!("the webhook {about} fails no more"),
        AlertKind::Mailbox => format!("the mailbox {about} can be read again"),
    }
}

fn help(alert: &Alert) -> &'static str {
    match alert.kind {
        AlertKind::Stalled => {
            "Its mails wait, and nothing is lost. What to do: see that the relays can be reached and take mail (`kalends \
             check` tries them), and what the log says; `kalends delivery list --status deferred` tells why single mails \
             wait. They go out by themselves as soon as they can."
        }
        AlertKind::Relay => {
            "It was stopped then: its deliveries wait, and no reader was taken off for it. It is tried again with one mail, \
             ever later, each hour at least; another relay may take the deliveries meanwhile. What to do: mend what it says. \
             As soon as it takes a mail, all that waits goes out by itself; `kalends delivery retry --all` has it tried at \
             once."
        }
        AlertKind::Source => {
            "Its events stay as they were when it was read last. What to do: mend what it says, or take the source out of the \
             configuration; `kalends source sync` tries it at once."
        }
        AlertKind::Disk => {
            "On a full disk nothing can be written: no sign-up is taken, and no mail goes out. What to do: make room, or move \
             the database to a larger disk."
        }
        AlertKind::Configuration => {
            "The daemon goes on with the one that it had. What to do: mend what is wrong, and it is taken over by itself; \
             `kalends check` tells whether it would be."
        }
        AlertKind::Backup => {
            "What to do: see that the folder of [backup] is there, can be written to and has room. Another is made when it is \
             due; `kalends backup FILE` makes one now."
        }
        AlertKind::Webhook => {
            "What happens is kept for it for some days, unless it is gone, and tried again ever later. What to do: mend what \
             it says, or take it out of the configuration; `kalends webhook test` shows what it answers, and `kalends webhook \
             replay` sends at once what waits or was given up."
        }
        AlertKind::Mailbox => {
            "What arrives in it stays there and counts once it can be read; until then mail goes to addresses that are gone. \
             What to do: mend what it says; `kalends check` tries it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(kind: AlertKind, about: &str) -> Alert {
        let at = jiff::Timestamp::UNIX_EPOCH;
        Alert {
            id: 1,
            kind,
            about: about.into(),
            since: at,
            sentence: format!("What is wrong with {about}."),
            raised_at: Some(at),
            told_at: Some(at),
            over_at: Some(at),
            over_told_at: None,
        }
    }

    fn config(operator: &str) -> Config {
        Config::parse("test", operator, Vec::new()).unwrap()
    }

    #[test]
    fn one_mail_names_all_that_is_new_what_is_over_and_what_goes_on() {
        let config = config("[operator]\naddress = \"admin@example.org\"\n");
        let (relay, source) = (alert(AlertKind::Relay, "smtp://a:25"), alert(AlertKind::Source, "tc260"));
        let (disk, edition) = (alert(AlertKind::Disk, "data"), alert(AlertKind::Stalled, "weekly/3"));
        let notice =
            letter(&config, &[relay.clone(), source.clone()], &[disk], &[edition, relay.clone()], false).unwrap();
        assert_eq!(notice.mail.subject, "[kalends] 2 things need a hand");
        let text = notice.mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "1. smtp://a:25 refuses all mail:",
            "What is wrong with smtp://a:25.",
            "2. the source tc260 can't be read:",
            "It is over: the disk that holds data has room again.",
            "What was told before goes on: edition weekly/3 makes no headway.",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        let one = letter(&config, std::slice::from_ref(&relay), &[], &[], false).unwrap();
        assert_eq!(one.mail.subject, "[kalends] smtp://a:25 refuses all mail");
        let over = letter(&config, &[], std::slice::from_ref(&relay), &[], false).unwrap();
        assert_eq!(over.mail.subject, "[kalends] smtp://a:25 is not stopped any more");
        assert!(letter(&config, &[], &[], &[relay], false).is_none());
    }

    #[test]
    fn without_an_address_there_is_no_mail() {
        assert!(letter(&config(""), &[alert(AlertKind::Backup, "")], &[], &[], false).is_none());
    }
}
