//! Where it is, who holds it, which standards it is about.

use super::Reader;
use crate::chinese::around::Around;
use crate::chinese::cues::Sense;
use crate::chinese::kind::{How, Verdict};
use crate::chinese::naming::{self, is_replaced, width};
use crate::chinese::place;
use crate::chinese::script::Text;
use crate::chinese::sentence::Sentence;
use crate::event::Kind;

impl Reader<'_> {
    pub fn location(&self, s: &Sentence, index: usize, verdict: &Verdict) -> String {
        // People come to a draw, too.
        let is_done =
            |verb: &std::ops::Range<usize>| s.cues.iter().any(|cue| cue.place == *verb && cue.sense == Sense::Done);
        if !verdict.kind.is_attended() {
            return match &verdict.how {
                How::Verb(verb) if is_done(verb) => place::of_verb(s, s.left(index), verb),
                _ => String::new(),
            };
        }
        // `会议地点变更为广州`
        if let Some(place) = place::moved_to(s) {
            return place;
        }
        let from = verdict.was.map_or(s.left(index), |_| 0);
        let of_verb = match &verdict.how {
            How::Verb(verb) => {
                let place = place::of_verb(s, from, verb);
                // `原定于…在无锡举办的大会延期至…举办`
                let first = s
                    .cues
                    .iter()
                    .find(|cue| cue.sense == Sense::Held && cue.place.start >= from && cue.place.start < verb.start);
                match (place.is_empty(), first.filter(|_| verdict.was.is_some())) {
                    (true, Some(cue)) => place::of_verb(s, from, &cue.place),
                    _ => place,
                }
            }
            How::Label(_) if verdict.was.is_some() => {
                let first = s.cues.iter().find(|cue| cue.sense == Sense::Held);
                first.map(|cue| place::of_verb(s, 0, &cue.place)).unwrap_or_default()
            }
            How::Noun(_) if s.bracket_about(index).is_some() => {
                let bracket = s.bracket_about(index).unwrap_or_default();
                place::at_end_of(
                    s,
                    s.mentions.get(index).map_or(0, |mention| mention.place.end),
                    bracket.end.saturating_sub(1),
                )
            }
            How::Noun(_) | How::Bare => place::at_end(s, s.mentions.get(index).map_or(0, |mention| mention.place.end)),
            _ => String::new(),
        };
        let told = if of_verb.is_empty() { place::told(s) } else { of_verb };
        // `第37期　3月18日－20日　成都·新华宾馆`
        let told = match told.is_empty() && matches!(verdict.how, How::Label(_) | How::Noun(_) | How::Bare) {
            true => place::behind(s, s.past(index)),
            false => told,
        };
        if told.is_empty() && matches!(verdict.how, How::Label(_) | How::Noun(_)) {
            self.around.place.clone()
        } else {
            told
        }
    }

    /// Who holds or issues it: before the date or the verb, if the words end like a body's name.
    pub fn organizer(&self, s: &Sentence, index: usize, verdict: &Verdict) -> String {
        words! {
            BODIES =
                "局 委员会 部 厅 协会 学会 公司 联合会 研究院 中心 秘书处 政府 联盟 总局 标准委 标委会 大学 署 工作组 \
                商会 促进会 理事会"
        }
        let How::Verb(verb) = &verdict.how else {
            return if verdict.kind.is_attended() { self.around.organizer.clone() } else { String::new() };
        };
        if let Some(by) = s.text.find(s.left(index)..s.len(), &["主办", "承办"])
            && let Some(from) = s.text.find(s.left(index)..by.start, &["由"])
        {
            // `由甲单位牵头，乙单位承办`: who comes first.
            let name = s.text.show(from.end..by.start);
            let first = name.split([',', '，', '、']).next().unwrap_or_default();
            let first = first.split("牵头").next().unwrap_or_default();
            return place::clean(first).trim_end_matches(['联', '合', '共', '同']).to_owned();
        }
        let start = s.mentions.get(index).map_or(0, |mention| mention.place.end);
        let is_after = verb.start >= start;
        for range in [s.before(index), if is_after { start..verb.start } else { 0..0 }] {
            let begin = range.start + usize::from(s.text.at(range.start) == Some(','));
            let limit = s.text.find(begin..range.end, &["在", "于", "将", "正式"]).map_or(range.end, |word| word.start);
            let name = naming::tidy(&s.text.show(begin.min(limit)..limit));
            let text = Text::new(&name);
            let is_body = text.ending(text.len(), &BODIES).is_some()
                && text.len() >= 3
                && s.noun_in(begin.min(limit)..limit).is_none();
            let has_object = s.clause_end(verb.end, s.right(index)) > verb.end + 1;
            if is_body && has_object && width(&name) <= 30 && !name.contains(['《', '，']) {
                return name;
            }
        }
        if verdict.kind.is_attended() { self.around.organizer.clone() } else { String::new() }
    }
}

/// The standards that an event is about: those of its own clause or before it, else those around.
pub fn standards(s: &Sentence, index: usize, verdict: &Verdict, around: &Around) -> Vec<String> {
    if !matches!(verdict.kind, Kind::Release | Kind::EffectiveDate | Kind::Deadline) {
        return Vec::new();
    }
    let all = || s.masked.standards.iter().filter(|standard| !is_replaced(&s.text, standard.place.start));
    let (left, right) = (s.left(index), s.right(index));
    let own: Vec<String> = all()
        .filter(|standard| (left..right).contains(&standard.place.start))
        .map(|standard| standard.identifier.clone())
        .collect();
    if !own.is_empty() {
        return deduplicated(own);
    }
    let before: Vec<String> =
        all().filter(|standard| standard.place.start < left).map(|standard| standard.identifier.clone()).collect();
    if !before.is_empty() && verdict.kind != Kind::Deadline {
        return deduplicated(before);
    }
    let named = Sentence::new(if around.subject.is_empty() { &around.document } else { &around.subject });
    standards_named(&named)
}

pub fn deduplicated(mut standards: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    standards.retain(|standard| seen.insert(standard.clone()));
    standards.truncate(20);
    standards
}

pub fn standards_named(s: &Sentence) -> Vec<String> {
    deduplicated(
        s.masked
            .standards
            .iter()
            .filter(|standard| !is_replaced(&s.text, standard.place.start))
            .map(|standard| standard.identifier.clone())
            .collect(),
    )
}
