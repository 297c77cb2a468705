use super::*;

fn address() -> Url {
    Url::parse("https://example.org/news/feed.xml").unwrap()
}

#[track_caller]
fn items(text: &str) -> Vec<Item> {
    let feed = read(text.as_bytes(), None, &address()).unwrap();
    assert_eq!((feed.left_out, feed.broken), (0, None));
    feed.items
}

fn refusal(text: &str) -> String {
    read(text.as_bytes(), Some("text/xml"), &address()).unwrap_err().0
}

/// Id, link, title, text and day.
fn told(item: &Item) -> [String; 5] {
    let day = item.written.map(|day| day.to_string()).unwrap_or_default();
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    [word(&item.id), word(&item.link), item.title.clone(), item.html.clone(), day]
}

#[test]
fn each_form_of_feed_tells_the_same_things() {
    let expected = ["tag:7", "https://example.org/news/7", "Forum & fair", "<p>On <b>5 May</b></p>", "2026-04-01"];
    for text in [
        // RSS 2.0, with a shorter description beside the text
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='c'><channel><title>News</title><item>\
         <guid isPermaLink='false'>tag:7</guid><title>Forum &amp;amp; fair</title><link>7</link>\
         <description>On 5…</description><content:encoded><![CDATA[<p>On <b>5 May</b></p>]]></content:encoded>\
         <pubDate>Wed, 01 Apr 2026 08:00:00 GMT</pubDate></item></channel></rss>",
        // RSS 0.91 of Netscape, whose guid is none of its own
        "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'http://x/rss-0.91.dtd'><rss version='0.91'>\
         <channel><item><guid>tag:7</guid><title>Forum &amp; fair</title><link>/news/7</link>\
         <description>&lt;p&gt;On &lt;b&gt;5 May&lt;/b&gt;&lt;/p&gt;</description><dc:date>2026-04-01</dc:date></item></channel></rss>",
        // RSS 1.0
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><items><rdf:Seq/></items></channel>\
         <item rdf:about='tag:7'><title>Forum &#38; fair</title><link>https://example.org/news/7</link>\
         <description><![CDATA[<p>On <b>5 May</b></p>]]></description><dc:date>2026-04-01T08:00:00Z</dc:date></item></rdf:RDF>",
        // Atom, with the base of its addresses
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/'><entry xml:base='news/'><id>tag:7</id>\
         <link rel='enclosure' href='x.mp3'/><link href='7'/><title>Forum &amp; fair</title>\
         <content type='html'>&lt;p>On &lt;b>5 May&lt;/b>&lt;/p></content><updated>2026-04-09T01:00:00Z</updated>\
         <published>2026-04-01T23:00:00-05:00</published><source><id>other</id><title>Other</title></source></entry></feed>",
        // Atom with its own markup
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:id>tag:7</a:id><a:link rel='alternate' href='7'/>\
         <a:title type='html'>Forum &amp;amp; fair</a:title><a:content type='xhtml'><p>On <b>5 May</b></p></a:content>\
         <a:updated>2026-04-01T00:00:00Z</a:updated></a:entry></a:feed>",
        "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{\"id\": \"tag:7\", \"url\": \"7\", \
         \"title\": \"Forum & fair\", \"content_html\": \"<p>On <b>5 May</b></p>\", \"date_published\": \"2026-04-01T08:00:00Z\"}]}",
    ] {
        assert_eq!(items(text).iter().map(told).collect::<Vec<_>>(), [expected.map(str::to_owned)], "{text}");
    }
}

#[test]
fn what_is_not_by_the_book_is_read_too() {
    for (text, expected) in [
        // Markup that nobody escaped or ended, a bare ampersand, an entity of HTML
        (
            "<rss><channel><item><title>R&D forum</title><description>On 5&nbsp;May<br>in <b>Oslo</description></item></channel></rss>",
            ["", "", "R&D forum", "On 5&nbsp;May<br>in <b>Oslo</b>", ""],
        ),
        // Plain text of Atom is no markup
        (
            "<feed><entry><title>a &lt; b</title><summary>1 &lt; 2 &amp; 3</summary></entry></feed>",
            ["", "", "a < b", "1 &lt; 2 &amp; 3", ""],
        ),
        // An address as guid is the page's; who follows it gives no login
        (
            "<rss><channel><item><guid>https://ada:x@example.org/p</guid><title>T</title></item></channel></rss>",
            ["https://ada:x@example.org/p", "https://example.org/p", "T", "", ""],
        ),
        (
            "<rss><channel><item><link>javascript:alert(1)</link><title>&lt;i&gt;T&lt;/i&gt;</title></item></channel></rss>",
            ["", "", "T", "", ""],
        ),
        (
            "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [{\"id\": 7, \"content_text\": \"5 < 6\\n\\n5 May\\nOslo\"}]}",
            ["7", "", "", "<p>5 &lt; 6</p><p>5 May<br>Oslo</p>", ""],
        ),
    ] {
        assert_eq!(items(text).iter().map(told).collect::<Vec<_>>(), [expected.map(str::to_owned)], "{text}");
    }
    let gbk = b"<?xml version='1.0' encoding='GB2312'?><rss><channel><item><title>\xd6\xd0\xb9\xfa</title></item></channel></rss>";
    assert_eq!(read(gbk, Some("text/xml; charset=utf-8"), &address()).unwrap().items[0].title, "中国");
}

#[test]
fn what_comes_before_a_break_is_read_and_the_break_is_told() {
    let start = "<rss><channel>\n<item><title>One</title></item>\n<item><title>Two</title></item>\n";
    for (rest, said) in [
        ("<item><title>Thr", "breaks off in line 4"),
        ("<item><![CDATA[ x", "broken in line 4"),
        ("\n<item <title>", "breaks off in line 5"),
    ] {
        let feed = read((start.to_owned() + rest).as_bytes(), None, &address()).unwrap();
        let titles: Vec<_> = feed.items.iter().map(|item| item.title.as_str()).collect();
        assert!(titles.starts_with(&["One", "Two"]) && titles.len() == 2, "{titles:?}");
        assert!(feed.broken.as_ref().is_some_and(|broken| broken.contains(said)), "{rest}: {:?}", feed.broken);
    }
    assert!(refusal("<rss>\n<channel><item><title>One").contains("line 2"));
    assert!(read(b"<rss><channel></channel></rss>", None, &address()).unwrap().items.is_empty());
}

#[test]
fn what_is_no_feed_is_told_in_words() {
    let page = "<!DOCTYPE html><head><link rel=stylesheet href=x><link rel='alternate' type='application/atom+xml' href='/a.xml'>";
    let bomb = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>";
    let deep = "<rss>".to_owned() + &"<a>".repeat(100_000);
    for (text, said) in [
        (page, "this is a web page; its feed is at https://example.org/a.xml"),
        ("<?xml version='1.0'?><html><body>Log in</body></html>", "web page, which names no feed"),
        ("<html>", "format = \"page\""),
        (bomb, "line 1 defines entities"),
        (&deep, "nested"),
        ("BEGIN:VCALENDAR", "is a calendar"),
        ("<opml>", "OPML"),
        ("<urlset>", "site's map"),
        ("<note>", "<note>"),
        ("Not found", "begins with `Not found`"),
        ("{\"error\": 1}", "this JSON is no feed"),
        ("{\n\"a", "broken in line 2"),
        (" ", "empty"),
        ("<!-- x -->", "no element"),
    ] {
        let error = refusal(text);
        assert!(error.contains(said), "{text:.80}: {error}");
    }
}

#[test]
fn only_so_many_items_are_read_and_the_rest_is_told() {
    let many = format!("<rss><channel>{}</channel></rss>", "<item><title>x</title></item>".repeat(10_000));
    let feed = read(many.as_bytes(), None, &address()).unwrap();
    assert_eq!((feed.items.len(), feed.left_out), (MOST_ITEMS, 9_000));
    let long = format!("<rss><channel><item><description>{}", "长".repeat(LONGEST_TEXT));
    let feed = read((long + "</description></item>").as_bytes(), None, &address()).unwrap();
    assert!(feed.items[0].html.len() <= LONGEST_TEXT);
}
