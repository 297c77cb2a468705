use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::zone::Zone;
use crate::intake::extract::{Known, Topics, extract};

const TODAY: Date = date(2026, 11, 29);

fn blocks(html: &str) -> Vec<String> {
    Page::of_html(html, TODAY).blocks
}

#[test]
fn menus_scripts_and_todays_date_are_no_blocks() {
    let page = "<!doctype html><title>T</title><header><p>Site</p><nav><ul><li>Home</ul></nav></header>\
                <div class='top menu'><div>Events</div><div>Log in</div></div><p>Sunday, 29 November 2026</p>\
                <div id=content><h1>Meetings &amp; fairs</h1><p>Plenary\n on <b>5 Dec</b>ember</p><script>'<p>x</p>'</script>\
                <ul><li>One<li>Two</ul></div><aside>Also</aside><footer><p>Imprint</p></footer><p>Visits: 7";
    assert_eq!(blocks(page), ["meetings fairs", "plenary on 5 december", "one", "two"]);
}

#[test]
fn what_is_in_main_is_what_counts_and_its_header_is_its_heading() {
    let page = "<p>Site</p><main><header><h1>Plenary</h1></header><p>On 5 December</p></main><p>More</p>";
    assert_eq!(blocks(page), ["plenary", "on 5 december"]);
    assert_eq!(blocks("<p>Site</p><main></main><p>More</p>"), ["site", "more"]);
}

#[test]
fn a_menu_that_never_ends_hides_no_page() {
    assert_eq!(blocks("<nav><p>Home</p><h1>Plenary</h1>"), ["home", "plenary"]);
}

#[test]
fn a_row_is_a_block_and_cells_that_set_a_page_are_not() {
    let table = "<table><tr><th>Date<th>What<tr><td><p>5 December 2026</p><td><p>Plenary</p></table>";
    assert_eq!(blocks(table), ["date what", "5 december 2026 plenary"]);
    let layout = "<table><tr><td><ul><li>Home</ul><td><h1>Meetings</h1><p>One</p></table>";
    assert_eq!(blocks(layout), ["home", "meetings", "one"]);
}

/// What the extractor finds in a page as it is written anew is what it finds in the page.
#[test]
fn nothing_dated_is_lost_by_writing_a_page_anew() {
    let (topics, zone) = (Topics::new([]), Zone::utc());
    let known = Known { topics: &topics, written: None, today: TODAY, zone: &zone };
    for html in [
        "<h2>Meetings 2027</h2><table><tr><th>Date</th><th>Meeting</th><th>Place</th></tr><tr><td>5 May</td><td>Plenary of TC \
         5</td><td>Oslo</td></tr></table>",
        "<p>The forum will be held on <time datetime='2027-05-05'>Wednesday</time> in Ghent.</p>",
        "<ul><li>Call for papers: <del>3 March 2027</del> 17 March 2027</li></ul>",
        "<dl><dt>Registration deadline</dt><dd>3 March 2027</dd></dl>",
        "<p>2027年全国标准化年会将于2027年5月5日在北京召开。</p>",
    ] {
        let found = |text: &str| -> Vec<_> {
            let found = extract(text, Form::Html, &known).into_iter();
            found.map(|it| (it.uid, it.details.title, it.details.when.start().to_string(), it.was)).collect()
        };
        let written = Page::of_html(html, TODAY).text;
        assert!(!found(html).is_empty(), "{html}");
        assert_eq!(found(html), found(&written), "{written}");
    }
}

#[test]
fn only_so_many_blocks_are_looked_at() {
    let page = Page::of_html(&"<p>one".repeat(MOST_BLOCKS + 3), TODAY);
    assert_eq!((page.blocks.len(), page.left_out), (MOST_BLOCKS, 3));
    let text = Page::of_text("One on 5 December\n\nTwo\n14:05\n", TODAY);
    assert_eq!((text.blocks.len(), text.is_html), (2, false));
}

proptest! {
    #[test]
    fn any_page_is_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60), more in ".{0,40}") {
        let html = pieces.concat() + &more;
        let page = Page::of_html(&html, TODAY);
        prop_assert!(page.blocks.iter().all(|words| !words.is_empty()));
        // Written anew, it says the same.
        prop_assert_eq!(Page::of_html(&page.text, TODAY).blocks, page.blocks);
        let _ = Page::of_text(&more, TODAY);
        let _ = clock::is_clock(&more, TODAY);
    }
}

const PIECES: &[&str] = &[
    "<nav>",
    "</nav>",
    "<main>",
    "</main>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<p>",
    "</p>",
    "<ul>",
    "<li>",
    "</ul>",
    "<h1>",
    "</h1>",
    "<script>",
    "</script>",
    "<br>",
    "<time datetime='2027-05-05'>",
    "</time>",
    "<del>",
    "</del>",
    "one ",
    "5 May",
    "今天是",
    "2026年11月29日",
    "&lt;",
    "<!--",
    "-->",
    "<div class='menu'>",
    "</div>",
    "<header>",
    "</header>",
    "\n",
];
