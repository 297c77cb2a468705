//! What somebody says, which is read like any other text, and where something was printed, which is not read.

use std::ops::Range;

use crate::chinese::script::Text;

/// Whether a quote is what somebody says: `发言人说：「我们计划于第四季开始接受申请。」`
pub fn is_speech(text: &Text, quote: Range<usize>) -> bool {
    text.at(quote.start) != Some('《')
        && text.before(quote.start) == Some(':')
        && quote.len() > 12
        && text.holds(quote, &[",", "。"])
}

/// Whether what follows is where a source was printed: the mark of its kind in a list of them, `[J].`, `[EB/OL].`, `[P].`
pub fn is_citation(text: &Text, at: usize) -> bool {
    const KINDS: &[&str] = &["[J", "[M", "[D", "[P", "[R", "[S", "[C", "[N", "[A", "[Z", "[G", "[EB", "[CP", "[DB"];
    if text.at(at) != Some('[') || at < 4 {
        return false;
    }
    let close = text.one_of(at, KINDS).map(|end| text.one_of(end, &["/OL", "/CD"]).unwrap_or(end));
    close.is_some_and(|close| text.is(close, "]") && text.at(close + 1).is_some_and(|c| ".,:/ ".contains(c)))
}
