//! What a page is about, for search engines: JSON-LD in the words of schema.org.

use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::article::Article;
use crate::domain::event::Event;
use crate::domain::links::Links;
use crate::domain::when::{Point, When};
use crate::domain::wording::Locale;

/// The event as schema.org has it, with the date that it had before, if it was moved.
pub fn event(event: &Event, before: Option<&When>, links: Links<'_>, locale: Locale) -> String {
    let details = &event.details;
    let moment = |at| details.when.zone().at(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let begins = |when: &When| match when.start() {
        Point::Minute(at) => moment(when.zone().instant(at)),
        other => other.first_day().to_string(),
    };
    let status = match before {
        _ if event.is_cancelled() => "EventCancelled",
        Some(_) => "EventRescheduled",
        None => "EventScheduled",
    };
    let mut value = json!({
        "@context": "https://schema.org",
        "@type": "Event",
        "name": details.title,
        "startDate": begins(&details.when),
        "eventStatus": format!("https://schema.org/{status}"),
        "url": links.event(event.id),
        "identifier": event.uid,
    });
    if let Some(before) = before {
        value["previousStartDate"] = json!(begins(before));
    }
    if let Some(end) = details.when.end() {
        value["endDate"] = json!(match end {
            Point::Minute(_) => moment(details.when.end_instant()),
            other => other.last_day().to_string(),
        });
    }
    let place = Some(details.place()).filter(|place| !place.is_empty());
    let place = place.map(|place| json!({ "@type": "Place", "name": place }));
    let online = Some(&details.join_url).filter(|url| !url.is_empty() && !event.is_cancelled());
    let online = online.map(|url| json!({ "@type": "VirtualLocation", "url": url }));
    let mode = match (&place, &online) {
        (Some(_), Some(_)) => "Mixed",
        (None, Some(_)) => "Online",
        _ => "Offline",
    };
    if online.is_some() {
        value["eventAttendanceMode"] = json!(format!("https://schema.org/{mode}EventAttendanceMode"));
    }
    match (place, online) {
        (Some(place), Some(online)) => value["location"] = json!([place, online]),
        (Some(one), None) | (None, Some(one)) => value["location"] = one,
        (None, None) => {}
    }
    if !details.organizer.is_empty() {
        value["organizer"] = json!({ "@type": "Organization", "name": details.organizer });
    }
    if !details.standards.is_empty() {
        value["about"] = json!(details.standards);
    }
    if let Some(rule) = details.repeat.as_ref().and_then(|repeat| repeat.rule.as_ref()) {
        value["description"] = json!(format!("{} ({})", locale.repeat_of(details), rule.as_str()));
    }
    in_script(&value)
}

/// The article as schema.org has it.
pub fn article(article: &Article, events: &[&Event], config: &Config) -> String {
    let links = config.site.links();
    let url = links.article(article.id);
    let about = |event: &&Event| {
        json!({ "@type": "Event", "name": event.details.title, "url": links.event(event.id),
                "startDate": event.details.when.first_day() })
    };
    let mut value = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.date,
        "dateModified": article.changed_at(),
        "url": url,
        "mainEntityOfPage": url,
        "publisher": { "@type": "Organization", "name": config.site.title.as_str(), "url": links.home() },
    });
    if !article.byline.is_empty() {
        value["author"] = json!({ "@type": "Person", "name": article.byline });
    }
    if !article.source.is_empty() {
        value["isBasedOn"] = json!(article.source);
    }
    if !article.topics.is_empty() {
        value["keywords"] = json!(article.topics);
    }
    let shown: Vec<_> =
        article.images.iter().filter(|image| image.is_shown).map(|image| image.address(links)).collect();
    if !shown.is_empty() {
        value["image"] = json!(shown);
    }
    if !events.is_empty() {
        value["about"] = json!(events.iter().map(about).collect::<Vec<_>>());
    }
    in_script(&value)
}

/// JSON, safe inside of a script element: "</script>" in a title must not end it.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}
