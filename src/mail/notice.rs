//! Mails to the operator. They tell what the log tells, to somebody who does not read it.

use askama::Template;

use super::breaker::LIKE_REFUSALS;
use super::letter::lines;
use crate::config::Config;
use crate::domain::edition::Rendered;
use crate::letterhead::{Letterhead, inline};
use crate::store::{Notice, StoppedRelay};

#[derive(Template)]
#[template(path = "email/notice.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    title: &'a str,
    paragraphs: &'a [String],
}

#[derive(Template)]
#[template(path = "email/notice.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    paragraphs: &'a [String],
}

/// That a relay refuses everybody; none if there is nobody to tell.
pub fn relay_stopped(config: &Config, stop: &StoppedRelay, is_demo: bool) -> Option<Notice> {
    let to = config.operator.address.clone()?;
    let StoppedRelay { relay, reason, since, next_at, .. } = stop;
    let title = format!("{relay} refuses all mail");
    let paragraphs = [
        format!(
            "The relay {relay} has refused {LIKE_REFUSALS} mails in a row, to everybody it was asked for, and took none \
             between:"
        ),
        reason.clone(),
        format!(
            "It was stopped at {since}. Its deliveries wait, and no reader was taken off for it. It is tried again with \
             one mail at {next_at}, and then ever later, each hour at least; another relay may take the deliveries \
             meanwhile."
        ),
        // Who gets this has the terminal, and may read it far from any page that could say what to do.
        "What to do: mend what it says. As soon as it takes a mail, all that waits goes out by itself; `kalends delivery \
         retry --all` has it tried at once. `kalends check` tells how things stand."
            .to_owned(),
    ];
    let letterhead = &Letterhead::of(config, config.site.locale, is_demo);
    let subject = format!("[{}] {title}", config.site.title.as_str());
    let mail = Rendered {
        subject,
        // These templates hold nothing that can fail to be written.
        text: Text { letterhead, paragraphs: &paragraphs }.render().unwrap_or_default(),
        html: inline(&Html { letterhead, title: &title, paragraphs: &paragraphs }.render().unwrap_or_default()),
        calendar: None,
    };
    Some(Notice { to, mail, mail_domain: config.mail.from.address.domain().to_owned() })
}
