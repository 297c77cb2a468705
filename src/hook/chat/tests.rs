use std::collections::BTreeMap;

use secrecy::SecretString;

use super::*;
use crate::domain::event::{Kind, Status};
use crate::domain::hook::Topic;
use crate::domain::when::{Point, Precision};
use crate::hook::message::{Data, Dates, Readers, ToldDate, ToldReader, What};

fn config(format: HookFormat, url: &str, locale: &str) -> Config {
    let text = format!(
        "[site]\ntitle = \"Standards\"\nbase_url = \"https://s.example\"\nlocale = \"{locale}\"\n[[webhook]]\nname = \"chat\"\n\
         url = \"{url}\"\nformat = \"{format}\"\nsecret_file = \"s\"\n[[digest]]\nslug = \"weekly\"\ntitle = \"The week\"\n\
         schedule = \"0 8 * * 1\"\n"
    );
    toml::from_str(&text).unwrap()
}

fn date(change: What, title: &str) -> ToldDate {
    let day = |text: &str| text.parse::<Point>().unwrap();
    ToldDate {
        change,
        id: 5,
        uid: "u".into(),
        occurrence: None,
        kind: Kind::Meeting,
        title: title.into(),
        start: day("2026-12-21"),
        end: None,
        timezone: "UTC".into(),
        precision: Precision::Day,
        status: Status::Confirmed,
        location: "Geneva".into(),
        join_url: String::new(),
        topics: Vec::new(),
        standards: Vec::new(),
        page: "https://s.example/events/5".into(),
        sequence: 1,
        cancel_reason: "no <quorum>".into(),
        fields: Vec::new(),
        before: BTreeMap::from([("start".into(), "2026-12-18".into()), ("location".into(), "Bern".into())]),
    }
}

fn dates(events: Vec<ToldDate>, count: usize) -> Message {
    let data = Data::Dates(Dates { count, actor: "operator".into(), events });
    Message { topic: Topic::EventChanged, timestamp: Timestamp::UNIX_EPOCH, data }
}

fn sent(format: HookFormat, url: &str, secret: &str, message: &Message) -> (Parcel, Value) {
    let config = config(format, url, "en");
    let secret = Some(SecretString::from(secret)).filter(|_| !secret.is_empty());
    let hook = Hook { config: config.webhooks[0].clone(), secret };
    let parcel = parcel(&config, &hook, "msg_1", message, Timestamp::from_second(1_600_000_000).unwrap());
    let body = serde_json::from_slice(&parcel.body).unwrap();
    (parcel, body)
}

/// The one sentence, with the page behind it.
fn text(change: What, locale: &str) -> String {
    let lines = sentence::lines(
        &config(HookFormat::Ntfy, "https://n.example/t", locale),
        &dates(vec![date(change, "Plenary")], 1),
        &str::to_owned,
    );
    sentence::joined(&lines)
}

#[test]
fn a_changed_date_is_a_sentence_in_the_language_of_the_site() {
    for (change, english) in [
        (What::Added, "New: Plenary, 21 December 2026"),
        (What::Moved, "Moved to 21 December 2026: Plenary, was 18 December 2026"),
        (What::Relocated, "Now in Geneva: Plenary, 21 December 2026, was to be in Bern"),
        (What::Rescheduled, "New dates: Plenary, 21 December 2026"),
        (What::Reinstated, "On again: Plenary, 21 December 2026"),
        (What::Edited, "Changed: Plenary, 21 December 2026"),
        (What::Cancelled, "Cancelled: Plenary, 21 December 2026: no <quorum>"),
    ] {
        assert_eq!(text(change, "en"), format!("{english} https://s.example/events/5"));
    }
    assert_eq!(
        text(What::Moved, "zh-Hans"),
        "改期至2026年12月21日：Plenary，原定2026年12月18日 https://s.example/events/5"
    );
}

#[test]
fn of_many_dates_the_number_is_told_first() {
    let lines = sentence::lines(
        &config(HookFormat::Ntfy, "https://n.example/t", "en"),
        &dates(vec![date(What::Added, "A"), date(What::Added, "B")], 500),
        &str::to_owned,
    );
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].text, "500 dates are new or changed, the first of them:");
}

#[test]
fn readers_are_named_where_that_is_wished() {
    let told = |email: Option<&str>| {
        let subscribers = vec![ToldReader { id: 1, email: email.map(str::to_owned) }];
        let data = Data::Readers(Readers { count: 1, subscribers, digests: vec!["weekly".into()] });
        let message = Message { topic: Topic::SubscriberLeft, timestamp: Timestamp::UNIX_EPOCH, data };
        sent(HookFormat::Ntfy, "https://n.example/t", "", &message).1["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(told(None), "A reader left “The week”.");
    assert_eq!(told(Some("ada@example.org")), "A reader left “The week”. ada@\u{200B}example.\u{200B}org");
}

#[test]
fn each_chat_gets_the_form_that_it_wants() {
    let message = dates(vec![date(What::Moved, "<!channel> *P*")], 1);
    let plain = "Moved to 21 December 2026: <!channel> *P*, was 18 December 2026";
    let page = "https://s.example/events/5";
    let (parcel, body) = sent(HookFormat::Slack, "https://hooks.slack.example/T/B/X", "", &message);
    assert_eq!(body["text"], format!("{} {page}", plain.replace('<', "&lt;").replace('>', "&gt;")));
    assert_eq!((&body["mrkdwn"], parcel.method), (&json!(false), Method::POST));

    let (_, body) = sent(HookFormat::Mattermost, "https://m.example/hooks/k", "", &message);
    assert_eq!(
        body,
        json!({ "text": format!("{} {page}", plain.replace("<!channel> *P*", "\\<\\!channel\\> \\*P\\*")) })
    );

    let (parcel, body) =
        sent(HookFormat::Matrix, "https://m.example/_matrix/client/v3/rooms/!r:m.example", "tok", &message);
    assert_eq!(body, json!({ "msgtype": "m.notice", "body": format!("{plain} {page}"), "m.mentions": {} }));
    assert_eq!(parcel.method, Method::PUT);
    assert!(parcel.url.path().ends_with("/rooms/!r:m.example/send/m.room.message/msg_1"), "{}", parcel.url);
    assert!(parcel.headers.iter().any(|(name, value)| *name == header::AUTHORIZATION && value == "Bearer tok"));

    let (_, body) = sent(HookFormat::Teams, "https://t.example/w?sig=x", "", &message);
    let attachment = &body["attachments"][0];
    assert_eq!((&body["type"], &attachment["contentUrl"]), (&json!("message"), &Value::Null));
    let run = &attachment["content"]["body"][0]["inlines"][0];
    assert_eq!((&run["text"], &run["selectAction"]["url"]), (&json!(plain), &json!(page)));

    let (parcel, body) = sent(HookFormat::Ntfy, "https://ntfy.example/desk/topic", "", &message);
    assert_eq!(
        (parcel.url.as_str(), &body["topic"], &body["title"]),
        ("https://ntfy.example/desk", &json!("topic"), &json!("Standards"))
    );
    assert_eq!(body["click"], page);

    let (_, body) = sent(HookFormat::Feishu, "https://f.example/hook/T", "hush", &message);
    assert_eq!((&body["msg_type"], &body["timestamp"]), (&json!("text"), &json!("1600000000")));
    assert_eq!(body["sign"], sign::feishu("hush", 1_600_000_000));
    assert_eq!(body["content"]["text"], format!("{} {page}", plain.replace('<', "＜").replace('>', "＞")));
    assert_eq!(sent(HookFormat::Feishu, "https://f.example/hook/T", "", &message).1.get("sign"), None);

    let (parcel, body) = sent(HookFormat::Dingtalk, "https://d.example/robot/send?access_token=T", "hush", &message);
    let query: BTreeMap<_, _> = parcel.url.query_pairs().into_owned().collect();
    assert_eq!((&*query["access_token"], &*query["timestamp"]), ("T", "1600000000000"));
    assert_eq!(query["sign"], sign::dingtalk("hush", 1_600_000_000_000));
    assert_eq!((&body["msgtype"], &body["at"]["isAtAll"]), (&json!("text"), &json!(false)));

    let (parcel, body) = sent(HookFormat::Wecom, "https://w.example/send?key=K", "", &message);
    assert_eq!((parcel.url.as_str(), &body["msgtype"]), ("https://w.example/send?key=K", &json!("text")));
}

#[test]
fn a_text_that_is_too_long_is_cut_between_two_letters() {
    let many = || (0..5).map(|_| date(What::Moved, &"长😀".repeat(400))).collect::<Vec<_>>();
    for (format, url) in [(HookFormat::Wecom, "https://w.example/k"), (HookFormat::Ntfy, "https://n.example/t")] {
        let (parcel, body) = sent(format, url, "", &dates(many(), 5));
        let text = body["message"].as_str().or_else(|| body["text"]["content"].as_str()).unwrap();
        assert!(
            text.len() <= most_octets(format) && text.len() > most_octets(format) - 8 && text.ends_with('…'),
            "{text}"
        );
        assert!(String::from_utf8(parcel.body).is_ok());
    }
    let (parcel, _) = sent(HookFormat::Teams, "https://t.example/w", "", &dates(many(), 5));
    // Its server writes them as \u….
    let rewritten: usize =
        String::from_utf8(parcel.body).unwrap().chars().map(|c| if c.is_ascii() { 1 } else { 6 * c.len_utf16() }).sum();
    assert!(rewritten < 28_672, "{rewritten}");
    assert_eq!(cut("长长", 6), "长长");
    assert_eq!(cut("长长长", 8), "长…");
}

#[test]
fn an_answer_of_success_may_be_a_refusal() {
    for (format, answer, is_taken) in [
        (HookFormat::Slack, "ok", true),
        (HookFormat::Feishu, r#"{"code":0,"msg":"success"}"#, true),
        (HookFormat::Feishu, r#"{"StatusCode":0,"StatusMessage":"success"}"#, true),
        (HookFormat::Feishu, r#"{"code":19021,"msg":"sign match fail"}"#, false),
        (HookFormat::Feishu, "<html>", false),
        (HookFormat::Dingtalk, r#"{"errcode":310000,"errmsg":"keywords not in content"}"#, false),
        (HookFormat::Wecom, r#"{"errcode":0,"errmsg":"ok"}"#, true),
        (HookFormat::Wecom, r#"{"errcode":45009}"#, false),
        (HookFormat::Teams, "", true),
        (HookFormat::Teams, "Webhook message delivery failed with error: …", false),
    ] {
        assert_eq!(takes(format, answer), is_taken, "{format} {answer}");
    }
    assert_eq!(asked_pause(HookFormat::Matrix, r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000}"#), Some(2000));
}
