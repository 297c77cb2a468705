use super::*;

#[test]
fn html_is_known_by_what_only_html_has() {
    for text in [
        "Meet at 10<br>Bring ID",
        "a<BR/>b",
        "<p>First <b>bold</b> line</p>",
        "See <a href=\"https://example.org/\">the agenda</a>",
        "<html><body><div>All welcome</div></body></html>",
        "<!DOCTYPE html><p>x",
        "one <strong>two</strong>",
        "<span style=\"color:red\">x",
        "Research &amp; development",
        "It&#8217;s on",
        "caf&eacute;",
        "<ul><li>one<li>two</ul>",
        "<p>one<p>two",
    ] {
        assert_eq!(read(text, Lines::Meant).format, DescriptionFormat::Html, "{text}");
    }
    for text in [
        "ask <Bob> for #4",
        "if a < b and b > c",
        "write to <ada@example.org> or <https://example.org/>",
        "press <b> for bold",
        "the <p> element",
        "1 <2> 3 <- 4 <!-- 5",
        "R&D; AT&T",
        "*stars* _under_ ----- 1) \\t",
        "List<String> and Map<Key, Value>",
        "<time> is now",
        "",
    ] {
        let written = read(text, Lines::Meant);
        assert_eq!((written.format, written.text.as_str()), (DescriptionFormat::Plain, text), "{text}");
    }
}

#[test]
fn what_is_no_tag_in_html_stays_a_word_and_lines_that_are_meant_stay_lines() {
    for (text, expected) in [
        ("<p>ask <Bob> & <time></p>", "ask <Bob> & <time>"),
        ("one\ntwo <b>three</b>\n\nfour<br>\nfive", "one\ntwo three\n\nfour\nfive"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nc", "- a\n- b\n\nc"),
        ("Line one\nLine two &amp; three", "Line one\nLine two & three"),
        ("<h1>A</h1>B<center>C</center>D", "A\n\nB\nC\nD"),
        ("<html><body>one\ntwo</body></html>", "one two"),
        ("<p title='x>y'>a</p><o:p></o:p><b unclosed='>b</b>", "a\n\nb"),
        ("<br>a <b", "a <b"),
    ] {
        let written = read(text, Lines::Meant);
        assert_eq!(written.format, DescriptionFormat::Html, "{text}");
        assert_eq!(html::words(&written.text), expected, "{text}: {}", written.text);
    }
    assert_eq!(html::words(&read("one\ntwo<br>three", Lines::Wrapped).text), "one two\nthree");
}

#[test]
fn any_number_of_brackets_costs_little() {
    for piece in ["<", "<a ", "<a '", "<!--", "<b>", "&lt;", "</"] {
        read(&piece.repeat(30_000), Lines::Meant);
    }
}
