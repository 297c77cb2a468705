//! Every word that a reader sees, in their language.

use crate::support::{Daemon, Mail, Office};

const SITE: &str = "http://127.0.0.1:8080";

fn path(mail: &Mail, part: &str) -> String {
    mail.link(&format!("{SITE}{part}")).strip_prefix(SITE).unwrap().to_owned()
}

/// The language of a page, as its header and the page itself say it, and the page.
async fn page(daemon: &Daemon, path: &str, headers: &[(&str, &str)]) -> (String, String) {
    let response = daemon.get_with(path, headers).await;
    let vary = response.headers().get_all("vary").iter().map(|v| v.to_str().unwrap()).collect::<Vec<_>>().join(", ");
    assert!(vary.contains("Accept-Language, Cookie"), "{path}: {vary}");
    let language = response.headers()["content-language"].to_str().unwrap().to_owned();
    let page = response.text().await.unwrap();
    assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
    (language, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_in_the_language_asked_for_or_kept_or_preferred() {
    let office = Office::new();
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["effective-date", "GB/T 35273-2020", "--on", "2020-10-01", "--topic", "personal information"]);
    let daemon = office.serve();
    let chinese = ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8");
    for (path, headers, language) in [
        ("/", &[][..], "en"),
        ("/", &[chinese], "zh-Hans"),
        ("/", &[("Accept-Language", "fr")], "en"),
        ("/?lang=en", &[chinese], "en"),
        ("/?lang=zh", &[], "zh-Hans"),
        ("/?lang=tlh", &[chinese], "zh-Hans"),
        ("/", &[chinese, ("Cookie", "theme=dark; lang=en")], "en"),
        ("/", &[("Cookie", "lang=zh-Hans")], "zh-Hans"),
        ("/?lang=en", &[("Cookie", "lang=zh-Hans")], "en"),
        ("/", &[("Cookie", "lang=\"><script>")], "en"),
    ] {
        assert_eq!(page(&daemon, path, headers).await.0, language, "{path} {headers:?}");
    }
    for (path, part) in [
        ("/", "2020年10月1日 星期四 <span"),
        ("/", "· 3天后"),
        ("/", "生效</p>"),
        ("/events/1", "加入我的日历"),
        ("/subscribe", "您的电子邮箱"),
        ("/nothing", "这里没有这个页面。"),
        ("/?kind=party", "没有“party”这种类别，可用的有：meeting, forum"),
        ("/?from=soon", "“soon”不是日期"),
        ("/confirm/x", "此链接无效"),
        ("/feed.atom?from=2021&to=2020", "结束日期早于开始日期。"),
    ] {
        let (_, page) = page(&daemon, path, &[chinese]).await;
        assert!(page.contains(part), "no {part} in {path}: {page}");
        let words = page.replace("Apple、Outlook、Thunderbird", "").replace("personal information", "");
        for english in ["Dates", "Search", "Subscribe", "calendar<", "cancelled"] {
            assert!(!words.contains(english), "{english} in {path}: {words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_kept_only_when_it_is_asked_for() {
    let office = Office::new();
    let daemon = office.serve();
    let cookie = async |path: &str| {
        let response = daemon.get_with(path, &[("Accept-Language", "zh")]).await;
        response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned())
    };
    assert_eq!(cookie("/").await, None);
    assert_eq!(cookie("/?lang=tlh").await, None);
    assert_eq!(cookie("/calendar.ics?lang=en").await, None);
    let kept = cookie("/subscribe?lang=en").await.unwrap();
    assert_eq!(kept, "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");

    // The page leads to itself in the others, with the rest of what was asked, and nowhere else.
    let (_, shown) = page(&daemon, "/?q=a%26b&kind=forum&lang=en", &[]).await;
    let link = "href=\"?q=a%26b&#38;kind=forum&#38;lang=zh-Hans\" lang=\"zh-Hans\"";
    assert!(shown.contains(link) && shown.contains(">简体中文</a>"), "{shown}");
    let (_, shown) = page(&daemon, "//example.com/", &[]).await;
    assert!(!shown.contains("example.com"), "{shown}");
    let answer = daemon.post("/subscribe", &[("email", "nonsense")]).await.text().await.unwrap();
    assert!(!answer.contains("简体中文</a>") && answer.contains("value=\"zh-Hans\""), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_subscribes_in_chinese_gets_chinese_from_then_on() {
    let office = Office::new();
    office.add(&["release", "Framework", "--on", "2099"]);
    office.add(&["meeting", "Plenary", "--on", "2099-09-01"]);
    office.ok(&["event", "cancel", "2", "--reason", "storm"]);
    let daemon = office.serve();
    let form = daemon.get_with("/subscribe", &[("Accept-Language", "zh-CN")]).await.text().await.unwrap();
    assert!(form.contains("<option value=\"zh-Hans\" lang=\"zh-Hans\" selected>"), "{form}");
    let wish = [("email", "ada@example.org"), ("digest", "weekly"), ("locale", "zh-Hans")];
    let answer = daemon.post("/subscribe?lang=zh", &wish).await.text().await.unwrap();
    assert!(answer.contains("请查收邮件"), "{answer}");

    let mail = &office.wait_for_mails(1)[0];
    assert_eq!(mail.subject(), "请确认您对“kalends”的订阅");
    assert!(mail.text().contains("请在72小时内打开以下页面") && mail.html().contains("<html lang=\"zh-Hans\""));
    let confirm = path(mail, "/confirm/");
    // A browser that says nothing of languages.
    assert_eq!(page(&daemon, &confirm, &[]).await.0, "zh-Hans");
    assert_eq!(page(&daemon, &confirm, &[("Accept-Language", "en")]).await.0, "zh-Hans");
    assert_eq!(page(&daemon, &format!("{confirm}?lang=en"), &[]).await.0, "en");
    let thanks = daemon.post(&confirm, &[]).await.text().await.unwrap();
    assert!(thanks.contains("您已成功订阅《"), "{thanks}");
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["locale"], "zh-Hans");

    let marker = "webcal://127.0.0.1:8080";
    let calendar = thanks.split(marker).nth(1).unwrap().split('"').next().unwrap();
    let calendar = daemon.text(calendar).await;
    for part in ["SUMMARY:Framework（2099年）", "SUMMARY:【已取消】Plenary", "已取消：storm"] {
        assert!(calendar.contains(part), "no {part} in {calendar}");
    }
    let shared = daemon.get_with("/calendar.ics", &[("Accept-Language", "zh"), ("Cookie", "lang=zh")]).await;
    assert_eq!(shared.headers()["vary"], "Accept-Encoding");
    assert!(shared.text().await.unwrap().contains("SUMMARY:[Cancelled] Plenary"));

    let (key, subscription) = (office.token_key(), office.subject("subscription", 1));
    let preferences =
        format!("/preferences/{}", key.seal(kalends::domain::token::Purpose::Preferences, subscription, None));
    let (language, shown) = page(&daemon, &preferences, &[("Accept-Language", "en")]).await;
    assert!(language == "zh-Hans" && shown.contains("订阅设置"), "{shown}");
    let wrong = daemon.post(&preferences, &[("do", "save"), ("send_hour", "24")]).await.text().await.unwrap();
    assert!(wrong.contains("“24”不是一天中的钟点"), "{wrong}");
    daemon.post(&preferences, &[("do", "link")]).await;
    let mails = office.wait_for_mails(2);
    let own = mails.iter().find(|mail| mail.subject() == "您在“kalends”的专属链接").unwrap();
    assert!(own.text().contains("链接在60分钟内有效") && own.html().contains("<html lang=\"zh-Hans\""));
    let leave = format!("/unsubscribe/{}", key.seal(kalends::domain::token::Purpose::Unsubscribe, subscription, None));
    assert!(page(&daemon, &leave, &[]).await.1.contains("订阅了《"));

    // Another choice, and the page that says so is in it.
    let saved = daemon.post(&preferences, &[("do", "save"), ("digest", "weekly"), ("locale", "en")]).await;
    assert_eq!(saved.headers()["content-language"], "en");
    assert!(saved.text().await.unwrap().contains("Saved."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_has_a_language_of_its_own() {
    let office = Office::with_config("[site]\nlocale = \"zh\"\n");
    office.add(&["meeting", "Plenary", "--on", "2099-09-01", "--organizer", "TC 1"]);
    office.ok(&["event", "cancel", "1"]);
    let daemon = office.serve();
    assert_eq!(page(&daemon, "/", &[]).await.0, "zh-Hans");
    assert_eq!(page(&daemon, "/", &[("Accept-Language", "en-GB")]).await.0, "en");
    for (path, part) in [
        ("/calendar.ics", "SUMMARY:【已取消】Plenary"),
        ("/calendar.ics", "主办方：TC 1"),
        ("/feed.atom", "【已取消】Plenary"),
        ("/feed.json", "2099年9月1日"),
    ] {
        let text = daemon.get_with(path, &[("Accept-Language", "en")]).await.text().await.unwrap();
        assert!(text.contains(part), "no {part} in {path}: {text}");
    }
}

#[test]
fn an_editor_can_say_which_language_somebody_reads() {
    let office = Office::new();
    office.ok(&["subscriber", "add", "ada@example.org", "--locale", "zh-CN", "--confirmed"]);
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["locale"], "zh-Hans");
    let error = office.fails(&["subscriber", "add", "lin@example.org", "--locale", "tlh"], 2);
    assert!(error.contains("`tlh` is not a locale: use one of en, zh-Hans"), "{error}");
}
