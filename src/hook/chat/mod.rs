//! Chats: a message as people read it there, in the form that each wants. Titles are of strangers, who must not call
//! everybody, paint, or put links of theirs: where a chat knows plain text, it gets that.

mod sentence;
mod stranger;

use hyper::Method;
use hyper::header::{self, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::equipment::Hook;
use super::message::Message;
use super::sign;
use crate::config::Config;
use crate::domain::hook::HookFormat;
use crate::net::fetch::Parcel;
use sentence::Line;

/// What goes to a chat's server.
pub fn parcel(config: &Config, hook: &Hook, id: &str, message: &Message, now: Timestamp) -> Parcel {
    let format = hook.config.format;
    let lines = sentence::lines(config, message, &|text| stranger::text(format, text));
    let text = cut(&sentence::joined(&lines), most_octets(format));
    let (mut method, mut url, mut headers) = (Method::POST, hook.config.url.url().clone(), Vec::new());
    let body = match format {
        // Programs get the message as it is.
        HookFormat::Json => json!(message),
        HookFormat::Slack => {
            json!({ "text": text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false })
        }
        HookFormat::Mattermost => json!({ "text": text }),
        HookFormat::Matrix => {
            (method, url) = (Method::PUT, room_event(&url, id));
            json!({ "msgtype": "m.notice", "body": text, "m.mentions": {} })
        }
        HookFormat::Teams => card(&text, &lines),
        HookFormat::Ntfy => {
            let topic = take_topic(&mut url);
            json!({ "topic": topic, "title": config.site.title.as_str(), "message": text, "click": first_page(&lines) })
        }
        HookFormat::Feishu => feishu(hook.secret(), &text, now),
        HookFormat::Dingtalk => {
            sign_dingtalk(&mut url, hook.secret(), now);
            json!({ "msgtype": "text", "text": { "content": text }, "at": { "isAtAll": false, "atMobiles": [] } })
        }
        HookFormat::Wecom => json!({ "msgtype": "text", "text": { "content": text, "mentioned_list": [] } }),
    };
    headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")));
    if matches!(format, HookFormat::Matrix | HookFormat::Ntfy) && !hook.secret().is_empty() {
        headers.extend(bearer(hook.secret()));
    }
    Parcel { method, url, headers, body: body.to_string().into_bytes() }
}

/// How long a text may be, with room for what stands around it.
fn most_octets(format: HookFormat) -> usize {
    match format {
        HookFormat::Json => usize::MAX,
        HookFormat::Slack => 30_000,
        HookFormat::Mattermost => 16_000,
        HookFormat::Matrix => 50_000,
        // Of 28 kB, and its server writes each letter that is not of ASCII longer.
        HookFormat::Teams => 8_000,
        HookFormat::Ntfy => 3_900,
        HookFormat::Feishu | HookFormat::Dingtalk => 18_000,
        HookFormat::Wecom => 2_048,
    }
}

/// At most so many octets, cut between two letters.
fn cut(text: &str, most: usize) -> String {
    const SIGN: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}{SIGN}", &text[..text.floor_char_boundary(most.saturating_sub(SIGN.len()))])
}

fn first_page(lines: &[Line]) -> Option<&str> {
    lines.iter().find_map(|line| line.page.as_deref())
}

/// The id makes a message that is sent twice one.
fn room_event(room: &Url, id: &str) -> Url {
    const SEND: [&str; 2] = ["send", "m.room.message"];
    let mut url = room.clone();
    let has_send = url.path().trim_end_matches('/').ends_with("/send/m.room.message");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        if !has_send {
            path.extend(SEND);
        }
        path.push(id);
    }
    url
}

/// Text runs know no markup. Each line leads to its page.
fn card(text: &str, lines: &[Line]) -> Value {
    let run = |text: &str, page: Option<&str>| match page {
        Some(page) => {
            json!({ "type": "TextRun", "text": text, "selectAction": { "type": "Action.OpenUrl", "url": page } })
        }
        None => json!({ "type": "TextRun", "text": text }),
    };
    let block = |inline: Value| json!({ "type": "RichTextBlock", "inlines": [inline] });
    let whole: usize = lines.iter().map(|line| line.text.len()).sum();
    let blocks: Vec<Value> = match whole <= most_octets(HookFormat::Teams) {
        true => lines.iter().map(|line| block(run(&line.text, line.page.as_deref()))).collect(),
        false => vec![block(run(text, first_page(lines)))],
    };
    let content = json!({
        "type": "AdaptiveCard", "version": "1.4",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "body": blocks,
    });
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": content,
    });
    json!({ "type": "message", "attachments": [attachment] })
}

/// The topic is named in the body, where letters of all languages may stand beside it.
fn take_topic(url: &mut Url) -> String {
    let topic = url.path_segments().and_then(|mut path| path.rfind(|part| !part.is_empty())).map(str::to_owned);
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().pop();
    }
    topic.unwrap_or_default()
}

fn feishu(secret: &str, text: &str, now: Timestamp) -> Value {
    let mut body = json!({ "msg_type": "text", "content": { "text": text } });
    if !secret.is_empty() {
        let seconds = now.as_second();
        body["timestamp"] = seconds.to_string().into();
        body["sign"] = sign::feishu(secret, seconds).into();
    }
    body
}

fn sign_dingtalk(url: &mut Url, secret: &str, now: Timestamp) {
    if !secret.is_empty() {
        let milliseconds = now.as_millisecond();
        let sign = sign::dingtalk(secret, milliseconds);
        url.query_pairs_mut().append_pair("timestamp", &milliseconds.to_string()).append_pair("sign", &sign);
    }
}

fn bearer(token: &str) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some((header::AUTHORIZATION, value))
}

/// Whether an answer of success is one: some chats refuse with a 200.
pub fn takes(format: HookFormat, answer: &str) -> bool {
    let number = |key: &str| serde_json::from_str::<Value>(answer).ok()?.get(key)?.as_i64();
    match format {
        HookFormat::Feishu => number("code").or_else(|| number("StatusCode")) == Some(0),
        HookFormat::Dingtalk | HookFormat::Wecom => number("errcode") == Some(0),
        HookFormat::Teams => !answer.to_ascii_lowercase().contains("delivery failed"),
        _ => true,
    }
}

/// How long a chat wants to be left alone, where it says so in its answer: milliseconds.
pub fn asked_pause(format: HookFormat, answer: &str) -> Option<i64> {
    let answer: Value = serde_json::from_str(answer).ok().filter(|_| format == HookFormat::Matrix)?;
    answer.get("retry_after_ms")?.as_i64()
}

#[cfg(test)]
mod tests;
