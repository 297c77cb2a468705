//! Links that lead into a meeting held from afar, known by the servers and paths of those who hold them.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{text, web_links};

/// How many addresses of a text are looked at.
const MOST_LOOKED_AT: usize = 200;

/// The first such link of a text, as it leads there: without what a mail filter wrapped around it.
pub fn first_in(text: &str) -> Option<String> {
    let links = web_links::find(text).take(MOST_LOOKED_AT).filter_map(|range| text.get(range));
    links.filter_map(meant).find_map(|url| kept(&url))
}

/// The same of what is nothing but such a link, as some write it into LOCATION, also without `https://`.
pub fn only(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>']);
    if text.contains(char::is_whitespace) {
        return None;
    }
    match text.contains("://") {
        true => kept(&meant(text)?),
        false => kept(&meant(&format!("https://{text}"))?),
    }
}

/// Whether an address is one.
pub fn is_one(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| leads_into_a_meeting(&url))
}

fn kept(url: &Url) -> Option<String> {
    if !leads_into_a_meeting(url) {
        return None;
    }
    text::web_url(url.as_str()).ok().filter(|address| !address.is_empty())
}

/// What an address is meant to lead to: Outlook's Safe Links, Proofpoint and Google write their own around it.
fn meant(address: &str) -> Option<Url> {
    let mut url = Url::parse(address).ok()?;
    // One filter may have wrapped what another one had.
    for _ in 0..4 {
        let Some(inner) = wrapped(&url).and_then(|inner| Url::parse(&inner).ok()) else { break };
        url = inner;
    }
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn wrapped(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let said = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if host.contains(".safelinks.protection.") || url.path().ends_with("/atp-safelinks.html") {
        return said("url");
    }
    if matches!(host, "www.google.com" | "google.com") && url.path() == "/url" {
        return said("q").or_else(|| said("url"));
    }
    if matches!(host, "urldefense.com" | "urldefense.us") && url.path().starts_with("/v3/__") {
        // Behind the last `__;` stands what a `*` stood for, which addresses of meetings have no need of.
        let inner = url.as_str().split_once("/v3/__")?.1;
        return inner.rsplit_once("__;").map(|(inner, _)| inner.to_owned());
    }
    if host == "urldefense.proofpoint.com" {
        let inner = said("u")?.replace('_', "/").replace('-', "%");
        return Some(percent_decode_str(&inner).decode_utf8_lossy().into_owned());
    }
    None
}

/// Never a page that helps, loads a program down, or lists telephone numbers.
fn leads_into_a_meeting(url: &Url) -> bool {
    let Some(host) = url.host_str().map(|host| host.trim_start_matches("www.")) else { return false };
    let path: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let is_of =
        |domain: &str| host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    let has = |name: &str| url.query_pairs().any(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_empty());
    match path.as_slice() {
        // Zoom. `/u/…` is a list of telephone numbers, `/s/…` is for who starts it.
        _ if ["zoom.us", "zoom.com", "zoomgov.com", "zoom.com.cn", "zoom.cn"].iter().any(|domain| is_of(domain)) => {
            match path.as_slice() {
                ["j" | "w", number] => is_number(number),
                ["my", _] | ["meeting" | "webinar", "register", _] | ["wc", "join", _] => true,
                ["wc", number, "join"] => is_number(number),
                _ => false,
            }
        }
        // Microsoft Teams
        _ if is_of("teams.microsoft.com")
            || is_of("teams.microsoft.us")
            || is_of("teams.microsoftonline.cn")
            || is_of("teams.cloud.microsoft")
            || host == "teams.live.com" =>
        {
            match path.as_slice() {
                ["l", "meetup-join", ..] | ["meet", _, ..] => true,
                ["event", _] => host == "events.teams.microsoft.com",
                ["_"] => {
                    url.fragment().is_some_and(|rest| rest.starts_with("/l/meetup-join/") || rest.starts_with("/meet/"))
                }
                ["dl", "launcher", _] => url.as_str().contains("meetup-join"),
                _ => false,
            }
        }
        // Skype for Business
        [_, _, _] if host == "meet.lync.com" || is_of("meet.lync.com") => true,
        [_] if host == "join.skype.com" => true,
        // Google Meet
        [code] if host == "meet.google.com" => has_groups(code, &[3, 4, 3]),
        ["lookup", _] if host == "meet.google.com" => true,
        ["stream", _] if host == "stream.meet.google.com" => true,
        ["hangouts", "_", _, ..] if host == "plus.google.com" || host == "hangouts.google.com" => true,
        // Webex
        _ if (is_of("webex.com") || is_of("webex.com.cn")) && !matches!(host, "webex.com" | "help.webex.com") => {
            match path.as_slice() {
                ["meet" | "join" | "m" | "w", _] => true,
                ["webappng", "sites", _, "meeting" | "webinar", ..] | ["wbxmjs", "joinservice", ..] => true,
                [.., "j.php" | "g.php"] => has("MTID"),
                _ => false,
            }
        }
        // GoTo
        [name] if matches!(host, "meet.goto.com" | "gotomeet.me") => !name.is_empty(),
        ["join", _] if matches!(host, "global.gotomeeting.com" | "global.gotowebinar.com") => true,
        ["register", _] if host == "attendee.gotowebinar.com" => true,
        ["meeting", _] if host == "app.goto.com" => true,
        // Jitsi, on its makers' servers and on others called after it
        [room] if host == "meet.jit.si" || (host.starts_with("jitsi.") && host.matches('.').count() > 1) => {
            !room.contains('.')
        }
        [_, _] if host == "8x8.vc" => true,
        // BigBlueButton by Greenlight, on anybody's server
        ["b", room] | ["rooms", room, "join"] => has_groups(room, &[3, 3, 3]) || has_groups(room, &[3, 3, 3, 3]),
        // Tencent Meeting, VooV
        ["dm" | "dw" | "p" | "s" | "l" | "j", _] if host == "meeting.tencent.com" || is_of("voovmeeting.com") => true,
        // Feishu, Lark, DingTalk
        ["j", _]
            if matches!(
                host,
                "vc.feishu.cn" | "vc.larksuite.com" | "meeting.dingtalk.com" | "meetings.dingtalk.com"
            ) =>
        {
            true
        }
        // Others of one address a room
        [room] if is_of("whereby.com") => !matches!(*room, "information" | "blog" | "user" | "pricing" | "download"),
        [number] if host == "bluejeans.com" || host == "chime.aws" => is_number(number),
        ["join", number] if host == "v.ringcentral.com" => is_number(number),
        ["join"] if host == "facetime.apple.com" => url.fragment().is_some(),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    text.len() >= 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Letters and digits in groups of so many, parted by hyphens.
fn has_groups(text: &str, lengths: &[usize]) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == lengths.len()
        && groups
            .iter()
            .zip(lengths)
            .all(|(group, length)| group.len() == *length && group.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_into_a_meeting_is_known_by_server_and_path() {
        for address in [
            "https://us02web.zoom.us/j/81234567890?pwd=abc",
            "https://example.zoom.us/my/ada",
            "https://zoom.us/webinar/register/WN_abc",
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
            "https://teams.microsoft.com/meet/2345678901?p=abc",
            "https://teams.live.com/meet/9312345678901",
            "https://teams.microsoft.com/_#/l/meetup-join/19:meeting_x@thread.v2/0",
            "https://meet.google.com/abc-defg-hij?authuser=1",
            "https://example.webex.com/meet/ada",
            "https://example.webex.com/example/j.php?MTID=m1234",
            "https://meet.jit.si/StandardsPlenary",
            "https://jitsi.example.org/Plenary",
            "https://bbb.example.org/b/ada-x1y-z2w",
            "https://conf.example.org/rooms/ada-x1y-z2w-abc/join",
            "https://global.gotomeeting.com/join/123456789",
            "https://meeting.tencent.com/dm/AbCdEf",
            "https://voovmeeting.com/dm/AbCdEf",
            "https://vc.feishu.cn/j/123456789",
            "https://vc.larksuite.com/j/123456789",
            "https://meeting.dingtalk.com/j/AbCdEf",
        ] {
            assert!(is_one(address), "{address}");
        }
        for address in [
            "https://zoom.us/download",
            "https://us02web.zoom.us/u/kdXyz",
            "https://support.zoom.us/hc/en-us/articles/201362613",
            "https://notzoom.us/j/81234567890",
            "https://zoom.us.example.org/j/81234567890",
            "https://aka.ms/JoinTeamsMeeting?omkt=en-US",
            "https://teams.microsoft.com/meetingOptions/?organizerId=x",
            "https://dialin.teams.microsoft.com/x?id=1",
            "https://www.microsoft.com/microsoft-teams/download-app",
            "https://meet.google.com/new",
            "https://tel.meet/abc-defg-hij?pin=1",
            "https://support.google.com/a/users/answer/9282720",
            "https://help.webex.com/meet/x",
            "https://www.webex.com/downloads.html",
            "https://meeting.tencent.com/download",
            "https://jitsi.org/downloads",
            "https://example.org/b/about-us",
            "ftp://zoom.us/j/81234567890",
        ] {
            assert!(only(address).is_none(), "{address}");
        }
    }

    #[test]
    fn a_link_is_found_in_a_text_and_told_as_it_leads_there() {
        let teams =
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d";
        let in_url: String = url::form_urlencoded::byte_serialize(teams.as_bytes()).collect();
        for (text, expected) in [
            (
                "Join Zoom Meeting\nhttps://us02web.zoom.us/j/81234567890?pwd=a.1\n\nMeeting ID: 812",
                "https://us02web.zoom.us/j/81234567890?pwd=a.1",
            ),
            (
                "Help: https://aka.ms/JoinTeamsMeeting\nhttps://zoom.us/u/a https://meet.google.com/abc-defg-hij.",
                "https://meet.google.com/abc-defg-hij",
            ),
            (&format!("Click <https://eur01.safelinks.protection.outlook.com/?url={in_url}&data=05>"), teams),
            (&format!("https://www.google.com/url?q={in_url}&sa=D"), teams),
            ("https://urldefense.com/v3/__https://zoom.us/j/81234567890__;!!x!y$", "https://zoom.us/j/81234567890"),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__zoom.us_j_81234567890&d=x",
                "https://zoom.us/j/81234567890",
            ),
            ("腾讯会议：https://meeting.tencent.com/dm/AbCdEf，会议号 123", "https://meeting.tencent.com/dm/AbCdEf"),
        ] {
            assert_eq!(first_in(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(first_in("https://example.org and zoom.us/j/81234567890"), None);
        assert_eq!(only("zoom.us/j/81234567890").as_deref(), Some("https://zoom.us/j/81234567890"));
        assert_eq!(only("Room 4, https://zoom.us/j/81234567890"), None);
    }
}
