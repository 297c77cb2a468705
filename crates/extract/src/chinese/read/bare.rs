//! Dates of which the words beside them tell nothing: whether they are of an event all the same.

use super::{Reader, is_time_label};
use crate::chinese::dates::Written;
use crate::chinese::kind::{How, Verdict, label_kind};
use crate::chinese::lines::Line;
use crate::chinese::naming::{unnumbered, width};
use crate::chinese::place;
use crate::chinese::script::{Text, is_han};
use crate::chinese::sentence::Sentence;
use crate::event::Kind;

impl Reader<'_> {
    /// Whether so little as was found is enough for an event here.
    pub fn accepted(
        &self,
        at: usize,
        s: &Sentence,
        index: usize,
        source: &str,
        verdict: Verdict,
        (is_whole, is_heading): (bool, bool),
    ) -> Option<Verdict> {
        let mention = s.mentions.get(index)?;
        if verdict.how != How::Bare {
            return Some(verdict);
        }
        if is_heading {
            return None;
        }
        if !mention.start.is_day() {
            // One of several such lines.
            let is_dated =
                |line: &Line| Sentence::new(&line.text.chars().take(60).collect::<String>()).mentions.len() == 1;
            let near = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
            let is_listed = is_whole && near.filter_map(|at| self.lines.get(at)).any(is_dated);
            let how = match mention.place.start {
                0 => How::Bare,
                _ => How::Label(s.before(index)),
            };
            return is_listed.then_some(Verdict { how, ..verdict });
        }
        // `直播课安排：6月4日讲…，6月5日…`
        let colon = s.text.find(0..mention.place.start, &[":"]).map(|colon| colon.start);
        let noun = colon.and_then(|colon| s.noun_in(0..colon));
        if let Some(noun) = noun {
            return Some(Verdict { kind: noun.kind, ..verdict });
        }
        let line = self.lines.get(at)?;
        // `8月1日至25日：专家委员会完成论文摘要评审。`
        if let Some(kind) = s.kind_behind_colon(index).filter(|_| width(&line.text) <= 120) {
            return Some(Verdict { kind, ..verdict });
        }
        // `2、另5/12（日）8:00~12:00清洗水塔。`
        let is_numbered = unnumbered(&line.text) != line.text.trim_start();
        let past = s.past(index);
        if is_numbered
            && mention.times.is_some()
            && is_whole
            && s.before(index).len() <= 1
            && s.len() >= past + 4
            && s.len() <= past + 40
        {
            return Some(Verdict { kind: Kind::Other, ..verdict });
        }
        // `2026.08.21–23 · 中国 · 呼和浩特`, `10月21日 周六 13:30–17:00` below the name.
        let is_alone = past >= s.len() && (mention.times.is_some() || mention.end.is_some());
        if !self.around.event.is_empty()
            && s.mentions.len() == 1
            && !s.text.plain(s.before(index)).contains(char::is_alphanumeric)
            && (is_alone || !place::behind(s, past).is_empty())
            && let Some(kind) = self.around.kind
        {
            return Some(Verdict { kind, how: How::Label(mention.place.start..mention.place.start), ..verdict });
        }
        // `开源社区 Lab（每周五，6/7、6/14）`
        let bracket = s.bracket_about(index).filter(|bracket| (2..=40).contains(&bracket.start));
        if bracket.is_some_and(|bracket| s.holds_only_dates(bracket)) {
            let kind = self.around.kind.filter(|kind| kind.is_attended()).unwrap_or(Kind::Other);
            return Some(Verdict { kind, ..verdict });
        }
        // `准考证：5月27日—31日下载`
        let label = s.before(index);
        if s.led_by(mention.place.start, &[":"]) && (2..=12).contains(&label.len()) && is_whole && s.len() <= past + 10
        {
            return Some(Verdict { how: How::Label(label), ..verdict });
        }
        // `① 网上申报　4月15日—26日（每日7:00—22:00）`
        let words = s.text.plain(0..mention.place.start);
        let words = unnumbered(&words);
        let is_parted = s.text.has_gap(mention.place.start)
            && (2..=10).contains(&words.chars().count())
            && words.chars().all(is_han)
            && s.text.at(past).is_none_or(|c| ",。;".contains(c));
        // `►预约：12月20日22:30—12月22日18:00，网上预约，约满即止`
        let is_of_span = s.led_by(mention.place.start, &[":"])
            && words.trim_end_matches(':').chars().all(is_han)
            && (2..=10).contains(&label.len())
            && !matches!(words, "备注:" | "说明:" | "背景:" | "来源:" | "附注:" | "例如:")
            && s.text.at(past).is_none_or(|c| ",。;".contains(c))
            && (mention.end.is_some() || mention.times.is_some_and(|times| times.start.is_some()));
        if (is_parted || is_of_span) && is_whole && s.len() <= past + 60 {
            let kind = label_kind(words.trim_end_matches(':')).unwrap_or(verdict.kind);
            return Some(Verdict { kind, how: How::Label(label), ..verdict });
        }
        // `线上读书会第9期：6月1日晚8点，腾讯会议 382-104`
        let rest = s.text.plain(past..s.len());
        let is_with_place =
            rest.starts_with(',') && rest.chars().count() <= 30 && !rest[1..].contains([',', '。', ';']);
        if s.led_by(mention.place.start, &[":"])
            && (2..=24).contains(&label.len())
            && is_whole
            && is_with_place
            && mention.times.is_some_and(|times| times.start.is_some())
        {
            let kind = self.around.kind.filter(|kind| kind.is_attended()).unwrap_or(Kind::Forum);
            return Some(Verdict { kind, how: How::Label(label), ..verdict });
        }
        let is_item =
            is_whole && s.mentions.len() == 1 && width(&line.text) <= 50 && !line.text.ends_with(['。', '，']);
        let lead = s.len().saturating_sub(Text::new(unnumbered(source)).len());
        let is_at_head = mention.place.start <= lead + 1;
        let is_at_tail = mention.place.end + 1 >= s.len();
        let rest = s.len().saturating_sub(mention.place.len());
        let has_words = rest >= 2 && (is_at_head || is_at_tail);
        let kind = self
            .around
            .kind
            .filter(|kind| matches!(kind, Kind::Forum | Kind::Meeting))
            .filter(|_| is_at_head)
            .unwrap_or(Kind::Other);
        let words = s.text.plain(s.before(index));
        let kind = if is_release_stage(&words, &self.around.topic) { Kind::Release } else { kind };
        // `9日（六）10:30　…` below `三月`
        let is_of_month = matches!(mention.start, Written::DayAlone(_))
            && is_at_head
            && self.told.is_some()
            && (mention.weekday.is_some() || mention.times.is_some());
        (is_item && has_words && (mention.start.is_told() || is_of_month)).then_some(Verdict { kind, ..verdict })
    }
}

/// `RC2`, `公测版` in a schedule of releases.
fn is_release_stage(words: &str, topic: &str) -> bool {
    let is_of_releases = ["发布", "發布", "版本", "Release", "release"].iter().any(|word| topic.contains(word));
    let words = words.trim_matches(|c: char| !c.is_alphanumeric());
    let bare =
        words.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-')).to_ascii_lowercase();
    let ends = ["候选版", "预览版", "测试版", "内测版", "公测版", "正式版", "先行版", "稳定版", "候选版本", "测试版本"];
    is_of_releases
        && (matches!(
            bare.as_str(),
            "rc" | "beta" | "alpha" | "ga" | "final" | "stable" | "preview" | "release candidate"
        ) || ends.iter().any(|end| bare.ends_with(end)))
}

/// The label of a line whose first sentence tells a date behind it: `施工日期：3月27日至29日。3/28（六）8:00~17:00。`
pub fn labelled_by<'t>(sentences: &[&'t str]) -> Option<&'t str> {
    let first = sentences.first().filter(|first| sentences.len() > 1 && first.len() < 400)?;
    let (label, _) = unnumbered(first).split_once(['：', ':'])?;
    (width(label) <= 8 && is_time_label(label.trim())).then_some(label)
}

/// Whether a sentence holds dates and nothing else.
pub fn is_date_alone(sentence: &str) -> bool {
    if sentence.len() > 200 {
        return false;
    }
    let s = Sentence::new(sentence);
    let rest = (0..s.len()).filter(|at| s.mention_at(*at).is_none());
    !s.mentions.is_empty() && rest.filter(|at| s.text.at(*at).is_some_and(char::is_alphanumeric)).count() <= 1
}
