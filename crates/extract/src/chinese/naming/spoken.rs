//! What a notice speaks of without quoting its name: a case, what it hands on; and the documents that it only points to.

use super::{LONGEST, is_pronoun, tidy, width};
use crate::chinese::sentence::Sentence;

/// The case that a court's notice is of: `诉你租赁合同纠纷一案` is 租赁合同纠纷一案.
pub fn case(s: &Sentence) -> Option<String> {
    let text = &s.text;
    let end = text.find(0..s.len(), &["一案"])?.end;
    let clause = s.clause_start(end, 0);
    let sued = (clause..end).rev().find_map(|at| text.one_of(at, &["诉被告", "诉你们", "诉你", "与你", "起诉", "诉"]));
    // Whom, stands before what for.
    let begin = sued.unwrap_or(clause);
    let begin = text.find(begin..end, &["公司", "之间"]).map_or(begin, |of| of.end);
    let name = tidy(&text.show(begin..end));
    (width(&name) >= 4).then_some(name)
}

/// What a notice hands on: `现将氧化铝等7项用水定额印发给你们` is of 氧化铝等7项用水定额.
pub fn handed_on(s: &Sentence, limit: usize) -> Option<String> {
    let text = &s.text;
    let begin = text.find(0..limit, &["现将", "兹将", "现把", "特将"])?.end;
    let verbs = [
        "印发",
        "公布",
        "发布",
        "公告",
        "通告",
        "下发",
        "转发",
        "颁布",
        "予以公布",
        "予以公告",
        "通知如下",
        "公示",
        "公开",
    ];
    let end = text.find(begin..limit.min(begin + 60), &verbs)?.start;
    let name = tidy(&text.show(begin..end));
    ((4..=LONGEST).contains(&width(&name)) && !is_pronoun(&name) && !name.contains(['，', ','])).then_some(name)
}

/// Whether the last document named before a place is only pointed to: `根据《甲法》《乙法》`.
pub fn is_source(s: &Sentence, limit: usize) -> bool {
    let text = &s.text;
    let last = |limit: usize| (0..limit).rev().find(|at| text.at(*at) == Some('《'));
    let Some(mut open) = last(limit) else { return false };
    // Those named side by side are led to together.
    for _ in 0..10 {
        let end = open - usize::from(text.before(open).is_some_and(|c| "、和及与".contains(c)));
        if text.before(end) != Some('》') {
            break;
        }
        match last(end) {
            Some(before) => open = before,
            None => break,
        }
    }
    text.ending(open, &["根据", "依据", "按照", "依照", "依", "遵照", "根据新修订的", "违反"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_notice_speaks_of_is_named() {
        for (sentence, expected) in [
            ("现将铅酸蓄电池等5项能耗限额印发给你们，请遵照执行。", Some("铅酸蓄电池等5项能耗限额")),
            ("现将有关事项通知如下", None),
            ("请将名单报送我局", None),
        ] {
            let s = Sentence::new(sentence);
            assert_eq!(handed_on(&s, s.len()).as_deref(), expected, "{sentence}");
        }
        let s = Sentence::new("本院受理原告云溪渔业合作社诉你船舶修理合同纠纷一案，现依法公告送达。");
        assert_eq!(case(&s).as_deref(), Some("船舶修理合同纠纷一案"));
    }

    #[test]
    fn sources_named_side_by_side_are_led_to_together() {
        for (sentence, expected) in [
            ("根据《甲法》《乙法》有关规定，决定如下", true),
            ("依照《甲法》和《乙法》", true),
            ("现批准《甲规范》、《乙规范》", false),
            ("没有文件", false),
        ] {
            let s = Sentence::new(sentence);
            assert_eq!(is_source(&s, s.len()), expected, "{sentence}");
        }
    }
}
